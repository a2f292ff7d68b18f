"""Runs: started once a name, described, listed, stopped, gone on with from where they failed.

Source: Step Functions API, StartExecution (idempotency), RedriveExecution, GetExecutionHistory,
ListExecutions.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from moto.moto_api._internal import mock_random

from reconciler.facts.asl import jsonata
from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.stepfunctions import ending, loop, machines, paging
from reconciler.sandbox.services.stepfunctions.execution import EVENTS, PAYLOAD, RUNNING, Execution
from reconciler.sandbox.services.stepfunctions.loop import GOING, RUNS
from reconciler.sandbox.state.world import WORLD

SERVICE = "stepfunctions"
DAY = 86_400
REDRIVABLE = 14 * DAY
REMEMBERED = 90 * DAY
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
NO_RUN = "ExecutionDoesNotExist"


def find(call: Call, arn: str) -> Execution:
    """A run by its ARN; AWS keeps one for ninety days after its end.

    Raises:
        Refused: InvalidArn or ExecutionDoesNotExist.
    """
    parts = arn.split(":")
    if len(parts) < 8 or parts[2] != "states" or parts[5] not in {"execution", "express"}:  # noqa: PLR2004
        raise Refused("InvalidArn", f"Invalid Arn: '{arn}'")
    record = call.kept(RUNS).get(arn)
    if record is None:
        raise Refused(NO_RUN, f"Execution Does Not Exist: '{arn}'")
    run: Execution = record.data["run"]
    if run.stopped is not None and run.stopped + REMEMBERED < WORLD.clock.now():
        raise Refused(NO_RUN, f"Execution Does Not Exist: '{arn}'")
    return run


def start(call: Call) -> dict[str, Any]:
    """StartExecution: one that goes on is found again by the same name and input."""
    run = begin(call)
    return {"executionArn": run.arn, "startDate": run.started}


def begin(call: Call, *, sync: bool = False) -> Execution:
    """A new run, or the one that this request has begun already.

    Raises:
        Refused: no such machine, no JSON, too long, or a name that is taken.
    """
    arn = call["stateMachineArn"]
    machine = machines.find(call, arn)
    if machine.data["status"] == "DELETING":
        raise Refused("StateMachineDeleting", f"State Machine is being deleted: '{machine.arn}'")
    held = machines.version(call, arn)
    text = call.get("input") or "{}"
    if len(text.encode()) > PAYLOAD:
        raise Refused(
            "InvalidExecutionInput",
            f"Invalid State Machine Execution Input: longer than {PAYLOAD} bytes",
        )
    try:
        given = json.loads(text)
    except ValueError as mistake:
        raise Refused(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{mistake}'"
        ) from None
    name = call.get("name") or str(uuid.UUID(int=mock_random.getrandbits(128)))
    if not NAME.fullmatch(name):
        raise Refused("InvalidName", f"Invalid Name: '{name}'")
    express = machine.data["type"] == "EXPRESS"
    noun, tail = (
        ("express", f":{uuid.UUID(int=mock_random.getrandbits(128))}")
        if express
        else ("execution", "")
    )
    found = f"{machine.arn.replace(':stateMachine:', f':{noun}:')}:{name}{tail}"
    known = call.kept(RUNS).get(found)
    if known is not None:
        before: Execution = known.data["run"]
        if before.running and before.input == text:
            return before
        if before.stopped is None or before.stopped + REMEMBERED >= WORLD.clock.now():
            raise Refused("ExecutionAlreadyExists", f"Execution Already Exists: '{found}'")
    definition = json.loads(held.data["definition"])
    if jsonata(definition):
        raise Refused(
            "ValidationException", "The sandbox runs machines that query with JSONPath only."
        )
    now = WORLD.clock.now()
    run = Execution(
        arn=found, name=name, machine=arn if arn != machine.arn else machine.arn,
        machine_name=machine.name, definition=definition, role=held.data["roleArn"],
        account=call.backend.account_id, region=call.backend.region_name, input=text, given=given,
        started=now,
        kind="SYNC" if sync else machine.data["type"],
        logging=dict(held.data["loggingConfiguration"] or {}),
    )  # fmt: skip
    if "TimeoutSeconds" in definition:
        run.ends = now + float(definition["TimeoutSeconds"])
    first = run.record(now, "ExecutionStarted", None, executionStartedEventDetails={
        "input": text, "inputDetails": {"truncated": False}, "roleArn": run.role})  # fmt: skip
    branch = run.spawn(definition, run.given, now)
    branch.last = first
    call.run(RUNS, found, found, {"run": run})
    call.run(GOING, found, found, {"run": run})
    return run


def start_sync(call: Call) -> dict[str, Any]:
    """StartSyncExecution, of express machines: the answer has the outcome."""
    machine = machines.find(call, call["stateMachineArn"])
    if machine.data["type"] != "EXPRESS":
        raise Refused(
            "StateMachineTypeNotSupported",
            "This operation is not supported by this type of state machine",
        )
    run = begin(call, sync=True)
    loop.wait(run)
    return _described(run) | {"billingDetails": {}}


def stop(call: Call) -> dict[str, Any]:
    """StopExecution: no error of one that has ended."""
    run = find(call, call["executionArn"])
    now = WORLD.clock.now()
    if run.running:
        ending.aborted(run, now, call.get("error"), call.get("cause"))
        loop.drop(run)
    return {"stopDate": run.stopped}


def describe(call: Call) -> dict[str, Any]:
    """DescribeExecution; looking at a running one moves the clock."""
    run = find(call, call["executionArn"])
    _standard(run)
    if run.running:
        WORLD.clock.polled()
    return _described(run)


def _standard(run: Execution) -> None:
    if run.kind == "EXPRESS":
        raise Refused("InvalidArn", "Express runs are not described: see their log.")


def _described(run: Execution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "executionArn": run.arn,
        "stateMachineArn": run.machine,
        "name": run.name,
        "status": run.status,
        "startDate": run.started,
        "input": run.input,
        "inputDetails": {"included": True},
        "redriveCount": run.redrives,
        **_redrivable(run),
    }
    if run.stopped is not None:
        found["stopDate"] = run.stopped
    if run.output is not None:
        found |= {"output": run.output, "outputDetails": {"included": True}}
    if run.redriven is not None:
        found["redriveDate"] = run.redriven
    return found | {key: it for key, it in (("error", run.error), ("cause", run.cause)) if it}


def _redrivable(run: Execution) -> dict[str, str]:
    why = ""
    if run.status in {RUNNING, "SUCCEEDED"}:
        why = f"Execution is {run.status} and cannot be redriven"
    elif len(run.events) >= EVENTS - 1:
        why = "Execution history event limit exceeded"
    elif run.stopped is not None and run.stopped + REDRIVABLE < WORLD.clock.now():
        why = "Execution exceeded the redrivable period"
    if not why:
        return {"redriveStatus": "REDRIVABLE"}
    return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": why}


def redrive(call: Call) -> dict[str, Any]:
    """RedriveExecution: go on where it failed, with what was done before."""
    run = find(call, call["executionArn"])
    if run.failed_at is None or _redrivable(run)["redriveStatus"] != "REDRIVABLE":
        said = _redrivable(run).get("redriveStatusReason", "there is nothing to redrive")
        raise Refused("ExecutionNotRedrivable", f"Execution is not redrivable: {said}")
    now, branch = WORLD.clock.now(), run.failed_at
    run.redrives, run.redriven = run.redrives + 1, now
    run.status, run.stopped, run.error, run.cause, run.failed_at = RUNNING, None, None, None, None
    if "TimeoutSeconds" in run.definition:
        run.ends = now + float(run.definition["TimeoutSeconds"])
    number = run.record(
        now, "ExecutionRedriven", None, executionRedrivenEventDetails={"redriveCount": run.redrives}
    )
    branch.stage, branch.due, branch.last = "enter", now, number
    branch.work, branch.results, branch.failed, branch.ends, branch.beats = {}, {}, {}, None, None
    run.branches = {branch.number: branch}
    call.run(GOING, run.arn, run.arn, {"run": run})
    return {"redriveDate": now}


def list_(call: Call) -> dict[str, Any]:
    """ListExecutions of a machine, newest first."""
    record = machines.find(call, call["stateMachineArn"])
    wanted, redriven = call.get("statusFilter"), call.get("redriveFilter")
    rows = []
    for each in [*call.kept(RUNS).values()][::-1]:
        run: Execution = each.data["run"]
        if run.machine_name != record.name or (wanted and run.status != wanted):
            continue
        if redriven and (run.redrives > 0) != (redriven == "REDRIVEN"):
            continue
        row: dict[str, Any] = {"executionArn": run.arn, "stateMachineArn": run.machine,
               "name": run.name, "status": run.status, "startDate": run.started,
               "redriveCount": run.redrives}  # fmt: skip
        row |= {"stopDate": run.stopped} if run.stopped is not None else {}
        rows.append(row | ({"redriveDate": run.redriven} if run.redriven is not None else {}))
    return paging.page(call, rows, "executions")


def history(call: Call) -> dict[str, Any]:
    """GetExecutionHistory."""
    run = find(call, call["executionArn"])
    _standard(run)
    rows = run.events[::-1] if call.get("reverseOrder") else run.events
    if call.get("includeExecutionData") is False:
        rows = [_bare(each) for each in rows]
    return paging.page(call, rows, "events")


def _bare(event: dict[str, Any]) -> dict[str, Any]:
    gone = {"input", "output", "parameters"}
    return {
        key: {name: it for name, it in value.items() if name not in gone}
        if isinstance(value, dict)
        else value
        for key, value in event.items()
    }


def machine_of(call: Call) -> dict[str, Any]:
    """DescribeStateMachineForExecution: the machine as it was when the run began."""
    run = find(call, call["executionArn"])
    record = call.records(machines.MACHINE).get(run.machine_name)
    if record is None:
        raise Refused(NO_RUN, f"Execution Does Not Exist: '{run.arn}'")
    return {
        "stateMachineArn": record.arn,
        "name": run.machine_name,
        "definition": json.dumps(run.definition),
        "roleArn": run.role,
        "updateDate": record.data["updated"] or record.created,
        "loggingConfiguration": record.data["loggingConfiguration"],
        "tracingConfiguration": record.data["tracingConfiguration"],
    }


OPERATIONS = {
    "StartExecution": start,
    "StartSyncExecution": start_sync,
    "StopExecution": stop,
    "DescribeExecution": describe,
    "RedriveExecution": redrive,
    "ListExecutions": list_,
    "GetExecutionHistory": history,
    "DescribeStateMachineForExecution": machine_of,
}
