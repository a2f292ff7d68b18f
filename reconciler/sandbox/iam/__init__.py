"""The sandbox's IAM: who asks with which policies, what it looks at, and what it decides."""
