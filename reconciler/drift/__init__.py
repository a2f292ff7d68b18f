"""Drift: what a difference comes from, who made it, how to keep it, what is new of it. Pure.

Causes are told from the last receipt and from CloudTrail's events, which others read; keeping
a live value is an edit of a text that is compiled again before it counts.
"""
