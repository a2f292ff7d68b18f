"""Amazon Redshift Serverless: what a warehouse holds, and what computes on it."""
