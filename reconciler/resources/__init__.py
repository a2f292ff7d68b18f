"""AWS resource types: one declarative file each, found by `api.load`."""
