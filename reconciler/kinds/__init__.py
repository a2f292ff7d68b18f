"""Spec kinds: one file each, found by `api.load`.

A kind is a frozen model, what is checked between its fields, and the resources that it makes.
Kinds know each other only by what they export.
"""
