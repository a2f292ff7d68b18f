"""How far data is from its reference, as numbers; and how likely that is if nothing has changed.

Sources: Kolmogorov-Smirnov and chi-squared two-sample tests as in scipy, which tests compare with;
Benjamini and Hochberg, "Controlling the false discovery rate" (1995); PSI as in credit scoring.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special, stats

from .reference import Method, binned, nats

_FEW = 5
"""Expected counts below it make the chi-squared distribution a bad approximation."""
_HUGE = 1e100
_PAIR = 2


def ks(known: Mapping[str, Any], values: Any) -> float:
    """The largest difference of the two distributions; `values` are sorted.

    Against a reference of which only some points are kept it is too small by at most one part in
    their number.
    """
    points = np.asarray(known["points"])
    count, present = values.size, known["present"]
    up = np.abs(
        np.searchsorted(values, points, side="right") / count - np.asarray(known["upTo"]) / present
    )
    low = np.abs(
        np.searchsorted(values, points, side="left") / count - np.asarray(known["below"]) / present
    )
    return float(max(np.max(up), np.max(low)))


def ks_p(distance: float, first: int, second: int) -> float:
    """How likely a difference of at least that is between two samples of one distribution.

    It is that of one sample of the size that the two stand for, as scipy has it for large ones.
    """
    size = max(1, round(first * second / (first + second)))
    return float(np.clip(stats.kstwo.sf(distance, size), 0.0, 1.0))


def wasserstein(known: Mapping[str, Any], values: Any) -> float | None:
    """How far values moved on average, in standard deviations of the reference.

    Nothing where the reference is constant, or the numbers are too large to say.
    """
    deviation = known["deviation"]
    if not deviation:
        return None
    points = np.asarray(known["points"])
    scale = max(float(np.max(np.abs(points))), float(np.max(np.abs(values))))
    scale = scale if scale > _HUGE else 1.0
    points, values = points / scale, values / scale
    every = np.unique(np.concatenate([points, values]))
    if every.size == 1:
        return 0.0
    middle = (every[:-1] + every[1:]) / 2
    ours = np.searchsorted(values, middle, side="right") / values.size
    theirs = _share(points, known, middle)
    area = float(np.sum(np.abs(ours - theirs) * np.diff(every)))
    found = area / (deviation / scale)
    return found if math.isfinite(found) else None


def _share(points: Any, known: Mapping[str, Any], where: Any) -> Any:
    """The reference's share up to somewhere between its points."""
    upto, below = np.asarray(known["upTo"]), np.asarray(known["below"])
    at = np.searchsorted(points, where, side="right") - 1
    left = np.where(at >= 0, upto[np.maximum(at, 0)], 0)
    if known["exact"]:
        return left / known["present"]
    inside = (at >= 0) & (at < points.size - 1)
    after = np.minimum(at + 1, points.size - 1)
    width = np.where(inside, points[after] - points[np.maximum(at, 0)], 1.0)
    part = np.where(inside, (where - points[np.maximum(at, 0)]) / width, 0.0)
    right = np.where(inside, below[after], left)
    return (left + part * (right - left)) / known["present"]


def bins(known: Mapping[str, Any], values: Any) -> tuple[Any, Any]:
    """The shares of the reference's bins, in it and in values."""
    edges = np.asarray(known["edges"])
    then, now = np.asarray(known["bins"], dtype=float), binned(values, edges)
    return then / then.sum(), now / values.size


def psi(then: Any, now: Any, method: Method) -> float:
    """The population stability index of two lists of shares; none counts as less than epsilon."""
    old, new = np.maximum(then, method.epsilon), np.maximum(now, method.epsilon)
    return float(np.sum((new - old) * np.log(new / old))) / nats(method.psi_base)


def js(then: Any, now: Any, method: Method) -> float:
    """The Jensen-Shannon distance: the root of the divergence. Between 0 and 1 to the base 2."""
    middle = (then + now) / 2
    both = (_relative(then, middle) + _relative(now, middle)) / 2
    return math.sqrt(max(0.0, both / nats(method.js_base)))


def _relative(one: Any, other: Any) -> float:
    there = one > 0
    return float(np.sum(one[there] * np.log(one[there] / other[there])))


def counted(known: Mapping[str, int], now: Mapping[str, int]) -> tuple[Any, Any]:
    """Counts of the reference's categories, and last of all that it does not know."""
    then = [*known.values(), 0]
    new = sum(count for value, count in now.items() if value not in known)
    return np.asarray(then, dtype=float), np.asarray([now.get(v, 0) for v in known] + [new], float)


def linf(known: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The largest change of a category's share."""
    then, there = sum(known.values()), sum(now.values())
    every = {**known, **now}
    return max(abs(known.get(v, 0) / then - now.get(v, 0) / there) for v in every)


def chi2(then: Any, now: Any) -> tuple[float, int]:
    """The statistic of a two-sample chi-squared test, and its degrees of freedom.

    Categories of which less than five are expected in either sample are one; 0 degrees where no
    two are left.
    """
    pairs = _pooled(then, now)
    if len(pairs) < _PAIR:
        return 0.0, 0
    table = np.asarray(pairs, dtype=float).T
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(np.sum((table - expected) ** 2 / expected)), len(pairs) - 1


def _pooled(then: Any, now: Any) -> list[tuple[float, float]]:
    total, least = then.sum() + now.sum(), min(then.sum(), now.sum())
    cells = sorted(zip(then.tolist(), now.tolist()), key=sum)
    cells = [cell for cell in cells if sum(cell)]
    while len(cells) > 1 and sum(cells[0]) * least / total < _FEW:
        (a, b), (c, d) = cells[0], cells[1]
        cells = sorted([(a + c, b + d), *cells[2:]], key=sum)
    return cells


def chi2_p(statistic: float, freedom: int) -> float:
    """How likely a statistic of at least that is if nothing has changed."""
    return float(special.chdtrc(freedom, statistic)) if freedom else 1.0


def adjusted(p: Sequence[float]) -> list[float]:
    """P-values of Benjamini and Hochberg: those below a level hold few false ones among them."""
    count = len(p)
    order = sorted(range(count), key=lambda at: p[at])
    found = [1.0] * count
    least = 1.0
    for rank in range(count, 0, -1):
        at = order[rank - 1]
        least = min(least, p[at] * count / rank)
        found[at] = least
    return found
