"""Processing jobs: their role, their inputs, and what a script says that they write.

A simulated one puts a file into each output that says so, and what a script says. What reads a
certain file of its outputs finds none.
Sources: SageMaker API, CreateProcessingJob, DescribeProcessingJob; developer guide, "Build your own
processing container" (ExitMessage).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker.jobs import (
    common,
    files,
    held,
    life,
    refusing,
    rights,
    telling,
)
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.access.workloads.site import Work
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND, NOUN, STATUS = "processing-job", "ProcessingJob", "ProcessingJobStatus"
ROLES = {"CreateProcessingJob": ("AWS::SageMaker::ProcessingJob", "ProcessingJobName", "RoleArn")}
NAMES = {"sagemaker": frozenset({"ProcessingJobName"})}
GROUP = "/aws/sagemaker/ProcessingJobs"
DAY = 86_400
SHARE = 0.4
"""How much of its time a job needs to begin."""
STAGE, WORKING = "stage", "working"
SIMULATED = "simulated.json"


def find(call: Call, name: str) -> Record:
    """The job, or the ValidationException that people report."""
    text = f"Could not find requested job with name: {name}"
    return common.find(call, KIND, name, "ValidationException", text)


def create(call: Call) -> dict[str, Any]:
    """CreateProcessingJob."""
    if why := refusing.refusal(call.params):
        raise invalid(why)
    kept = call.pick(*(name for name in call.params if name != "Tags"))
    data = {"StoppingCondition": {"MaxRuntimeInSeconds": DAY}, **kept, STATUS: "InProgress"}
    record = common.make(call, KIND, NOUN, data)
    held.mark(record, held.of_processing(data))
    whole = WORLD.durations.processing_job
    life.wake(call, record, record.created + whole * SHARE)
    common.tell(call, record, "Processing Job", NOUN)
    return {"ProcessingJobArn": record.arn}


def go_on(call: Call, record: Record, at: float) -> None:
    """What is due of a job: it begins to work, it is over, or it was stopped."""
    if record.data[STATUS] == "Stopping":
        _end(call, record, at, "Stopped")
    elif record.extra.get(STAGE) != WORKING:
        _work(call, record, at)
    else:
        _over(call, record, at)


def _work(call: Call, record: Record, at: float) -> None:
    role = record.data["RoleArn"]
    why = rights.refused(call, role, _needs(call, record))
    found = (files.absent(call, uri, role) for uri in _inputs(record.data))
    why = why or next(filter(None, found), "")
    if why:
        _failed(call, record, at, why)
        return
    record.extra[STAGE] = WORKING
    record.data["ProcessingStartTime"] = moment(at)
    record.modified = at
    most = float(record.data["StoppingCondition"]["MaxRuntimeInSeconds"])
    seconds = common.script(record).seconds or WORLD.durations.processing_job * (1 - SHARE)
    life.wake(call, record, at + (most if held.begin(call, record, most) else min(seconds, most)))


def _over(call: Call, record: Record, at: float) -> None:
    told, script = held.take(record), common.script(record)
    if told is None and held.waits(record):
        text = "ProcessingJob exceeded MaxRuntimeInSeconds"
        record.data["ExitMessage"] = text
        _end(call, record, at, "Stopped")
        return
    if told is not None and told.get("message"):
        record.data["ExitMessage"] = str(told["message"])[: common.REASON]
    if why := script.error or held.error(record):
        _failed(call, record, at, why)
        return
    if told is None:
        common.note(record, telling.SIMULATED)
        if why := _written(call, record, script.files):
            _failed(call, record, at, why)
            return
    lines = [telling.SIMULATED] if told is None else str(told.get("log") or "").splitlines()
    telling.log(call, record, GROUP, record.data["RoleArn"], lines)
    _end(call, record, at, "Completed")


def _written(call: Call, record: Record, wanted: Mapping[str, Any]) -> str:
    """Write what a script says; why that cannot be done, or nothing."""
    kept = record.data.get("ProcessingOutputConfig") or {}
    places = {each["OutputName"]: each.get("S3Output") for each in kept.get("Outputs") or ()}
    for each in places.values():
        if each:
            uri = f"{str(each['S3Uri']).rstrip('/')}/{SIMULATED}"
            said = json.dumps({"simulated": True, "job": record.name}).encode()
            if why := files.put(call, uri, said, kept.get("KmsKeyId")):
                return why
    for name, content in wanted.items():
        output, _, path = name.partition("/")
        if places.get(output):
            text = content if isinstance(content, str) else json.dumps(content)
            uri = f"{str(places[output]['S3Uri']).rstrip('/')}/{path}"
            if why := files.put(call, uri, text.encode(), kept.get("KmsKeyId")):
                return why
    return ""


def _needs(call: Call, record: Record) -> Iterator[Work]:
    data = record.data
    role, network = data["RoleArn"], data.get("NetworkConfig") or {}
    cluster = (data.get("ProcessingResources") or {}).get("ClusterConfig") or {}
    image = str(data["AppSpecification"].get("ImageUri") or "")
    key = cluster.get("VolumeKmsKeyId")
    yield from rights.machine(call, role, image, key, network.get("VpcConfig"))
    for uri in _inputs(data):
        yield from rights.reading(call, role, uri)
    kept = data.get("ProcessingOutputConfig") or {}
    for each in kept.get("Outputs") or ():
        if each.get("S3Output"):
            uri = f"{str(each['S3Output']['S3Uri']).rstrip('/')}/part-0"
            yield from rights.writing(call, role, uri, kept.get("KmsKeyId"))


def _inputs(data: Mapping[str, Any]) -> list[str]:
    found = [each.get("S3Input") or {} for each in data.get("ProcessingInputs") or ()]
    return [str(each["S3Uri"]) for each in found if each.get("S3Uri")]


def _failed(call: Call, record: Record, at: float, why: str) -> None:
    record.data["FailureReason"] = why[: common.REASON]
    told = record.extra.get(held.TOLD) or {}
    lines = str(told.get("log") or "").splitlines() or [why]
    telling.log(call, record, GROUP, record.data["RoleArn"], lines)
    _end(call, record, at, "Failed")


def _end(call: Call, record: Record, at: float, status: str) -> None:
    record.data[STATUS] = status
    if record.data.get("ProcessingStartTime") is not None:
        record.data["ProcessingEndTime"] = moment(at)
    common.ended(call, record, at)
    common.tell(call, record, "Processing Job", NOUN)


def describe(call: Call) -> dict[str, Any]:
    """DescribeProcessingJob; looking at a running one moves the clock."""
    record = find(call, call["ProcessingJobName"])
    if record.data[STATUS] not in common.OVER:
        WORLD.clock.polled()
    return shown(record)


def shown(record: Record) -> dict[str, Any]:
    """The description of a job."""
    return record.shown(
        ProcessingJobArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
    )


def stop(call: Call) -> None:
    """StopProcessingJob."""
    record = find(call, call["ProcessingJobName"])
    common.stoppable(record, STATUS)
    record.data[STATUS] = "Stopping"
    held.drop(record)
    life.wake(call, record, WORLD.clock.now() + 6.0)


def delete(call: Call) -> None:
    """DeleteProcessingJob."""
    common.delete(call, find(call, call["ProcessingJobName"]), STATUS)


def list_(call: Call) -> dict[str, Any]:
    """ListProcessingJobs."""
    return common.page(call, KIND, "ProcessingJobSummaries", STATUS, _summary)


def _summary(record: Record) -> dict[str, Any]:
    names = ("ProcessingJobName", STATUS, "ProcessingEndTime", "FailureReason", "ExitMessage")
    found = shown(record)
    kept = (*names, "ProcessingJobArn", "CreationTime", "LastModifiedTime")
    return {name: found[name] for name in kept if found.get(name) is not None}


OPERATIONS = {
    "CreateProcessingJob": create,
    "DescribeProcessingJob": describe,
    "StopProcessingJob": stop,
    "DeleteProcessingJob": delete,
    "ListProcessingJobs": list_,
}
