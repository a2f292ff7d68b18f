"""Columns of a live table: which edits break who reads it, and which partitions keep the old ones.

Parquet and ORC are read by name and JSON too, so columns may be appended and left out; a partition
whose column has another type fails in Athena (HIVE_PARTITION_SCHEMA_MISMATCH), as do fields that
come into the middle of a struct. Source: Athena user guide, "Handle schema updates", "Updates in
tables with partitions". Iceberg keeps its columns itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.facts.columns import DataType, NoTypeError, parse, widens
from reconciler.model.change import Change, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Props
from reconciler.resources.narrow import Narrowing
from reconciler.resources.review import Asking, Look, Objection

INPUT = "TableInput"
CHUNK = 100
"""Partitions of one request. Source: BatchUpdatePartition, Entries."""
ENGINES = frozenset({"metadata_location", "previous_metadata_location", "table_type"})
"""Parameters that engines set in an Iceberg table."""
NARROWED, ICEBERG, REWRITES, KEYED = "GLUE001", "GLUE002", "GLUE003", "GLUE004"


def engine_owned(parameters: Props) -> dict[str, Json]:
    """Those parameters that nobody but an engine may write."""
    return {key: value for key, value in parameters.items() if key.lower() in ENGINES}


def is_iceberg(table: Props) -> bool:
    """Whether an engine keeps the columns of a live table."""
    kind = (table.get("Parameters") or {}).get("table_type", "")
    return str(kind).upper() == "ICEBERG"


def projected(table: Props) -> bool:
    """Whether its partitions are computed, and none is registered."""
    return str((table.get("Parameters") or {}).get("projection.enabled", "")).lower() == "true"


def columns(table: Props) -> dict[str, str]:
    """Types by name, in order."""
    found = (table.get("StorageDescriptor") or {}).get("Columns") or ()
    return {str(each["Name"]).lower(): str(each.get("Type") or "") for each in found}


def retyped(before: Props, after: Props) -> dict[str, tuple[str, str]]:
    """Columns that both have, and whose type differs."""
    old, new = columns(before), columns(after)
    return {
        name: (old[name], new[name]) for name in old if name in new and not _same(old, new, name)
    }


def _same(old: dict[str, str], new: dict[str, str], name: str) -> bool:
    return old[name] == new[name] or (_type(old[name]) == _type(new[name]) is not None)


def _type(text: str) -> DataType | None:
    try:
        return parse(text)
    except NoTypeError:
        return None


def narrowed(before: Props, after: Props) -> list[str]:
    """Columns as which old data cannot be read any more, with both types."""
    found = []
    for name, (old, new) in retyped(before, after).items():
        types = _type(old), _type(new)
        if types[0] is None or types[1] is None or not widens(types[0], types[1]):
            found.append(f"{name!r} {old} → {new}")
    return found


def context(change: Change) -> Asking:
    """The partitions, where a column of theirs gets another type."""
    live, wanted = _both(change)
    none = projected(live) or not live.get("PartitionKeys") or is_iceberg(live)
    if none or not (retyped(live, wanted) or rekeyed(live, wanted)):
        yield from ()
        return {}
    database, _, name = change.address.name.rpartition("/")
    where = {"DatabaseName": database, "TableName": name, "MaxResults": 1000}
    found = yield Look("glue", "get_partitions", where, "Partitions")
    return {"Partitions": found or []}


def rekeyed(before: Props, after: Props) -> bool:
    """Whether other keys are wanted."""
    if "PartitionKeys" not in after:
        return False
    return _keys(before) != _keys(after)


def _keys(table: Props) -> list[str]:
    return [str(each["Name"]).lower() for each in table.get("PartitionKeys") or ()]


def _both(change: Change) -> tuple[Props, Props]:
    return change.live.get(INPUT) or {}, change.desired.get(INPUT) or {}


def stale(change: Change) -> list[Json]:
    """Partitions whose columns are not those that are desired."""
    live, wanted = _both(change)
    names, new = retyped(live, wanted), columns(wanted)
    found = []
    for each in change.context.get("Partitions") or ():
        own = columns(each)
        if any(name in own and not _same(own, new, name) for name in names):
            found.append(each)
    return found


def rewritten(change: Change) -> Iterator[list[dict[str, Any]]]:
    """What BatchUpdatePartition takes: in each partition only its columns differ."""
    _, wanted = _both(change)
    new = (wanted.get("StorageDescriptor") or {}).get("Columns") or []
    entries = [_entry(each, new) for each in stale(change)]
    for start in range(0, len(entries), CHUNK):
        yield entries[start : start + CHUNK]


def _entry(partition: Json, new: list[Json]) -> dict[str, Any]:
    kept = ("Values", "LastAccessTime", "Parameters", "LastAnalyzedTime")
    body = {key: partition[key] for key in kept if key in partition}
    body["StorageDescriptor"] = {**(partition.get("StorageDescriptor") or {}), "Columns": new}
    return {"PartitionValueList": partition["Values"], "PartitionInput": body}


def review(change: Change) -> Iterable[FieldChange | Objection]:
    """What stands against a change of columns, and what it takes."""
    live, wanted = _both(change)
    if not live or not change.touches(INPUT):
        return
    if rekeyed(live, wanted) and (count := len(change.context.get("Partitions") or ())):
        text = f"{count} partitions are registered by the keys {', '.join(_keys(live))}"
        help_ = "set 'schema.version' to the next number: a table with other keys beside this one"
        yield Objection(KEYED, text, help_)
    if "StorageDescriptor" not in wanted:
        return
    old, new = columns(live), columns(wanted)
    if is_iceberg(live) and old != new:
        text = "the columns of an Iceberg table are its engine's, and UpdateTable would part them"
        help_ = "change them by ALTER TABLE in Athena or Spark; the spec follows what is live"
        yield Objection(ICEBERG, text, help_)
    if broken := narrowed(live, wanted):
        text = f"what is there cannot be read as the new type: {', '.join(broken)}"
        help_ = "add a column of the new type, or set 'schema.version' to the next number"
        name = broken[0].split("'")[1]
        path = (INPUT, "StorageDescriptor", "Columns", name)
        yield Objection(NARROWED, text, help_, path=path)
    if count := len(stale(change)):
        total = len(change.context.get("Partitions") or ())
        text = f"{count} of {total} partitions have old columns and are written before the table"
        help_ = "if the apply ends in between, the next plan has those that are left"
        yield Objection(REWRITES, text, help_, Severity.NOTE)


def narrows() -> tuple[Narrowing, ...]:
    """A column that goes can be queried no more."""

    def lost(before: Json, after: Json) -> str:
        if not before or after is None:
            return ""
        gone = [each for each in _names(before) if each not in _names(after)]
        return f"{', '.join(gone)} cannot be queried any more" if gone else ""

    return (Narrowing(path=f"{INPUT}.StorageDescriptor.Columns", destroys="history", lost=lost),)


def _names(found: Json) -> list[str]:
    return [str(each.get("Name", "")).lower() for each in found if isinstance(each, dict)]
