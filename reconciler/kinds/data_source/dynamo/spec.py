"""What a spec says of a table of DynamoDB."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Days, Maybe, Section, Shorthand
from reconciler.kinds.data_source.lake import export as exporting
from reconciler.kinds.terms.key import KeyUse

TableName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
IndexName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
ColumnName = Annotated[str, Field(min_length=1, max_length=255)]
Units = Annotated[int, Field(ge=1, le=40_000)]
MOST, MOST_LOCAL, LONGEST = 20, 5, 35
"""Indexes of a table, those beside its key, and days of recovery. Source: DynamoDB quotas."""


class Capacity(Section):
    """Reads and writes a second that are paid for, used or not."""

    read: Units
    """Reads of up to 4 KB a second."""
    write: Units
    """Writes of up to 1 KB a second."""


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
    """Another order of the records of one partition key, there from the first day or never."""

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

    needs = ("existing", "partitionKey")

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
    export: Maybe[exporting.Export] = None
    """Snapshots of the table in the lake, as rows of the columns."""
