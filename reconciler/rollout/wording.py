"""Measurements in words: the figure, its limit, the time and the requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from reconciler.rollout.checks import Check
from reconciler.rollout.measures import Measurement, Outcome

_SIDES = {"below": "below", "above": "above", "atMost": "at most", "atLeast": "at least"}
_MICROSECONDS = ((1_000_000, "s"), (1000, "ms"), (1, "us"))


def figure(value: float, unit: str) -> str:
    """A value with its unit: ``312ms``, ``4%``, ``17``."""
    if unit == "share":
        return f"{value * 100:.4g}%"
    if unit == "percent":
        return f"{value:.4g}%"
    if unit == "us":
        size, name = next((s for s in _MICROSECONDS if abs(value) >= s[0]), _MICROSECONDS[-1])
        return f"{value / size:.4g}{name}"
    return f"{value:.6g}"


def bound(check: Check) -> str:
    """The limit: ``below 250ms``, ``at most 110% of stable``, ``at most 20ms over stable``."""
    side = _SIDES[check.side]
    if not check.against:
        return f"{side} {figure(check.level, check.unit)}"
    whom = _whom(check)
    if check.by == "ratio":
        return f"{side} {figure(check.level, 'share')} of {whom}"
    return f"{side} {figure(check.level, check.unit)} over {whom}"


def _whom(check: Check) -> str:
    return "stable" if check.against == "stable" else f"stable {_length(check.ago)} before"


def _length(seconds: int) -> str:
    for size, name in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{name}"
    return f"{seconds}s"


def bounded(check: Check, told: Measurement) -> str:
    """A measurement, its limit, requests and time: ``4%, not at most 1%, in 1,000 requests, …``."""
    value = "nothing" if told.value is None else figure(told.value, check.unit)
    if told.baseline is not None:
        value += f" against {figure(told.baseline, check.unit)} of {_whom(check)}"
    asked = bound(check)
    if told.absolute and check.otherwise is not None:
        asked = f"{_SIDES[check.side]} {figure(check.otherwise, check.unit)}"
    held = {
        Outcome.BAD: "not ",
        Outcome.UNDECIDED: "neither good nor failed: not ",
    }.get(told.outcome, "")
    return f"{value}, {held}{asked}, in {_requests(told)}, {_time(told)}"


def looked(check: Check, told: Measurement) -> str:
    """One measurement as a line: its window, its figure and what it says."""
    value = "" if told.value is None else f" {figure(told.value, check.unit)}"
    other = "" if told.baseline is None else f" (stable {figure(told.baseline, check.unit)})"
    return f"{_time(told)}{value}{other} {told.outcome.value}, {_requests(told)}"


def missed(check: Check, looks: Sequence[Measurement]) -> str:
    """Why there is no figure, and what was needed."""
    outcomes = {each.outcome for each in looks}
    most = max((each.requests for each in looks), default=0)
    if outcomes <= {Outcome.IDLE}:
        return f"no requests reached the candidate; {check.minimum} are needed"
    if Outcome.MISSING not in outcomes:
        both = " of each variant" if check.against else ""
        return (
            f"too few requests: {most:.0f} at most in {_length(check.period)}, and {check.minimum}"
            f"{both} are needed; ask over a longer time with 'every', or for fewer"
        )
    help_ = "; in an expression FILL says what nothing is" if check.expression else ""
    return f"requests came, and no figure of it did{help_}"


def stopped(seconds: int) -> str:
    """Why what was good is not enough: nothing is known of the last minutes of the bake."""
    return (
        f"requests came, and none in the last {_length(seconds)} of the bake: either nobody calls"
        " any more, or their figures are late"
    )


def _requests(told: Measurement) -> str:
    return f"{told.requests:,.0f} request{'s' if told.requests != 1 else ''}"


def _time(told: Measurement) -> str:
    begin, end = (f"{datetime.fromtimestamp(each, UTC):%H:%M}" for each in (told.start, told.end))
    return f"{begin}-{end}Z"
