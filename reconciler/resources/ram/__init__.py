"""Resource types of AWS Resource Access Manager."""
