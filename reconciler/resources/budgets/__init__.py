"""Resource types of AWS Budgets."""
