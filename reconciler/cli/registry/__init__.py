"""The verbs below `moorline registry`, and what they share."""
