"""Whether features have drifted from their reference.

A verdict needs three things: a minimum sample, an effect that is large enough to matter, and a
p-value that holds among those of all features (Benjamini-Hochberg). Of many rows the p-value alone
sees what nobody cares for, of few rows the effect alone is chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import distance
from .faults import ConfigError
from .outcome import INSUFFICIENT, NO_DATA, OK, VIOLATED
from .reference import Method, method_in
from .settings import Settings
from .table import CATEGORY, NUMBER, TEXT, Table

LEVELS: Mapping[str, Mapping[str, float]] = {
    NUMBER: {"ks": 0.05, "wasserstein": 0.1, "psi": 0.1},
    CATEGORY: {"linf": 0.05, "js": 0.075, "psi": 0.05},
}
"""From which a measure is an effect; any of them is one. See `docs/analysis.md` on their choice."""
MEASURES = {NUMBER: ("ks", "psi", "js", "wasserstein"), CATEGORY: ("linf", "psi", "js")}
SAMPLE = 500
"""Rows below which an undrifted PSI above 0.1 is not rare."""


class Rule:
    """What is asked of features."""

    def __init__(self, sample: int, alpha: float) -> None:
        self.sample, self.alpha = sample, alpha
        self.levels: dict[str, dict[str, float]] = {kind: {**LEVELS[kind]} for kind in LEVELS}
        self.own: dict[str, dict[str, float]] = {}
        self.off: set[str] = set()
        self.critical: set[str] = set()
        self.share = 0.0

    def level(self, name: str, type_: str) -> dict[str, float]:
        """The levels of a feature."""
        return self.own.get(name) or self.levels[type_]


def rule_of(said: Settings, reference: Mapping[str, Any]) -> Rule:
    """The rule that a configuration asks for.

    Raises:
        ConfigError: it names a measure or a feature that is not there.
    """
    columns: Mapping[str, Any] = reference["columns"]
    rule = Rule(said.count("minimumRows", SAMPLE, 1), said.number("alpha", 0.05, 1e-9, 0.5))
    rule.share = said.number("maximumDrifted", 0.0, 0, 1)
    levels = said.inner("levels", {})
    for type_ in LEVELS:
        if levels.has(type_):
            rule.levels[type_] = _levels(levels.inner(type_), type_)
    levels.finish()
    for name, each in said.inners("features"):
        if name not in columns:
            raise ConfigError(each.path, "the reference has no such column")
        type_ = columns[name]["type"]
        if each.has("levels"):
            if type_ == TEXT:
                raise ConfigError(each.at("levels"), "a text is not compared by its values")
            rule.own[name] = _levels(each.inner("levels"), type_)
        if not each.truth("drift", default=True):
            rule.off.add(name)
        if each.truth("critical", default=False):
            rule.critical.add(name)
        each.finish()
    said.finish()
    return rule


def _levels(said: Settings, type_: str) -> dict[str, float]:
    found = {name: said.number(name, low=0) for name in MEASURES[type_] if said.has(name)}
    said.finish()
    if not found:
        raise ConfigError(said.path, f"names none of {', '.join(MEASURES[type_])}")
    return found


def compare(reference: Mapping[str, Any], table: Table, rule: Rule) -> list[dict[str, Any]]:
    """What became of each feature of the reference that the data has."""
    method = method_in(reference)
    found = []
    for name, known in reference["columns"].items():
        if name in table.columns and known["type"] != TEXT and name not in rule.off:
            found.append(_one(name, known, table, rule, method))
    tested = [each for each in found if each["p"] is not None]
    for each, p in zip(tested, distance.adjusted([each["p"] for each in tested])):
        each["pAdjusted"] = p
        drifted = p < rule.alpha and bool(each["effects"])
        each["status"] = VIOLATED if drifted else OK
    return found


def _one(
    name: str, known: Mapping[str, Any], table: Table, rule: Rule, method: Method
) -> dict[str, Any]:
    type_ = known["type"]
    if type_ == NUMBER:
        numbers = np.sort(table.numbers(name).values)
        size = int(numbers.size)
    else:
        counts: dict[str, int] = {}
        for value in table.texts(name):
            if value is not None:
                counts[value] = counts.get(value, 0) + 1
        size = sum(counts.values())
    told: dict[str, Any] = {
        "feature": name,
        "type": type_,
        "status": NO_DATA if not size else INSUFFICIENT,
        "rows": size,
        "reference": known["present"],
        "critical": name in rule.critical,
        "levels": rule.level(name, type_),
        "measures": {},
        "effects": [],
        "p": None,
        "pAdjusted": None,
    }
    if size < rule.sample or known["present"] < rule.sample:
        return told
    if type_ == NUMBER:
        measures, p = _of_numbers(known, numbers, method)
    else:
        measures, p = _of_categories(known["values"], counts, method)
    levels = told["levels"]
    effects = [
        each
        for each, value in measures.items()
        if value is not None and each in levels and value >= levels[each]
    ]
    return {**told, "measures": measures, "effects": effects, "p": p}


def _of_numbers(
    known: Mapping[str, Any], values: Any, method: Method
) -> tuple[dict[str, float | None], float]:
    gap = distance.ks(known, values)
    then, now = distance.bins(known, values)
    measures = {
        "ks": gap,
        "psi": distance.psi(then, now, method),
        "js": distance.js(then, now, method),
        "wasserstein": distance.wasserstein(known, values),
    }
    return measures, distance.ks_p(gap, known["present"], values.size)


def _of_categories(
    known: Mapping[str, int], counts: Mapping[str, int], method: Method
) -> tuple[dict[str, float | None], float]:
    then, now = distance.counted(known, counts)
    shares = then / then.sum(), now / now.sum()
    measures: dict[str, float | None] = {
        "linf": distance.linf(known, counts),
        "psi": distance.psi(*shares, method),
        "js": distance.js(*shares, method),
    }
    return measures, distance.chi2_p(*distance.chi2(then, now))
