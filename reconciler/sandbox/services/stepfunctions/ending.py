"""How a run ends: well, with an error, out of time, or stopped by somebody."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.stepfunctions import tasks
from reconciler.sandbox.services.stepfunctions.execution import (
    FULL,
    Branch,
    EndedError,
    Execution,
    dumps,
)

DETAILS = {"truncated": False}


def succeeded(run: Execution, branch: Branch, at: float, output: Any) -> None:  # noqa: ANN401
    """The run's output is that of its last state."""
    run.status, run.stopped, run.output = "SUCCEEDED", at, dumps(output)
    details = {"output": run.output, "outputDetails": DETAILS}
    _last(run, at, branch, "ExecutionSucceeded", executionSucceededEventDetails=details)


def failed(run: Execution, branch: Branch, at: float, error: str, cause: str) -> None:
    """Nothing has caught an error."""
    run.status, run.stopped, run.error, run.cause = "FAILED", at, error, cause
    run.failed_at = branch
    _abandon(run, at)
    details = {"error": error, "cause": cause}
    _last(run, at, branch, "ExecutionFailed", executionFailedEventDetails=details)


def full(run: Execution, at: float) -> None:
    """There is room for one more event: that it has failed. Nothing catches that."""
    top = _top(run)
    run.status, run.stopped, run.failed_at = "FAILED", at, top
    run.error, run.cause = "States.Runtime", FULL
    _abandon(run, at)
    details = {"error": run.error, "cause": run.cause}
    _last(run, at, None, "ExecutionFailed", executionFailedEventDetails=details)


def timed_out(run: Execution, at: float) -> None:
    """The machine's own TimeoutSeconds are over."""
    run.status, run.stopped, run.failed_at = "TIMED_OUT", at, _top(run)
    run.error, run.cause = "States.Timeout", None
    _abandon(run, at)
    details = {"error": "States.Timeout"}
    _last(run, at, None, "ExecutionTimedOut", executionTimedOutEventDetails=details)
    raise EndedError


def aborted(run: Execution, at: float, error: str | None, cause: str | None) -> None:
    """StopExecution; what it waits for is stopped as well."""
    run.status, run.stopped, run.error, run.cause = "ABORTED", at, error, cause
    run.failed_at = _top(run)
    _abandon(run, at)
    details = {key: it for key, it in (("error", error), ("cause", cause)) if it}
    _last(run, at, None, "ExecutionAborted", executionAbortedEventDetails=details)


def _top(run: Execution) -> Branch | None:
    return next((each for each in run.branches.values() if each.parent is None), None)


def _abandon(run: Execution, at: float) -> None:
    for branch in [*run.branches.values()]:
        tasks.abandon(run, branch, at)
        branch.due = branch.ends = branch.beats = None


def _last(run: Execution, at: float, branch: Branch | None, kind: str, **details: Any) -> None:  # noqa: ANN401
    number = len(run.events) + 1
    before = branch.last if branch is not None and not branch.own else number - 1
    event = {"id": number, "previousEventId": before, "timestamp": at, "type": kind}
    run.events.append({**event, **details})
    run.ends = None
