"""The sandbox as one process on this machine: HTTP in front, controls behind `/moorline/`."""
