"""Amazon Redshift Serverless in the sandbox; nothing computes."""
