"""Models: immutable, created and deleted at once, deletable while a config refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import buckets, listing
from reconciler.sandbox.services.sagemaker.store import created_at

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "model"
NAMES = {"sagemaker": frozenset({"ModelName"})}
ROLES = {"CreateModel": ("AWS::SageMaker::Model", "ModelName", "ExecutionRoleArn")}


def find(call: Call, name: str) -> Record:
    """The model, or the documented ValidationException."""
    record = call.records(KIND).get(name)
    if record is None:
        raise invalid(f'Could not find model "{call.arn(KIND, name)}".')
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateModel."""
    name = call["ModelName"]
    if name in call.records(KIND):
        raise invalid(f'Cannot create already existing model "{call.arn(KIND, name)}".')
    if bool(call.get("PrimaryContainer")) == bool(call.get("Containers")):
        raise invalid("Provide either PrimaryContainer or Containers, and not both.")
    data = {"EnableNetworkIsolation": False} | call.pick(
        "ModelName",
        "PrimaryContainer",
        "Containers",
        "InferenceExecutionConfig",
        "ExecutionRoleArn",
        "VpcConfig",
        "EnableNetworkIsolation",
    )
    for container in containers(data):
        if uri := container.get("ModelDataUrl"):
            buckets.demand_model(call, uri)
        container.setdefault("Mode", "SingleModel")
        container.setdefault("Environment", {})
    return {"ModelArn": call.add(KIND, name, data).arn}


def containers(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The containers of a model, however they were given."""
    found = [data["PrimaryContainer"]] if data.get("PrimaryContainer") else data.get("Containers")
    return list(found or [])


def describe(call: Call) -> dict[str, Any]:
    """DescribeModel."""
    record = find(call, call["ModelName"])
    return record.shown(ModelArn=record.arn, CreationTime=created_at(record))


def delete(call: Call) -> None:
    """DeleteModel; AWS does not look at the configs that refer to it."""
    find(call, call["ModelName"])
    del call.records(KIND)[call["ModelName"]]


def list_(call: Call) -> dict[str, Any]:
    """ListModels."""
    found = listing.select(call.records(KIND).values(), call)
    return listing.page(found, call, key="Models", shown=_summary)


def _summary(record: Record) -> dict[str, Any]:
    return {
        "ModelName": record.name,
        "ModelArn": record.arn,
        "CreationTime": created_at(record),
    }


OPERATIONS = {
    "CreateModel": create,
    "DescribeModel": describe,
    "DeleteModel": delete,
    "ListModels": list_,
}
