"""Expressions that find a metric in the log capture its value.

A job whose expression never captures ends well and has no metric, so a search has no best job.
Limits: SageMaker API, MetricDefinition; SageMaker developer guide, Resource limits for automatic
model tuning (metrics of a search).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.kinds.api import Path, Problem, Scope
from reconciler.kinds.training.check.names import builtin
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity

_SEARCH, _JOB = 20, 40
_LAZY = re.compile(r"\((?!\?:)[^()]*(?:[*+?]|\{[^}]*\})\?\)$")


def check(spec: Training) -> Iterator[Problem]:
    """Expressions that are none, or capture nothing."""
    said = [*_expressions(spec)]
    if said and builtin(spec) is not None:
        path, _, _ = said[0]
        text = "a built-in algorithm says by itself where its metrics are, and takes no other"
        yield Problem(path, text, "remove it")
        return
    found: dict[str, str] = {}
    for path, name, regex in said:
        if (fault := _fault(regex)) is not None:
            yield Problem(path, fault, "put brackets around what is the value: loss=([0-9.]+)")
        if found.setdefault(name, regex) != regex:
            text = f"{name!r} is found in two ways"
            yield Problem(path, text, "write the same expression, or leave it out here")
    most = _JOB if spec.tune is None else _SEARCH
    if len(found) > most:
        text = f"{len(found)} metrics, and {most} are taken"
        yield Problem(("metrics",), text, "remove some")


def report(spec: Training, scope: Scope) -> None:
    """Expressions that may capture nothing."""
    for path, _, regex in _expressions(spec):
        if _fault(regex) is None and _captures_nothing(regex):
            scope.problem(
                path,
                "the value at its end is as little as can be, which is nothing or one character",
                help="say what a value is made of: ([0-9.]+)",
                severity=Severity.WARNING,
            )


def _expressions(spec: Training) -> Iterator[tuple[Path, str, str]]:
    """Where each expression is, which metric it finds, and the expression."""
    for name, said in spec.metrics.items():
        yield ("metrics", name), name, said
    if spec.tune is not None and spec.tune.objective.regex is not None:
        objective = spec.tune.objective
        yield ("tune", "objective", "regex"), objective.metric, objective.regex or ""


def _fault(regex: str) -> str | None:
    try:
        compiled = re.compile(regex)
    except re.error as error:
        return f"it is no regular expression: {error}"
    return None if compiled.groups else "it captures nothing"


def _captures_nothing(regex: str) -> bool:
    """Whether a group at the end is satisfied with as little as it can: ``F1=(.*?)``."""
    return _LAZY.search(regex) is not None
