"""AWS Glue: its catalog, its registry of schemas, its rules of data quality."""
