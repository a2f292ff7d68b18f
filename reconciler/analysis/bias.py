"""Whether a model or its data treats groups of people differently.

For every facet the favoured group is compared with each other one and with all others together, in
all rows and within each segment. A limit is broken only if all of the figure's interval lies beyond
it, and a group with few rows says nothing: in small windows gaps come by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import parity
from .faults import ConfigError, DataError
from .outcome import INSUFFICIENT, NO_DATA, OK, VIOLATED, together
from .settings import Settings, limits
from .table import Table
from .values import canonical

OTHERS = "(all others)"
SAMPLE = 100
FEW = 50
"""Segments of a column that has more different values than this are refused."""


class Facet:
    """A column that tells groups apart, and which group is favoured."""

    def __init__(self, said: Settings) -> None:
        self.column = said.text("column")
        self.above = self.below = None
        self.favoured: list[str | None] = []
        if isinstance(said.data.get("favoured"), dict):
            ends = said.inner("favoured")
            self.above, self.below = ends.number("above", None), ends.number("below", None)
            ends.finish()
            if (self.above is None) == (self.below is None):
                raise ConfigError(ends.path, "needs 'above' or 'below'")
        else:
            self.favoured = [canonical(each) for each in said.values("favoured")]
            if not self.favoured:
                raise ConfigError(said.at("favoured"), "names nobody")
        said.finish()

    def said(self) -> str:
        """The favoured group in words."""
        if self.above is not None:
            return f"above {self.above:g}"
        return (
            f"below {self.below:g}"
            if self.below is not None
            else ", ".join(map(str, self.favoured))
        )

    def groups(self, table: Table) -> tuple[Any, dict[str, Any]]:
        """Which rows are favoured, and which are of each other group."""
        if self.favoured:
            values = [canonical(each) for each in table.texts(self.column)]
            first = np.asarray([each in self.favoured for each in values], dtype=bool)
            names = sorted({each for each in values if each is not None} - {*self.favoured})
            others = {name: np.asarray([each == name for each in values]) for name in names if name}
            return first, others
        numbers = table.numbers(self.column)
        first, other = np.zeros(table.rows, dtype=bool), np.zeros(table.rows, dtype=bool)
        inside = (
            numbers.values > self.above if self.above is not None else numbers.values < self.below
        )
        first[numbers.mask], other[numbers.mask] = inside, ~inside
        return first, {OTHERS: other}


class Question:
    """What is asked of the data."""

    def __init__(self, said: Settings) -> None:
        self.label, self.prediction = said.text("label", ""), said.text("prediction", "")
        self.score, self.threshold = said.text("score", ""), said.number("threshold", None)
        if not self.label:
            raise ConfigError(said.at("label"), "is missing")
        if self.score and self.threshold is None:
            raise ConfigError(said.at("threshold"), "is missing, and a score decides nothing")
        if self.score and self.prediction:
            raise ConfigError(said.at("score"), "decides what 'prediction' says already")
        self.positive = [canonical(each) for each in said.values("positive", ["1"])]
        self.facets = [Facet(each) for each in said.sections("facets")]
        if not self.facets:
            raise ConfigError(said.at("facets"), "names none")
        self.group = said.text("group", "")
        self.segments = said.texts("segments", [])
        self.limits = limits(said, "limits", [*parity.BEFORE, *parity.AFTER])
        if not self.predicts and {*self.limits} & {*parity.AFTER}:
            raise ConfigError(said.at("limits"), "ask for predictions, and none are named")
        self.sample = said.count("minimumRows", SAMPLE, 1)
        self.draws = said.count("draws", 500, 0, 10_000)
        self.level = said.number("confidence", 0.95, 0.5, 0.9999)
        self.seed = said.count("seed", 0)

    @property
    def predicts(self) -> bool:
        """Whether there are predictions."""
        return bool(self.prediction or self.score)


def judge(question: Question, table: Table) -> dict[str, Any]:
    """What is to be said of every facet, group and segment.

    Raises:
        DataError: a column is not there.
        ConfigError: a segment has too many values.
    """
    names = [question.label, question.prediction, question.score, question.group]
    for name in [*names, *(each.column for each in question.facets), *question.segments]:
        if name and name not in table.columns:
            raise DataError(f"the data has no column {name!r}")
    if not table.rows:
        return {"status": NO_DATA, "rows": 0, "results": []}
    truth, decided, there = _outcomes(question, table)
    results = []
    for facet in question.facets:
        first, others = facet.groups(table)
        groups = dict(others)
        if len(others) > 1:
            groups[OTHERS] = np.any(np.asarray([*others.values()]), axis=0)
        for segment, rows in _segments(question, table):
            for name, other in groups.items():
                told = {"facet": facet.column, "favoured": facet.said(), "group": name}
                masks = first & rows & there, other & rows & there
                found = _pair(question, table, truth, decided, masks)
                results.append({**told, "segment": segment, **found})
    return {
        "status": together(each["status"] for each in results) if results else INSUFFICIENT,
        "unjudged": sum(1 for each in results if each["status"] in {NO_DATA, INSUFFICIENT}),
        "rows": table.rows,
        "excluded": int(np.sum(~there)),
        "confidence": question.level,
        "positive": question.positive,
        "label": question.label,
        "results": results,
    }


def _outcomes(question: Question, table: Table) -> tuple[Any, Any, Any]:
    """Who is really positive, who is said to be, and of which rows both are known."""
    labels = [canonical(each) for each in table.texts(question.label)]
    truth = np.asarray([each in question.positive for each in labels], dtype=bool)
    there = np.asarray([each is not None for each in labels], dtype=bool)
    if question.score:
        numbers = table.numbers(question.score)
        decided = np.zeros(table.rows, dtype=bool)
        decided[numbers.mask] = numbers.values >= question.threshold
        return truth, decided, there & numbers.mask
    if question.prediction:
        said = [canonical(each) for each in table.texts(question.prediction)]
        known = np.asarray([each is not None for each in said], dtype=bool)
        decided = np.asarray([each in question.positive for each in said], dtype=bool)
        return truth, decided, there & known
    return truth, truth, there


def _segments(question: Question, table: Table) -> Iterator[tuple[dict[str, str], Any]]:
    """All rows, then those of each value of each segment's column."""
    yield {}, np.ones(table.rows, dtype=bool)
    for name in question.segments:
        texts = table.texts(name)
        values = sorted({each for each in texts if each is not None})
        if len(values) > FEW:
            raise ConfigError("segments", f"{name!r} has {len(values)} values, more than {FEW}")
        for value in values:
            yield {name: value}, np.asarray([each == value for each in texts], dtype=bool)


def _pair(
    question: Question, table: Table, truth: Any, decided: Any, masks: tuple[Any, Any]
) -> dict[str, Any]:
    first, other = masks
    sizes = {"favoured": int(np.sum(first)), "other": int(np.sum(other))}
    counts = _counts(question, table, truth, decided, masks)
    figures = _figures(question, counts)
    ranges = _ranges(question, counts, figures)
    told: dict[str, Any] = {
        "rows": sizes,
        "metrics": {
            name: {"value": value, **({"interval": ranges[name]} if name in ranges else {})}
            for name, value in figures.items()
        },
        "violations": [],
    }
    if min(sizes.values()) < question.sample:
        return {**told, "status": INSUFFICIENT if sum(sizes.values()) else NO_DATA}
    status = OK
    for name, limit in question.limits.items():
        value = figures[name]
        if value is None:
            status = INSUFFICIENT if status == OK else status
            continue
        low, high = ranges.get(name, (value, value))
        if limit.broken(low, high):
            told["violations"].append(name)
            status = VIOLATED
    return {**told, "status": status}


def _counts(
    question: Question, table: Table, truth: Any, decided: Any, masks: tuple[Any, Any]
) -> Any:
    """How many rows there are, by stratum, group, truth and decision."""
    strata = np.zeros(table.rows, dtype=int)
    if question.group:
        names = [each or "" for each in table.texts(question.group)]
        order = {name: at for at, name in enumerate(sorted({*names}))}
        strata = np.asarray([order[name] for name in names], dtype=int)
    found = np.zeros((int(strata.max()) + 1, 2, 2, 2))
    for at, mask in enumerate(masks):
        np.add.at(found, (strata[mask], at, truth[mask].astype(int), decided[mask].astype(int)), 1)
    return found


def _figures(question: Question, counts: Any) -> dict[str, float | None]:
    found = parity.before(counts.sum(axis=3))
    if question.predicts:
        found.update(parity.after(counts))
    if not question.group:
        found = {name: value for name, value in found.items() if not name.startswith("CDD")}
    return found


def _ranges(
    question: Question, counts: Any, figures: Mapping[str, float | None]
) -> dict[str, list[float]]:
    """Intervals, by drawing the counts anew: all figures follow from them."""
    size = int(counts.sum())
    if not question.draws or not size:
        return {}
    random = np.random.default_rng(question.seed)
    found: dict[str, list[float]] = {}
    for drawn in random.multinomial(size, counts.ravel() / size, question.draws):
        for name, value in _figures(question, drawn.reshape(counts.shape)).items():
            if value is not None:
                found.setdefault(name, []).append(value)
    tail = (1 - question.level) / 2
    return {
        name: [float(np.quantile(each, tail)), float(np.quantile(each, 1 - tail))]
        for name, each in found.items()
        if len(each) >= question.draws / 2 and figures[name] is not None
    }
