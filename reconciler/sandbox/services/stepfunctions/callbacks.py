"""Who has a task's token says how it ended, or that it goes on; and what map runs have done.

Source: Step Functions API, SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat, DescribeMapRun.
"""

from __future__ import annotations

import json
from typing import Any

from reconciler.facts.asl import QueryError
from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.stepfunctions import failing, logs, loop, paging, runs, tasks
from reconciler.sandbox.services.stepfunctions.execution import (
    Branch,
    EndedError,
    Execution,
    Failure,
)
from reconciler.sandbox.state.world import WORLD

SERVICE = "stepfunctions"


def _of(token: str) -> tuple[Execution, Branch]:
    for run in loop.going():
        for branch in run.branches.values():
            if branch.token == token and branch.stage == "task":
                return run, branch
    raise Refused("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


def success(call: Call) -> dict[str, Any]:
    """SendTaskSuccess."""
    try:
        output = json.loads(call["output"])
    except ValueError as mistake:
        raise Refused("InvalidOutput", f"Invalid Output: '{mistake}'") from None
    run, branch = _of(call["taskToken"])
    _told(run, branch, lambda: tasks.done(run, branch, WORLD.clock.now(), output))
    return {}


def failure(call: Call) -> dict[str, Any]:
    """SendTaskFailure."""
    run, branch = _of(call["taskToken"])
    found = Failure(call.get("error") or "", call.get("cause") or "")
    _told(run, branch, lambda: tasks.told(run, branch, WORLD.clock.now(), found))
    return {}


def heartbeat(call: Call) -> dict[str, Any]:
    """SendTaskHeartbeat."""
    _, branch = _of(call["taskToken"])
    if branch.beats is not None:
        branch.beats = WORLD.clock.now() + float(branch.work["beat"])
    return {}


def _told(run: Execution, branch: Branch, what: Any) -> None:  # noqa: ANN401  (a call)
    now = WORLD.clock.now()
    try:
        try:
            what()
        except Failure as found:
            failing.failed(run, branch, now, found)
        except QueryError as mistake:
            failing.failed(run, branch, now, Failure(mistake.code, str(mistake)))
    except EndedError:
        pass
    finally:
        logs.write(run)
        if not run.running:
            loop.drop(run)


def maps(call: Call) -> dict[str, Any]:
    """ListMapRuns of a run."""
    run = runs.find(call, call["executionArn"])
    rows = []
    for each in run.maps.values():
        row = {"executionArn": run.arn, "mapRunArn": each["arn"], "stateMachineArn": run.machine,
               "startDate": each["started"]}  # fmt: skip
        rows.append(row | ({"stopDate": each["stopped"]} if each["stopped"] is not None else {}))
    return paging.page(call, rows, "mapRuns")


def map_run(call: Call) -> dict[str, Any]:
    """DescribeMapRun."""
    arn = call["mapRunArn"]
    for record in call.kept(loop.RUNS).values():
        run: Execution = record.data["run"]
        if arn in run.maps:
            return _map(run, run.maps[arn])
    raise Refused("ResourceNotFound", f"Resource not found: '{arn}'")


def _map(run: Execution, found: dict[str, Any]) -> dict[str, Any]:
    left = found["total"] - found["good"] - found["bad"]
    counts = {
        "pending": 0, "running": left if found["status"] == "RUNNING" else 0,
        "succeeded": found["good"], "failed": found["bad"], "timedOut": 0,
        "aborted": 0 if found["status"] == "RUNNING" else left, "total": found["total"],
        "resultsWritten": found["good"], "failuresNotRedrivable": 0, "pendingRedrive": 0,
    }  # fmt: skip
    shown = {
        "mapRunArn": found["arn"], "executionArn": run.arn, "status": found["status"],
        "startDate": found["started"], "maxConcurrency": found["most"],
        "toleratedFailurePercentage": found["share"],
        "toleratedFailureCount": int(found["tolerated"]),
        "itemCounts": counts, "executionCounts": counts, "redriveCount": 0,
    }  # fmt: skip
    return shown | ({"stopDate": found["stopped"]} if found["stopped"] is not None else {})


OPERATIONS = {
    "SendTaskSuccess": success,
    "SendTaskFailure": failure,
    "SendTaskHeartbeat": heartbeat,
    "ListMapRuns": maps,
    "DescribeMapRun": map_run,
}
