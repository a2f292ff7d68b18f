"""What becomes of a state that fails: a retry, a catcher, the state around it, or the run's end.

Source: Amazon States Language, "Errors"; developer guide, "Handling errors".
"""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random

from reconciler.facts.asl import QueryError, place, template
from reconciler.sandbox.services.stepfunctions import ending, fanout, tasks, turns
from reconciler.sandbox.services.stepfunctions.execution import (
    Branch,
    EndedError,
    Execution,
    Failure,
)

ALL, TASK, TIMEOUT = "States.ALL", "States.TaskFailed", "States.Timeout"
BEAT = "States.HeartbeatTimeout"
FATAL = frozenset({"States.DataLimitExceeded", "States.Runtime"})
"""What States.ALL does not stand for."""
NAMED = frozenset({"States.Permissions", "States.Timeout", BEAT, *FATAL})
INTERVAL, ATTEMPTS, RATE = 1, 3, 2.0


def failed(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    """Retry, catch, or let the failure out."""
    tasks.abandon(run, branch, at)
    branch.ends = branch.beats = branch.due = None
    branch.token, branch.work = "", {}
    fanout.drop_children(run, branch, at)
    state = branch.definition()
    task = state["Type"] == "Task"
    try:
        if _retried(branch, state, failure, at, task=task):
            return
        if _caught(run, branch, state, failure, at, task=task):
            return
    except QueryError as mistake:  # of the catcher itself: then nothing here has caught it
        failure = Failure(mistake.code, str(mistake))
    except Failure as worse:
        failure = worse
    out(run, branch, at, failure)


def out(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    """Nothing in this branch has caught it."""
    if branch.parent is None:
        ending.failed(run, branch, at, failure.error, failure.cause)
        raise EndedError
    parent = run.branches[branch.parent]
    try:
        fanout.child_failed(run, parent, branch, at, failure)
    except Failure as whole:
        failed(run, parent, at, whole)


def matches(names: list[str], error: str, *, task: bool) -> bool:
    """Whether a retrier or catcher is for an error."""
    if error in names or (error == BEAT and TIMEOUT in names):
        return True
    if error in FATAL:
        return False
    if ALL in names:
        return True
    return task and TASK in names and error not in {TIMEOUT, BEAT}


def _retried(
    branch: Branch, state: dict[str, Any], failure: Failure, at: float, *, task: bool
) -> bool:
    for number, retrier in enumerate(state.get("Retry") or ()):
        if not matches(retrier["ErrorEquals"], failure.error, task=task):
            continue
        used = branch.used.get(number, 0)
        if used >= int(retrier.get("MaxAttempts", ATTEMPTS)):
            return False
        branch.used[number] = used + 1
        branch.tries += 1
        branch.stage, branch.due = "retry", at + delay(retrier, used)
        return True
    return False


def delay(retrier: dict[str, Any], used: int) -> float:
    """Seconds until the next try, after so many of this retrier."""
    rate = float(retrier.get("BackoffRate", RATE))
    seconds = float(retrier.get("IntervalSeconds", INTERVAL)) * rate**used
    seconds = min(seconds, float(retrier.get("MaxDelaySeconds", seconds)))
    if retrier.get("JitterStrategy") == "FULL":
        seconds = mock_random.uniform(0.0, seconds)
    return seconds


def _caught(  # noqa: PLR0913  (what a failure is made of)
    run: Execution,
    branch: Branch,
    state: dict[str, Any],
    failure: Failure,
    at: float,
    *,
    task: bool,
) -> bool:
    for catcher in state.get("Catch") or ():
        if not matches(catcher["ErrorEquals"], failure.error, task=task):
            continue
        told = {"Error": failure.error, "Cause": failure.cause}
        where = catcher.get("ResultPath", "$")
        output = branch.input if where is None else place.put(where, branch.input, told)
        given = template.filled(
            catcher.get("Assign") or {}, told, run.context(branch), branch.variables
        )
        turns.leave(run, branch, at, output, catcher["Next"], given)
        return True
    return False


turns.register(failed=failed)
