"""What a store of objects in S3 may say besides its bucket: how long, where else, and locked."""
