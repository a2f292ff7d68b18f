"""Faults between the members of a table of DynamoDB. Source: DynamoDB guide, "Quotas"."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, days
from reconciler.kinds.data_source.api import Source
from reconciler.kinds.data_source.dynamo.spec import LONGEST, DynamoDB, Recovery
from reconciler.kinds.data_source.lake import export as exporting, typed
from reconciler.model.value import Path

_OWN = (
    *("partition_key", "sort_key", "indexes", "local_indexes", "capacity", "recovery"),
    *("expire_by", "stream", "infrequent_access", "deletion_protection", "key"),
)


def check(table: DynamoDB, spec: Source) -> Iterator[Problem]:
    yield from _existing(table, spec)
    if (table.existing is None) == (table.partition_key is None):
        yield Problem(("dynamodb",), "give 'partitionKey', or 'existing' for a table that is there")
    for path, name in keys(table):
        yield from _key(path, name, spec)
    yield from _indexes(table, spec)
    yield from _expiry(table, spec)
    if isinstance(table.recovery, Recovery) and days(table.recovery.window) > LONGEST:
        said = f"a table can be had back as it was up to {LONGEST} days ago"
        yield Problem(("dynamodb", "recovery", "window"), said, f"use {LONGEST}d or less")
    if table.export is not None:
        if table.recovery is False:
            said = "AWS exports only tables that can be had back"
            yield Problem(("dynamodb", "export"), said, "remove 'recovery: false'")
        yield from exporting.check(table.export, spec)


def _indexes(table: DynamoDB, spec: Source) -> Iterator[Problem]:
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


def _existing(table: DynamoDB, spec: Source) -> Iterator[Problem]:
    if table.existing is None:
        return
    help_ = "remove it, or remove 'existing' to let Moorline make a table"
    if spec.aws_name is not None:
        yield Problem(("awsName",), "an existing table has its name", help_)
    for name in (name for name in _OWN if name in table.model_fields_set):
        path = ("dynamodb", DynamoDB.model_fields[name].alias or name)
        yield Problem(path, "Moorline does not manage an existing table", help_)


def keys(table: DynamoDB) -> Iterator[tuple[Path, str]]:
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
    elif not typed.attribute(column.parsed):
        said = f"a column of type {column.type} is no key"
        yield Problem(path, said, "a key is text, a number or binary")


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
    elif typed.attribute(column.parsed) != "N":
        said = f"DynamoDB deletes by a number of seconds, and {table.expire_by!r} is {column.type}"
        yield Problem(here, said, "make it a bigint; a time in text deletes nothing")
