"""What a run of a machine does when another one is running.

Source: Step Functions API, ListExecutions (the most recent first, and eventually consistent).
"""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.machine import Machine, caught, failing, integration, pattern, retry
from reconciler.model.value import Json

SKIPPED = "moorline-skipped"
_LOOK, _MEETS, _WAIT = "moorline-look", "moorline-meets", "moorline-wait"
TURN = f"{_LOOK}-settle"
"""The state in which it begins."""
_OVERLAP = "overlap"
_SETTLE = 10
"""Seconds until a run that has just begun is listed."""
_TURN = 60
"""Seconds between two looks of a run that waits for its turn."""


def turns(machine: Machine, scope: Scope, overlap: str, first: str) -> dict[str, dict[str, Json]]:
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
    states: dict[str, dict[str, Json]] = {
        **failing(_OVERLAP),
        TURN: {"Type": "Wait", "Seconds": _SETTLE, "Next": _LOOK},
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
