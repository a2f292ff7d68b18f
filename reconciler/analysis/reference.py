"""The reference: what data was like, frozen with all that comparisons need to stay alike.

Bins, epsilon and the bases of logarithms are part of it. A column's distribution is kept as points
with the exact share at and below each of them: every different value where there are few, else
evenly spaced order statistics, between which at most one part in `points` lies. Nothing is drawn at
random, so that the same data gives the same reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import VERSION
from .faults import ConfigError, DataError
from .settings import Settings
from .table import CATEGORY, NUMBER, TEXT, TYPES, Table, type_of

KIND = "moorline-reference"
_ENDS = 50
"""Least and largest values that are kept all, since long tails lie between few points."""
_HUGE = 1e100
"""Above it squares and sums leave the range of a double, so that figures are of scaled values."""


class Method:
    """How a reference is made, and everything later compared with it."""

    def __init__(self, bins: int, epsilon: float, bases: Mapping[str, Any], points: int) -> None:
        self.bins, self.epsilon, self.points = bins, epsilon, points
        self.psi_base, self.js_base = bases["psi"], bases["js"]

    def said(self) -> dict[str, Any]:
        return {
            "bins": self.bins,
            "epsilon": self.epsilon,
            "logBase": {"psi": self.psi_base, "js": self.js_base},
            "points": self.points,
        }


def method_of(settings: Settings) -> Method:
    """The method that a configuration asks for: deciles, 0.0001, natural for PSI and 2 for JS."""
    said = settings.inner("method", {})
    bins = said.count("bins", 10, 2, 1000)
    epsilon = said.number("epsilon", 1e-4, 1e-12, 0.1)
    points = said.count("points", 1000, 100, 100_000)
    base = said.inner("logBase", {})
    bases = {"psi": _base(base, "psi", "e"), "js": _base(base, "js", 2)}
    base.finish()
    said.finish()
    return Method(bins, epsilon, bases, points)


def _base(said: Settings, name: str, default: Any) -> Any:
    value = said.data.get(name, default) if said.has(name) else default
    if value not in ("e", 2, 10):
        raise ConfigError(said.at(name), 'has to be "e", 2 or 10')
    return value


def nats(base: Any) -> float:
    """What a logarithm to the base is divided by."""
    return 1.0 if base == "e" else math.log(base)


def profile(
    table: Table,
    method: Method,
    declared: Mapping[str, str],
    ignored: Iterable[str] = (),
    categories: int = 200,
) -> dict[str, Any]:
    """The reference of a table.

    Args:
        table: the data; columns that begin with an underscore are Moorline's own and left out.
        method: bins and the rest.
        declared: types of columns; of others they are found.
        ignored: columns to leave out.
        categories: how many different values a category has at most.

    Raises:
        DataError: there are no rows, or a declared column is not there.
    """
    if not table.rows:
        raise DataError("a reference needs rows, and there are none")
    lacking = sorted({*declared} - {*table.columns})
    if lacking:
        raise DataError(f"the data has no column {lacking[0]!r}, of which a type is declared")
    left_out = {*ignored}
    columns = {
        name: column(table, name, method, declared.get(name, ""), categories)
        for name in table.columns
        if name not in left_out and not name.startswith("_")
    }
    said = method.said()
    return {
        "kind": KIND, "version": VERSION, "rows": table.rows, "method": said, "columns": columns,
    }  # fmt: skip


def column(
    table: Table, name: str, method: Method, declared: str, categories: int
) -> dict[str, Any]:
    """What is kept of a column."""
    type_, why = (declared, "") if declared else type_of(table, name, categories)
    if type_ not in TYPES:
        raise ConfigError(f"columns.{name}", f"{type_!r} is none of {', '.join(TYPES)}")
    if type_ == NUMBER:
        return _number(table, name, method)
    texts = [each for each in table.texts(name) if each is not None]
    found: dict[str, Any] = {
        "type": type_,
        "present": len(texts),
        "missing": table.rows - len(texts),
    }
    if type_ == TEXT:
        return {**found, "distinct": len({*texts}), **({"why": why} if why else {})}
    counts: dict[str, int] = {}
    for each in texts:
        counts[each] = counts.get(each, 0) + 1
    if len(counts) > categories:
        why = f"it has more than {categories} different values"
        return {**found, "type": TEXT, "distinct": len(counts), "why": why}
    return {**found, "values": dict(sorted(counts.items(), key=lambda it: (-it[1], it[0])))}


def _number(table: Table, name: str, method: Method) -> dict[str, Any]:
    numbers = table.numbers(name)
    values = np.sort(numbers.values)
    found: dict[str, Any] = {
        "type": NUMBER,
        "present": int(values.size),
        "missing": numbers.missing,
        "invalid": numbers.invalid,
        "infinite": numbers.infinite,
    }
    return {**found, **of_sorted(values, method)} if values.size else found


def of_sorted(values: Any, method: Method) -> dict[str, Any]:
    """What is kept of numbers, which are sorted and at least one."""
    mean, deviation = moments(values)
    edges = cuts(values, method.bins)
    return {
        "mean": mean,
        "deviation": deviation,
        "least": float(values[0]),
        "most": float(values[-1]),
        "whole": bool(np.all(values == np.floor(values))),
        "edges": [float(each) for each in edges],
        "bins": [int(each) for each in binned(values, edges)],
        **points(values, method.points),
    }


def of_weighted(values: Any, weights: Any, method: Method) -> dict[str, Any]:
    """The same of sorted numbers that stand for several each: a sketch, so never exact."""
    distinct, first = np.unique(values, return_index=True)
    sums = np.add.reduceat(weights, first)
    upto = np.cumsum(sums)
    count = int(upto[-1])
    ranks = [max(1, math.ceil(k * count / method.bins)) for k in range(1, method.bins)]
    edges = np.unique(distinct[np.searchsorted(upto, ranks, side="left")])
    edges = _inner(edges, distinct[0], distinct[-1])
    below = [0, *upto]
    ends = [0, *(int(below[np.searchsorted(distinct, it, "right")]) for it in edges), count]
    return {
        "whole": bool(np.all(values == np.floor(values))),
        "edges": [float(each) for each in edges],
        "bins": [int(each) for each in np.diff(ends)],
        "exact": False,
        "points": [float(each) for each in distinct],
        "upTo": [int(each) for each in upto],
        "below": [int(each) for each in upto - sums],
    }


def moments(values: Any) -> tuple[float | None, float | None]:
    """Mean and standard deviation (of the sample itself, n in the denominator)."""
    scale = float(np.max(np.abs(values)))
    scale = scale if scale > _HUGE else 1.0
    small = values / scale
    mean, deviation = float(np.mean(small)) * scale, float(np.std(small)) * scale
    return (
        mean if math.isfinite(mean) else None,
        deviation if math.isfinite(deviation) else None,
    )


def cuts(values: Any, bins: int) -> Any:
    """The upper ends of all bins but the last: quantiles of sorted values, each once.

    A constant has three bins: less, itself, more.
    """
    ranks = [max(0, math.ceil(k * values.size / bins) - 1) for k in range(1, bins)]
    return _inner(np.unique(values[ranks]), values[0], values[-1])


def _inner(edges: Any, least: float, most: float) -> Any:
    """Edges between which something is; some also where most values are one."""
    if least == most:
        return np.asarray([np.nextafter(least, -np.inf), least])
    if edges[0] == most:
        return np.nextafter(edges, -np.inf)
    return edges[edges < most]


def binned(values: Any, edges: Any) -> Any:
    """How many values are in each bin; an edge belongs to the bin below it."""
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)


def points(values: Any, most: int) -> dict[str, Any]:
    """Points of a distribution, and how many values are at most, and less than, each of them."""
    distinct = np.unique(values)
    exact = distinct.size <= most
    if not exact:
        ranks = np.round(np.linspace(0, values.size - 1, most)).astype(int)
        distinct = np.unique(np.concatenate([values[:_ENDS], values[ranks], values[-_ENDS:]]))
    return {
        "exact": bool(exact),
        "points": [float(each) for each in distinct],
        "upTo": [int(each) for each in np.searchsorted(values, distinct, side="right")],
        "below": [int(each) for each in np.searchsorted(values, distinct, side="left")],
    }


def checked(data: Any) -> dict[str, Any]:
    """A reference that was read.

    Raises:
        DataError: it is none, or of another version.
    """
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise DataError("the reference is no reference: make one with 'profile'")
    if data.get("version") != VERSION:
        raise DataError(f"the reference is of version {data.get('version')!r}, not {VERSION!r}")
    return data


def method_in(reference: Mapping[str, Any]) -> Method:
    """The method that a reference was made by."""
    said = reference["method"]
    return Method(said["bins"], said["epsilon"], said["logBase"], said["points"])


__all__ = ["CATEGORY", "NUMBER", "TEXT", "Method", "profile"]
