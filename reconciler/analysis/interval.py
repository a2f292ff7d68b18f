"""How sure a figure is: intervals of shares, and of whatever can be computed of drawn rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

_ENOUGH = 0.5
"""The share of draws that must give a figure before its interval is told."""


def wilson(count: float, of: float, level: float) -> tuple[float, float]:
    """The interval of a share. Source: Wilson, "Probable inference" (1927)."""
    if not of:
        return 0.0, 1.0
    z = float(special.ndtri(0.5 + level / 2))
    share, square = count / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def drawn(
    compute: Callable[[Any], dict[str, float | None]],
    rows: int,
    draws: int,
    level: float,
    seed: int,
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of figures, by drawing as many rows as there are, with replacement.

    Args:
        compute: figures by name, of row numbers.
        rows: how many rows there are.
        draws: how often; 0 for no intervals.
        level: the share of draws that an interval holds.
        seed: of the numbers that are drawn.

    A figure that cannot be computed of half of the draws has no interval.
    """
    if not draws or not rows:
        return {}
    random = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        for name, value in compute(random.integers(0, rows, rows)).items():
            if value is not None and math.isfinite(value):
                found.setdefault(name, []).append(value)
    tail = (1 - level) / 2
    return {
        name: (float(np.quantile(each, tail)), float(np.quantile(each, 1 - tail)))
        for name, each in found.items()
        if len(each) >= draws * _ENOUGH
    }
