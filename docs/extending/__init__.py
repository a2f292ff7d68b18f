"""Templates to start from: a kind, a section, a rule and a CI provider, each in one file."""
