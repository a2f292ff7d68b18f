"""AWS::Glue::Table, by calls of its own.

UpdateTable replaces all of a table. Parameters are shared with engines and crawlers: an Iceberg
table without its `metadata_location` cannot be read any more. So the new table is built from what
is live, keys of engines stay, and the version that was read is sent along: a commit in between is
refused (ConcurrentModificationException), never overwritten. Cloud Control's handler does neither.

Partitions have columns of their own. Those of another type are written first, a hundred a request,
and the table last: as long as that differs, a plan says how many are left. One index is made or
deleted at a time (CreatePartitionIndex), each awaited. Source: Glue API reference, UpdateTable,
BatchUpdatePartition, GetPartitionIndexes; Athena user guide, "Partition projection".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change, Effect, Observed
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Detail,
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Settling,
    Whole,
    codes,
    members,
    register,
)
from reconciler.resources.codecs import Codec
from reconciler.resources.glue.columns import context, engine_owned, narrows, review, rewritten
from reconciler.resources.glue.service import GONE, arn, lower
from reconciler.resources.review import Pending
from reconciler.resources.stages import OneByOne, Stages
from reconciler.resources.whose import Within

TABLE = {"DatabaseName": "{parent}", "Name": "{leaf}"}
KEY = {"DatabaseName": "{parent}", "TableName": "{leaf}"}
INPUT, INDEXES, OPEN = "TableInput", "PartitionIndexes", "OpenTableFormatInput"
TAKEN = frozenset(
    {
        *("Description", "LastAccessTime", "LastAnalyzedTime", "Name", "Owner", "Parameters"),
        *("PartitionKeys", "Retention", "StorageDescriptor", "TableType", "TargetTable"),
        *("ViewDefinition", "ViewExpandedText", "ViewOriginalText"),
    }
)
"""Members that both a table and what makes it have."""
OURS = ("projection.", "storage.location.template")
"""Parameters that only whoever declares a table sets: what is left of them goes."""


def shown(table: Json) -> dict[str, Any]:
    """The properties of a table as it is listed or read."""
    found: dict[str, Any] = {
        INPUT: {key: value for key, value in table.items() if key in TAKEN},
        "Name": table["Name"],
        **{key: table[key] for key in ("CatalogId", "DatabaseName", "VersionId") if key in table},
    }
    return found


def _read(answer: Json) -> dict[str, Any]:
    found = shown(answer["Table"])
    if INDEXES in answer:
        found[INDEXES] = [
            {
                "IndexName": each["IndexName"],
                "Keys": [key["Name"] if isinstance(key, dict) else key for key in each["Keys"]],
            }
            for each in answer[INDEXES] or ()
            if each.get("IndexStatus") != "FAILED"
        ]
    return found


def _body(props: Props) -> dict[str, Any]:
    """What CreateTable takes. It calls one member otherwise than CloudFormation does."""
    found = {key: props[key] for key in (INPUT, INDEXES, OPEN) if props.get(key)}
    iceberg = (found.get(OPEN) or {}).get("IcebergInput")
    if iceberg and (table := iceberg.get("IcebergTableInput")):
        kept = {key: value for key, value in iceberg.items() if key != "IcebergTableInput"}
        found[OPEN] = {"IcebergInput": {**kept, "CreateIcebergTableInput": table}}
    return found


def update(change: Change) -> Iterator[Request]:
    """Partitions of other columns, the table, and one index more or less."""
    database = change.address.name.rpartition("/")[0]
    if change.touches(INPUT):
        for entries in rewritten(change):
            yield Request("batch_update_partition", {"Entries": entries})
        version = change.observed.outputs.get("VersionId") if change.observed else None
        body = {"DatabaseName": database, INPUT: whole(change), "SkipArchive": True}
        yield Request(
            "update_table", {**body, "VersionId": version} if version else body, bare=True
        )
    if change.touches(INDEXES):
        yield from _indexes(change)


def whole(change: Change) -> dict[str, Any]:
    """All of a table: what is live, with what is desired in its place."""
    live, wanted = change.live.get(INPUT) or {}, change.desired[INPUT]
    found = {**live, **wanted}
    if "StorageDescriptor" in wanted:
        found["StorageDescriptor"] = {
            **(live.get("StorageDescriptor") or {}),
            **wanted["StorageDescriptor"],
        }
    old = live.get("Parameters") or {}
    new = wanted.get("Parameters")
    if new is not None:
        kept = {key: value for key, value in old.items() if not key.startswith(OURS)}
        found["Parameters"] = {**kept, **new, **engine_owned(old)}
    return found


def _indexes(change: Change) -> Iterator[Request]:
    have = {each["IndexName"]: each for each in change.live.get(INDEXES) or ()}
    want = {each["IndexName"]: each for each in change.desired.get(INDEXES) or ()}
    for name in sorted(have.keys() - want.keys()):
        yield Request("delete_partition_index", {"IndexName": name})
    for name in sorted(want.keys() - have.keys()):
        yield Request("create_partition_index", {"PartitionIndex": want[name]})


def verify(_desired: Props, observed: Observed) -> str:
    """An index that AWS gave up."""
    return f"an index of it FAILED: {observed.reason}" if "FAILED" in observed.reason else ""


register(
    Resource(
        type="AWS::Glue::Table",
        service="glue",
        reach=Reach.REGIONAL,
        name="",
        derived={
            "DatabaseName": "{parent}",
            "CatalogId": "{account}",
            f"{INPUT}.Name": "{leaf}",
        },
        key=KEY,
        read=Op("get_table", TABLE),
        whole=Whole(has=members("Table.Name"), same={"Name": ("Table.Name",)}),
        details=(
            Detail(
                method="get_partition_indexes",
                into=INDEXES,
                at="PartitionIndexDescriptorList",
                params=KEY,
                prop=INDEXES,
                whole=Whole(items="PartitionIndexDescriptorList"),
            ),
        ),
        create=Op("create_table", {"DatabaseName": "{parent}", INPUT: {"Name": "{leaf}"}}),
        delete=Op("delete_table", TABLE),
        absent=GONE,
        outputs={"VersionId": ("VersionId",)},
        predict={"Arn": arn("table"), "DatabaseName": "{parent}", "Name": "{leaf}"},
        limit=511,
        fix=lower,
        root=Codec(decode=_read),
        body=Codec(encode=_body),
        listings=(
            Listing(
                method="get_tables",
                at="TableList",
                name="Name",
                params={"DatabaseName": "{parent}", "MaxResults": 100},
                codec=Codec(decode=shown),
                created="CreateTime",
                complete=True,
            ),
        ),
        lifecycle=Lifecycle(
            field="Table.Status.State",
            ready=codes("SUCCESS"),
            busy=codes("IN_PROGRESS", "QUEUED", "SUBMITTED", "RUNNING"),
            failed=codes("FAILED", "STOPPED"),
            settles=(
                Settling(
                    path=f"{INDEXES}.*.IndexStatus",
                    busy=codes("CREATING", "DELETING"),
                    failed=codes("FAILED"),
                ),
            ),
            poll=5.0,
        ),
        whose=Within(type="AWS::Glue::Database"),
        effects={INDEXES: Effect.IN_PLACE},
        keyed={INDEXES: "IndexName"},
        told_by={
            f"{INPUT}.StorageDescriptor.Columns": "Name",
            f"{INPUT}.PartitionKeys": "Name",
        },
        stages=Stages(
            one_by_one=(
                OneByOne(
                    prop=INDEXES,
                    fixed=frozenset({"Keys"}),
                    adds=60,
                    removes=30,
                    without="queries read the list of all partitions",
                ),
            )
        ),
        unread=frozenset({OPEN}),
        carried=frozenset({INPUT}),
        narrows=narrows(),
        holds="history",
        refers=("AWS::Glue::Database", "AWS::S3::Bucket", "AWS::Glue::Schema"),
        update=update,
        verify=verify,
        pending=Pending(context=context, review=review),
    )
)
