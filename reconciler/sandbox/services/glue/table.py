"""Tables of the catalog, their versions and their partition indexes.

Source: Glue API reference, CreateTable, UpdateTable, CreatePartitionIndex; Glue developer guide,
"Working with partition indexes" (three of a table, one under way, keys are partition keys).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.glue import database
from reconciler.sandbox.services.glue.common import (
    due,
    missing,
    now,
    page,
    sorted_records,
    there,
    wrong,
)
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "table"
NAMES = {SERVICE: frozenset({"TableName"})}
MOST = 3
BACKFILL = 20.0
"""Seconds that an index takes, up or down."""


def find(call: Call, base: str, name: str) -> Record:
    """A table of a database, in whatever case both are named."""
    parent = database.find(call, base)
    record = call.records(KIND).get(f"{parent.name}/{name.lower()}")
    if record is None:
        raise missing(f"Table {name.lower()} not found.")
    return record


def _input(given: dict[str, Any]) -> dict[str, Any]:
    """Names of tables and columns are kept in lower case (CreateTable)."""
    found = copy.deepcopy(given)
    found["Name"] = found["Name"].lower()
    for columns in (
        found.get("PartitionKeys") or [],
        (found.get("StorageDescriptor") or {}).get("Columns") or [],
    ):
        names = [each["Name"].lower() for each in columns]
        if len(set(names)) < len(names):
            raise wrong("Duplicate column name in table.")
        for each in columns:
            each["Name"] = each["Name"].lower()
    return found


def create(call: Call) -> None:
    """CreateTable, with indexes at once and the metadata of an Iceberg table."""
    parent, body = database.find(call, call["DatabaseName"]), call.get("TableInput")
    if body is None:
        raise wrong("TableInput is missing.")
    body = _input(body)
    name = f"{parent.name}/{body['Name']}"
    if name in call.records(KIND):
        raise there("Table already exists.")
    indexes = [_checked(each, body, []) for each in call.get("PartitionIndexes") or ()]
    if len(indexes) > MOST:
        raise _too_many()
    if (call.get("OpenTableFormatInput") or {}).get("IcebergInput"):
        place = (body.get("StorageDescriptor") or {}).get("Location", "")
        if not place:
            raise wrong("An Iceberg table needs a location.")
        body["Parameters"] = {
            **(body.get("Parameters") or {}),
            "metadata_location": f"{place.rstrip('/')}/metadata/00000.metadata.json",
            "table_type": "ICEBERG",
        }
    data = {
        "input": body,
        "version": 0,
        "old": [],
        "updated": now(),
        "indexes": indexes,
        "partitions": {},
    }
    call.add(KIND, name, call.arn(f"table/{name}"), data)


def shown(call: Call, record: Record) -> dict[str, Any]:
    """A table as it is read and listed."""
    return {
        **record.data["input"],
        "DatabaseName": record.name.partition("/")[0],
        "CatalogId": call.backend.account_id,
        "CreateTime": round(record.created, 3),
        "UpdateTime": record.data["updated"],
        "CreatedBy": call.backend.account_id,
        "IsRegisteredWithLakeFormation": False,
        "VersionId": str(record.data["version"]),
    }


def get(call: Call) -> dict[str, Any]:
    """GetTable."""
    return {"Table": shown(call, find(call, call["DatabaseName"], call["Name"]))}


def list_(call: Call) -> dict[str, Any]:
    """GetTables of a database: all of each."""
    parent = database.find(call, call["DatabaseName"])
    found = (
        shown(call, each)
        for each in sorted_records(call.records(KIND))
        if each.name.startswith(f"{parent.name}/")
    )
    return page(call, found, "TableList")


def update(call: Call) -> None:
    """UpdateTable replaces all, unless another version than the named one is there by now."""
    body = call.get("TableInput")
    if body is None:
        raise wrong("TableInput is missing.")
    record = find(call, call["DatabaseName"], call.get("Name") or body["Name"])
    if call.get("VersionId") not in (None, str(record.data["version"])):
        text = "Update table failed due to concurrent modifications."
        raise Refused("ConcurrentModificationException", text)
    commit(record, _input(body), archive=not call.get("SkipArchive"))


def commit(record: Record, body: dict[str, Any], *, archive: bool = True) -> None:
    """A further version of a table; engines commit so too."""
    if archive:
        record.data["old"].append([record.data["version"], record.data["input"]])
    record.data |= {"input": body, "version": record.data["version"] + 1, "updated": now()}


def delete(call: Call) -> None:
    """DeleteTable."""
    record = find(call, call["DatabaseName"], call["Name"])
    del call.records(KIND)[record.name]


def versions(call: Call) -> dict[str, Any]:
    """GetTableVersions, the newest first."""
    record = find(call, call["DatabaseName"], call["TableName"])
    newest = shown(call, record)
    found = [newest] + [
        {**newest, **body, "VersionId": str(number)}
        for number, body in reversed(record.data["old"])
    ]
    listed = [{"Table": each, "VersionId": each["VersionId"]} for each in found]
    return page(call, listed, "TableVersions")


def _too_many() -> Refused:
    text = f"Number of partition indexes exceeds the limit of {MOST}."
    return Refused("ResourceNumberLimitExceededException", text)


def _checked(
    given: dict[str, Any], body: dict[str, Any], others: list[dict[str, Any]]
) -> dict[str, Any]:
    keys = {each["Name"] for each in body.get("PartitionKeys") or ()}
    unknown = [key for key in given["Keys"] if key.lower() not in keys]
    if unknown:
        raise wrong(f"Index keys {unknown} are no partition keys of the table.")
    for each in others:
        if each["IndexName"] == given["IndexName"] or each["Keys"] == given["Keys"]:
            raise there("An index of that name or with these keys is there already.")
    return {**given, "IndexStatus": "CREATING", "due": WORLD.clock.now() + BACKFILL}


def settled(record: Record) -> list[dict[str, Any]]:
    """The indexes of a table, brought up to the clock."""
    kept = []
    for each in record.data["indexes"]:
        if each["IndexStatus"] in {"CREATING", "DELETING"} and due(each):
            if each["IndexStatus"] == "DELETING":
                continue
            each["IndexStatus"] = "FAILED" if each.get("fails") else "ACTIVE"
        kept.append(each)
    record.data["indexes"] = kept
    return kept


def create_index(call: Call) -> None:
    """CreatePartitionIndex: one is under way at a time."""
    record = find(call, call["DatabaseName"], call["TableName"])
    have = settled(record)
    if any(each["IndexStatus"] in {"CREATING", "DELETING"} for each in have):
        text = "Another partition index of the table is being created or deleted."
        raise Refused("ResourceNumberLimitExceededException", text)
    if len(have) >= MOST:
        raise _too_many()
    have.append(_checked(call["PartitionIndex"], record.data["input"], have))


def get_indexes(call: Call) -> dict[str, Any]:
    """GetPartitionIndexes."""
    record = find(call, call["DatabaseName"], call["TableName"])
    types = {each["Name"]: each.get("Type") for each in record.data["input"]["PartitionKeys"]}
    found = []
    for each in settled(record):
        keys = [{"Name": key, "Type": types.get(key.lower())} for key in each["Keys"]]
        item = {"IndexName": each["IndexName"], "Keys": keys, "IndexStatus": each["IndexStatus"]}
        if each["IndexStatus"] == "FAILED":
            item["BackfillErrors"] = [{"Code": "INTERNAL_ERROR", "Partitions": []}]
        found.append(item)
    return page(call, found, "PartitionIndexDescriptorList")


def delete_index(call: Call) -> None:
    """DeletePartitionIndex: it goes on for a while."""
    record = find(call, call["DatabaseName"], call["TableName"])
    for each in settled(record):
        if each["IndexName"] == call["IndexName"]:
            if each["IndexStatus"] in {"CREATING", "DELETING"}:
                raise Refused("ConflictException", f"The index is {each['IndexStatus']}.")
            each |= {"IndexStatus": "DELETING", "due": WORLD.clock.now() + BACKFILL}
            return
    raise missing(f"Index {call['IndexName']} not found.")


OPERATIONS = {
    "CreateTable": create,
    "GetTable": get,
    "GetTables": list_,
    "UpdateTable": update,
    "DeleteTable": delete,
    "GetTableVersions": versions,
    "CreatePartitionIndex": create_index,
    "GetPartitionIndexes": get_indexes,
    "DeletePartitionIndex": delete_index,
}
