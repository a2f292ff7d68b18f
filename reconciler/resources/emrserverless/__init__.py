"""EMR Serverless."""
