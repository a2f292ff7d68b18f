"""Metrics held against those of the version in Production."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry.evidence import Evidence
from reconciler.registry.policy import Comparison
from reconciler.registry.verdict import Outcome, Row

if TYPE_CHECKING:
    from reconciler.registry.judge import Case

ORDER = 20
ROUNDING = 1e-12
"""Sums of decimal fractions are not exact; a value at the very bound is no worse."""


def rows(case: Case) -> Iterator[Row]:
    for each in case.policy.comparisons:
        found, outcome = _one(each, case.evidence)
        source = case.evidence.production_metrics.source or case.evidence.production.source
        yield Row(f"metric {each.metric}", _wanted(each), found, outcome, source)


def _wanted(each: Comparison) -> str:
    if not each.tolerance:
        return "no worse than production"
    margin = f"{each.tolerance * 100:g}%" if each.relative else f"{each.tolerance:g}"
    return f"no worse than production by more than {margin}"


def _one(each: Comparison, evidence: Evidence) -> tuple[str, Outcome]:
    production = evidence.production
    if production.unknown:
        return production.unknown, Outcome.UNKNOWN
    if production.value is None:
        return "nothing is in production", Outcome.PASSED
    if production.value.arn == evidence.version.arn:
        return "it is the one in production", Outcome.PASSED
    for whose, metrics in (("", evidence.metrics), ("production: ", evidence.production_metrics)):
        if metrics.unknown:
            return f"{whose}{metrics.unknown}", Outcome.UNKNOWN
    mine = (evidence.metrics.value or {}).get(each.metric)
    theirs = (evidence.production_metrics.value or {}).get(each.metric)
    if mine is None or not math.isfinite(mine):
        return "not in the evaluation", Outcome.FAILED
    said = f"{mine:.6g}, version {production.value.number} has"
    if theirs is None or not math.isfinite(theirs):
        return f"{said} none", Outcome.UNKNOWN
    margin = each.tolerance * abs(theirs) if each.relative else each.tolerance
    worse = mine - theirs if each.lower else theirs - mine
    slack = ROUNDING * max(1.0, abs(theirs))
    held = worse <= margin + slack
    return f"{said} {theirs:.6g}", Outcome.PASSED if held else Outcome.FAILED
