"""How AWS speaks: requests, answers, errors and the shapes that botocore knows. No state."""
