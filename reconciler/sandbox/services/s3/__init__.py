"""Buckets as AWS shows them: ownership, lifecycles, access logs and tags."""
