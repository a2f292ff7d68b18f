"""One small file a verb, found by its name: `command` is what click runs."""
