"""The command line: verbs, each imported only when it runs, and what they stand on.

Here are the disk, the clock, the terminal and the exit codes. What is decided is decided in other
rooms; `frame` knows the files of a platform, `world` a live account, `ci` the verbs of delivery.
"""
