"""Types of Amazon Data Firehose."""
