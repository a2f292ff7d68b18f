"""How far the sweeps go: an even sample in `make test`, everything in `make test-long`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, TypeVar

import pytest

LONG = bool(os.environ.get("MOORLINE_LONG"))
"""Whether everything is asked for."""
T = TypeVar("T")
only_long = pytest.mark.skipif(not LONG, reason="others try this in less time: make test-long")
"""For a test of which `make test` has a smaller one."""


def sample(items: Sequence[T], every: int) -> list[T]:
    """One in so many, always the same, with the first and the last; all in `make test-long`."""
    if LONG:
        return [*items]
    chosen = {*range(0, len(items), every), len(items) - 1}
    return [items[number] for number in sorted(chosen) if number >= 0]


def met(*tables: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Few combinations in which each entry of each table is met; all in `make test-long`."""
    lists = [[*each] for each in tables]
    if LONG:
        return [*product(*lists)]
    return [
        tuple(each[number % len(each)] for each in lists) for number in range(max(map(len, lists)))
    ]
