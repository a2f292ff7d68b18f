"""How a repository is delivered by a CI system: its files, its roles, and what was reviewed.

One file for each provider, found by its place.
"""
