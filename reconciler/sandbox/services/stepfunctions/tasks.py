"""A Task: what is scheduled, what is waited for, and how it ends.

Source: Amazon States Language, "Task State"; developer guide, "Discover service integration
patterns"; Step Functions API, HistoryEvent.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from moto.moto_api._internal import mock_random

from reconciler.facts.asl import path, template
from reconciler.facts.asl.integrations import TOKEN, Integration, direct, integration
from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions import handlers, inputs, turns
from reconciler.sandbox.services.stepfunctions.execution import (
    Branch,
    Execution,
    Failure,
    dumps,
    sized,
)
from reconciler.sandbox.state.machines import NOTHING
from reconciler.sandbox.state.world import WORLD

DETAILS = {"truncated": False}
FIRST, SLOWEST = 5.0, 60.0
"""Seconds until a job is looked at for the first time, and at most between two looks."""


def begin(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    """Schedule a task, and see whether it is done at once."""
    what = _what(str(state["Resource"]))
    if what.pattern == TOKEN or what.service == "activity":
        branch.token = uuid.UUID(int=mock_random.getrandbits(128)).hex
    given = inputs.given(run, branch, state)
    timeout = _seconds(run, branch, state, "TimeoutSeconds")
    beat = _seconds(run, branch, state, "HeartbeatSeconds")
    names = _names(what)
    scheduled: dict[str, Any] = {
        **names,
        "region": run.region,
        "parameters": sized(given, "input", branch.state),
    }
    scheduled |= {"timeoutInSeconds": int(timeout)} if timeout else {}
    scheduled |= {"heartbeatInSeconds": int(beat)} if beat else {}
    run.record(at, "TaskScheduled", branch, taskScheduledEventDetails=scheduled)
    run.record(at, "TaskStarted", branch, taskStartedEventDetails=names)
    branch.stage = "task"
    branch.ends = at + timeout if timeout else None
    branch.beats = at + beat if beat else None
    branch.work = {"given": given, "beat": beat, "role": _role(run, branch, state)}
    script = WORLD.machines.take(run.machine_name, branch.state)
    if script is not None:
        branch.work |= {"error": script.error, "cause": script.cause, "result": script.result}
        branch.due = at + script.seconds
        if not script.seconds:
            look(run, branch, at)
        return
    _start(run, branch, at, what, given)


def look(run: Execution, branch: Branch, at: float) -> None:
    """What became of a task that was under way."""
    work, what = branch.work, _what(str(branch.definition()["Resource"]))
    branch.due = None
    error, result = work.pop("error", ""), work.pop("result", NOTHING)
    if error:
        _failed(run, branch, at, Failure(error, work.get("cause", "")))
    elif result != NOTHING:
        done(run, branch, at, result)
    elif "job" in work:
        _poll(run, branch, at)
    else:
        _start(run, branch, at, what, work["given"])


def _start(run: Execution, branch: Branch, at: float, what: Integration, given: Json) -> None:
    try:
        found = handlers.start(run, branch, what, given)
    except Failure as failure:
        _failed(run, branch, at, failure)
        return
    if found.waits or found.job:
        submitted = {**_names(what), "output": dumps(found.result), "outputDetails": DETAILS}
        run.record(at, "TaskSubmitted", branch, taskSubmittedEventDetails=submitted)
    if found.job:
        branch.work |= {"job": found.job, "looks": 0}
        branch.due = at + FIRST
    elif not found.waits:
        done(run, branch, at, found.result)


def _poll(run: Execution, branch: Branch, at: float) -> None:
    try:
        found = handlers.look(run, branch)
    except Failure as failure:
        branch.work.pop("job", None)
        _failed(run, branch, at, failure)
        return
    if found is None:
        branch.work["looks"] += 1
        branch.due = at + min(FIRST * 2.0 ** branch.work["looks"], SLOWEST)
        return
    branch.work.pop("job", None)
    done(run, branch, at, found.result)


def done(run: Execution, branch: Branch, at: float, result: Json) -> None:
    """A task has its result."""
    branch.ends = branch.beats = None
    what = _what(str(branch.definition()["Resource"]))
    try:
        text = sized(result, "output", branch.state)
    except Failure as failure:
        _failed(run, branch, at, failure)
        return
    details = {**_names(what), "output": text, "outputDetails": DETAILS}
    run.record(at, "TaskSucceeded", branch, taskSucceededEventDetails=details)
    turns.finish(run, branch, at, result)


def _failed(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    what = _what(str(branch.definition()["Resource"]))
    details = {**_names(what), "error": failure.error, "cause": failure.cause}
    run.record(at, "TaskFailed", branch, taskFailedEventDetails=details)
    raise failure


def told(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    """Somebody with the task's token says that it failed.

    Raises:
        Failure: always; the caller lets it out of the state.
    """
    _failed(run, branch, at, failure)


def expired(run: Execution, branch: Branch, at: float, *, beat: bool) -> None:
    """The time of a task is over."""
    what = _what(str(branch.definition()["Resource"]))
    error = "States.HeartbeatTimeout" if beat else "States.Timeout"
    details = {**_names(what), "error": error}
    run.record(at, "TaskTimedOut", branch, taskTimedOutEventDetails=details)


def abandon(run: Execution, branch: Branch, _at: float) -> None:
    """Stop the job that a task waits for, as well as AWS does: what refuses goes on."""
    job = branch.work.pop("job", None)
    if job:
        handlers.stop(run, branch, job)


def _role(run: Execution, branch: Branch, state: Mapping[str, Any]) -> str:
    given = state.get("Credentials") or {}
    return str(
        template.filled(given, branch.input, run.context(branch), branch.variables).get(
            "RoleArn", ""
        )
    )


def _seconds(run: Execution, branch: Branch, state: Mapping[str, Any], name: str) -> float:
    if f"{name}Path" not in state:
        return float(state.get(name) or 0)
    found = path.find(state[f"{name}Path"], branch.input, run.context(branch), branch.variables)
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise Failure("States.Runtime", f"{name}Path of '{branch.state}' gives {found!r}.")
    return float(found)


def _what(resource: str) -> Integration:
    if direct(resource):
        service = "activity" if ":activity:" in resource else "function"
        return Integration(service, resource, "", sdk=False)
    return integration(resource)


def _names(what: Integration) -> dict[str, str]:
    """How the history names an integration."""
    if what.service in {"activity", "function"}:
        return {
            "resourceType": "lambda" if what.service == "function" else "activity",
            "resource": what.action,
        }
    pattern = f".{what.pattern}" if what.pattern else ""
    kind = f"aws-sdk:{what.service}" if what.sdk else what.service
    return {"resourceType": kind, "resource": f"{what.action}{pattern}"}
