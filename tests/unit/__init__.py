"""What decides, as pure functions of values."""
