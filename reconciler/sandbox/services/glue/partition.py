"""Partitions that are registered in a table, each with columns of its own.

Source: Glue API reference, BatchCreatePartition, BatchUpdatePartition, GetPartitions. An expression
of GetPartitions is not evaluated: it is refused, never taken for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException

from reconciler.sandbox.services.glue import table
from reconciler.sandbox.services.glue.common import missing, now, page, there, wrong

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
SEPARATOR = "\x1f"


def _table(call: Call) -> Record:
    return table.find(call, call["DatabaseName"], call["TableName"])


def _key(values: list[str]) -> str:
    return SEPARATOR.join(values)


def _shown(record: Record, found: dict[str, Any]) -> dict[str, Any]:
    base, _, name = record.name.partition("/")
    return {**found, "DatabaseName": base, "TableName": name}


def _add(record: Record, given: dict[str, Any]) -> None:
    values = given.get("Values") or []
    if len(values) != len(record.data["input"].get("PartitionKeys") or ()):
        raise wrong("The number of partition keys do not match the number of partition values")
    if _key(values) in record.data["partitions"]:
        raise there("Partition already exists.")
    record.data["partitions"][_key(values)] = {**given, "CreationTime": now()}


def _put(record: Record, values: list[str], given: dict[str, Any]) -> None:
    old = _of(record, values)
    del record.data["partitions"][_key(values)]
    new = {**given, "Values": given.get("Values") or values, "CreationTime": old["CreationTime"]}
    record.data["partitions"][_key(new["Values"])] = new


def _of(record: Record, values: list[str]) -> dict[str, Any]:
    found: dict[str, Any] | None = record.data["partitions"].get(_key(values))
    if found is None:
        raise missing("Partition not found.")
    return found


def _drop(record: Record, values: list[str]) -> None:
    _of(record, values)
    del record.data["partitions"][_key(values)]


def _each(
    items: list[Any], values: Callable[[Any], list[str]], act: Callable[[Any], None]
) -> list[dict[str, Any]]:
    """What of a batch was refused: the rest is done."""
    errors = []
    for item in items:
        try:
            act(item)
        except ServiceException as refused:
            detail = {"ErrorCode": refused.code, "ErrorMessage": refused.message}
            errors.append({"PartitionValues": values(item), "ErrorDetail": detail})
    return errors


def create(call: Call) -> None:
    """CreatePartition."""
    _add(_table(call), call["PartitionInput"])


def create_many(call: Call) -> dict[str, Any]:
    """BatchCreatePartition."""
    record = _table(call)
    return {
        "Errors": _each(
            call["PartitionInputList"],
            lambda item: item.get("Values") or [],
            lambda item: _add(record, item),
        )
    }


def get(call: Call) -> dict[str, Any]:
    """GetPartition."""
    record = _table(call)
    return {"Partition": _shown(record, _of(record, call["PartitionValues"]))}


def get_many(call: Call) -> dict[str, Any]:
    """BatchGetPartition."""
    record = _table(call)
    found: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for each in call["PartitionsToGet"]:
        known = record.data["partitions"].get(_key(each["Values"]))
        (found if known else left).append(_shown(record, known) if known else each)
    return {"Partitions": found, "UnprocessedKeys": left}


def list_(call: Call) -> dict[str, Any]:
    """GetPartitions."""
    record = _table(call)
    if call.get("Expression"):
        raise wrong("The sandbox evaluates no expression of partitions.")
    known = record.data["partitions"]
    found = (_shown(record, known[key]) for key in sorted(known))
    return page(call, found, "Partitions", most=1000)


def update(call: Call) -> None:
    """UpdatePartition replaces one."""
    _put(_table(call), call["PartitionValueList"], call["PartitionInput"])


def update_many(call: Call) -> dict[str, Any]:
    """BatchUpdatePartition replaces up to a hundred."""
    record = _table(call)
    return {
        "Errors": [
            {"PartitionValueList": each["PartitionValues"], "ErrorDetail": each["ErrorDetail"]}
            for each in _each(
                call["Entries"],
                lambda item: item["PartitionValueList"],
                lambda item: _put(record, item["PartitionValueList"], item["PartitionInput"]),
            )
        ]
    }


def delete(call: Call) -> None:
    """DeletePartition."""
    _drop(_table(call), call["PartitionValues"])


def delete_many(call: Call) -> dict[str, Any]:
    """BatchDeletePartition."""
    record = _table(call)
    return {
        "Errors": _each(
            call["PartitionsToDelete"],
            lambda item: item["Values"],
            lambda item: _drop(record, item["Values"]),
        )
    }


OPERATIONS = {
    "CreatePartition": create,
    "BatchCreatePartition": create_many,
    "GetPartition": get,
    "BatchGetPartition": get_many,
    "GetPartitions": list_,
    "UpdatePartition": update,
    "BatchUpdatePartition": update_many,
    "DeletePartition": delete,
    "BatchDeletePartition": delete_many,
}
