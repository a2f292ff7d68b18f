"""Templates to start from: a kind, a section, a rule, a CI provider, AWS types."""
