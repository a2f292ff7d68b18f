"""Everything that talks to AWS: looking, looking again, sending, waiting.

Beside the sandbox the only importer of boto3 and botocore. What to send is decided elsewhere.
"""
