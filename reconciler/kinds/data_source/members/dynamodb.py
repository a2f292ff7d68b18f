"""dynamodb: a table of records by key."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.columns import NoTypeError, parse
from reconciler.kinds.api import (
    Days,
    Lacking,
    Maybe,
    Problem,
    Scope,
    Section,
    Shorthand,
    days,
)
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.lake import export, typed
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE = "AWS::DynamoDB::Table"
TableName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
IndexName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
ColumnName = Annotated[str, Field(min_length=1, max_length=255)]
Units = Annotated[int, Field(ge=1, le=40_000)]
VIEWS = {
    "keys": "KEYS_ONLY",
    "new": "NEW_IMAGE",
    "old": "OLD_IMAGE",
    "newAndOld": "NEW_AND_OLD_IMAGES",
}
MOST, MOST_LOCAL, LONGEST = 20, 5, 35
"""Indexes of a table, those beside its key, and days of recovery. Source: DynamoDB quotas."""
_OWN = ("partition_key", "sort_key", "indexes", "local_indexes", "capacity", "recovery")
_OWN += ("expire_by", "stream", "infrequent_access", "deletion_protection", "key")


class Capacity(Section):
    """Reads and writes a second that are paid for, used or not."""

    read: Units
    write: Units


class Index(Section):
    """Another key by which records are found."""

    partition_key: ColumnName
    """The column whose value has to be known."""
    sort_key: Maybe[ColumnName] = None
    """The column by which records of one value are sorted."""
    has: Literal["all", "keys"] | Annotated[tuple[ColumnName, ...], Field(min_length=1)] = "all"
    """Which columns the index has: all, those of the keys, or these besides."""
    capacity: Maybe[Capacity] = None
    """Its own, where the table has one."""


class LocalIndex(Section):
    """Another order of the records of one partition key. It is there from the first day, or never."""

    sort_key: ColumnName
    """The column by which records are sorted."""
    has: Literal["all", "keys"] | Annotated[tuple[ColumnName, ...], Field(min_length=1)] = "all"
    """Which columns the index has: all, those of the keys, or these besides."""


class Recovery(Section):
    """Bringing the table back as it was at any second."""

    window: Days = "35d"
    """How far back, at most 35 days."""


class DynamoDB(Section):
    """A table of records by key: one of its own, or one that exists already."""

    needs = ("existing", "partition_key")

    existing: Maybe[TableName] = None
    """The name of a table that Moorline must not manage. By default it makes one."""
    partition_key: Maybe[ColumnName] = None
    """The column that tells records apart, or their groups. It can never change."""
    sort_key: Maybe[ColumnName] = None
    """The column that tells records of one group apart, and sorts them."""
    indexes: Annotated[dict[IndexName, Index], Field(max_length=MOST)] = Field(default_factory=dict)
    """Other keys, by name. AWS makes and removes them one at a time."""
    local_indexes: Annotated[
        dict[IndexName, Annotated[LocalIndex, Shorthand("sortKey")]], Field(max_length=MOST_LOCAL)
    ] = Field(default_factory=dict)
    """Other orders of the records of one partition key, by name."""
    capacity: Maybe[Capacity] = None
    """Provisioned capacity. By default the table takes what comes (on demand)."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the records. By default DynamoDB's own."""
    stream: Maybe[Literal["keys", "new", "old", "newAndOld"]] = None
    """What a stream of changes has of each record. Another word makes another stream, with
    another ARN."""
    recovery: Annotated[Recovery, Shorthand("window")] | Literal[False] = Field(
        default_factory=Recovery
    )
    """Whether, and how far back, the table can be had as it was."""
    expire_by: Maybe[ColumnName] = None
    """The column with the time, in seconds since 1970, after which DynamoDB deletes a record."""
    infrequent_access: bool = False
    """Whether storage costs less and requests more."""
    deletion_protection: bool = False
    """Whether AWS itself refuses to delete the table. It has to be off before Moorline can."""
    export: Maybe[export.Export] = None
    """Snapshots of the table in the lake, as rows of the columns."""


def check(table: DynamoDB, spec: Source) -> Iterator[Problem]:
    yield from _existing(table, spec)
    if (table.existing is None) == (table.partition_key is None):
        yield Problem(("dynamodb",), "give 'partitionKey', or 'existing' for a table that is there")
    for path, name in _keys(table):
        yield from _key(path, name, spec)
    for name, index in table.indexes.items():
        here = ("dynamodb", "indexes", name)
        if (index.capacity is None) != (table.capacity is None):
            said = "an index has a capacity where its table has one"
            yield Problem((*here, "capacity"), said, "give both one, or none")
        yield from _projected(index.has, (*here, "has"), spec)
    for name, local in table.local_indexes.items():
        here = ("dynamodb", "localIndexes", name)
        if table.sort_key is None:
            yield Problem(here, "a local index needs a table with 'sortKey'", "add it")
        if name in table.indexes:
            yield Problem(here, f"there is an index {name!r} already", "rename one", on_key=True)
        yield from _projected(local.has, (*here, "has"), spec)
    yield from _expiry(table, spec)
    if isinstance(table.recovery, Recovery) and days(table.recovery.window) > LONGEST:
        said = f"a table can be had back as it was up to {LONGEST} days ago"
        yield Problem(("dynamodb", "recovery", "window"), said, f"use {LONGEST}d or less")
    if table.export is not None:
        if table.recovery is False:
            said = "AWS exports only tables that can be had back"
            yield Problem(("dynamodb", "export"), said, "remove 'recovery: false'")
        yield from export.check(table.export, spec)


def _existing(table: DynamoDB, spec: Source) -> Iterator[Problem]:
    if table.existing is None:
        return
    help_ = "remove it, or remove 'existing' to let Moorline make a table"
    if spec.aws_name is not None:
        yield Problem(("awsName",), "an existing table has its name", help_)
    for name in (name for name in _OWN if name in table.model_fields_set):
        path = ("dynamodb", DynamoDB.model_fields[name].alias or name)
        yield Problem(path, "Moorline does not manage an existing table", help_)


def _keys(table: DynamoDB) -> Iterator[tuple[Path, str]]:
    """The columns in keys, with their places."""
    if table.partition_key is not None:
        yield ("dynamodb", "partitionKey"), table.partition_key
    if table.sort_key is not None:
        yield ("dynamodb", "sortKey"), table.sort_key
    for name, index in table.indexes.items():
        yield ("dynamodb", "indexes", name, "partitionKey"), index.partition_key
        if index.sort_key is not None:
            yield ("dynamodb", "indexes", name, "sortKey"), index.sort_key
    for name, local in table.local_indexes.items():
        yield ("dynamodb", "localIndexes", name, "sortKey"), local.sort_key


def _key(path: Path, name: str, spec: Source) -> Iterator[Problem]:
    column = spec.columns.get(name)
    if column is None:
        known = ", ".join(spec.columns) or "none"
        yield Problem(path, f"the key {name!r} is not in 'columns'", f"there are: {known}")
    elif not _attribute(column.type):
        said = f"a column of type {column.type} is no key"
        yield Problem(path, said, "a key is text, a number or binary")


def _attribute(text: str) -> str:
    try:
        return typed.attribute(parse(text))
    except NoTypeError:
        return ""


def _projected(has: str | tuple[str, ...], path: Path, spec: Source) -> Iterator[Problem]:
    for number, name in enumerate(has if isinstance(has, tuple) else ()):
        if name not in spec.columns:
            known = ", ".join(spec.columns) or "none"
            said = f"there is no column {name!r}"
            yield Problem((*path, str(number)), said, f"there are: {known}")


def _expiry(table: DynamoDB, spec: Source) -> Iterator[Problem]:
    if table.expire_by is None:
        return
    here = ("dynamodb", "expireBy")
    column = spec.columns.get(table.expire_by)
    if column is None:
        known = ", ".join(spec.columns) or "none"
        said = f"the column {table.expire_by!r} is not in 'columns'"
        yield Problem(here, said, f"there are: {known}")
    elif _attribute(column.type) != "N":
        said = f"DynamoDB deletes by a number of seconds, and {table.expire_by!r} is {column.type}"
        yield Problem(here, said, "make it a bigint; a time in text deletes nothing")


def exports(table: DynamoDB, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    stream: Json | Lacking
    if table.existing is not None:
        name: Json = table.existing
        arn: Json = scope.arn("dynamodb", f"table/{table.existing}")
        stream = Lacking("exists already, and what its stream is called is not known", "manage it")
    else:
        address = scope.address(TYPE)
        name, arn = Ref(address, "TableName"), Ref(address, "Arn")
        stream = Ref(address, "StreamArn")
        if table.stream is None:
            stream = Lacking("has no stream", "add 'stream: newAndOld' to its 'dynamodb'")
    key = key_arn(table.key, scope)
    return {"dynamodb": name, "dynamodbArn": arn, "dynamodbStreamArn": stream, "dataKeyArn": key}


def build(table: DynamoDB, spec: Source, scope: Scope) -> Iterator[Node]:
    report_missing(table.key, scope, ("dynamodb", "key"))
    if table.existing is None:
        yield scope.node(scope.address(TYPE), _props(table, spec, scope), lines=_lines(table))
    if table.export is not None:
        arn = exports(table, spec, scope)["dynamodbArn"]
        name = table.existing or scope.address(TYPE).name
        yield from export.build(table.export, spec, arn, name, scope)


def _props(table: DynamoDB, spec: Source, scope: Scope) -> Props:
    used = dict.fromkeys(name for _, name in _keys(table))
    key = key_arn(table.key, scope)
    on = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    expires = {"Enabled": True, "AttributeName": table.expire_by}
    props: dict[str, Json] = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": _attribute(spec.columns[name].type)}
            for name in used
        ],
        "KeySchema": _schema(table.partition_key or "", table.sort_key),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": _schema(index.partition_key, index.sort_key),
                "Projection": _projection(index.has),
                **(_throughput(index.capacity) if index.capacity else {}),
            }
            for name, index in table.indexes.items()
        ],
        "BillingMode": "PROVISIONED" if table.capacity else "PAY_PER_REQUEST",
        **(_throughput(table.capacity) if table.capacity else {}),
        "TableClass": "STANDARD_INFREQUENT_ACCESS" if table.infrequent_access else "STANDARD",
        "DeletionProtectionEnabled": table.deletion_protection,
        # What is not asked for is said to be absent, so that a line that goes is undone.
        "SSESpecification": on if key is not None else None,
        "StreamSpecification": {"StreamViewType": VIEWS[table.stream]} if table.stream else None,
        "PointInTimeRecoverySpecification": _recovery(table.recovery),
        "TimeToLiveSpecification": expires if table.expire_by else None,
    }
    if table.local_indexes:
        props["LocalSecondaryIndexes"] = [
            {
                "IndexName": name,
                "KeySchema": _schema(table.partition_key or "", local.sort_key),
                "Projection": _projection(local.has),
            }
            for name, local in table.local_indexes.items()
        ]
    return props


def _schema(partition: str, sort: str | None) -> list[Json]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else keys


def _projection(has: str | tuple[str, ...]) -> Props:
    if isinstance(has, tuple):
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*has]}
    return {"ProjectionType": "ALL" if has == "all" else "KEYS_ONLY"}


def _throughput(capacity: Capacity) -> dict[str, Json]:
    units = {"ReadCapacityUnits": capacity.read, "WriteCapacityUnits": capacity.write}
    return {"ProvisionedThroughput": units}


def _recovery(recovery: Recovery | Literal[False]) -> Props | None:
    if recovery is False:
        return None
    window = days(recovery.window)
    return {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": window}


def _lines(table: DynamoDB) -> Mapping[Path, Path]:
    at = "dynamodb"
    return {
        (): (at,),
        ("AttributeDefinitions",): ("columns",),
        ("KeySchema",): (at, "partitionKey"),
        ("GlobalSecondaryIndexes",): (at, "indexes"),
        **{("GlobalSecondaryIndexes", it): (at, "indexes", it) for it in table.indexes},
        ("LocalSecondaryIndexes",): (at, "localIndexes"),
        ("BillingMode",): (at, "capacity"),
        ("ProvisionedThroughput",): (at, "capacity"),
        ("ProvisionedThroughput", "ReadCapacityUnits"): (at, "capacity", "read"),
        ("ProvisionedThroughput", "WriteCapacityUnits"): (at, "capacity", "write"),
        ("TableClass",): (at, "infrequentAccess"),
        ("DeletionProtectionEnabled",): (at, "deletionProtection"),
        ("SSESpecification",): (at, "key"),
        ("StreamSpecification",): (at, "stream"),
        ("PointInTimeRecoverySpecification",): (at, "recovery"),
        ("PointInTimeRecoverySpecification", "RecoveryPeriodInDays"): (at, "recovery", "window"),
        ("TimeToLiveSpecification",): (at, "expireBy"),
        ("TimeToLiveSpecification", "AttributeName"): (at, "expireBy"),
    }


register(
    Member(
        name="dynamodb",
        model=DynamoDB,
        summary="A table of records by key.",
        store=True,
        check=check,
        build=build,
        named=lambda _, spec: named(TYPE, spec.aws_name),
        exports=exports,
    )
)
