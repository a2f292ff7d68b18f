"""Amazon MSK in the sandbox: the topics of clusters."""
