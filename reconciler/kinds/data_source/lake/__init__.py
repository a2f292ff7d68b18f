"""How records of a table or a stream come into a DataSource in S3, as rows of its columns."""
