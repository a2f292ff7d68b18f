"""Buckets as AWS shows them: one namespace, ownership, lifecycles, access logs and tags."""
