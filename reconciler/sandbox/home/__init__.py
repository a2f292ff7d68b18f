"""Where a sandbox lives on this machine, and how it is found again: standard library only.

Nothing here believes a file of the project that a command runs in.
"""
