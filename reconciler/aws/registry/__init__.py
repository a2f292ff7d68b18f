"""Versions of models in AWS: what is known of them, who decided on them, and deciding.

Resolving reads a listing; judging reads a description, reports and objects. An answer that is not
whole is unknown, never absent.
"""
