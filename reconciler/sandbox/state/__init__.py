"""What a sandbox process holds: its clock, scripts, rules and counters, and how they are kept."""
