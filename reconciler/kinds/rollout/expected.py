"""Faults of expectations: between their fields, and with the strategy that they watch.

Limits of CloudWatch: API reference, GetMetricData (how long points of which length are kept) and
PutMetricAlarm (periods).
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.kinds.api import Problem, percent, seconds
from reconciler.kinds.rollout.expectation import (
    JUDGED,
    OF_ENDPOINT,
    TRAFFIC,
    Expectation,
    Term,
    bound,
    compared,
    level,
    of_endpoint,
    of_requests,
    period,
)
from reconciler.kinds.terms.alarm import (
    ERRORS,
    HOST,
    LATENCIES,
    limit_problems,
    limits,
    threshold,
)
from reconciler.model.value import Path
from reconciler.rollout.checks import VARIANT

CODE = "ANALYSIS001"
_DAY = 86_400
_KEPT = ((15 * _DAY, 60), (63 * _DAY, 300), (455 * _DAY, 3600))
"""For how long CloudWatch keeps points of which length; both in seconds."""
_NAMES = {name: Expectation.model_fields[name].alias or name for name in JUDGED}


def faults(rule: Expectation, path: Path) -> Iterator[Problem]:
    """What is wrong with an expectation by itself."""
    subjects = (rule.metric, rule.expression, rule.existing_alarm)
    if sum(each is not None for each in subjects) != 1:
        text = "an expectation is about one thing"
        yield Problem(path, text, "give one of 'metric', 'expression' and 'existingAlarm'")
        return
    if rule.existing_alarm is not None:
        yield from _of_alarm(rule, path)
        return
    if len(limits(bound(rule))) != 1:
        help_ = "give one of 'above', 'below', 'atLeast', 'atMost'"
        yield Problem(path, "a rule has one limit", help_)
        return
    wrong = [*_subject(rule, path)]
    yield from wrong
    if wrong:
        return
    yield from _times(rule, path)
    if rule.against is None:
        yield from _limit(rule, path)
        if rule.otherwise is not None:
            text = "it is compared with nothing, so this is never looked at"
            yield Problem((*path, "otherwise"), text, "remove it, or add 'against'", on_key=True)
    else:
        yield from _comparison(rule, path)
    yield from _grey(rule, path)


def _of_alarm(rule: Expectation, path: Path) -> Iterator[Problem]:
    """An alarm has its own metric, limit and time."""
    for name in sorted(rule.model_fields_set - {"existing_alarm"}):
        word = Expectation.model_fields[name].alias or name
        yield Problem((*path, word), "an alarm says this itself", f"remove '{word}'", on_key=True)


def _subject(rule: Expectation, path: Path) -> Iterator[Problem]:
    if rule.expression is not None:
        yield from _expression(rule, path)
        return
    if rule.metrics:
        text = "these are for an expression, and there is none"
        yield Problem((*path, "metrics"), text, "remove it, or add 'expression'", on_key=True)
    yield from _named(rule, path)


def _expression(rule: Expectation, path: Path) -> Iterator[Problem]:
    if not rule.metrics:
        text = "an expression needs the metrics that it is about"
        yield Problem((*path, "expression"), text, "add 'metrics', by the names it uses")
    for name in ("namespace", "dimensions", "statistic"):
        if getattr(rule, name):
            text = "each metric of an expression has its own"
            yield Problem((*path, name), text, "write it below 'metrics'", on_key=True)
    for key, term in rule.metrics.items():
        here = (*path, "metrics", key)
        yield from _named(term, here)
        if key not in str(rule.expression):
            yield Problem(here, f"the expression has no {key!r}", "remove it", on_key=True)


def _named(rule: Expectation | Term, path: Path) -> Iterator[Problem]:
    """Whether a metric is one of the endpoint's, or of a namespace of its own."""
    metric = str(rule.metric)
    if rule.namespace is None:
        if metric not in OF_ENDPOINT:
            close = get_close_matches(metric, sorted(OF_ENDPOINT), 1)
            help_ = f"did you mean {close[0]!r}? " if close else ""
            text = f"SageMaker sends no metric {metric!r} of an endpoint"
            help_ += "A metric of your own has a 'namespace'"
            yield Problem((*path, "metric"), text, help_)
        if rule.dimensions:
            text = "a metric of the endpoint has the dimensions of the variant"
            yield Problem((*path, "dimensions"), text, "remove it, or add 'namespace'", on_key=True)
    elif rule.namespace in {"AWS/SageMaker", "/aws/sagemaker/Endpoints"} and metric in OF_ENDPOINT:
        text = f"{metric} of the endpoint needs no namespace"
        help_ = "remove it and its dimensions: they are those of the variant"
        yield Problem((*path, "namespace"), text, help_, on_key=True)


def _times(rule: Expectation, path: Path) -> Iterator[Problem]:
    length, lasting = period(rule), seconds(rule.for_)
    if length % 60 or _DAY % length:
        text = "a measurement takes whole minutes that divide a day, or days do not begin alike"
        yield Problem((*path, "every"), text, "use 1m, 5m, 10m, 15m, 30m or 1h")
    elif rule.every is not None and lasting > length and lasting % length:
        text = f"'for' is a whole number of measurements of {rule.every}"
        yield Problem((*path, "for"), text, f"use a multiple of {rule.every}")


def _limit(rule: Expectation, path: Path) -> Iterator[Problem]:
    """The limit of a figure that is compared with nothing."""
    if of_endpoint(rule):
        yield from limit_problems(bound(rule), path)
        return
    side, value = level(rule)
    if _is_time(value):
        text = "nobody knows the unit of a metric of your own"
        yield Problem((*path, side), text, "write a plain number, in the unit that it is sent in")
    if seconds(rule.for_) % 60 or seconds(rule.for_) > _DAY:
        text = "an alarm looks at whole minutes, and back one day at most"
        yield Problem((*path, "for"), text, "use 1m to 1d")


def _comparison(rule: Expectation, path: Path) -> Iterator[Problem]:
    against, by = compared(rule)
    here = (*path, "against")
    given = [name for name in ("stable", "past") if getattr(rule.against, name) is not None]
    if len(given) != 1:
        yield Problem(here, "it is compared with one thing", "give one of 'stable' and 'past'")
        return
    if (rule.statistic is not None) and of_requests(rule):
        text = "errors of two variants are compared by their share of the requests"
        yield Problem((*path, "statistic"), text, "remove 'statistic'")
    yield from _past(rule, here) if against == "past" else _stable(rule, here)
    side, value = level(rule)
    if by == "ratio" and not _is_share(value):
        text = f"a ratio is a share of what {'was before' if against == 'past' else 'stable has'}"
        yield Problem((*path, side), text, "write per cent, as in 110%")
    elif by == "difference":
        yield from _difference(rule, value, (*path, side))
    if rule.otherwise is not None:
        yield from _otherwise(rule, rule.otherwise, (*path, "otherwise"))
    elif by == "ratio" and not _never_nothing(rule):
        text = "nothing can be compared with nothing: where there is none of it, a limit is needed"
        yield Problem(path, text, "add 'otherwise', the limit that then holds", CODE)


def _past(rule: Expectation, path: Path) -> Iterator[Problem]:
    ago = rule.against.ago if rule.against else None
    if ago is None:
        yield Problem(path, "nobody knows how long before", "add 'ago', such as 1d or 7d")
        return
    length, back = period(rule), seconds(ago)
    if back % length:
        text = "what is compared has to begin at the same time of a measurement"
        yield Problem((*path, "ago"), text, f"use a multiple of {rule.every or '1m'}")
    needed = next((size for most, size in _KEPT if back < most), None)
    if needed is None:
        yield Problem((*path, "ago"), "CloudWatch keeps 455 days", "use less than 455d", CODE)
    elif length % needed:
        text = f"CloudWatch keeps measurements of {rule.every or '1m'} for less than {ago}"
        yield Problem((*path, "ago"), text, f"use `every: {needed // 60}m`, or a later time", CODE)


def _stable(rule: Expectation, path: Path) -> Iterator[Problem]:
    if rule.against is not None and rule.against.ago is not None:
        text = "the stable variant is looked at now"
        yield Problem((*path, "ago"), text, "remove it, or use 'past'", on_key=True)
    if rule.metric in TRAFFIC and of_endpoint(rule):
        text = "how many requests each variant gets is what the rollout decides"
        yield Problem(path, text, "compare with a limit or the past, or watch errors")
    terms = [rule] if rule.metric is not None else [*rule.metrics.values()]
    own = [each for each in terms if each.namespace is not None]
    if len(own) == len(terms) and not any(
        VARIANT in value for e in own for value in e.dimensions.values()
    ):
        text = "both variants have the same figure, as no dimension names the variant"
        help_ = "send it by variant, and write e.g. `dimensions: {Variant: '{variant}'}`"
        yield Problem(path, text, help_, CODE)


def _difference(rule: Expectation, value: float | str, path: Path) -> Iterator[Problem]:
    """A difference has the unit of the figure itself."""
    metric = rule.metric if of_endpoint(rule) else None
    if metric in LATENCIES and not _is_time(value):
        yield Problem(path, "two latencies differ by a time", "write a unit, as in 20ms")
    elif metric in HOST | ERRORS and not _is_share(value):
        yield Problem(path, "two shares differ by a share", "write per cent, as in 0.5%")
    elif metric not in LATENCIES and _is_time(value):
        yield Problem(path, "the figure is no time", "write a plain number")


def _otherwise(rule: Expectation, value: float | str, path: Path) -> Iterator[Problem]:
    """The limit of the figure itself, in its own unit."""
    metric = rule.metric if of_endpoint(rule) else None
    if metric in LATENCIES and not _is_time(value):
        yield Problem(path, f"{metric} is a time", "write a unit, as in 250ms")
    elif metric in HOST | ERRORS and not _is_share(value):
        yield Problem(path, f"{metric} is a share here", "write per cent, as in 1%")
    elif metric not in LATENCIES and _is_time(value):
        yield Problem(path, "the figure is no time", "write a plain number")


def _grey(rule: Expectation, path: Path) -> Iterator[Problem]:
    """Where it fails lies beyond the limit."""
    if rule.fails_at is None:
        return
    side, value = level(rule)
    first, last = number(rule, value), number(rule, rule.fails_at)
    beyond = last > first if side in {"below", "atMost"} else last < first
    same = [_is_share(value), _is_time(value)] == [
        _is_share(rule.fails_at),
        _is_time(rule.fails_at),
    ]
    if not same or not beyond:
        text = f"it fails beyond its limit, '{side}: {value}', in the same unit"
        yield Problem((*path, "failsAt"), text, "correct one of them")


def number(rule: Expectation, value: float | str) -> float:
    """A limit in CloudWatch's unit; a ratio as a number, 1 for as much."""
    _, by = compared(rule)
    ratio = rule.against is not None and by == "ratio"
    if isinstance(value, str) and value.endswith("%") and (ratio or not of_endpoint(rule)):
        return percent(value) / 100
    return threshold(str(rule.metric) if of_endpoint(rule) else "", value)


def _never_nothing(rule: Expectation) -> bool:
    """Whether its figure is more than 0 wherever there are requests."""
    return of_endpoint(rule) and rule.metric in LATENCIES


def _is_share(value: float | str) -> bool:
    return isinstance(value, str) and value.endswith("%")


def _is_time(value: float | str) -> bool:
    return isinstance(value, str) and not value.endswith("%")


def unjudged(rule: Expectation, path: Path) -> Iterator[Problem]:
    """What SageMaker's guardrails cannot look at: they know alarms alone."""
    for name, word in _NAMES.items():
        if getattr(rule, name) is not None:
            yield _needs_judge((*path, word), f"'{word}'")
    if rule.when == "background":
        yield _needs_judge((*path, "when"), "'when: background'")


def _needs_judge(path: Path, what: str) -> Problem:
    text = f"SageMaker looks at alarms alone, which know no {what}"
    help_ = "use `strategy: {canary: …}`, where Moorline judges each step, or remove it"
    return Problem(path, text, help_, "ANALYSIS002", on_key=True)
