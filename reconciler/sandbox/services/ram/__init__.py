"""AWS Resource Access Manager: what moto lacks."""
