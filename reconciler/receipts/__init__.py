"""What earlier applies did: receipts and the lease that keeps two applies apart. Never needed."""
