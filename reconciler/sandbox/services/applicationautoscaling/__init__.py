"""Application Auto Scaling: all of it here; what scales is moved by tests, not by metrics."""
