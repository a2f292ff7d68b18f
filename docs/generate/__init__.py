"""Writes `docs/reference/` from the models, codes, commands and adapters themselves.

One module for each page; `make docs` runs them all. Pages are the same bytes for
the same code, so that a test can tell when they are out of date.
"""
