"""What Git knows of a platform: its commit, whether the files are of it, those of another one.

The one caller of `git`, which reads only and obeys nothing that a repository configures.
"""
