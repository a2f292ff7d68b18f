"""Registries of schemas. Source: Glue API reference, CreateRegistry, DeleteRegistry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.glue.common import missing, page, sorted_records, there, wrong

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "registry"
DEFAULT = "default-registry"


def name_of(given: dict[str, Any] | None) -> str:
    """The name in an id of a registry."""
    given = given or {}
    return given.get("RegistryName") or str(given.get("RegistryArn", "")).rpartition("/")[2]


def find(call: Call, given: dict[str, Any] | None) -> Record:
    """A registry by name or ARN."""
    name = name_of(given)
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Registry is not found. RegistryName: {name}")
    return record


def stamp(seconds: float) -> str:
    """A time as the registry writes it."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def create(call: Call) -> dict[str, Any]:
    """CreateRegistry."""
    name = call["RegistryName"]
    if name in call.records(KIND):
        raise there(f"Registry already exists. RegistryName: {name}")
    if name == DEFAULT:
        raise wrong("The default registry is made by the service itself.")
    data = {"Description": call.get("Description", "")}
    arn, tags = call.arn(f"registry/{name}"), call.get("Tags") or {}
    record = call.add(KIND, name, arn, data, **tags)
    return {"RegistryArn": record.arn, "RegistryName": name, **data, "Tags": tags}


def _shown(record: Record) -> dict[str, Any]:
    time = stamp(record.created)
    return {
        "RegistryName": record.name,
        "RegistryArn": record.arn,
        "Description": record.data["Description"],
        "Status": "AVAILABLE",
        "CreatedTime": time,
        "UpdatedTime": record.data.get("updated", time),
    }


def get(call: Call) -> dict[str, Any]:
    """GetRegistry."""
    return _shown(find(call, call["RegistryId"]))


def list_(call: Call) -> dict[str, Any]:
    """ListRegistries."""
    return page(call, map(_shown, sorted_records(call.records(KIND))), "Registries")


def update(call: Call) -> dict[str, Any]:
    """UpdateRegistry."""
    record = find(call, call["RegistryId"])
    record.data["Description"] = call["Description"]
    return {"RegistryName": record.name, "RegistryArn": record.arn}


def delete(call: Call) -> dict[str, Any]:
    """DeleteRegistry: all schemas of it go too."""
    record = find(call, call["RegistryId"])
    schemas = call.records("schema")
    for name in [each for each in schemas if each.startswith(f"{record.name}/")]:
        del schemas[name]
    del call.records(KIND)[record.name]
    return {"RegistryName": record.name, "RegistryArn": record.arn, "Status": "DELETING"}


OPERATIONS = {
    "CreateRegistry": create,
    "GetRegistry": get,
    "ListRegistries": list_,
    "UpdateRegistry": update,
    "DeleteRegistry": delete,
}
