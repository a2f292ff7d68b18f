"""Batch transform jobs: a model that is there, and inputs that its role may read.

A simulated one writes nothing. Of one that somebody does, what he has told counts.
Source: SageMaker API, CreateTransformJob, DescribeTransformJob.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import model
from reconciler.sandbox.services.sagemaker.jobs import (
    common,
    files,
    held,
    life,
    refusing,
    rights,
    telling,
)
from reconciler.sandbox.services.sagemaker.store import created_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.access.workloads.site import Work
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND, NOUN, STATUS = "transform-job", "TransformJob", "TransformJobStatus"
NAMES = {"sagemaker": frozenset({"TransformJobName"})}
GROUP = "/aws/sagemaker/TransformJobs"
WORKING, SHARE = "working", 0.4
DAY = 86_400.0


def find(call: Call, name: str) -> Record:
    """The job, or the ValidationException that people report."""
    text = f"Could not find requested job with name: {name}"
    return common.find(call, KIND, name, "ValidationException", text)


def create(call: Call) -> dict[str, Any]:
    """CreateTransformJob: its model has to be there."""
    if why := refusing.refusal(call.params):
        raise invalid(why)
    served = model.find(call, call["ModelName"])
    kept = call.pick(*(name for name in call.params if name != "Tags"))
    record = common.make(call, KIND, NOUN, {**kept, STATUS: "InProgress"})
    held.mark(record, held.of_transform(kept, served.data))
    life.wake(call, record, record.created + WORLD.durations.transform_job * SHARE)
    common.tell(call, record, "Transform Job", NOUN)
    return {"TransformJobArn": record.arn}


def go_on(call: Call, record: Record, at: float) -> None:
    """What is due of a job."""
    script = common.script(record)
    if record.data[STATUS] == "Stopping":
        _end(call, record, at, "Stopped")
    elif record.extra.get(WORKING) is None:
        role = _role(call, record)
        why = rights.refused(call, role, _needs(call, record, role))
        why = why or files.absent(call, _source(record), role)
        if why:
            _end(call, record, at, "Failed", why)
            return
        record.extra[WORKING] = True
        record.data["TransformStartTime"] = moment(at)
        seconds = script.seconds or WORLD.durations.transform_job * (1 - SHARE)
        done = not script.error and held.begin(call, record, DAY, role=role)
        life.wake(call, record, at + (DAY if done else seconds))
    else:
        _over(call, record, at, script.error)


def _over(call: Call, record: Record, at: float, why: str) -> None:
    told = held.take(record)
    if told is None and held.waits(record):
        why = "InternalServerError: nobody said how the job ended"
    elif told is None:
        common.note(record, telling.SIMULATED)
    why = why or held.error(record)
    lines = [telling.SIMULATED] if told is None else str(told.get("log") or "").splitlines()
    telling.log(call, record, GROUP, _role(call, record), lines)
    _end(call, record, at, "Failed" if why else "Completed", why)


def _role(call: Call, record: Record) -> str:
    found = call.records(model.KIND).get(record.data["ModelName"])
    return str(found.data.get("ExecutionRoleArn") or "") if found else ""


def _source(record: Record) -> str:
    source = record.data["TransformInput"]["DataSource"].get("S3DataSource") or {}
    return str(source.get("S3Uri") or "")


def _needs(call: Call, record: Record, role: str) -> Iterator[Work]:
    output = record.data["TransformOutput"]
    yield from rights.reading(call, role, _source(record))
    uri = f"{str(output['S3OutputPath']).rstrip('/')}/part-0.out"
    yield from rights.writing(call, role, uri, output.get("KmsKeyId") or None)


def _end(call: Call, record: Record, at: float, status: str, why: str = "") -> None:
    record.data |= {STATUS: status, **({"FailureReason": why[: common.REASON]} if why else {})}
    if record.data.get("TransformStartTime") is not None:
        record.data["TransformEndTime"] = moment(at)
    common.ended(call, record, at)
    common.tell(call, record, "Transform Job", NOUN)


def describe(call: Call) -> dict[str, Any]:
    """DescribeTransformJob; looking at a running one moves the clock."""
    record = find(call, call["TransformJobName"])
    if record.data[STATUS] not in common.OVER:
        WORLD.clock.polled()
    return shown(record)


def shown(record: Record) -> dict[str, Any]:
    """The description of a job."""
    return record.shown(TransformJobArn=record.arn, CreationTime=created_at(record))


def stop(call: Call) -> None:
    """StopTransformJob."""
    record = find(call, call["TransformJobName"])
    common.stoppable(record, STATUS)
    record.data[STATUS] = "Stopping"
    held.drop(record)
    life.wake(call, record, WORLD.clock.now() + 6.0)


def list_(call: Call) -> dict[str, Any]:
    """ListTransformJobs."""
    return common.page(call, KIND, "TransformJobSummaries", STATUS, _summary)


def _summary(record: Record) -> dict[str, Any]:
    found = shown(record)
    kept = ("TransformJobName", "TransformJobArn", STATUS, "CreationTime", "TransformEndTime",
            "FailureReason")  # fmt: skip
    return {name: found[name] for name in kept if found.get(name) is not None}


OPERATIONS = {
    "CreateTransformJob": create,
    "DescribeTransformJob": describe,
    "StopTransformJob": stop,
    "ListTransformJobs": list_,
}
