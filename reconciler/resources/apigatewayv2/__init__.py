"""HTTP interfaces of API Gateway."""
