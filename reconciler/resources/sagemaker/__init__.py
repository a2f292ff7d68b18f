"""Resource types of Amazon SageMaker."""
