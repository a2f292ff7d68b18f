"""How a repository is delivered by a CI system: its files, its roles, and what was reviewed."""
