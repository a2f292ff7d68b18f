"""Names of hosts."""
