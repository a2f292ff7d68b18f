"""What a spec says of a table of DynamoDB, and what is wrong with it."""
