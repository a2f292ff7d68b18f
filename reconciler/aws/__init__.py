"""Everything that talks to AWS, and the only importer of boto3 and botocore."""
