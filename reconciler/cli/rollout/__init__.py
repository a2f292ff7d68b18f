"""The verbs below `moorline rollout`, one file each, and what they share."""
