"""What a DataSource may say: a file for each store, and one for each thing about its data."""
