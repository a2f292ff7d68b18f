"""Schemas of a registry and their versions.

A definition that is registered already is that version, whatever its spaces and the order of its
members. One that does not fit what the mode asks for is registered all the same and ends as
FAILURE. The check is ours, of records of Avro: other formats fit always. Source: Glue API
reference, CreateSchema, RegisterSchemaVersion, UpdateSchema, DeleteSchemaVersions; Glue developer
guide, "Compatibility modes".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reconciler.facts import avro
from reconciler.facts.evolution import Edit, What, edits
from reconciler.sandbox.services.glue import registry
from reconciler.sandbox.services.glue.common import due, missing, page, sorted_records, there, wrong
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "schema"
CHECK = 1.0
"""Seconds until a version is checked."""


def find(call: Call, given: dict[str, Any]) -> Record:
    """A schema by its ARN, or by its name and that of its registry."""
    if arn := given.get("SchemaArn"):
        name = arn.partition(":schema/")[2]
    else:
        name = f"{given.get('RegistryName') or registry.DEFAULT}/{given.get('SchemaName')}"
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Schema is not found. SchemaName: {name.partition('/')[2]}")
    return record


def same(one: str, other: str) -> bool:
    """Whether two definitions mean the same."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one.split() == other.split()


def valid(form: str, text: str) -> str:
    """What is wrong with a definition; "" when nothing."""
    if form == "PROTOBUF":
        return ""
    try:
        found = json.loads(text)
    except ValueError as error:
        return f"Schema definition of {form} data format is invalid: {error}"
    if form == "AVRO" and avro.fields(found) is None and not isinstance(found, str):
        return "Schema definition of AVRO data format is invalid: no fields"
    return ""


def settled(record: Record) -> list[dict[str, Any]]:
    """The versions of a schema, brought up to the clock."""
    for each in record.data["versions"]:
        if each["Status"] == "PENDING" and due(each):
            fits = not [*_against(record, each)]
            each["Status"] = "AVAILABLE" if fits else "FAILURE"
    found: list[dict[str, Any]] = record.data["versions"]
    return found


def _against(record: Record, version: dict[str, Any]) -> Iterator[Edit]:
    """Which edits the mode does not take, by AWS's rules for Avro."""
    mode = record.data["Compatibility"]
    before = [
        each
        for each in record.data["versions"]
        if each["VersionNumber"] < version["VersionNumber"] and each["Status"] == "AVAILABLE"
    ]
    if mode in {"NONE", "DISABLED"} or record.data["DataFormat"] != "AVRO":
        return
    for each in before if mode.endswith("_ALL") else before[-1:]:
        old, new = avro.fields(each["Definition"]), avro.fields(version["Definition"])
        required = {field.name for field in old or () if field.required}
        for edit in edits(old or (), new or ()):
            if _refused(edit, mode.removesuffix("_ALL"), required, new or []):
                yield edit


def _refused(edit: Edit, mode: str, required: set[str], new: list[avro.Field]) -> bool:
    come = {field.name for field in new if field.required}
    added = edit.what is What.ADDED_REQUIRED
    added = added or (edit.what is What.RENAMED and edit.after in come)
    gone = edit.what in {What.DROPPED, What.RENAMED} and edit.column in required
    back = edit.what in {What.NARROWED, What.REQUIRED} or added
    ahead = edit.what in {What.WIDENED, What.OPTIONAL} or gone
    return (mode in {"BACKWARD", "FULL"} and back) or (mode in {"FORWARD", "FULL"} and ahead)


def create(call: Call) -> dict[str, Any]:
    """CreateSchema, with its first version if there is a definition."""
    given = call.get("RegistryId") or {"RegistryName": registry.DEFAULT}
    base, leaf = registry.name_of(given), call["SchemaName"]
    if base != registry.DEFAULT:
        registry.find(call, given)
    name = f"{base}/{leaf}"
    if name in call.records(KIND):
        raise there(f"Schema already exists. SchemaName: {leaf}")
    mode = call.get("Compatibility")
    data: dict[str, Any] = {
        "DataFormat": call["DataFormat"],
        "Compatibility": mode or "BACKWARD",
        "Description": call.get("Description", ""),
        "SchemaCheckpoint": 1,
        "versions": [],
    }
    text = call.get("SchemaDefinition")
    if text is not None and (why := valid(call["DataFormat"], text)):
        raise wrong(why)
    tags = call.get("Tags") or {}
    record = call.add(KIND, name, call.arn(f"schema/{name}"), data, **tags)
    answer = {**_shown(record), "Tags": tags}
    if text is not None:
        version = registered(record, text)
        version["Status"] = "AVAILABLE"
        answer |= {
            "SchemaVersionId": version["SchemaVersionId"],
            "SchemaVersionStatus": "AVAILABLE",
        }
    return answer


def registered(record: Record, text: str) -> dict[str, Any]:
    """A further version, which is checked in a moment."""
    number = max((each["VersionNumber"] for each in record.data["versions"]), default=0) + 1
    seed = f"{record.number:08x}-0000-4000-8000-{number:012x}"
    version = {
        "SchemaVersionId": seed,
        "VersionNumber": number,
        "Status": "PENDING",
        "Definition": text,
        "CreatedTime": registry.stamp(WORLD.clock.now()),
        "due": WORLD.clock.now() + CHECK,
    }
    record.data["versions"].append(version)
    return version


def _shown(record: Record) -> dict[str, Any]:
    base, _, leaf = record.name.partition("/")
    latest = max((each["VersionNumber"] for each in record.data["versions"]), default=0)
    time = registry.stamp(record.created)
    return {
        "RegistryName": base,
        "RegistryArn": record.arn.replace(":schema/", ":registry/").rpartition("/")[0],
        "SchemaName": leaf,
        "SchemaArn": record.arn,
        **{key: value for key, value in record.data.items() if key != "versions"},
        "LatestSchemaVersion": latest,
        "NextSchemaVersion": latest + 1,
        "SchemaStatus": "AVAILABLE",
        "CreatedTime": time,
        "UpdatedTime": time,
    }


def get(call: Call) -> dict[str, Any]:
    """GetSchema: without a definition."""
    return _shown(find(call, call["SchemaId"]))


def list_(call: Call) -> dict[str, Any]:
    """ListSchemas, of a registry or of all."""
    given = call.get("RegistryId")
    within = f"{registry.find(call, given).name}/" if given else ""
    kept = ("RegistryName", "SchemaName", "SchemaArn", "Description", "SchemaStatus")
    found = (
        {key: value for key, value in _shown(each).items() if key in kept}
        for each in sorted_records(call.records(KIND))
        if each.name.startswith(within)
    )
    return page(call, found, "Schemas")


def update(call: Call) -> dict[str, Any]:
    """UpdateSchema: a mode needs the number of a version, and checks nothing backwards."""
    record = find(call, call["SchemaId"])
    mode, number = call.get("Compatibility"), call.get("SchemaVersionNumber")
    if mode and not number:
        raise wrong("SchemaVersionNumber is required when Compatibility is given.")
    if mode:
        record.data |= {"Compatibility": mode, "SchemaCheckpoint": number(record, number)}
    if call.get("Description") is not None:
        record.data["Description"] = call["Description"]
    base, _, leaf = record.name.partition("/")
    return {"SchemaArn": record.arn, "SchemaName": leaf, "RegistryName": base}


def number(record: Record, given: dict[str, Any]) -> int:
    """The number of a version that is asked for."""
    known = [each["VersionNumber"] for each in record.data["versions"]]
    number = max(known, default=1) if given.get("LatestVersion") else given.get("VersionNumber", 1)
    if known and number not in known:
        raise missing(f"Schema version is not found. VersionNumber: {number}")
    return int(number)


def delete(call: Call) -> dict[str, Any]:
    """DeleteSchema."""
    record = find(call, call["SchemaId"])
    del call.records(KIND)[record.name]
    leaf = record.name.partition("/")[2]
    return {"SchemaArn": record.arn, "SchemaName": leaf, "Status": "DELETING"}


OPERATIONS = {
    "CreateSchema": create,
    "GetSchema": get,
    "ListSchemas": list_,
    "UpdateSchema": update,
    "DeleteSchema": delete,
}
