"""AWS::DynamoDB::Table, made in moto's DynamoDB; it takes one change of a kind per update.

"You can only perform one of the following operations at once: modify the provisioned throughput
settings; remove a global secondary index; create a new global secondary index." An index does not
change but for its throughput, and every attribute is in a key. A stream that is on takes no other
view: "ValidationException: Table already has an enabled stream". Source: DynamoDB API reference,
UpdateTable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    listed as tag_list,
    name,
    pairs,
    pick,
    retag,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.handlers import Habits
from reconciler.sandbox.state.world import WORLD

HABITS = Habits(
    defaults={
        "BillingMode": "PROVISIONED",
        "DeletionProtectionEnabled": False,
        "TableClass": "STANDARD",
    }
)
"""What it takes where nothing is said. Source: CreateTable."""
INDEXES, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
STREAM, TTL = "StreamSpecification", "TimeToLiveSpecification"
RECOVERY, KEY = "PointInTimeRecoverySpecification", "SSESpecification"
THROUGHPUT = ("BillingMode", "ProvisionedThroughput")
GIVEN = ("AttributeDefinitions", "KeySchema", INDEXES, LOCAL, *THROUGHPUT)
KEPT = (
    "ContributorInsightsSpecification",
    "KinesisStreamSpecification",
    "OnDemandThroughput",
    "ResourcePolicy",
    "TableClass",
    "WarmThroughput",
)
"""What moto has no place for: it is kept beside its table."""
BESIDE = "moorline_beside"


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateTable, and the calls for what it does not take."""
    called = name(props, "TableName", WORLD.next_number(), "Table")
    if called in _tables(aws):
        raise taken(called)
    _attributes(props)
    given = pick(props, GIVEN)
    if props.get(STREAM):
        given[STREAM] = {"StreamEnabled": True, **pick(props[STREAM], ("StreamViewType",))}
    if _encrypted(props):
        given[KEY] = {"Enabled": True, **pick(props[KEY], ("SSEType", "KMSMasterKeyId"))}
    if tags := pairs(props):
        given["Tags"] = tag_list(tags)
    protected = props.get("DeletionProtectionEnabled", False)
    aws("dynamodb", "CreateTable", TableName=called, DeletionProtectionEnabled=protected, **given)
    _beside(aws, called, props)
    if (props.get(RECOVERY) or {}).get("PointInTimeRecoveryEnabled"):
        _recovery(aws, called, props[RECOVERY])
    if props.get(TTL):
        aws("dynamodb", "UpdateTimeToLive", TableName=called, TimeToLiveSpecification=props[TTL])
    return (called,)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeTable, DescribeTimeToLive, DescribeContinuousBackups and the tags."""
    table = _tables(aws).get(parts[0])
    if table is None:
        return None
    provisioned = table.billing_mode != "PAY_PER_REQUEST"
    shown: Props = {
        "TableName": table.name,
        "Arn": table.table_arn,
        "AttributeDefinitions": table.attr,
        "KeySchema": table.schema,
        "BillingMode": table.billing_mode or "PROVISIONED",
        "DeletionProtectionEnabled": bool(table.deletion_protection_enabled),
        **table.__dict__.get(BESIDE, {}),
    }
    if provisioned:
        shown["ProvisionedThroughput"] = _units(table.throughput)
    if table.global_indexes:
        shown[INDEXES] = [_index(each, provisioned) for each in table.global_indexes]
    if table.indexes:
        shown[LOCAL] = [_index(each, provisioned=False) for each in table.indexes]
    stream = table.stream_specification or {}
    if stream.get("StreamEnabled"):
        shown[STREAM] = pick(stream, ("StreamViewType",))
        shown["StreamArn"] = f"{table.table_arn}/stream/{table.latest_stream_label}"
    sse = table.sse_specification or {}
    if sse.get("Enabled"):
        shown[KEY] = {"SSEEnabled": True, "SSEType": "KMS", **pick(sse, ("KMSMasterKeyId",))}
    back = table.continuous_backups["PointInTimeRecoveryDescription"]
    on = back["PointInTimeRecoveryStatus"] == "ENABLED"
    shown[RECOVERY] = {"PointInTimeRecoveryEnabled": on, **pick(back, ("RecoveryPeriodInDays",))}
    if table.ttl["TimeToLiveStatus"] == "ENABLED":
        shown[TTL] = {"Enabled": True, "AttributeName": table.ttl["AttributeName"]}
    tags = {each["Key"]: each["Value"] for each in table.tags}
    return shown | ({"Tags": tag_list(tags)} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """UpdateTable for each kind of change, and the calls for what it does not take."""
    called = parts[0]
    table, place = _tables(aws)[called], {"TableName": called}
    arn = {"ResourceArn": table.table_arn}
    have, want = (
        {it["IndexName"]: it for it in each.get(INDEXES) or ()} for each in (before, after)
    )
    moves = [{"Delete": {"IndexName": it}} for it in have.keys() - want.keys()]
    moves += [{"Create": want[it]} for it in want.keys() - have.keys()]
    if moves:
        asked = {"AttributeDefinitions": after["AttributeDefinitions"]}
        aws("dynamodb", "UpdateTable", **place, **asked, GlobalSecondaryIndexUpdates=moves)
    if any(changed(before, after, each) for each in THROUGHPUT):
        aws("dynamodb", "UpdateTable", **place, **pick(after, THROUGHPUT))
    if changed(before, after, STREAM):
        on = after.get(STREAM)
        asked = {"StreamEnabled": True, **pick(on, ("StreamViewType",))} if on else {
            "StreamEnabled": False
        }  # fmt: skip
        aws("dynamodb", "UpdateTable", **place, StreamSpecification=asked)
    protected = bool(after.get("DeletionProtectionEnabled"))
    if protected != bool(before.get("DeletionProtectionEnabled")):
        aws("dynamodb", "UpdateTable", **place, DeletionProtectionEnabled=protected)
    if changed(before, after, KEY):
        said = pick(after.get(KEY) or {}, ("SSEType", "KMSMasterKeyId"))
        table.sse_specification = {"Enabled": True, **said} if _encrypted(after) else None
    _beside(aws, called, after)
    if changed(before, after, RECOVERY) and after.get(RECOVERY):
        _recovery(aws, called, after[RECOVERY])
    if changed(before, after, TTL) and after.get(TTL):
        aws("dynamodb", "UpdateTimeToLive", **place, TimeToLiveSpecification=after[TTL])
    retag(
        before,
        after,
        lambda put: aws("dynamodb", "TagResource", **arn, Tags=tag_list(put)),
        lambda gone: aws("dynamodb", "UntagResource", **arn, TagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteTable."""
    aws("dynamodb", "DeleteTable", TableName=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListTables."""
    for each in [*_tables(aws)]:
        yield (each,)


def _tables(aws: Aws) -> dict[str, Any]:
    found: dict[str, Any] = dynamodb_backends[aws.account][aws.region].tables
    return found


def _beside(aws: Aws, called: str, props: Props) -> None:
    kept = {"TableClass": "STANDARD", **pick(props, KEPT)}
    setattr(_tables(aws)[called], BESIDE, kept)


def _encrypted(props: Props) -> bool:
    return bool((props.get(KEY) or {}).get("SSEEnabled"))


def _recovery(aws: Aws, called: str, spec: Props) -> None:
    asked = {"TableName": called, "PointInTimeRecoverySpecification": spec}
    aws("dynamodb", "UpdateContinuousBackups", **asked)


def _units(throughput: Props) -> Props:
    return {name: throughput[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _index(index: Any, provisioned: bool) -> Props:  # noqa: ANN401  (moto's)
    shown = {
        "IndexName": index.name,
        "KeySchema": index.schema,
        "Projection": index.projection,
    }
    units = getattr(index, "throughput", None) if provisioned else None
    return shown | ({"ProvisionedThroughput": _units(units)} if units else {})


def refuse(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What DynamoDB refuses of an update.

    Raises:
        Broken: InvalidRequest, with DynamoDB's words.
    """
    have, want = (
        {it["IndexName"]: it for it in each.get(INDEXES) or ()} for each in (before, after)
    )
    if len(have.keys() ^ want.keys()) > 1:
        raise _invalid("Cannot perform more than one GSI creation or deletion in a single update")
    moved = have.keys() != want.keys()
    if moved and any(changed(before, after, each) for each in THROUGHPUT):
        raise _invalid("Cannot change throughput and create or delete a GSI in a single update")
    for each in have.keys() & want.keys():
        if any(changed(have[each], want[each], part) for part in ("KeySchema", "Projection")):
            text = "GSI's properties other than Provisioned Throughput and Contributor Insights"
            raise _invalid(f"Cannot update {text} Specification without creating a new index")
    if before.get(STREAM) and after.get(STREAM):
        views = {each[STREAM].get("StreamViewType") for each in (before, after)}
        if len(views) > 1:
            called = after.get("TableName", "")
            raise _invalid(f"Table already has an enabled stream: TableName: {called}")
    _attributes(after)


def _attributes(props: Props) -> None:
    """Every attribute is in a key, and the other way round.

    Raises:
        Broken: InvalidRequest, with DynamoDB's words.
    """
    used, defined = {*_keys(props)}, {it["AttributeName"] for it in props["AttributeDefinitions"]}
    if defined - used:
        unused = ", ".join(sorted(defined - used))
        raise _invalid(
            "One or more parameter values were invalid: Some AttributeDefinitions are not used."
            f" AttributeDefinitions: [{unused}]"
        )
    if used - defined:
        missing = ", ".join(sorted(used - defined))
        raise _invalid(
            f"Some index key attributes are not defined in AttributeDefinitions. {missing}"
        )


def _keys(model: dict[str, Any]) -> Iterator[str]:
    lists = (model.get(name) or () for name in (INDEXES, LOCAL))
    for holder in (model, *(index for items in lists for index in items)):
        yield from (key["AttributeName"] for key in holder.get("KeySchema") or ())


def _invalid(message: str) -> Broken:
    return Broken("InvalidRequest", message)
