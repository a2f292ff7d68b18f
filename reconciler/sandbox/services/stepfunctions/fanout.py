"""Parallel and Map: branches that run beside each other, and what becomes of them.

Sources: Amazon States Language, "Parallel State", "Map State"; developer guide, "Using Map state
in Inline mode", "… in Distributed mode", "Setting failure thresholds".
"""

from __future__ import annotations

import math
import uuid
from typing import Any

from moto.moto_api._internal import mock_random

from reconciler.facts.asl import QueryError, path, template
from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions import asking, inputs, items, tasks, turns
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution, Failure, sized

INLINE, DISTRIBUTED = 40, 1000
"""How many iterations run beside each other; AWS has up to 10,000 of distributed ones."""
EXCEEDED = "States.ExceedToleratedFailureThreshold"


def parallel(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    """Begin all branches with the same input."""
    data = inputs.given(run, branch, state)
    run.record(at, "ParallelStateStarted", branch)
    branch.stage, branch.results, branch.failed = "join", {}, {}
    branch.work = {"count": len(state["Branches"]), "next": len(state["Branches"])}
    for index, machine in enumerate(state["Branches"]):
        _spawn(run, branch, machine, data, at, index=index)


def iterate(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    """Begin as many iterations as may run at a time."""
    data, context = inputs.given(run, branch, state, raw=True), run.context(branch)
    processor = state.get("ItemProcessor") or state["Iterator"]
    far = processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"
    values = items.of(run, branch, state, data)
    selector = state.get("ItemSelector", state.get("Parameters"))
    found = []
    for index, value in enumerate(values):
        item = {"Item": {"Index": index, "Value": value}}
        if selector is None:
            found.append((value, item))
        else:
            seen = {**context, "Map": item}
            found.append((template.filled(selector, data, seen, branch.variables), item))
    total = len(found)
    if far and "ItemBatcher" in state:
        found = items.batched(state["ItemBatcher"], found, data, context, branch.variables)
    run.record(at, "MapStateStarted", branch, mapStateStartedEventDetails={"length": len(found)})
    most = _number(state, "MaxConcurrency", data, context, branch.variables) or 0
    ceiling = DISTRIBUTED if far else INLINE
    branch.work = {
        "count": len(found), "next": 0, "found": found, "machine": processor, "far": far,
        "most": min(int(most) or ceiling, ceiling), "total": total, "data": data,
    }  # fmt: skip
    branch.stage, branch.results, branch.failed = "join", {}, {}
    if far:
        _begin_far(run, branch, at, state, data)
    _launch(run, branch, at)
    if not found:
        _all_done(run, branch, at)


def _begin_far(
    run: Execution, branch: Branch, at: float, state: dict[str, Any], data: Json
) -> None:
    asking.permitted(run, "StartExecution", {"stateMachineArn": run.machine, "input": "{}"})
    unique = uuid.UUID(int=mock_random.getrandbits(128))
    head = run.arn.replace(":execution:", ":mapRun:").rpartition(":")[0]
    arn = f"{head}/{state.get('Label', branch.state)}:{unique}"
    context = run.context(branch)
    share = _number(state, "ToleratedFailurePercentage", data, context, branch.variables)
    count = _number(state, "ToleratedFailureCount", data, context, branch.variables)
    branch.work |= {"map": arn, "share": share, "tolerated": count}
    run.maps[arn] = {
        "arn": arn, "started": at, "stopped": None, "status": "RUNNING",
        "most": branch.work["most"],
        "share": share or 0, "tolerated": count or 0, "total": branch.work["count"],
        "items": branch.work["total"], "good": 0, "bad": 0,
    }  # fmt: skip
    run.record(at, "MapRunStarted", branch, mapRunStartedEventDetails={"mapRunArn": arn})


def _number(
    state: dict[str, Any], name: str, data: Json, context: Json, variables: Json
) -> float | None:
    if f"{name}Path" not in state:
        return state.get(name)
    found = path.find(state[f"{name}Path"], data, context, variables)
    if isinstance(found, bool) or not isinstance(found, int | float) or found < 0:
        raise Failure("States.Runtime", f"{name}Path gives {found!r}, which is no such number.")
    return float(found)


def _launch(run: Execution, branch: Branch, at: float) -> None:
    """Begin iterations until as many run as may."""
    work = branch.work
    while work["next"] < work["count"] and len(run.children(branch)) < work["most"]:
        index = work["next"]
        work["next"] += 1
        value, item = work["found"][index]
        if not work["far"]:
            details = {"name": branch.state, "index": index}
            run.record(at, "MapIterationStarted", branch, mapIterationStartedEventDetails=details)
        child = _spawn(run, branch, work["machine"], value, at, index=index, item=item)
        child.own = branch.own or bool(work["far"])


def _spawn(
    run: Execution,
    branch: Branch,
    machine: dict[str, Any],
    data: Json,
    at: float,
    **more: Json,
) -> Branch:
    child = run.spawn(machine, data, at, parent=branch.number, **more)
    child.variables, child.last = dict(branch.variables), branch.last
    child.own = branch.own
    child.item = child.item or branch.item
    return child


def child_done(run: Execution, child: Branch, at: float, output: Json) -> None:
    """A branch or an iteration has its result."""
    parent = run.branches[child.parent or 0]
    del run.branches[child.number]
    parent.results[child.index] = output
    try:
        _told(run, parent, child, at, "Succeeded")
        _onward(run, parent, at)
    except QueryError as mistake:
        turns.failed(run, parent, at, Failure(mistake.code, str(mistake)))
    except Failure as failure:
        turns.failed(run, parent, at, failure)


def child_failed(
    run: Execution, parent: Branch, child: Branch, at: float, failure: Failure
) -> None:
    """A branch or an iteration has failed: so does the state around it, or it tolerates that.

    Raises:
        Failure: the state around it fails.
    """
    run.branches.pop(child.number, None)
    parent.failed[child.index] = (failure.error, failure.cause)
    _told(run, parent, child, at, "Failed")
    if parent.work.get("far"):
        if not _tolerated(parent):
            raise _too_many(run, parent, at)
        try:
            _onward(run, parent, at)
        except QueryError as mistake:
            raise Failure(mistake.code, str(mistake)) from None
        return
    drop_children(run, parent, at)
    kind = parent.definition()["Type"]
    run.record(at, f"{kind}StateFailed", parent)
    raise failure


def _told(run: Execution, parent: Branch, child: Branch, at: float, how: str) -> None:
    parent.last = max(parent.last, child.last) if not child.own else parent.last
    if parent.work.get("far"):
        run.maps[parent.work["map"]]["good" if how == "Succeeded" else "bad"] += 1
    elif parent.definition()["Type"] == "Map":
        details = {"name": parent.state, "index": child.index}
        key = f"mapIteration{how}EventDetails"
        run.record(at, f"MapIteration{how}", parent, **{key: details})


def _tolerated(parent: Branch) -> bool:
    bad, work = len(parent.failed), parent.work
    if work["share"] is None and work["tolerated"] is None:
        return bad == 0
    by_count = work["tolerated"] is None or bad <= work["tolerated"]
    by_share = work["share"] is None or bad <= math.floor(work["share"] * work["count"] / 100)
    return by_count and by_share


def _too_many(run: Execution, parent: Branch, at: float) -> Failure:
    drop_children(run, parent, at)
    record = run.maps[parent.work["map"]]
    record |= {"status": "FAILED", "stopped": at}
    text = "The specified tolerated failure threshold was exceeded"
    items.write(run, parent, parent.definition())
    details = {"error": EXCEEDED, "cause": text}
    run.record(at, "MapRunFailed", parent, mapRunFailedEventDetails=details)
    run.record(at, "MapStateFailed", parent)
    return Failure(EXCEEDED, text)


def _onward(run: Execution, parent: Branch, at: float) -> None:
    if parent.work["next"] < parent.work["count"]:
        _launch(run, parent, at)
    if len(parent.results) + len(parent.failed) == parent.work["count"]:
        _all_done(run, parent, at)


def _all_done(run: Execution, branch: Branch, at: float) -> None:
    result: Json = [branch.results[index] for index in sorted(branch.results)]
    state, kind = branch.definition(), branch.definition()["Type"]
    if branch.work.get("far"):
        written = items.write(run, branch, state)
        result = result if written is None else written
        run.maps[branch.work["map"]] |= {"status": "SUCCEEDED", "stopped": at}
        run.record(at, "MapRunSucceeded", branch)
    try:
        sized(result, "output", branch.state)
    except Failure:
        run.record(at, f"{kind}StateFailed", branch)
        raise
    run.record(at, f"{kind}StateSucceeded", branch)
    turns.finish(run, branch, at, result)


def drop_children(run: Execution, branch: Branch, at: float) -> None:
    """End what runs below a state that goes on without it."""
    for child in run.children(branch):
        drop_children(run, child, at)
        tasks.abandon(run, child, at)
        if branch.definition()["Type"] == "Map" and not branch.work.get("far") and branch.work:
            details = {"name": branch.state, "index": child.index}
            run.record(at, "MapIterationAborted", branch, mapIterationAbortedEventDetails=details)
        run.branches.pop(child.number, None)
