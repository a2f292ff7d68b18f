"""Step Functions on the sandbox's clock: machines, and runs that are values and can be saved.

A run moves when its next moment has come, before the next request is answered; no thread waits.
No code of a repository is run here: see `jobs` for what a Glue or EMR job does.
"""
