"""Judges a model by what it said and what was true, as far as that is known by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from . import classes, regression, score
from .faults import ConfigError, DataError
from .interval import drawn
from .outcome import INSUFFICIENT, NO_DATA, OK, VIOLATED
from .settings import Limit, Settings, limits
from .table import Table
from .values import canonical

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"
PROBLEMS: Mapping[str, Any] = {BINARY: score, MULTICLASS: classes, REGRESSION: regression}
SAMPLE = 100


class Question:
    """What is asked of the data: the columns, and what of the figures is to be judged."""

    def __init__(self, said: Settings) -> None:
        self.problem = said.word("problem", PROBLEMS)
        known = PROBLEMS[self.problem].NAMES
        self.label = said.text("label")
        self.prediction, self.score = said.text("prediction", ""), said.text("score", "")
        self.scores = said.inner("scores", {})
        self.positive = [canonical(it) for it in said.values("positive", ["1"])]
        self.negative = [canonical(it) for it in said.values("negative", [])]
        self.threshold = said.number("threshold", None)
        self.metrics = said.texts("metrics", [])
        for each in self.metrics:
            if each not in known:
                raise ConfigError(said.at("metrics"), f"{each!r} is none of {', '.join(known)}")
        self.limits = limits(said, "limits", known)
        self.tolerances: dict[str, float] = {}
        for name, section in said.inners("notWorse"):
            self.tolerances[name] = section.number("tolerance", 0.0, 0)
            section.finish()
            if name not in known or name == "meanError":
                raise ConfigError(section.path, "is no figure of which one is worse")
        self.sample = said.count("minimumRows", SAMPLE, 1)
        self.most_bad = said.number("maximumBad", 0.01, 0, 1)
        self.draws = said.count("draws", 200, 0, 10_000)
        self.level = said.number("confidence", 0.95, 0.5, 0.9999)
        self.seed = said.count("seed", 0)
        self._check(said)

    def _check(self, said: Settings) -> None:
        """What has to be said for the problem; and what of it would not be used."""
        if self.problem == BINARY:
            if not self.prediction and not self.score:
                raise ConfigError(said.at("score"), "is missing, and so is 'prediction'")
            asked = {*self.metrics, *self.limits, *self.tolerances}
            if not self.prediction and self.threshold is None and asked - {*score.SCORED}:
                which = ", ".join(sorted(asked - {*score.SCORED}))
                raise ConfigError(said.at("threshold"), f"is missing, and {which} need decisions")
            if not self.score and asked & {*score.SCORED}:
                raise ConfigError(said.at("score"), "is missing, and figures need it")
        elif not self.prediction:
            raise ConfigError(said.at("prediction"), "is missing")


def judge(
    question: Question, table: Table, baseline: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The figures, their intervals, and what is to be made of them.

    Raises:
        DataError: a column is not there, or too many predictions cannot be read.
        ConfigError: the labels are not as the question says.
    """
    if not table.rows:
        return {"problem": question.problem, "status": NO_DATA, "rows": 0, "metrics": {}}
    compute, rows, about = _READERS[question.problem](question, table)
    figures = compute(np.arange(rows)) if rows else {}
    ranges = drawn(compute, rows, question.draws, question.level, question.seed)
    wanted = question.metrics or sorted(figures)
    told = {
        name: {
            "value": figures.get(name),
            **({"interval": list(ranges[name])} if name in ranges else {}),
        }
        for name in wanted
    }
    judged = [*_limits(question, figures, ranges), *_worse(question, figures, ranges, baseline)]
    status = OK
    if any(each["status"] == VIOLATED for each in judged):
        status = VIOLATED
    elif rows < question.sample or any(each["status"] == INSUFFICIENT for each in judged):
        status = INSUFFICIENT
    if rows < question.sample:
        status = INSUFFICIENT if rows else NO_DATA
        for each in judged:
            each["status"] = status
    return {
        "problem": question.problem,
        "status": status,
        "rows": rows,
        "metrics": told,
        "judged": judged,
        "confidence": question.level,
        **about,
    }


def _judged(
    name: str, limit: Limit, figures: Mapping[str, Any], ranges: Mapping[str, Any], why: str
) -> dict[str, Any]:
    value = figures.get(name)
    low, high = ranges.get(name, (value, value))
    told = {"metric": name, "value": value, "limit": limit.said(), "because": why}
    if value is None:
        return {**told, "status": INSUFFICIENT, "sure": False}
    sure = limit.broken(low, high)
    return {
        **told,
        "status": VIOLATED if sure else OK,
        "sure": sure or not limit.broken(value, value),
    }


def _limits(
    question: Question, figures: Mapping[str, Any], ranges: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    for name, limit in question.limits.items():
        yield _judged(name, limit, figures, ranges, "limit")


def _worse(
    question: Question,
    figures: Mapping[str, Any],
    ranges: Mapping[str, Any],
    baseline: Mapping[str, Any] | None,
) -> Iterable[dict[str, Any]]:
    """Figures that must not be worse than those of an earlier evaluation."""
    if question.tolerances and baseline is None:
        raise ConfigError("notWorse", "needs a 'baseline'")
    for name, tolerance in question.tolerances.items():
        then = (baseline or {}).get("metrics", {}).get(name, {}).get("value")
        if not isinstance(then, (int, float)):
            raise DataError(f"the baseline has no {name}")
        lower = name in PROBLEMS[question.problem].LOWER
        limit = Limit(None, then + tolerance) if lower else Limit(then - tolerance, None)
        yield _judged(name, limit, figures, ranges, "baseline")


def _columns(table: Table, *names: str) -> None:
    for name in names:
        if name and name not in table.columns:
            raise DataError(f"the data has no column {name!r}")


def _kept(question: Question, labelled: Any, predicted: Any) -> tuple[Any, dict[str, Any]]:
    """Rows with both, and how many lack which; unreadable predictions are no late labels."""
    bad = int(np.sum(~predicted))
    if bad and bad / predicted.size > question.most_bad:
        raise DataError(f"{bad} of {predicted.size} predictions cannot be read")
    excluded = {"label": int(np.sum(~labelled)), "prediction": bad}
    return labelled & predicted, {"excluded": excluded}


def _binary(question: Question, table: Table) -> tuple[Any, int, dict[str, Any]]:
    _columns(table, question.label, question.prediction, question.score)
    labels = [canonical(each) for each in table.texts(question.label)]
    _two(question, labels)
    truth = np.asarray([each in question.positive for each in labels])
    labelled = np.asarray([each is not None for each in labels])
    predicted = np.ones(table.rows, dtype=bool)
    marks: Any = None
    points: Any = None
    if question.score:
        numbers = table.numbers(question.score)
        predicted &= numbers.mask
        points = np.zeros(table.rows)
        points[numbers.mask] = numbers.values
    if question.prediction:
        said = [canonical(each) for each in table.texts(question.prediction)]
        predicted &= np.asarray([each is not None for each in said])
        marks = np.asarray([each in question.positive for each in said])
    elif question.threshold is not None:
        marks = points >= question.threshold
    keep, about = _kept(question, labelled, predicted)
    truth = truth[keep]
    points = None if points is None else points[keep]
    marks = None if marks is None else marks[keep]

    def compute(at: Any) -> dict[str, float | None]:
        return score.figures(
            truth[at], None if points is None else points[at], None if marks is None else marks[at]
        )

    if marks is not None:
        about["confusion"] = score.confusion(truth, marks)
    return compute, int(truth.size), {**about, "positives": int(np.sum(truth))}


def _two(question: Question, labels: list[str | None]) -> None:
    """That labels are what the question says that they are."""
    others = {each for each in labels if each is not None and each not in question.positive}
    if question.negative:
        strange = sorted(others - {*question.negative})
        if strange:
            raise DataError(f"the label {strange[0]!r} is neither positive nor negative")
    elif len(others) > 1:
        told = ", ".join(sorted(others)[:3])
        raise ConfigError("negative", f"is missing, and labels that are not positive are {told}")


def _multiclass(question: Question, table: Table) -> tuple[Any, int, dict[str, Any]]:
    columns = {name: question.scores.text(name) for name in question.scores.data}
    _columns(table, question.label, question.prediction, *columns.values())
    labels = [canonical(each) for each in table.texts(question.label)]
    said = [canonical(each) for each in table.texts(question.prediction)]
    names = sorted({each for each in [*labels, *said] if each is not None})
    predicted = np.asarray([each is not None for each in said])
    chances = None
    if columns:
        by_class = {canonical(name): column for name, column in columns.items()}
        lacking = [each for each in names if each not in by_class]
        if lacking:
            raise ConfigError("scores", f"has no column for the class {lacking[0]!r}")
        chances = np.zeros((table.rows, len(names)))
        for at, name in enumerate(names):
            numbers = table.numbers(by_class[name])
            predicted &= numbers.mask
            chances[numbers.mask, at] = numbers.values
    keep, about = _kept(question, np.asarray([each is not None for each in labels]), predicted)
    index: dict[str | None, int] = {name: at for at, name in enumerate(names)}
    truth = np.asarray([index.get(each, 0) for each in labels], dtype=int)[keep]
    marks = np.asarray([index.get(each, 0) for each in said], dtype=int)[keep]
    chances = None if chances is None else chances[keep]

    def compute(at: Any) -> dict[str, float | None]:
        part = None if chances is None else chances[at]
        return classes.figures(truth[at], marks[at], len(names), part)

    about["classes"] = names
    about["confusion"] = classes.matrix(truth, marks, len(names)).tolist()
    return compute, int(truth.size), about


def _regression(question: Question, table: Table) -> tuple[Any, int, dict[str, Any]]:
    _columns(table, question.label, question.prediction)
    labels, said = table.numbers(question.label), table.numbers(question.prediction)
    if labels.invalid + labels.infinite:
        raise DataError(f"{labels.invalid + labels.infinite} labels are no finite numbers")
    keep, about = _kept(question, labels.mask, said.mask)
    both = np.zeros((2, table.rows))
    both[0, labels.mask], both[1, said.mask] = labels.values, said.values
    truth, predicted = both[0, keep], both[1, keep]

    def compute(at: Any) -> dict[str, float | None]:
        return regression.figures(truth[at], predicted[at])

    return compute, int(truth.size), about


_READERS: Mapping[str, Callable[[Question, Table], tuple[Any, int, dict[str, Any]]]] = {
    BINARY: _binary,
    MULTICLASS: _multiclass,
    REGRESSION: _regression,
}
