"""Whether data is fit to be judged: columns, types, completeness, ranges, categories.

A share breaks its rule if all of its interval lies beyond what the reference and the tolerance
allow, so that a few rows by chance break none. Whether a column is there needs no sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .interval import wilson
from .outcome import INSUFFICIENT, OK, VIOLATED
from .settings import Settings
from .table import CATEGORY, NUMBER, Table

LEVEL = 0.99
"""Of the intervals of shares: there are many rules, and each may be wrong."""
SHARES = ("completeness", "type", "range", "categories")


class Rules:
    """How much of a column may be beside the reference, by rule; nothing is not asked."""

    def __init__(self, shares: Mapping[str, float | None], extra: bool, sample: int) -> None:
        self.shares, self.extra, self.sample = shares, extra, sample
        self.own: dict[str, dict[str, float | None]] = {}

    def tolerance(self, column: str, rule: str) -> float | None:
        own = self.own.get(column, {})
        return own[rule] if rule in own else self.shares[rule]


def rules_of(said: Settings, sample: int) -> Rules:
    """The rules that a configuration asks for: one row of a hundred may be beside them."""
    shares = _shares(said, dict.fromkeys(SHARES, 0.01))
    rules = Rules(shares, said.truth("extraColumns", default=True), sample)
    for name, each in said.inners("columns"):
        rules.own[name] = _shares(each, {})
        each.finish()
    said.finish()
    return rules


def _shares(said: Settings, default: Mapping[str, float]) -> dict[str, float | None]:
    found: dict[str, float | None] = {**default}
    for each in SHARES:
        if said.has(each):
            off = said.data[each] is False
            found[each] = None if off else said.number(each, low=0, high=1)
    return found


def check(reference: Mapping[str, Any], table: Table, rules: Rules) -> list[dict[str, Any]]:
    """What came of each rule: those of columns first, as the reference has them."""
    columns: Mapping[str, Any] = reference["columns"]
    found: list[dict[str, Any]] = []
    for name, known in columns.items():
        if name not in table.columns:
            found.append(_told(name, "missingColumn", VIOLATED, "the column is not there"))
            continue
        found += _column(name, known, table, rules)
    if rules.extra:
        for name in table.columns:
            if name not in columns and not name.startswith("_") and table.rows:
                found.append(_told(name, "extraColumn", VIOLATED, "the reference lacks the column"))
    return found


def _told(column: str, rule: str, status: str, text: str, **figures: Any) -> dict[str, Any]:
    return {"column": column, "rule": rule, "status": status, "text": text, **figures}


def _column(
    name: str, known: Mapping[str, Any], table: Table, rules: Rules
) -> Iterator[dict[str, Any]]:
    if known["type"] == NUMBER:
        numbers = table.numbers(name)
        odd, there = numbers.invalid + numbers.infinite, table.rows - numbers.missing
        known_odd = known["invalid"] + known["infinite"]
        yield _share(name, "completeness", (numbers.missing, table.rows), known, rules)
        yield _share(
            name,
            "type",
            (odd, there),
            known,
            rules,
            was=_part(known_odd, known_odd + known["present"]),
        )
        if "least" in known:
            out = np.sum((numbers.values < known["least"]) | (numbers.values > known["most"]))
            counts = int(out), int(numbers.values.size)
            yield _share(name, "range", counts, known, rules, was=0.0)
        return
    texts = table.texts(name)
    there = len(texts) - texts.count(None)
    yield _share(name, "completeness", (table.rows - there, table.rows), known, rules)
    if known["type"] == CATEGORY and known["present"]:
        values = known["values"]
        new = sum(1 for each in texts if each is not None and each not in values)
        yield _share(name, "categories", (new, there), known, rules, was=0.0)


_TEXTS = {
    "completeness": "values are missing",
    "type": "values are no finite numbers",
    "range": "values are beyond those of the reference",
    "categories": "values are categories that the reference does not have",
}


def _part(count: float, of: float) -> float:
    return count / of if of else 0.0


def _share(
    name: str,
    rule: str,
    counts: tuple[int, int],
    known: Mapping[str, Any],
    rules: Rules,
    was: float | None = None,
) -> dict[str, Any]:
    """A rule of a share: how many of how many are beside it, and what the reference had."""
    count, of = counts
    if was is None:
        was = _part(known["missing"], known["missing"] + known["present"])
    tolerance = rules.tolerance(name, rule)
    low, high = wilson(count, of, LEVEL)
    figures: dict[str, Any] = {
        "count": count, "of": of, "share": _part(count, of), "reference": was,
        "tolerance": tolerance, "interval": [low, high],
    }  # fmt: skip
    text = f"{count} of {of} {_TEXTS[rule]}"
    if tolerance is None:
        return _told(name, rule, OK, f"{text}; nothing is asked of them", **figures)
    if of < rules.sample:
        return _told(name, rule, INSUFFICIENT, text, **figures)
    broken = low > min(1.0, was + tolerance)
    return _told(name, rule, VIOLATED if broken else OK, text, **figures)
