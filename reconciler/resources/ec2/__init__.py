"""Amazon EC2: what of networks the platform has."""
