"""What the verbs share that look at AWS: a session, receipts and lease, plan files, a watch."""
