"""Versions of state machines, and tags of what has an ARN. Source: Step Functions API."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.stepfunctions import machines, paging
from reconciler.sandbox.state.world import WORLD

SERVICE = "stepfunctions"


def publish(call: Call) -> dict[str, Any]:
    """PublishStateMachineVersion."""
    record = machines.find(call, call["stateMachineArn"])
    wanted = call.get("revisionId")
    if wanted and wanted != record.data["revision"]:
        raise Refused("ConflictException", f"The revision is not {wanted}.")
    return {
        "creationDate": WORLD.clock.now(),
        "stateMachineVersionArn": machines.published(call, record, call.get("description")),
    }


def versions(call: Call) -> dict[str, Any]:
    """ListStateMachineVersions, newest first."""
    record = machines.find(call, call["stateMachineArn"])
    found = [
        it for it in call.kept(machines.VERSION).values() if it.arn.startswith(f"{record.arn}:")
    ]
    rows = [{"stateMachineVersionArn": it.arn, "creationDate": it.created} for it in found[::-1]]
    return paging.page(call, rows, "stateMachineVersions")


def delete_version(call: Call) -> dict[str, Any]:
    """DeleteStateMachineVersion, unless an alias has it."""
    arn = call["stateMachineVersionArn"]
    for alias in call.kept(machines.ALIAS).values():
        if any(it["stateMachineVersionArn"] == arn for it in alias.data["routingConfiguration"]):
            raise Refused("ConflictException", f"The version is used by {alias.arn}.")
    call.kept(machines.VERSION).pop(arn, None)
    return {}


def tag(call: Call) -> dict[str, Any]:
    """TagResource."""
    record = _any(call, call["resourceArn"])
    record.tags |= {each["key"]: each["value"] for each in call["tags"]}
    return {}


def untag(call: Call) -> dict[str, Any]:
    """UntagResource."""
    record = _any(call, call["resourceArn"])
    for key in call["tagKeys"]:
        record.tags.pop(key, None)
    return {}


def tags(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    record = _any(call, call["resourceArn"])
    return {"tags": [{"key": key, "value": value} for key, value in record.tags.items()]}


def _any(call: Call, arn: str) -> Record:
    try:
        return machines.find(call, arn)
    except Refused:
        raise Refused("ResourceNotFound", f"Resource not found: '{arn}'") from None


OPERATIONS = {
    "PublishStateMachineVersion": publish,
    "ListStateMachineVersions": versions,
    "DeleteStateMachineVersion": delete_version,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": tags,
}
