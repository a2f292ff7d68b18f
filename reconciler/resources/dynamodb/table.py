"""AWS::DynamoDB::Table.

One update makes or deletes one global index, and changes nothing else beside it (UpdateTable); the
attributes of a table are just those that a key uses. Another key means another table. A time to
live deletes what has passed it, and without point-in-time recovery nothing can be had back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Effect
from reconciler.model.value import Json, Props
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, no_longer
from reconciler.resources.stages import OneByOne, Stages

INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
LOST = "there is no way back to a point in time"
RECOVERY = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"


def attributes(props: Props, known: Sequence[Json]) -> list[Json]:
    """Those attributes that a key of the table or of an index uses."""
    used = set(_keys(props))
    return [
        *{each["AttributeName"]: each for each in known if each["AttributeName"] in used}.values()
    ]


def _keys(props: Props) -> Iterator[str]:
    for holder in (props, *(index for name in INDEXES for index in props.get(name) or ())):
        yield from (key["AttributeName"] for key in holder.get("KeySchema") or ())


def expiring(_: Json, after: Json) -> str:
    """A time to live that was off, or that goes by another attribute."""
    rule = after if isinstance(after, Mapping) and after.get("Enabled") else None
    return "items that have passed the time in their attribute are deleted" if rule else ""


INDEX = OneByOne(
    prop=INDEXES[0],
    fixed=frozenset({"KeySchema", "Projection"}),
    adds=900.0,  # it is filled from the table; a guess
    removes=60.0,
    without="queries of it fail",
)
declare(
    "AWS::DynamoDB::Table",
    holds="records",
    effects={"KeySchema": Effect.REPLACE, "LocalSecondaryIndexes": Effect.REPLACE},
    keyed={"AttributeDefinitions": "AttributeName", INDEXES[0]: "IndexName"},
    stages=Stages(one_by_one=(INDEX,), follows={"AttributeDefinitions": attributes}),
    narrows=(
        Narrowing(path=RECOVERY, destroys="history", lost=no_longer(value=True, says=LOST)),
        Narrowing(path="TimeToLiveSpecification", destroys="records", lost=expiring),
    ),
    refers=("AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::S3::Bucket"),
)
