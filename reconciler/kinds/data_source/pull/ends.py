"""How a pull begins and comes to its end, and how one run hands over to the next one."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.pull.spec import Number, Pull
from reconciler.kinds.data_source.pull.states import STEP, TRIES, Onward, Place
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.machine import caught, integration, retry
from reconciler.model.value import Json, Props

MARK = "watermark.json"
_ABSENT = ["S3.NoSuchKeyException", "S3.NoSuchKey"]
_STARTED = ["Sfn.ExecutionAlreadyExistsException", "StepFunctions.ExecutionAlreadyExistsException"]


def begin(states: Mapping[str, Json], onward: Onward, numbered: Number | None) -> Props:
    """A run begins anew, or goes on where another one has handed over."""
    ways = ("read the query", "look back", "start")
    first = next(name for name in ways if name in states)
    if not onward.next:
        return {"Type": "Pass", "Next": first}
    many = numbered is not None and numbered.parallel > 1
    on = "share out the pages" if many else "ask for the next page"
    going = {"Variable": "$.run", "IsPresent": True, "Next": on}
    return {"Type": "Choice", "Choices": [going], "Default": first}


def with_query(states: Mapping[str, Json], file: Asset, scope: Scope) -> dict[str, Json]:
    """Read the text of a file once for a pull: it goes on from run to run."""
    found = dict(states)
    for name in ("start", "start anew"):
        if name in found:
            given_ = found[name]["Parameters"]
            run = {**given_["run"], "query.$": "$.asked.text"}
            found[name] = {**found[name], "Parameters": {**given_, "run": run}}
    state = {
        "Type": "Task",
        "Resource": integration(scope, "aws-sdk:s3:getObject"),
        "Parameters": {"Bucket": file.bucket, "Key": file.key},
        "ResultSelector": {"text.$": "$.Body"},
        "ResultPath": "$.asked",
        "Retry": [retry("States.ALL", times=TRIES)],
        "Catch": [caught(STEP)],
        "Next": "look back" if "look back" in found else "start",
    }
    return {**found, "read the query": state}


def starting(pull: Pull, scope: Scope, place: Place, onward: Onward) -> dict[str, Json]:
    """What all pages of a pull have in common."""
    run = {
        "name.$": "$$.Execution.Name",
        "started.$": "$$.Execution.StartTime",
        "day.$": "States.ArrayGetItem(States.StringSplit($$.Execution.StartTime, 'T'), 0)",
    }
    if pull.since is None:
        return {"start": _started(run, onward)}
    return {
        "look back": {
            "Type": "Task",
            "Resource": integration(scope, "aws-sdk:s3:getObject"),
            "Parameters": {"Bucket": place.bucket, "Key": f"{place.prefix}{MARK}"},
            "ResultSelector": {"mark.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.before",
            "Retry": [retry("S3.S3Exception", "States.Timeout", times=TRIES)],
            "Catch": [
                {"ErrorEquals": _ABSENT, "ResultPath": None, "Next": "start anew"},
                caught(STEP),
            ],
            "Next": "start",
        },
        "start": _started({**run, "since.$": "$.before.mark.at"}, onward),
        "start anew": _started({**run, "since": pull.since.start}, onward),
    }


def _started(run: Props, onward: Onward) -> Props:
    return {
        "Type": "Pass",
        "Parameters": {"run": run, "turn": 0, "page": 1, "here": 1, **onward.before},
        "Next": "ask for the first page",
    }


def end(pull: Pull, place: Place, write: str) -> dict[str, Json]:
    """The watermark moves when all pages are landed, and not before."""
    if pull.since is None:
        return {"come to its end": {"Type": "Succeed"}}
    said = {
        "Type": "Task",
        "Resource": write,
        "Parameters": {
            "Bucket": place.bucket,
            "Key": f"{place.prefix}{MARK}",
            "ContentType": "application/json",
            "Body": {"at.$": "$.run.started", "run.$": "$.run.name"},
        },
        "ResultPath": None,
        "Retry": [retry("States.ALL", times=TRIES)],
        "Catch": [caught(STEP)],
        "Next": "done",
    }
    return {"come to its end": said, "done": {"Type": "Succeed"}}


def handing(scope: Scope, *, many: bool) -> dict[str, Json]:
    """The next run; the one that asks for it has done its part."""
    given_ = {"run.$": "$.run", "next.$": "$.next", "page.$": "$.page", "here": 1}
    given_ |= {"last.$": "$.last"} if many else {}
    given_["turn.$"] = "States.MathAdd($.turn, 1)"
    given_["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$"] = "$$.Execution.Id"
    name = "States.Hash(States.Format('{} {}', $.run.name, $.turn), 'SHA-1')"
    return {
        "hand over": {
            "Type": "Task",
            "Resource": integration(scope, "states:startExecution"),
            "Parameters": {
                "StateMachineArn.$": "$$.StateMachine.Id",
                "Name.$": name,
                "Input": given_,
            },
            "ResultPath": None,
            "Retry": [retry("States.ALL", times=TRIES)],
            "Catch": [
                {"ErrorEquals": _STARTED, "ResultPath": None, "Next": "handed over"},
                caught(STEP),
            ],
            "Next": "handed over",
        },
        "handed over": {"Type": "Succeed"},
    }
