"""Bounds of single metrics."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.registry.verdict import Outcome, Row

if TYPE_CHECKING:
    from reconciler.registry.judge import Case

ORDER = 10
COMPARE: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "above": (operator.gt, "above"),
    "below": (operator.lt, "below"),
    "atLeast": (operator.ge, "at least"),
    "atMost": (operator.le, "at most"),
}


def rows(case: Case) -> Iterator[Row]:
    metrics = case.evidence.metrics
    for each in case.policy.thresholds:
        compare, words = COMPARE[each.bound]
        wanted = f"{words} {each.level:g}"
        if metrics.unknown:
            found, outcome = metrics.unknown, Outcome.UNKNOWN
        elif metrics.value is None:
            found, outcome = "no evaluation", Outcome.FAILED
        elif (value := metrics.value.get(each.metric)) is None:
            found, outcome = "not in the evaluation", Outcome.FAILED
        elif not math.isfinite(value):
            found, outcome = "no number", Outcome.FAILED
        else:
            held = compare(value, each.level)
            found, outcome = f"{value:.6g}", Outcome.PASSED if held else Outcome.FAILED
        yield Row(f"metric {each.metric}", wanted, found, outcome, metrics.source)
