"""Executions of pipelines: started, looked at, stopped, gone on with from where they failed.

Sources: SageMaker API, StartPipelineExecution, RetryPipelineExecution, StopPipelineExecution,
DescribePipelineDefinitionForExecution, ListPipelineExecutionSteps.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import listing, pipeline
from reconciler.sandbox.services.sagemaker.jobs import life
from reconciler.sandbox.services.sagemaker.runs import (
    context,
    definition,
    going,
    selecting,
    steps,
    telling,
)
from reconciler.sandbox.services.sagemaker.runs.context import STATUS, Doing, Going
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

SOON = 1.0
"""Seconds until the first step begins."""
PAGE = 10


def _of(call: Call, pipeline_arn: str) -> list[Record]:
    return [
        record
        for record in call.records(going.KIND).values()
        if record.data["PipelineArn"] == pipeline_arn
    ]


def running(call: Call, pipeline_arn: str) -> bool:
    """Whether the pipeline has an execution under way."""
    return any(_goes_on(record) for record in _of(call, pipeline_arn))


def _goes_on(record: Record) -> bool:
    return record.data[STATUS] in {"Executing", "Stopping"}


def find(call: Call, arn: str) -> Record:
    """The execution, or the documented ResourceNotFound."""
    record = call.records(going.KIND).get(arn)
    if record is None:
        raise Refused("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
    return record


def start(call: Call) -> dict[str, Any]:
    """StartPipelineExecution."""
    parent = pipeline.find(call, call["PipelineName"])
    number = int(call.get("PipelineVersionId") or parent.extra[pipeline.VERSION])
    text = pipeline.version(parent, number)
    document = json.loads(text)
    given = {each["Name"]: each["Value"] for each in call.get("PipelineParameters") or ()}
    values, why = definition.parameters(document, given)
    if why:
        raise invalid(why)
    made = {
        str(step["Name"]): Doing(str(step["Name"]), str(step["Type"]), step, within)
        for step, within in definition.every(document["Steps"])
    }
    if config := call.get("SelectiveExecutionConfig"):
        selecting.select(call, parent.arn, made, config)
    unique = uuid.UUID(int=mock_random.getrandbits(128)).hex[:12]
    arn = f"{parent.arn}/execution/{unique}"
    data = call.pick(
        "PipelineExecutionDisplayName", "PipelineExecutionDescription",
        "ParallelismConfiguration", "SelectiveExecutionConfig",
    )  # fmt: skip
    data.setdefault("PipelineExecutionDisplayName", f"execution-{unique}")
    if parent.data.get("ParallelismConfiguration"):
        data.setdefault("ParallelismConfiguration", parent.data["ParallelismConfiguration"])
    data |= {
        "PipelineArn": parent.arn, "PipelineExecutionArn": arn, STATUS: "Executing",
        "PipelineVersionId": number,
    }  # fmt: skip
    record = call.add(going.KIND, arn, data, arn=arn)
    record.extra |= {
        context.STEPS: made, context.DOCUMENT: text, context.GIVEN: values, context.NOTES: [],
        context.ROLE: call.get("RoleArn") or parent.data.get("RoleArn", ""),
        "parameters": list(call.get("PipelineParameters") or []),
    }  # fmt: skip
    _announced(record, parent.arn)
    life.wake(call, record, record.created + SOON)
    parent.data["LastRunTime"] = moment(record.created)
    telling.execution(Going(call, record, record.created), "")
    return {"PipelineExecutionArn": arn}


def _announced(record: Record, pipeline_arn: str) -> None:
    """Who starts it may have said that he does its jobs, by the name that he gives it."""
    key = f"{pipeline_arn}/{record.data['PipelineExecutionDisplayName']}"
    names = WORLD.machines.stood_in.pop(key, None)
    if names is not None:
        WORLD.machines.stood_in[record.arn] = names


def stop(call: Call) -> dict[str, Any]:
    """StopPipelineExecution: steps under way are stopped first."""
    record = find(call, call["PipelineExecutionArn"])
    if record.data[STATUS] == "Stopping":
        return {"PipelineExecutionArn": record.arn}
    if record.data[STATUS] != "Executing":
        text = f"Pipeline execution '{record.arn}' is {record.data[STATUS]} and cannot be stopped."
        raise Refused("ConflictException", text)
    now = WORLD.clock.now()
    record.data[STATUS] = "Stopping"
    record.touch()
    here = Going(call, record, now)
    telling.execution(here, "Executing")
    for step in here.with_status(context.EXECUTING):
        if step.job is not None:
            steps.stop(here, step)
    life.wake(call, record, now)
    return {"PipelineExecutionArn": record.arn}


def retry(call: Call) -> dict[str, Any]:
    """RetryPipelineExecution: goes on from the steps that failed, by the same definition."""
    record = find(call, call["PipelineExecutionArn"])
    if record.data[STATUS] not in {"Failed", "Stopped"}:
        text = f"Pipeline execution '{record.arn}' is {record.data[STATUS]} and cannot be retried."
        raise invalid(text)
    now = WORLD.clock.now()
    here = Going(call, record, now)
    for step in here.with_status(context.FAILED, context.STOPPED):
        step.status, step.ended, step.reason = context.WAITING, None, ""
        step.job, step.used, step.failed_at = None, {}, None
        step.tries += 1
    record.data |= call.pick("ParallelismConfiguration")
    record.data.pop("FailureReason", None)
    before, record.data[STATUS] = record.data[STATUS], "Executing"
    record.extra["taken"] = False
    record.touch()
    life.wake(call, record, now + SOON)
    telling.execution(here, before)
    return {"PipelineExecutionArn": record.arn}


def describe(call: Call) -> dict[str, Any]:
    """DescribePipelineExecution; looking at a running one moves the clock."""
    record = find(call, call["PipelineExecutionArn"])
    if _goes_on(record):
        WORLD.clock.polled()
    return record.shown(
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
        CreatedBy={},
        LastModifiedBy={},
    )


def update(call: Call) -> dict[str, Any]:
    """UpdatePipelineExecution: its name and its description."""
    record = find(call, call["PipelineExecutionArn"])
    record.data |= call.pick("PipelineExecutionDisplayName", "PipelineExecutionDescription")
    record.touch()
    return {"PipelineExecutionArn": record.arn}


def defined(call: Call) -> dict[str, Any]:
    """DescribePipelineDefinitionForExecution: the version that runs, whatever came after it."""
    record = find(call, call["PipelineExecutionArn"])
    text = record.extra[context.DOCUMENT]
    return {"PipelineDefinition": text, "CreationTime": created_at(record)}


def list_(call: Call) -> dict[str, Any]:
    """ListPipelineExecutions of one pipeline, newest first."""
    parent = pipeline.find(call, call["PipelineName"])
    found = listing.select(_of(call, parent.arn), call)
    return listing.page(found, call, key="PipelineExecutionSummaries", shown=_summary)


def _summary(record: Record) -> dict[str, Any]:
    names = ("PipelineExecutionArn", STATUS, "PipelineExecutionDisplayName",
             "PipelineExecutionDescription", "FailureReason")  # fmt: skip
    told = {name: record.data[name] for name in names if record.data.get(name)}
    return {
        **{_renamed(name): each for name, each in told.items()},
        "StartTime": created_at(record),
    }


def _renamed(name: str) -> str:
    return "PipelineExecutionFailureReason" if name == "FailureReason" else name


def list_parameters(call: Call) -> dict[str, Any]:
    """ListPipelineParametersForExecution."""
    record = find(call, call["PipelineExecutionArn"])
    return _page(call, "PipelineParameters", record.extra["parameters"])


def list_steps(call: Call) -> dict[str, Any]:
    """ListPipelineExecutionSteps: those that have begun; the last one first unless asked."""
    record = find(call, call["PipelineExecutionArn"])
    found = telling.listed(record.extra[context.STEPS])
    rows = found if call.get("SortOrder") == "Ascending" else found[::-1]
    return _page(call, "PipelineExecutionSteps", rows)


def _page(call: Call, key: str, rows: list[Any]) -> dict[str, Any]:
    begin = int(listing.content_of(call["NextToken"])) if call.get("NextToken") else 0
    end = begin + int(call.get("MaxResults") or PAGE)
    more = {"NextToken": listing.token(end)} if end < len(rows) else {}
    return {key: rows[begin:end], **more}


def delete_pipeline(call: Call) -> dict[str, Any]:
    """DeletePipeline; refused while an execution runs, and takes the executions with it."""
    record = pipeline.find(call, call["PipelineName"])
    if running(call, record.arn):
        text = f"Pipeline '{record.arn}' cannot be deleted while it has running executions."
        raise Refused("ConflictException", text)
    for each in _of(call, record.arn):
        del call.records(going.KIND)[each.name]
    del call.records(pipeline.KIND)[record.name]
    return {"PipelineArn": record.arn}


OPERATIONS = {
    "DeletePipeline": delete_pipeline,
    "StartPipelineExecution": start,
    "StopPipelineExecution": stop,
    "RetryPipelineExecution": retry,
    "DescribePipelineExecution": describe,
    "DescribePipelineDefinitionForExecution": defined,
    "UpdatePipelineExecution": update,
    "ListPipelineExecutions": list_,
    "ListPipelineParametersForExecution": list_parameters,
    "ListPipelineExecutionSteps": list_steps,
}
