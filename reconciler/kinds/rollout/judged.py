"""Expectations as the values by which a candidate is judged; see `reconciler.rollout.checks`."""

from __future__ import annotations

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.rollout.analysis import called, guards, stat
from reconciler.kinds.rollout.expectation import (
    MINIMUM,
    TRAFFIC,
    Expectation,
    Term,
    bound,
    compared,
    level,
    of_endpoint,
    of_requests,
    period,
    run,
)
from reconciler.kinds.rollout.expected import number
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.terms.alarm import ERRORS, HOST, LATENCIES, is_rate, metric_of
from reconciler.kinds.terms.freeze import window
from reconciler.rollout.checks import REQUESTS, Analysis, Check, Series

_COUNTED = frozenset({"Sum", "SampleCount"})


def analysis(spec: Rollout, scope: Scope) -> Analysis:
    """All that says whether a rollout may go on."""
    return Analysis(
        checks=tuple(check(rule) for rule in spec.analysis if rule.existing_alarm is None),
        alarms=guards(spec, scope),
        freeze=tuple(window(each) for each in spec.freeze),
    )


def check(rule: Expectation) -> Check:
    """An expectation that passed its checks, in CloudWatch's units."""
    side, value = level(rule)
    against, by = compared(rule)
    terms = rule.metrics if rule.expression is not None else {"m": rule}
    share = of_requests(rule)
    return Check(
        name=called(rule),
        series={key: _series(term, summed=share) for key, term in terms.items()},
        expression=rule.expression or "",
        per_request=share,
        side=side,
        level=number(rule, value),
        fails_at=None if rule.fails_at is None else number(rule, rule.fails_at),
        against=against,
        by=by,
        ago=seconds(rule.against.ago) if rule.against and rule.against.ago else 0,
        otherwise=None if rule.otherwise is None else _absolute(rule, rule.otherwise),
        minimum=_minimum(rule),
        period=period(rule),
        run=run(rule),
        most_failed=rule.max_failed,
        successes=rule.successes or 1,
        background=rule.when == "background",
        unit=_unit(rule),
    )


def _minimum(rule: Expectation) -> int:
    """Requests that a measurement needs; of a figure that is their number, none."""
    if rule.minimum_requests is not None:
        return rule.minimum_requests
    return 0 if of_endpoint(rule) and rule.metric in TRAFFIC else MINIMUM


def _absolute(rule: Expectation, value: float | str) -> float:
    """A limit without a comparison, in the unit of the figure itself."""
    return number(rule.model_copy(update={"against": None}), value)


def _series(term: Expectation | Term, *, summed: bool) -> Series:
    statistic = "Sum" if summed else stat(term)
    metric = str(term.metric)
    if term.namespace is not None:
        return Series(
            namespace=term.namespace,
            metric=metric,
            statistic=statistic,
            dimensions=dict(term.dimensions),
            counts=statistic in _COUNTED,
        )
    return Series(
        namespace=str(metric_of(metric)["Namespace"]),
        metric=metric,
        statistic=statistic,
        dimensions=dict(REQUESTS.dimensions),
        counts=metric in ERRORS or (metric not in LATENCIES | HOST and statistic in _COUNTED),
    )


def _unit(rule: Expectation) -> str:
    """How the figure is shown."""
    if of_endpoint(rule):
        if rule.metric in LATENCIES:
            return "us"
        if rule.metric in HOST:
            return "percent"
        return "share" if of_requests(rule) or is_rate(bound(rule)) else ""
    _, value = level(rule)
    shown = rule.otherwise if rule.against is not None else value
    return "share" if isinstance(shown, str) and shown.endswith("%") else ""
