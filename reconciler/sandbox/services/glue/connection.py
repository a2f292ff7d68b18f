"""Connections of Glue. Source: Glue API reference, CreateConnection, GetConnection and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.glue.common import (
    missing,
    now,
    page,
    sorted_records,
    there,
    wrong,
)

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "connection"
NAMES = {SERVICE: frozenset({"ConnectionName", "ConnectionInput.Name"})}
PLACED = ("AvailabilityZone", "SecurityGroupIdList", "SubnetId")


def find(call: Call, name: str) -> Record:
    """A connection by its name."""
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Connection {name} not found.")
    return record


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """One in a network says all three of where it is (PhysicalConnectionRequirements)."""
    where = given.get("PhysicalConnectionRequirements") or {}
    if lacks := [each for each in PLACED if where and not where.get(each)]:
        raise wrong(f"Physical connection requirements lack {', '.join(lacks)}.")
    props = given.get("ConnectionProperties") or {}
    if given.get("ConnectionType") == "JDBC" and not props.get("JDBC_CONNECTION_URL"):
        raise wrong("Validation for connection properties failed: JDBC_CONNECTION_URL is missing.")
    return dict(given)


def create(call: Call) -> dict[str, Any]:
    """CreateConnection."""
    given = _checked(call["ConnectionInput"])
    name = given["Name"]
    if name in call.records(KIND):
        raise there("Connection already exists.")
    data = {**given, "CreationTime": now(), "LastUpdatedTime": now(), "ConnectionSchemaVersion": 1}
    call.add(KIND, name, call.arn(f"connection/{name}"), data, **(call.get("Tags") or {}))
    return {"CreateConnectionStatus": "READY"}


def _shown(call: Call, record: Record) -> dict[str, Any]:
    """What a read has: a password only for who does not ask to hide it."""
    props = dict(record.data.get("ConnectionProperties") or {})
    if call.get("HidePassword"):
        props.pop("PASSWORD", None)
    return {**record.data, "ConnectionProperties": props}


def get(call: Call) -> dict[str, Any]:
    """GetConnection."""
    return {"Connection": _shown(call, find(call, call["Name"]))}


def list_(call: Call) -> dict[str, Any]:
    """GetConnections."""
    asked = call.get("Filter") or {}
    found = [_shown(call, each) for each in sorted_records(call.records(KIND))]
    if kind := asked.get("ConnectionType"):
        found = [each for each in found if each["ConnectionType"] == kind]
    if match := asked.get("MatchCriteria"):
        found = [each for each in found if {*match} <= {*(each.get("MatchCriteria") or ())}]
    return page(call, found, "ConnectionList")


def update(call: Call) -> None:
    """UpdateConnection replaces the whole."""
    record = find(call, call["Name"])
    given = _checked(call["ConnectionInput"])
    kept = {key: record.data[key] for key in ("CreationTime", "ConnectionSchemaVersion")}
    record.data = {**given, "Name": record.name, **kept, "LastUpdatedTime": now()}


def delete(call: Call) -> None:
    """DeleteConnection."""
    del call.records(KIND)[find(call, call["ConnectionName"]).name]


OPERATIONS = {
    "CreateConnection": create,
    "GetConnection": get,
    "GetConnections": list_,
    "UpdateConnection": update,
    "DeleteConnection": delete,
}
