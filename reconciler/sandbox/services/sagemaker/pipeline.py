"""Pipelines: the definition round-trips as a string, and every update of it makes a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.services.sagemaker.runs import definition
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "pipeline"
NAMES = {"sagemaker": frozenset({"PipelineName"})}
ROLES = {
    "CreatePipeline": ("AWS::SageMaker::Pipeline", "PipelineName", "RoleArn"),
    "UpdatePipeline": ("AWS::SageMaker::Pipeline", "PipelineName", "RoleArn"),
}
KEPT = (
    "PipelineDisplayName",
    "PipelineDescription",
    "RoleArn",
    "ParallelismConfiguration",
    "PipelineVersionAliases",
)
VERSION, VERSIONS = "version", "versions"
DEFINITION = "PipelineDefinition"
LOCATION = "PipelineDefinitionS3Location"


def find(call: Call, name_or_arn: str) -> Record:
    """The pipeline, or the documented ResourceNotFound."""
    name = name_or_arn.rpartition("/")[2]
    record = call.records(KIND).get(name)
    if record is None:
        raise Refused("ResourceNotFound", f"Pipeline '{call.arn(KIND, name)}' does not exist.")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreatePipeline: the name must be free."""
    name = call["PipelineName"]
    if name in call.records(KIND):
        text = "Pipeline names must be unique within an AWS account and region. "
        raise invalid(f"{text}Pipeline with name ({name}) already exists.")
    if not call.get(DEFINITION) and not call.get(LOCATION):
        raise invalid("Provide PipelineDefinition or PipelineDefinitionS3Location.")
    data = call.pick("PipelineName", *KEPT)
    data.setdefault("PipelineDisplayName", name)
    data |= {DEFINITION: _definition(call), "PipelineStatus": "Active"}
    record = call.add(KIND, name, data)
    _keep(record)
    return {"PipelineArn": record.arn}


def _definition(call: Call) -> str:
    text = str(call.get(DEFINITION) or _from_s3(call, call[LOCATION]))
    if why := definition.unfit(text):
        raise invalid(why)
    return text


def _keep(record: Record) -> None:
    """Keep a definition as a version of its own."""
    known = record.extra.setdefault(VERSIONS, {})
    number = record.extra[VERSION] = len(known) + 1
    known[number] = {"text": record.data[DEFINITION], "at": WORLD.clock.now()}


def version(record: Record, number: int) -> str:
    """The definition of a version.

    Raises:
        Refused: there is no such version.
    """
    found = record.extra[VERSIONS].get(number)
    if found is None:
        raise Refused("ResourceNotFound", f"Pipeline version {number} does not exist.")
    return str(found["text"])


def _from_s3(call: Call, location: dict[str, str]) -> str:
    from moto.s3.models import s3_backends  # noqa: PLC0415  (only when a location is given)

    where = call.backend
    backend = s3_backends[where.account_id][where.partition]
    bucket, key = location["Bucket"], location["ObjectKey"]
    found = None
    if bucket in backend.buckets:
        found = backend.get_object(bucket, key, version_id=location.get("VersionId"))
    if found is None:
        raise invalid(f"Cannot read the pipeline definition from s3://{bucket}/{key}.")
    return found.value.decode()


def describe(call: Call) -> dict[str, Any]:
    """DescribePipeline: the definition string, wherever it came from."""
    record = find(call, call["PipelineName"])
    asked = call.get("PipelineVersionId")
    more = {DEFINITION: version(record, int(asked))} if asked else {}
    return record.shown(
        **more,
        PipelineArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
        CreatedBy={},
        LastModifiedBy={},
    )


def update(call: Call) -> dict[str, Any]:
    """UpdatePipeline: what is not given stays as it was."""
    record = find(call, call["PipelineName"])
    if call.get(DEFINITION) or call.get(LOCATION):
        record.data[DEFINITION] = _definition(call)
        _keep(record)
    record.data |= call.pick(*KEPT)
    record.touch()
    return {"PipelineArn": record.arn, "PipelineVersionId": record.extra[VERSION]}


def list_(call: Call) -> dict[str, Any]:
    """ListPipelines."""
    prefix = call.get("PipelineNamePrefix") or ""
    found = [
        record
        for record in listing.select(call.records(KIND).values(), call)
        if record.name.startswith(prefix)
    ]
    return listing.page(found, call, key="PipelineSummaries", shown=_summary)


def list_versions(call: Call) -> dict[str, Any]:
    """ListPipelineVersions, newest first."""
    record = find(call, call["PipelineName"])
    known = record.extra[VERSIONS]
    rows = [
        {
            "PipelineArn": record.arn,
            "PipelineVersionId": number,
            "CreationTime": moment(known[number]["at"]),
        }
        for number in sorted(known, reverse=call.get("SortOrder") != "Ascending")
    ]
    begin = int(listing.content_of(call["NextToken"])) if call.get("NextToken") else 0
    end = begin + int(call.get("MaxResults") or listing.DEFAULT_PAGE)
    more = {"NextToken": listing.token(end)} if end < len(rows) else {}
    return {"PipelineVersionSummaries": rows[begin:end], **more}


def _summary(record: Record) -> dict[str, Any]:
    names = ("PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn")
    found = {name: record.data[name] for name in names if name in record.data} | {
        "PipelineArn": record.arn,
        "CreationTime": created_at(record),
        "LastModifiedTime": modified_at(record),
    }
    ran = record.data.get("LastRunTime")
    return found | ({"LastExecutionTime": ran} if ran else {})


OPERATIONS = {
    "CreatePipeline": create,
    "DescribePipeline": describe,
    "UpdatePipeline": update,
    "ListPipelines": list_,
    "ListPipelineVersions": list_versions,
}
