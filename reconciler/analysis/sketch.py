"""Distributions as Model Monitor's files have them: KLL sketches, whose values weigh powers of two.

The list at place i of a sketch holds values that stand for 2^i of the data each. Sources: SageMaker
developer guide, "Schema for Statistics (statistics.json file)"; Karnin, Lang and Liberty, "Optimal
quantile approximation in streams" (2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

KEPT = 500
"""Values of a sketch, about; more of them make large files."""
C, K = 0.64, 2048.0


def weighted(data: Any) -> tuple[Any, Any]:
    """Values of a sketch and how many each stands for, sorted; both empty where it is none."""
    values: list[float] = []
    weights: list[int] = []
    for level, found in enumerate(data if isinstance(data, list) else []):
        for each in found if isinstance(found, list) else []:
            if isinstance(each, (int, float)) and np.isfinite(each):
                values.append(float(each))
                weights.append(2**level)
    order = np.argsort(values, kind="mergesort")
    return np.asarray(values, dtype=float)[order], np.asarray(weights, dtype=int)[order]


def of_points(known: Mapping[str, Any]) -> list[list[float]]:
    """A legal sketch of a column of a reference: its weights add up to the count of values."""
    count = int(known["present"])
    level = max(0, (max(1, count) // KEPT).bit_length() - 1)
    size = 2**level
    lists: list[list[float]] = [[] for _ in range(level + 1)]
    at = 0.0
    whole, rest = divmod(count, size)
    for _ in range(whole):
        lists[level].append(_at(known, at + size / 2))
        at += size
    for lower in range(level - 1, -1, -1):
        if rest & (1 << lower):
            lists[lower].append(_at(known, at + (1 << lower) / 2))
            at += 1 << lower
    return lists


def _at(known: Mapping[str, Any], rank: float) -> float:
    """The value at a rank, by the points that are kept."""
    upto = known["upTo"]
    where = min(int(np.searchsorted(upto, rank, side="left")), len(upto) - 1)
    return float(known["points"][where])


def buckets(known: Mapping[str, Any], number: int = 10) -> list[dict[str, float]]:
    """Buckets of equal width between the least and the largest value."""
    low, high = known["least"], known["most"]
    if not np.isfinite(high - low):
        return []
    edges = np.linspace(low, high, number + 1) if high > low else np.asarray([low, high])
    points, upto = np.asarray(known["points"]), [0, *known["upTo"]]
    found = []
    for at in range(len(edges) - 1):
        last = at == len(edges) - 2
        end = np.searchsorted(points, edges[at + 1], side="right" if last else "left")
        start = np.searchsorted(points, edges[at], side="left")
        found.append(
            {
                "lower_bound": float(edges[at]),
                "upper_bound": float(edges[at + 1]),
                "count": float(upto[end] - upto[start]),
            }
        )
    return found
