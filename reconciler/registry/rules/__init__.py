"""One file for each rule of a policy: its `ORDER` among the rows, and `rows` of a case."""
