"""Runs of state machines of Step Functions: started, looked at, stopped, gone on with.

Sources: Step Functions API reference, StartExecution (a name is taken for 90 days; the same name
and input while it runs is the same run), RedriveExecution (standard workflows, 14 days, from the
step that failed), GetExecutionHistory.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from reconciler.aws.errors import Rejected
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.run import Run, Runnable, Stage, StepRun
from reconciler.model.value import Json
from reconciler.secret.redact import redact

SERVICE = "stepfunctions"
OURS = "moorline-"
"""Begins states that a kind adds to the steps of a spec."""
_STAGES = {
    "RUNNING": Stage.RUNNING,
    "PENDING_REDRIVE": Stage.RUNNING,
    "SUCCEEDED": Stage.SUCCEEDED,
    "FAILED": Stage.FAILED,
    "ABORTED": Stage.STOPPED,
    "TIMED_OUT": Stage.TIMED_OUT,
}
_REDRIVABLE = "REDRIVABLE"
SKIPPED = f"{OURS}skipped"
"""Where a run ends well that met another one and has done nothing."""
FAULT = "fault"
"""Where a run has what failed, once it has caught it."""
_TAKEN = "ExecutionAlreadyExists"


def arn_of(what: Runnable, name: str) -> str:
    """The ARN that a run of a name has."""
    return f"{what.arn.replace(':stateMachine:', ':execution:')}:{name}"


def start(session: Session, what: Runnable, name: str, given: Mapping[str, Json]) -> Run:
    """Start a run of this name; one that is there already is that run.

    Raises:
        AwsError: AWS did not start it.
    """
    params = {"stateMachineArn": what.arn, "name": name, "input": json.dumps(given, sort_keys=True)}
    try:
        session.send(SERVICE, "start_execution", params, subject=what.name)
    except Rejected as error:
        if error.code != _TAKEN:
            raise
    return look(session, arn_of(what, name))


def look(session: Session, arn: str) -> Run:
    """How a run stands now.

    Raises:
        AwsError: it could not be found out.
    """
    reader = ReadOnly(session, SERVICE)
    told = reader.call("describe_execution", {"executionArn": arn})
    params = {"executionArn": arn, "includeExecutionData": False}
    events = reader.pages("get_execution_history", params, "events")
    stage, why = _STAGES.get(str(told["status"]), Stage.UNKNOWN), ""
    if stage is Stage.UNKNOWN:
        why = f"AWS says {told['status']!r}"
    if stage is Stage.SUCCEEDED and any(_entered(each) == SKIPPED for each in events):
        stage, why = Stage.STOPPED, "another run is under way, and this one does not wait for it"
    return Run(
        name=str(told["name"]),
        arn=arn,
        stage=stage,
        began=_time(told.get("startDate")),
        ended=_time(told["stopDate"]) if told.get("stopDate") else None,
        why=why or _words(told.get("error"), told.get("cause")),
        steps=tuple(_steps(events)),
        again=told.get("redriveStatus") == _REDRIVABLE,
    )


def _entered(event: Mapping[str, Json]) -> str:
    return str((event.get("stateEnteredEventDetails") or {}).get("name") or "")


def stop(session: Session, arn: str) -> None:
    """Stop a run.

    Raises:
        AwsError: AWS did not.
    """
    params = {"executionArn": arn, "error": "Stopped", "cause": "stopped by `moorline stop`"}
    session.send(SERVICE, "stop_execution", params)


def again(session: Session, arn: str, token: str) -> None:
    """Go on from the step that failed. The same token is the same request.

    Raises:
        AwsError: AWS did not.
    """
    session.send(SERVICE, "redrive_execution", {"executionArn": arn, "clientToken": token})


def runs(session: Session, what: Runnable, *, going: bool) -> list[tuple[str, str, Stage]]:
    """Names, ARNs and stages of runs, the newest first: those that go on, or the last hundred.

    Raises:
        AwsError: AWS does not say.
    """
    params: dict[str, Json] = {"stateMachineArn": what.arn}
    if going:
        params["statusFilter"] = "RUNNING"
    else:
        params["maxResults"] = 100
    reader = ReadOnly(session, SERVICE)
    if going:
        found = reader.pages("list_executions", params, "executions")
    else:
        found = reader.call("list_executions", params)["executions"]
    return [
        (each["name"], each["executionArn"], _STAGES.get(each["status"], Stage.UNKNOWN))
        for each in found
    ]


def _steps(events: list[Json]) -> Iterator[StepRun]:
    """The states that were entered, each once; those that a kind added by itself are left out.

    An event belongs to the state that the chain of events before it has entered.
    """
    found: dict[str, StepRun] = {}
    of: dict[int, str] = {}
    for event in events:
        kind, at = str(event["type"]), _time(event.get("timestamp"))
        name = of.get(int(event.get("previousEventId") or 0), "")
        if kind.endswith("StateEntered"):
            name = str(event["stateEnteredEventDetails"]["name"])
            found[name] = StepRun(name, Stage.RUNNING, at, tries=0)
        of[int(event["id"])] = name
        if kind == "ExecutionAborted":
            found = {key: _ended(it, Stage.STOPPED, at) for key, it in found.items()}
        elif kind in {"ExecutionFailed", "ExecutionTimedOut"}:
            found = {key: _ended(it, Stage.FAILED, at, _told(event)) for key, it in found.items()}
        elif (step := found.get(name)) is not None:
            found[name] = _after(step, kind, event, at)
    yield from (step for step in found.values() if not step.name.startswith(OURS))


def _after(step: StepRun, kind: str, event: Mapping[str, Json], at: float) -> StepRun:
    if kind.endswith("StateExited"):
        return _ended(step, Stage.FAILED if step.why else Stage.SUCCEEDED, at)
    if kind.endswith("Scheduled"):
        return replace(step, tries=step.tries + 1, why="")
    if kind.endswith(("Failed", "TimedOut")):
        return replace(step, why=_told(event) or kind)
    return replace(step, why="") if kind.endswith("Succeeded") else step


def _ended(step: StepRun, stage: Stage, at: float, why: str = "") -> StepRun:
    if step.stage is not Stage.RUNNING:
        return step
    return replace(step, stage=stage, ended=at, why=step.why or why)


def _told(event: Mapping[str, Json]) -> str:
    told = (it for key, it in event.items() if key.endswith("EventDetails"))
    details: Mapping[str, Json] = next(told, {})
    return _words(details.get("error"), details.get("cause"))


def _words(error: Json, cause: Json) -> str:
    """An error and its cause; of a job's whole description, what it says of the failure."""
    with suppress(ValueError):
        told = json.loads(cause) if cause else None
        named = ("ErrorMessage", "errorMessage", "FailureReason", "StateDetails")
        if isinstance(told, dict):
            cause = next((told[key] for key in named if told.get(key)), cause)
    return redact(": ".join(str(each) for each in (error, cause) if each))[:500]


def resume(session: Session, what: Runnable, arn: str) -> tuple[str, dict[str, Json]] | None:
    """The step at which a run that caught its failure goes on, and the input of a new run for it.

    Nothing where it caught none: then AWS itself goes on with it. Such a run ends in a state of
    ours, to which a redrive would come back.

    Raises:
        AwsError: AWS does not say.
    """
    reader = ReadOnly(session, SERVICE)
    params = {"executionArn": arn, "includeExecutionData": True}
    events = reader.pages("get_execution_history", params, "events")
    entered = [it["stateEnteredEventDetails"] for it in events if "stateEnteredEventDetails" in it]
    if not entered or not str(entered[-1]["name"]).startswith(OURS):
        return None
    steps = [each for each in entered if step_of(str(each["name"]), what.steps)]
    if not steps:
        return None
    step = step_of(str(steps[-1]["name"]), what.steps)
    first = [each for each in steps if step_of(str(each["name"]), what.steps) == step]
    state = json.loads(first[0].get("input") or "{}")
    return step, {**{key: it for key, it in state.items() if key != FAULT}, "from": step}


def step_of(state: str, steps: Collection[str]) -> str:
    """The step that a state belongs to; "" for none."""
    name = state.split(" ", 1)[0]
    return name if name in steps else ""


def _time(moment: Any) -> float:  # noqa: ANN401 - a datetime of botocore's, or nothing
    return float(moment.timestamp()) if hasattr(moment, "timestamp") else 0.0
