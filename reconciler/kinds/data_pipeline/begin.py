"""How a run begins: its day, its parameters, and what it does when another one is running.

The day of a run is the one that it is given, that of its schedule, or that of its start. Sources:
Amazon States Language, "Intrinsic Functions"; EventBridge Scheduler user guide, "Context
attributes".
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.machine import Machine
from reconciler.kinds.terms.turn import TURN, turns
from reconciler.model.value import Json, Props

BEGIN, DONE = "moorline-begin", "moorline-done"
_DAY, _SETTINGS = "moorline-day", "moorline-settings"
_AGAIN = "moorline-again"
SCHEDULED = {"scheduled": "<aws.scheduler.scheduled-time>"}
"""What a schedule gives to a run."""
States = dict[str, dict[str, Json]]


def beginning(
    machine: Machine,
    scope: Scope,
    parameters: Mapping[str, Json],
    overlap: str,
    entries: Mapping[str, str],
) -> States:
    """The states before the first step. `entries` are the first states of the steps, in order.

    A run that goes on from a step which failed has that in ``$.from``, and the state of the run
    that failed: its day and settings are known. A redrive would come to the end that caught the
    failure, and no further.
    """
    gate = _AGAIN if overlap == "parallel" else TURN
    return {
        **_day(gate),
        **_settings(parameters, gate),
        **turns(machine, scope, overlap, _AGAIN),
        **_again(entries),
    }


def _again(entries: Mapping[str, str]) -> States:
    first, *_ = entries.values()
    given = {"Variable": "$.from", "IsPresent": True}
    choices = [
        {"And": [given, {"Variable": "$.from", "StringEquals": step}], "Next": state}
        for step, state in entries.items()
    ]
    return {_AGAIN: {"Type": "Choice", "Choices": choices, "Default": first}}


def _day(gate: str) -> States:
    def of(path: str) -> dict[str, Json]:
        text = f"States.ArrayGetItem(States.StringSplit({path}, 'T'), 0)"
        return {
            "Type": "Pass",
            "Parameters": {"day.$": text},
            "ResultPath": "$.moment",
            "Next": _SETTINGS,
        }

    return {
        BEGIN: {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.from", "IsPresent": True, "Next": gate},
                {"Variable": "$.day", "IsPresent": True, "Next": f"{_DAY}-given"},
                {"Variable": "$.scheduled", "IsPresent": True, "Next": f"{_DAY}-scheduled"},
            ],
            "Default": f"{_DAY}-started",
        },
        f"{_DAY}-given": of("$.day"),
        f"{_DAY}-scheduled": of("$.scheduled"),
        f"{_DAY}-started": of("$$.Execution.StartTime"),
    }


def _settings(parameters: Mapping[str, Json], following: str) -> States:
    """Parameters of the run over the defaults."""
    return {
        _SETTINGS: {
            "Type": "Pass",
            "Result": dict(parameters),
            "ResultPath": "$.settings",
            "Next": f"{_SETTINGS}-given",
        },
        f"{_SETTINGS}-given": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.parameters", "IsPresent": True, "Next": f"{_SETTINGS}-merged"}
            ],
            "Default": following,
        },
        f"{_SETTINGS}-merged": {
            "Type": "Pass",
            "Parameters": {"all.$": "States.JsonMerge($.settings, $.parameters, false)"},
            "ResultPath": "$.settings",
            "Next": f"{_SETTINGS}-kept",
        },
        f"{_SETTINGS}-kept": {
            "Type": "Pass",
            "InputPath": "$.settings.all",
            "ResultPath": "$.settings",
            "Next": following,
        },
    }


def done() -> Props:
    """The end of a run that has gone well."""
    return {"Type": "Succeed"}
