"""Athena."""
