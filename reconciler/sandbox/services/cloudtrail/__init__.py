"""CloudTrail: the history of writes, who made them and what they touched."""
