"""EMR Serverless: what moto lacks."""
