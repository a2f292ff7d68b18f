"""What an apply of minutes ago did, which AWS may not show yet."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.model.receipt import ResourceRecord


class Just(NamedTuple):
    """What was done to a resource: for so many seconds from now AWS may show it otherwise."""

    seconds: float
    left: ResourceRecord | None
    """Nothing where it was deleted."""
