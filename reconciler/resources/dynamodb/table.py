"""AWS::DynamoDB::Table.

One update makes or deletes one global index, and changes nothing else beside it (UpdateTable); the
attributes of a table are just those that a key uses. Another key means another table. A stream
that is on takes no other view: it is switched off and on, and has another ARN then; what was not
read of the old one can be read for 24 hours (DynamoDB guide, "DynamoDB Streams"). A time to live
deletes what has passed it; without point-in-time recovery nothing can be had back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.change import Effect
from reconciler.model.value import Json, Props
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import Off, declare
from reconciler.resources.dynamodb import ttl
from reconciler.resources.narrow import Narrowing, begun, no_longer
from reconciler.resources.review import both
from reconciler.resources.scaled import LOOKS, Scalable
from reconciler.resources.stages import OneByOne, Renewed, Stages

INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
RECOVERY = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
BACK, EXPIRED = "no way back to a point in time", "items that have passed their time are deleted"
UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")
AUTO = Scalable(
    namespace="dynamodb",
    resource="table/",
    dimensions={f"ProvisionedThroughput.{each}": f"dynamodb:table:{each}" for each in UNITS},
)


def attributes(props: Props, known: Sequence[Json]) -> list[Json]:
    """Those attributes that a key of the table or of an index uses."""
    by_name, used = {each["AttributeName"]: each for each in known}, set(_keys(props))
    return [each for name, each in by_name.items() if name in used]


def _keys(props: Props) -> Iterator[str]:
    for holder in (props, *(index for name in INDEXES for index in props.get(name) or ())):
        yield from (key["AttributeName"] for key in holder.get("KeySchema") or ())


FIXED = frozenset({"KeySchema", "Projection"})
STREAM = Renewed(
    prop="StreamSpecification",
    fixed=frozenset({"StreamViewType"}),
    outputs=frozenset({"StreamArn"}),
    seconds=60,
    risk="its stream is switched off and made anew under another ARN; what was not read of the"
    " old one can be read for 24 hours",
)
INDEX = OneByOne(prop=INDEXES[0], fixed=FIXED, adds=900, removes=60, without="queries of it fail")
declare(
    "AWS::DynamoDB::Table",
    holds="records",
    effects={"KeySchema": Effect.REPLACE, "LocalSecondaryIndexes": Effect.REPLACE},
    keyed={"AttributeDefinitions": "AttributeName", INDEXES[0]: "IndexName"},
    stages=Stages(
        one_by_one=(INDEX,), renewed=(STREAM,), follows={"AttributeDefinitions": attributes}
    ),
    offs=(
        Off(path="TimeToLiveSpecification", keeps=("AttributeName",)),
        Off(path="PointInTimeRecoverySpecification", says={"PointInTimeRecoveryEnabled": False}),
        Off(path="SSESpecification", says={"SSEEnabled": False}),
        Off(path="ContributorInsightsSpecification"),
    ),
    narrows=(
        Narrowing(path=RECOVERY, destroys="history", lost=no_longer(value=True, says=BACK)),
        Narrowing(path="TimeToLiveSpecification", destroys="records", lost=begun(EXPIRED)),
    ),
    owners=AUTO.owners,
    pending=both(AUTO.pending, ttl.PENDING),
    aside=Aside(
        looks=(*LOOKS, *ttl.LOOKS),
        set_by={
            "TimeToLiveSpecification": ("update_time_to_live",),
            RECOVERY.partition(".")[0]: ("update_continuous_backups",),
            "ContributorInsightsSpecification": ("update_contributor_insights",),
            "ResourcePolicy": ("put_resource_policy", "delete_resource_policy"),
        },
    ),
    refers=("AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::S3::Bucket"),
)
