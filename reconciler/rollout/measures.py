"""From figures to measurements: each period by itself is good, bad, undecided, or says nothing.

Three things are told apart where there is no figure. Without requests nothing was measured. With
requests and nothing counted it was zero. And what never was, or is under other dimensions, is
misconfigured, which no waiting mends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from reconciler.rollout.checks import Check
from reconciler.rollout.queries import BASELINE, CANDIDATE, COUNT, VALUE, Span

_STEADY = 2
"""Periods with requests from which on there is something to compare silence with."""
_MANY = 20
"""Requests that do not fail to come by chance."""


class Outcome(StrEnum):
    """What one measurement says."""

    GOOD = "good"
    BAD = "bad"
    UNDECIDED = "undecided"
    """Between the limit and where it fails."""
    IDLE = "no requests"
    FEW = "too few requests"
    MISSING = "no data"


class Known(StrEnum):
    """What CloudWatch says of a metric that has shown nothing."""

    THERE = "there"
    """It exists; or a metric of another variant does, and this one's is still to come."""
    ELSEWHERE = "elsewhere"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Points:
    """The answer to one query: values by the beginning of their period."""

    values: Mapping[float, float] = field(default_factory=dict)
    fault: str = ""
    """Why it is not whole, in AWS's words; then nothing is known from it."""
    note: str = ""
    """What AWS says beside whole values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All answers for one check, by role and part, and what is known of metrics without any."""

    points: Mapping[tuple[str, str], Points]
    known: Mapping[str, tuple[Known, str]] = field(default_factory=dict)
    """By id of a series: whether it exists, and where else, in words."""
    ago: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One or more whole periods from `start` until before `end`."""

    start: float
    end: float
    outcome: Outcome
    value: float | None = None
    baseline: float | None = None
    requests: float = 0
    periods: int = 1
    absolute: bool = False
    """Whether it was held against `Check.otherwise`, as the baseline is 0."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one variant has shown in some periods."""

    figure: float | None
    requests: float

    def __add__(self, other: _Seen) -> _Seen:
        """Of both together; a sum with nothing in it is what the other one is."""
        given = [each.figure for each in (self, other) if each.figure is not None]
        return _Seen(sum(given) if given else None, self.requests + other.requests)


_NOTHING = _Seen(None, 0)


def fault(figures: Figures) -> str:
    """Why the answers are not whole, or ""; a part of an answer is no answer."""
    return next((each.fault for each in figures.points.values() if each.fault), "")


def unknown(figures: Figures) -> str:
    """Why nobody knows whether a metric without figures exists, or ""."""
    told = (where for known, where in figures.known.values() if known is Known.UNKNOWN)
    return next((f"whether its metric exists is not known: {each}" for each in told), "")


def misconfigured(check: Check, figures: Figures) -> str:
    """What is wrong with the metrics of a check, or ""."""
    for key, (known, where) in sorted(figures.known.items()):
        series = check.series[key]
        if known is Known.NEVER:
            return (
                f"misconfigured: no metric {series.metric!r} was ever in the namespace"
                f" {series.namespace!r}, as far as CloudWatch remembers"
            )
        if known is Known.ELSEWHERE:
            return (
                f"misconfigured: {series.metric!r} in {series.namespace!r} has no such"
                f" dimensions{f'; it has {where}' if where else ''}"
            )
    return ""


def silent(check: Check, figures: Figures) -> list[str]:
    """Ids of series of the candidate of which there is not one datapoint."""
    found = {key: figures.points.get((CANDIDATE, key)) for key in check.series}
    return [key for key, each in found.items() if each is not None and not each.values]


def measured(check: Check, figures: Figures, seen: Span) -> Iterator[Measurement]:
    """The measurements of a check, in order.

    A share of the requests is the same however long its period is: periods are put together until
    they have enough requests.
    """
    candidate, baseline, count = _NOTHING, _NOTHING, 0
    begin = seen.start
    for start in seen.starts():
        candidate += _at(check, figures, CANDIDATE, start)
        baseline += _at(check, figures, BASELINE, start - figures.ago)
        count += 1
        one = _one(check, candidate, baseline)
        end = start + check.period
        if check.per_request and _short(one.outcome) and end < seen.end:
            continue
        yield Measurement(
            start=begin,
            end=end,
            outcome=one.outcome,
            value=one.value,
            baseline=one.baseline,
            requests=candidate.requests,
            periods=count,
            absolute=one.absolute,
        )
        candidate, baseline, count, begin = _NOTHING, _NOTHING, 0, end


def ceased(figures: Figures, starts: Sequence[float]) -> int:
    """Periods at the end without a request, where the ones before say that many were to come.

    Either nobody calls any more, or their figures are late: then what they say is not known.
    """
    counts = [_value(figures, CANDIDATE, COUNT, start) or 0 for start in starts]
    called = [at for at, count in enumerate(counts) if count]
    if len(called) < _STEADY:
        return 0
    silent_for = len(counts) - called[-1] - 1
    longest = max(after - before - 1 for before, after in pairwise(called))
    expected = sum(counts) / (called[-1] + 1) * silent_for
    return silent_for if silent_for > longest and expected >= _MANY else 0


def _short(outcome: Outcome) -> bool:
    return outcome in {Outcome.FEW, Outcome.IDLE}


def _at(check: Check, figures: Figures, role: str, start: float) -> _Seen:
    """What a variant showed in one period."""
    if role == BASELINE and not check.against:
        return _NOTHING
    requests = _value(figures, role, COUNT, start) or 0
    figure = _value(figures, role, VALUE, start)
    if figure is None and not check.expression:
        (series,) = check.series.values()
        figure = 0.0 if series.counts and (requests or series.traffic) else None
    return _Seen(figure, requests)


def _value(figures: Figures, role: str, part: str, start: float) -> float | None:
    points = figures.points.get((role, part), Points())
    value = points.values.get(start)
    return None if value is None or not math.isfinite(value) else value


@dataclass(frozen=True, slots=True)
class _One:
    outcome: Outcome
    value: float | None = None
    baseline: float | None = None
    absolute: bool = False


def _one(check: Check, candidate: _Seen, baseline: _Seen) -> _One:
    """What the figures of some periods say."""
    asked = (candidate, baseline) if check.against else (candidate,)
    if not candidate.requests and check.minimum:
        return _One(Outcome.IDLE)
    if any(each.requests < check.minimum for each in asked):
        return _One(Outcome.FEW)
    value = _figure(check, candidate)
    if value is None:
        return _One(Outcome.MISSING)
    return _compared(check, value, _figure(check, baseline))


def _compared(check: Check, value: float, other: float | None) -> _One:
    """What a figure says, beside that of the stable variant where it is compared."""
    if not check.against:
        return _One(_judged(check, value, check.level), value)
    if other is None:
        return _One(Outcome.MISSING, value)
    if check.by == "difference":
        return _One(_judged(check, value - other, check.level), value, other)
    if other:
        return _One(_judged(check, value / other, check.level), value, other)
    if check.otherwise is None:
        return _One(Outcome.UNDECIDED if value else Outcome.GOOD, value, other)
    good = holds(check.side, value, check.otherwise)
    return _One(Outcome.GOOD if good else Outcome.BAD, value, other, absolute=True)


def _figure(check: Check, seen: _Seen) -> float | None:
    if seen.figure is None or not check.per_request:
        return seen.figure
    return seen.figure / seen.requests if seen.requests else None


def _judged(check: Check, value: float, level: float) -> Outcome:
    if holds(check.side, value, level):
        return Outcome.GOOD
    if check.fails_at is None:
        return Outcome.BAD
    upper = check.side in {"below", "atMost"}
    failed = value >= check.fails_at if upper else value <= check.fails_at
    return Outcome.BAD if failed else Outcome.UNDECIDED


def holds(side: str, value: float, level: float) -> bool:
    """Whether a value keeps a limit."""
    if side == "below":
        return value < level
    if side == "above":
        return value > level
    return value <= level if side == "atMost" else value >= level
