"""Templates to start from: a kind, a section, a rule, a CI provider, and AWS types in two ways."""
