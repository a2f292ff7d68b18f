"""How a run begins: its day, its parameters, and what it does when another one is running.

The day of a run is the one that it is given, that of its schedule, or that of its start. Sources:
Amazon States Language, "Intrinsic Functions"; Step Functions API, ListExecutions (the most recent
first, and eventually consistent); EventBridge Scheduler user guide, "Context attributes".
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.machine import Machine, caught, failing, integration, pattern, retry
from reconciler.model.value import Json, Props

BEGIN, SKIPPED, DONE = "moorline-begin", "moorline-skipped", "moorline-done"
_DAY, _SETTINGS = "moorline-day", "moorline-settings"
_LOOK, _MEETS, _WAIT = "moorline-look", "moorline-meets", "moorline-wait"
_OVERLAP = "overlap"
_SETTLE = 10
"""Seconds until a run that has just begun is listed."""
_TURN = 60
"""Seconds between two looks of a run that waits for its turn."""
SCHEDULED = {"scheduled": "<aws.scheduler.scheduled-time>"}
"""What a schedule gives to a run."""
States = dict[str, dict[str, Json]]


def beginning(
    machine: Machine, scope: Scope, parameters: Mapping[str, Json], overlap: str, first: str
) -> States:
    """The states before the first step."""
    gate = first if overlap == "parallel" else f"{_LOOK}-settle"
    return {**_day(), **_settings(parameters, gate), **_overlap(machine, scope, overlap, first)}


def _day() -> States:
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


def _overlap(machine: Machine, scope: Scope, overlap: str, first: str) -> States:
    """Ask which run is the oldest: that one goes on, others end or wait.

    What cannot be asked has failed like a step.
    """
    if overlap == "parallel":
        return {}
    arn = pattern(machine.address, scope)
    scope.grant(machine.role, ("states:ListExecutions",), on=(arn,))
    oldest = (
        "States.ArrayGetItem($.Executions[*].ExecutionArn,"
        " States.MathAdd(States.ArrayLength($.Executions), -1))"
    )
    look: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "aws-sdk:sfn:listExecutions"),
        "Parameters": {"StateMachineArn": arn, "StatusFilter": "RUNNING", "MaxResults": 1000},
        "ResultSelector": {"first.$": oldest},
        "ResultPath": "$.running",
        "TimeoutSeconds": 60,
        "Retry": [retry("States.ALL", times=8, first=5)],
        "Catch": [caught(_OVERLAP)],
        "Next": _MEETS,
    }
    own = {"Variable": "$.running.first", "StringEqualsPath": "$$.Execution.Id", "Next": first}
    states: States = {
        **failing(_OVERLAP),
        f"{_LOOK}-settle": {"Type": "Wait", "Seconds": _SETTLE, "Next": _LOOK},
        _LOOK: look,
        _MEETS: {
            "Type": "Choice",
            "Choices": [own],
            "Default": SKIPPED if overlap == "skip" else _WAIT,
        },
    }
    if overlap == "skip":
        return {**states, SKIPPED: {"Type": "Succeed"}}
    return {**states, _WAIT: {"Type": "Wait", "Seconds": _TURN, "Next": _LOOK}}


def done() -> Props:
    """The end of a run that has gone well."""
    return {"Type": "Succeed"}
