"""Pipeline executions: a record that ends after a while; no step is ever run.

One whose jobs SageMaker would refuse fails, with the reason. So does one where a role may not do a
step's work, or whose account may not use what a step needs, with the reason at the step. That AWS
says so there, and that the execution itself only says that steps failed, is of the SageMaker API
(PipelineExecutionStep.FailureReason) and of people's reports; the exact words are not documented.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import closed, jobs, listing, pipeline, working
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.iam.working import Failing
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "pipeline-execution"
STATUS = "PipelineExecutionStatus"
REFUSED = "refused"
FAILING, STEP = "failing", "step"
ORDER, SINCE, DONE, TRIES = "order", "since", "done", "tries"
"""Names of the steps, since when those to run do, how many ran before, and how many tries."""
STEPS_FAILED = "Step failure: One or multiple steps failed."
REASON = 1024
"""Characters of a FailureReason (SageMaker API)."""


def _of(call: Call, pipeline_arn: str) -> list[Record]:
    now = WORLD.clock.now()
    found = [
        record
        for record in call.records(KIND).values()
        if record.data["PipelineArn"] == pipeline_arn
    ]
    for record in found:
        if record.pending is not None and record.pending <= now:
            record.modified, record.pending = record.pending, None
            why = record.extra.get(REFUSED) or record.extra.get(FAILING)
            record.data[STATUS] = "Failed" if why else "Succeeded"
            record.data |= {"FailureReason": why} if why else {}
    return found


def running(call: Call, pipeline_arn: str) -> bool:
    """Whether the pipeline has an execution under way."""
    return any(record.pending is not None for record in _of(call, pipeline_arn))


def forget(call: Call, pipeline_arn: str) -> None:
    """Drop the executions of a deleted pipeline."""
    for record in _of(call, pipeline_arn):
        del call.records(KIND)[record.name]


def find(call: Call, arn: str) -> Record:
    """The execution in its present state, or the documented ResourceNotFound."""
    record = call.records(KIND).get(arn)
    if record is None:
        raise Refused("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
    _of(call, record.data["PipelineArn"])
    return record


def start(call: Call) -> dict[str, Any]:
    """StartPipelineExecution."""
    parent = pipeline.find(call, call["PipelineName"])
    definition = parent.data[pipeline.DEFINITION]
    given = {each["Name"]: each["Value"] for each in call.get("PipelineParameters") or ()}
    if why := jobs.unfit(definition, given):
        raise invalid(why)
    unique = uuid.UUID(int=mock_random.getrandbits(128)).hex[:12]
    arn = f"{parent.arn}/execution/{unique}"
    data = call.pick(
        "PipelineExecutionDisplayName",
        "PipelineExecutionDescription",
        "ParallelismConfiguration",
        "SelectiveExecutionConfig",
    )
    data.setdefault("PipelineExecutionDisplayName", f"execution-{unique}")
    data |= {"PipelineArn": parent.arn, "PipelineExecutionArn": arn, STATUS: "Executing"}
    data["PipelineVersionId"] = parent.extra[pipeline.VERSION]
    record = call.add(KIND, arn, data, arn=arn)
    parameters = record.extra["parameters"] = list(call.get("PipelineParameters") or [])
    made = [*jobs.steps(definition, given, unique)]
    record.extra[ORDER], record.extra[SINCE] = [it.name for it in made], record.created
    record.extra[REFUSED] = next(filter(None, (jobs.refusal(it.arguments) for it in made)), "")
    if not record.extra[REFUSED]:
        order = ["", *(it.name for it in made)]
        ends = [*filter(None, (working.run(call, parent, parameters), closed.run(made)))]
        if ends:
            _fails(record, min(ends, key=lambda end: order.index(end.step)))
    record.pending = record.created + WORLD.durations.pipeline_execution
    parent.data["LastRunTime"] = moment(record.created)
    return {"PipelineExecutionArn": arn}


def _fails(record: Record, found: Failing) -> None:
    """How the execution ends, and the step that is the cause."""
    how = f"Failed to invoke sagemaker:{found.sent}. Error Details: " if found.sent else ""
    reason = f"ClientError: {how}{found.why}"[:REASON]
    record.extra[FAILING] = STEPS_FAILED if found.step else reason
    if found.step:
        step = {"StepName": found.step, "StepStatus": "Failed", "FailureReason": reason}
        record.extra[STEP] = {**step, "Metadata": {}}


def stop(call: Call) -> dict[str, Any]:
    """StopPipelineExecution: stopped at once."""
    record = find(call, call["PipelineExecutionArn"])
    if record.pending is not None:
        record.pending = None
        record.data[STATUS] = "Stopped"
        record.touch()
    return {"PipelineExecutionArn": record.arn}


def retry(call: Call) -> dict[str, Any]:
    """RetryPipelineExecution: goes on from the step that failed, with what may be done by now."""
    record = find(call, call["PipelineExecutionArn"])
    if record.data[STATUS] not in {"Failed", "Stopped"}:
        text = f"Pipeline execution '{record.arn}' is {record.data[STATUS]} and cannot be retried."
        raise invalid(text)
    order, failed = record.extra[ORDER], (record.extra.get(STEP) or {}).get("StepName")
    record.extra[DONE] = order.index(failed) if failed in order else record.extra.get(DONE, 0)
    record.extra[TRIES] = record.extra.get(TRIES, 1) + 1
    parent = call.records(pipeline.KIND)[record.data["PipelineArn"].rpartition("/")[2]]
    record.extra.pop(STEP, None)
    record.extra.pop(FAILING, None)
    record.data.pop("FailureReason", None)
    if (end := working.run(call, parent, record.extra["parameters"])) is not None:
        _fails(record, end)
    now = WORLD.clock.now()
    record.extra[SINCE] = now
    record.pending = now + WORLD.durations.pipeline_execution
    record.data[STATUS] = "Executing"
    record.touch()
    return {"PipelineExecutionArn": record.arn}


def describe(call: Call) -> dict[str, Any]:
    """DescribePipelineExecution; looking at a running one moves the clock."""
    record = find(call, call["PipelineExecutionArn"])
    answer = record.shown(
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
        CreatedBy={},
        LastModifiedBy={},
    )
    if record.pending is not None:
        WORLD.clock.polled()
    return answer


def list_(call: Call) -> dict[str, Any]:
    """ListPipelineExecutions of one pipeline, newest first."""
    parent = pipeline.find(call, call["PipelineName"])
    found = listing.select(_of(call, parent.arn), call)
    return listing.page(found, call, key="PipelineExecutionSummaries", shown=_summary)


def _summary(record: Record) -> dict[str, Any]:
    names = ("PipelineExecutionArn", STATUS, "PipelineExecutionDisplayName")
    return {name: record.data[name] for name in names} | {"StartTime": created_at(record)}


def list_parameters(call: Call) -> dict[str, Any]:
    """ListPipelineParametersForExecution."""
    record = find(call, call["PipelineExecutionArn"])
    return {"PipelineParameters": record.extra["parameters"]}


def list_steps(call: Call) -> dict[str, Any]:
    """ListPipelineExecutionSteps: those that have begun, as if they shared the time evenly."""
    record = find(call, call["PipelineExecutionArn"])
    found = [*_begun(record)]
    return {
        "PipelineExecutionSteps": found if call.get("SortOrder") == "Ascending" else found[::-1]
    }


def _begun(record: Record) -> Iterator[dict[str, Any]]:
    order: list[str] = record.extra.get(ORDER, [])
    failed: dict[str, Any] = record.extra.get(STEP) or {}
    first = record.extra.get(DONE, 0)
    last = order.index(failed["StepName"]) if failed.get("StepName") in order else len(order) - 1
    going = record.pending is not None
    since, now = record.extra.get(SINCE, record.created), WORLD.clock.now()
    each = WORLD.durations.pipeline_execution / max(1, last - first + 1)
    if not order and failed and not going:
        at = {"StartTime": created_at(record), "EndTime": modified_at(record)}
        yield {**failed, **at}
    for number, name in enumerate(order[: last + 1]):
        tried = record.extra.get(TRIES, 1) if number >= first else 1
        began = since + max(0, number - first) * each
        told: dict[str, Any] = {"StepName": name, "StartTime": moment(began)}
        told |= {"Metadata": {}, "AttemptCount": tried}
        if record.data[STATUS] == "Stopped" and number >= first:
            yield {**told, "StepStatus": "Stopped", "EndTime": modified_at(record)}
            return
        if number < first or not going or now >= began + each:
            bad = number == last and not going and bool(failed)
            ended = {
                "StepStatus": "Failed" if bad else "Succeeded",
                "EndTime": moment(began + each),
            }
            yield {**told, **ended, **({"FailureReason": failed["FailureReason"]} if bad else {})}
        elif now >= began:
            yield {**told, "StepStatus": "Executing"}


def delete_pipeline(call: Call) -> dict[str, Any]:
    """DeletePipeline; refused while an execution runs, and takes the executions with it."""
    record = pipeline.find(call, call["PipelineName"])
    if running(call, record.arn):
        text = f"Pipeline '{record.arn}' cannot be deleted while it has running executions."
        raise Refused("ConflictException", text)
    forget(call, record.arn)
    del call.records(pipeline.KIND)[record.name]
    return {"PipelineArn": record.arn}


OPERATIONS = {
    "DeletePipeline": delete_pipeline,
    "StartPipelineExecution": start,
    "StopPipelineExecution": stop,
    "RetryPipelineExecution": retry,
    "DescribePipelineExecution": describe,
    "ListPipelineExecutions": list_,
    "ListPipelineParametersForExecution": list_parameters,
    "ListPipelineExecutionSteps": list_steps,
}
