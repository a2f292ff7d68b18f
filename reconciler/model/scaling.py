"""What a rollout says to those who scale: one word that a graph carries from a kind to a type."""

from __future__ import annotations

HELD_TAG = "moorline:rollout-held"
"""On a scalable target: a new version takes over, and what it scales is held meanwhile. Reserved
like the marks of a rollout, so it is no difference."""
