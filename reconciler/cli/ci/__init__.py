"""The verbs below `moorline ci`, which do the work of the delivery files."""
