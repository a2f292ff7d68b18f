"""Spec kinds: one file each, found by `api.load`."""
