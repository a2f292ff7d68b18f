"""Rollouts at the edge: one whole reading of an endpoint, and the calls of one action.

What follows from a reading is decided by `reconciler.rollout`, which asks nobody.
"""
