"""Compares Moorline with recorded answers of other tools, set by set.

The cases live outside the repository. Each module of `sets` reads one folder
of them and yields a `Result` for each case.
"""
