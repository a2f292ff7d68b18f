"""CloudWatch: alarms, and the metrics that endpoints of the sandbox make."""
