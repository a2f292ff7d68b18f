"""Retriers and catchers: names of errors, numbers, and the order in which they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.tree import states

ORDER = 20
ALL = "States.ALL"
NAMES = {
    ALL, "States.BranchFailed", "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold", "States.HeartbeatTimeout", "States.IntrinsicFailure",
    "States.ItemReaderFailed", "States.NoChoiceMatched", "States.ParameterPathFailure",
    "States.Permissions", "States.QueryEvaluationError", "States.ResultPathMatchFailure",
    "States.ResultWriterFailed", "States.Runtime", "States.TaskFailed", "States.Timeout",
    "States.Http.Socket",
}  # fmt: skip
STATUS = "States.Http.StatusCode."
RETRIER = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
           "JitterStrategy", "Comment"}  # fmt: skip
CATCHER = {"ErrorEquals", "Next", "ResultPath", "Comment", "Assign", "Output"}
LONGEST, MOST = 31_622_400, 99_999_999
"""Seconds of MaxDelaySeconds, and attempts. Source: developer guide, "Retrying after an error"."""


def find(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults in Retry and Catch."""
    for at, state in states(definition):
        for field, allowed in (("Retry", RETRIER), ("Catch", CATCHER)):
            given = state.get(field)
            if given is None:
                continue
            if not isinstance(given, list):
                yield Fault((*at, field), f"{field} is a list")
                continue
            for number, each in enumerate(given):
                where = (*at, field, str(number))
                if not isinstance(each, Mapping):
                    yield Fault(where, "it is an object")
                    continue
                for name in sorted(each.keys() - allowed):
                    yield Fault((*where, name), f"{field} has no field {name!r}")
                yield from _names(where, each.get("ErrorEquals"), last=number == len(given) - 1)
                if field == "Retry":
                    yield from _numbers(where, each)
                elif not isinstance(each.get("Next"), str):
                    yield Fault(where, "a catcher needs Next")


def _names(where: tuple[str, ...], given: Any, *, last: bool) -> Iterator[Fault]:  # noqa: ANN401
    at = (*where, "ErrorEquals")
    if not isinstance(given, list) or not given or not all(isinstance(it, str) for it in given):
        yield Fault(at, "ErrorEquals is a list with one name at least")
        return
    if ALL in given and (len(given) > 1 or not last):
        yield Fault(at, f"{ALL} stands alone, and last")
    for name in given:
        if name.startswith("States.") and name not in NAMES and not name.startswith(STATUS):
            yield Fault(at, f"there is no error {name!r}")


def _numbers(where: tuple[str, ...], each: Mapping[str, Any]) -> Iterator[Fault]:
    for name, least, most, whole in (
        ("IntervalSeconds", 1, MOST, True),
        ("MaxAttempts", 0, MOST, True),
        ("MaxDelaySeconds", 1, LONGEST, True),
        ("BackoffRate", 1.0, float(MOST), False),
    ):
        value = each.get(name)
        if value is None:
            continue
        fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not fits or not least <= value <= most:
            yield Fault((*where, name), f"{name} is a number from {least:g} to {most:g}")
    longest, first = each.get("MaxDelaySeconds"), each.get("IntervalSeconds", 1)
    if isinstance(longest, int) and isinstance(first, int) and longest <= first:
        yield Fault((*where, "MaxDelaySeconds"), "MaxDelaySeconds is greater than IntervalSeconds")
    if each.get("JitterStrategy", "NONE") not in {"FULL", "NONE"}:
        yield Fault((*where, "JitterStrategy"), "JitterStrategy is FULL or NONE")
