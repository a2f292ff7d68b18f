"""The next hyperparameters of a search, by fixed rules.

Bayesian search is no Gaussian process here: it draws, and then half of its draws are near the best
so far.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any


def draws(
    ranges: Mapping[str, Any], strategy: str, number: int, best: Mapping[str, str] | None, seed: str
) -> dict[str, str] | None:
    """The hyperparameters of one trial, as texts; nothing where a grid has no more.

    Args:
        ranges: The ranges of the search.
        strategy: Bayesian, Random, Hyperband or Grid.
        number: Which trial, from zero.
        best: The hyperparameters of the best trial so far.
        seed: What makes the numbers; the same gives the same.
    """
    if strategy == "Grid":
        return next(itertools.islice(_grid(ranges), number, None), None)
    near = best if strategy == "Bayesian" and best and number % 2 else None
    found: dict[str, str] = {}
    for kind in ("IntegerParameterRanges", "ContinuousParameterRanges"):
        for each in ranges.get(kind) or ():
            name = str(each["Name"])
            share = _share(f"{seed} {number} {name}")
            at = _value(each, share, near.get(name) if near else None)
            found[name] = str(round(at)) if kind.startswith("Integer") else repr(at)
    for each in ranges.get("CategoricalParameterRanges") or ():
        values = each["Values"]
        found[each["Name"]] = values[int(_share(f"{seed} {number} {each['Name']}") * len(values))]
    return found


def size(ranges: Mapping[str, Any]) -> int:
    """How many points a grid has."""
    return math.prod(len(each["Values"]) for each in ranges.get("CategoricalParameterRanges") or ())


def _grid(ranges: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    lists = ranges.get("CategoricalParameterRanges") or ()
    names = [each["Name"] for each in lists]
    for point in itertools.product(*(each["Values"] for each in lists)):
        yield dict(zip(names, point, strict=True))


def _value(span: Mapping[str, Any], share: float, near: str | None) -> float:
    low, high = float(span["MinValue"]), float(span["MaxValue"])
    if span.get("ScalingType") == "Logarithmic" and low > 0:
        low, high = math.log(low), math.log(high)
        at = _near(low, high, share, math.log(float(near)) if near else None)
        return min(max(math.exp(at), float(span["MinValue"])), float(span["MaxValue"]))
    return _near(low, high, share, float(near) if near else None)


def _near(low: float, high: float, share: float, near: float | None) -> float:
    if near is None:
        return low + (high - low) * share
    return min(max(near + (share - 0.5) * 0.2 * (high - low), low), high)


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48
