"""For people at a terminal: findings, plans, drift, progress and receipts as lines."""
