"""Versions of schemas. Source: Glue API reference, RegisterSchemaVersion, DeleteSchemaVersions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.glue import schema
from reconciler.sandbox.services.glue.common import missing, page, wrong

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"


def _version(record: Record, each: dict[str, Any]) -> dict[str, Any]:
    return {
        "SchemaVersionId": each["SchemaVersionId"],
        "SchemaDefinition": each["Definition"],
        "DataFormat": record.data["DataFormat"],
        "SchemaArn": record.arn,
        **{key: each[key] for key in ("VersionNumber", "Status", "CreatedTime")},
    }


def register(call: Call) -> dict[str, Any]:
    """RegisterSchemaVersion: one that is there is given back."""
    record, text = schema.find(call, call["SchemaId"]), call["SchemaDefinition"]
    if why := schema.valid(record.data["DataFormat"], text):
        raise wrong(why)
    known = (each for each in schema.settled(record) if schema.same(each["Definition"], text))
    version = next(known, None)
    if version is None:
        if record.data["Compatibility"] == "DISABLED" and record.data["versions"]:
            raise wrong("Compatibility DISABLED does not allow versioning.")
        if any(each["Status"] == "PENDING" for each in record.data["versions"]):
            text = "A version of the schema is being registered."
            raise Refused("ConcurrentModificationException", text)
        version = schema.registered(record, text)
    kept = ("SchemaVersionId", "VersionNumber", "Status")
    return {key: version[key] for key in kept}


def get_version(call: Call) -> dict[str, Any]:
    """GetSchemaVersion, by id, by number or the latest."""
    if id_ := call.get("SchemaVersionId"):
        for record in call.records(schema.KIND).values():
            for each in schema.settled(record):
                if each["SchemaVersionId"] == id_:
                    return _version(record, each)
        raise missing(f"Schema version is not found. SchemaVersionId: {id_}")
    record = schema.find(call, call["SchemaId"])
    number = schema.number(record, call.get("SchemaVersionNumber") or {"LatestVersion": True})
    for each in schema.settled(record):
        if each["VersionNumber"] == number:
            return _version(record, each)
    raise missing("Schema version is not found.")


def by_definition(call: Call) -> dict[str, Any]:
    """GetSchemaByDefinition."""
    record = schema.find(call, call["SchemaId"])
    for each in schema.settled(record):
        if schema.same(each["Definition"], call["SchemaDefinition"]):
            found = _version(record, each)
            return {key: value for key, value in found.items() if key != "SchemaDefinition"}
    raise missing("Schema version is not found.")


def list_versions(call: Call) -> dict[str, Any]:
    """ListSchemaVersions."""
    record = schema.find(call, call["SchemaId"])
    kept = ("SchemaArn", "SchemaVersionId", "VersionNumber", "Status", "CreatedTime")
    found = (
        {key: value for key, value in _version(record, each).items() if key in kept}
        for each in schema.settled(record)
    )
    return page(call, found, "Schemas")


def delete_versions(call: Call) -> dict[str, Any]:
    """DeleteSchemaVersions: a range, and neither the first one nor that of the checkpoint."""
    record = schema.find(call, call["SchemaId"])
    first, _, last = call["Versions"].partition("-")
    wanted = range(int(first), int(last or first) + 1)
    if record.data["SchemaCheckpoint"] in wanted or 1 in wanted:
        raise wrong("The first version and that of the checkpoint cannot be deleted.")
    kept = [each for each in record.data["versions"] if each["VersionNumber"] not in wanted]
    record.data["versions"] = kept
    return {"SchemaVersionErrors": []}


def check(call: Call) -> dict[str, Any]:
    """CheckSchemaVersionValidity: the syntax alone."""
    why = schema.valid(call["DataFormat"], call["SchemaDefinition"])
    return {"Valid": not why, **({"Error": why} if why else {})}


OPERATIONS = {
    "RegisterSchemaVersion": register,
    "GetSchemaVersion": get_version,
    "GetSchemaByDefinition": by_definition,
    "ListSchemaVersions": list_versions,
    "DeleteSchemaVersions": delete_versions,
    "CheckSchemaVersionValidity": check,
}
