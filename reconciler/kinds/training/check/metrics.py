"""Metrics that are judged are found somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.kinds.api import Path, Problem
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training.spec import Training, bounds


def check(spec: Training) -> Iterator[Problem]:
    """Problems of objective and evaluation."""
    yield from _metrics(spec)
    if spec.evaluation is not None and spec.register_ is None:
        yield Problem(("evaluation",), "nothing depends on the evaluation", "add 'register'")


def _metrics(spec: Training) -> Iterator[Problem]:
    """Scripts and own images have to say where their metrics are in the log."""
    wanted: list[tuple[Path, str, str | None]] = []
    if spec.tune is not None:
        objective = spec.tune.objective
        wanted.append((("tune", "objective"), objective.metric, objective.regex))
    if spec.evaluation is not None:
        wanted.append((("evaluation",), spec.evaluation.metric, spec.evaluation.regex))
        if len(bounds(spec.evaluation)) != 1:
            help_ = "give one of 'above', 'below', 'atLeast', 'atMost'"
            yield Problem(("evaluation",), "an evaluation has one bound", help_)
        if spec.tune is not None and spec.evaluation.metric != (best := spec.tune.objective.metric):
            text = "with tuning, the evaluation looks at the objective of the best job"
            help_ = f"write {best!r}"
            yield Problem(("evaluation", "metric"), text, help_)
    if spec.code is None and not isinstance(spec.algorithm, Custom):
        return
    found = {*spec.metrics, *(name for _, name, regex in wanted if regex is not None)}
    for path, name, _ in wanted:
        if name not in found:
            close = get_close_matches(name, sorted(found), 1, 0.6)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            text = f"nothing says where {name!r} is in the log{hint}"
            yield Problem((*path, "metric"), text, "add a 'regex'")
