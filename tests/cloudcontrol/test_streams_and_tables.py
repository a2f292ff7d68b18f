"""Tables and streams as others' users met them: what a plan says, what is sent, what is left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from resources.samples import SAMPLES
from resources.samples.streams import PLACED, S3
from resources.samples.tables import attributes, index

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import CallSent
from reconciler.model.graph import Node
from reconciler.model.value import UNKNOWN, Ref
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.types import kinesis_stream, lookup

from .common import said, sent
from .world import Turn, World, node

TABLE, STREAM = "AWS::DynamoDB::Table", "AWS::Kinesis::Stream"
DELIVERY, MAPPING = "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::EventSourceMapping"
TTL, VIEW = "TimeToLiveSpecification", "StreamSpecification"
HOUR = 3600.0
MIN = SAMPLES[TABLE].minimal


def table(**more: Any) -> Node:
    return node(TABLE, "acme-test-orders", **{**MIN, **more})


def stream(**more: Any) -> Node:
    return node(STREAM, "acme-test-events", **more)


def patches(turn: Turn) -> list[dict[str, Any]]:
    """What each request sets and removes, by property."""
    calls = [each.call for each in turn.events if isinstance(each, CallSent)]
    found = [call.params["PatchDocument"] for call in calls if call.method == "update_resource"]
    sets = [
        {op["path"][1:]: op.get("value") for op in each.document if "/Tags" not in op["path"]}
        for each in found
    ]
    return [each for each in sets if each]


def attributes_of(patch: dict[str, Any]) -> set[str]:
    return {it["AttributeName"] for it in patch["AttributeDefinitions"]}


def ttl(world: World) -> dict[str, Any]:
    client = world.aws.client("dynamodb")
    found: dict[str, Any] = client.describe_time_to_live(TableName="acme-test-orders")
    return found["TimeToLiveDescription"]


def later(world: World, seconds: float = HOUR) -> None:
    world.aws.clock.advance(seconds)


# -- indexes


@pytest.mark.scenario("D12")
def test_two_indexes_come_one_after_the_other(world: World) -> None:
    one = table(
        AttributeDefinitions=attributes("id", "mail"),
        GlobalSecondaryIndexes=[index("by-mail", "mail")],
    )
    three = table(
        AttributeDefinitions=attributes("id", "mail", "town", "zip"),
        GlobalSecondaryIndexes=[
            index("by-mail", "mail"), index("by-town", "town"), index("by-zip", "zip"),
        ],
    )  # fmt: skip
    world.good(one)
    assert "changes in 2 requests, one after the other, in about 30 min" in said(world.plan(three))
    faults.plan("update", TABLE, code="InternalFailure", work="none", nth=2)
    first = world.turn(three)
    assert len(first.failed) == 1
    assert [attributes_of(each) for each in patches(first)] == [{"id", "mail", "town"}]
    (left,) = patches(world.good(three))
    assert attributes_of(left) == {"id", "mail", "town", "zip"}
    assert [it["IndexName"] for it in left["GlobalSecondaryIndexes"]][-1] == "by-zip"
    assert world.good(three).actions == []


# -- streams


@pytest.mark.scenario("D13")
def test_another_view_is_off_and_on_again(world: World) -> None:
    old, new = ({VIEW: {"StreamViewType": it}} for it in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"))
    world.good(table(**old))
    planned = world.plan(table(**new))
    assert "what was not read of the old one can be read for 24 hours" in said(planned)
    assert "takes StreamSpecification off; sets StreamSpecification anew" in said(planned)
    before = arn(world)
    turn = world.good(table(**new))
    assert patches(turn) == [{VIEW: None}, {VIEW: new[VIEW]}]
    assert arn(world) != before
    assert world.good(table(**new)).actions == []


def test_an_apply_that_ends_while_it_is_off_is_finished_by_the_next(world: World) -> None:
    new = {VIEW: {"StreamViewType": "KEYS_ONLY"}}
    world.good(table(**{VIEW: {"StreamViewType": "NEW_IMAGE"}}))
    faults.plan("update", TABLE, code="InternalFailure", work="none", nth=2)
    assert len(world.turn(table(**new)).failed) == 1
    assert arn(world) is None
    assert patches(world.good(table(**new))) == [new]


def arn(world: World) -> Any:
    found = world.aws.client("dynamodb").describe_table(TableName="acme-test-orders")["Table"]
    return found["LatestStreamArn"] if VIEW in found else None


@pytest.mark.scenario("D14")
def test_who_reads_a_stream_is_moved_to_the_new_one(world: World) -> None:
    def reads(view: str) -> tuple[Node, Node]:
        source = table(**{VIEW: {"StreamViewType": view}})
        mapping = node(
            MAPPING,
            "acme-test-read",
            FunctionName="score",
            EventSourceArn=Ref(source.address, "StreamArn"),
            StartingPosition="LATEST",
        )
        return source, mapping

    world.good(*reads("NEW_IMAGE"))
    before = arn(world)
    planned = world.plan(*reads("KEYS_ONLY"))
    last = planned.steps[-1]
    assert (last.address.type, last.action) == (MAPPING, Action.REPLACE)
    (field,) = last.fields
    assert (field.path, field.before, field.after) == (("EventSourceArn",), before, UNKNOWN)
    assert str(Address(TABLE, "acme-test-orders")) in last.needs
    world.good(*reads("KEYS_ONLY"))
    (mapping,) = faults.true_models(MAPPING).values()
    assert mapping["EventSourceArn"] == arn(world) != before
    assert world.good(*reads("KEYS_ONLY")).actions == []


@pytest.mark.scenario("D82")
def test_what_was_done_by_hand_already_is_no_call(world: World) -> None:
    view = {VIEW: {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    world.good(table())
    planned = world.plan(table(**view))
    client = world.aws.client("dynamodb")
    asked = {"TableName": "acme-test-orders"}
    client.update_table(**asked, StreamSpecification={"StreamEnabled": True, **view[VIEW]})
    events = world.apply(planned.steps)  # between plan and apply
    assert not [each for each in events if type(each).__name__ == "StepFailed"]
    assert world.good(table(**view)).actions == []
    with pytest.raises(ClientError, match="already has an enabled stream"):
        client.update_table(**asked, StreamSpecification={"StreamEnabled": True, **view[VIEW]})
    client.update_table(**asked, StreamSpecification={"StreamEnabled": False})
    assert world.good(table(**{VIEW: None})).actions == []
    with pytest.raises(ClientError, match="has no stream to disable"):
        client.update_table(**asked, StreamSpecification={"StreamEnabled": False})


# -- time to live


@pytest.mark.scenario("D15")
def test_another_attribute_takes_two_applies(world: World) -> None:
    old, new = (table(**{TTL: {"Enabled": True, "AttributeName": it}}) for it in ("a", "b"))
    world.good(old)
    early = world.plan(new)
    assert early.actions == []
    assert "AWS is ENABLING it, which takes up to an hour" in said(early)
    later(world)
    planned = world.plan(new)
    assert "moves from 'a' to 'b' in two applies" in said(planned)
    assert patches(world.good(new)) == [{f"{TTL}/Enabled": False}]
    assert ttl(world)["TimeToLiveStatus"] == "DISABLING"
    waiting = world.good(new)
    assert (waiting.actions, waiting.codes.count("STAGE004")) == ([], 1)
    later(world)
    assert world.good(new).actions == [Action.UPDATE]
    assert ttl(world) == {"TimeToLiveStatus": "ENABLING", "AttributeName": "b"}
    assert "STAGE004" not in world.good(new).codes


def test_what_waits_for_a_time_to_live_holds_nothing_else_up(world: World) -> None:
    world.good(table(**{TTL: {"Enabled": True, "AttributeName": "a"}}))
    view = {VIEW: {"StreamViewType": "KEYS_ONLY"}}
    turn = world.good(table(**{TTL: {"Enabled": True, "AttributeName": "b"}}, **view))
    assert (patches(turn), turn.codes.count("STAGE004")) == ([view], 1)


@pytest.mark.scenario("D16")
@pytest.mark.parametrize(
    "off", [{"Enabled": False, "AttributeName": "a"}, {"Enabled": False}, None], ids=str
)
def test_off_is_off_whatever_attribute_it_names(world: World, off: Any) -> None:
    world.good(table())
    assert world.good(table(**{TTL: off})).actions == []
    world.good(table(**{TTL: {"Enabled": True, "AttributeName": "live"}}))
    later(world)
    with sent(world) as calls:
        world.good(table(**{TTL: off}))
    (update,) = (params for name, params in calls if name == "UpdateResource")
    (operation,) = json.loads(update["PatchDocument"])
    assert operation["path"] == f"/{TTL}/Enabled"
    later(world)
    assert world.good(table(**{TTL: off})).actions == []


BLOCKS: dict[str, tuple[str, Any, Any]] = {
    "time to live": (TTL, {"Enabled": True, "AttributeName": "a"}, None),
    "a stream": (VIEW, {"StreamViewType": "KEYS_ONLY"}, None),
    "recovery": (
        "PointInTimeRecoverySpecification",
        {"PointInTimeRecoveryEnabled": True},
        {"PointInTimeRecoveryEnabled": False},
    ),
    "a key": ("SSESpecification", {"SSEEnabled": True, "SSEType": "KMS"}, None),
}


@pytest.mark.scenario("D17")
@pytest.mark.parametrize("case", BLOCKS)
def test_a_block_that_is_to_be_absent_is_switched_off(world: World, case: str) -> None:
    prop, on, off = BLOCKS[case]
    world.good(table(**{prop: on}))
    later(world)
    turn = world.good(table(**{prop: None}))
    assert [each.split(".")[0] for each in turn.paths] == [prop]
    (model,) = faults.true_models(TABLE).values()
    assert model.get(prop) == off
    later(world)
    assert world.good(table(**{prop: None})).actions == []


# -- shards


@pytest.mark.scenario("D18")
def test_the_mode_goes_before_the_number(world: World) -> None:
    demand = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    given = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": 1}
    world.good(stream(**{**given, "ShardCount": 4}))
    turn = world.good(stream(**demand))
    assert turn.paths == ["StreamModeDetails.StreamMode"]
    assert patches(turn) == [{"StreamModeDetails/StreamMode": "ON_DEMAND"}]
    assert world.good(stream(**demand)).actions == []
    back = world.good(stream(**given))
    assert patches(back) == [
        {"StreamModeDetails/StreamMode": "PROVISIONED"}, {"ShardCount": 2}, {"ShardCount": 1},
    ]  # fmt: skip
    assert world.good(stream(**given)).actions == []


@pytest.mark.scenario("D20")
def test_a_number_of_shards_moves_by_steps_of_two(world: World) -> None:
    world.good(stream(ShardCount=4))
    assert "moves ShardCount to 8; moves ShardCount to 16; moves ShardCount to 20" in said(
        world.plan(stream(ShardCount=20))
    )
    faults.plan("update", STREAM, code="InternalFailure", work="none", nth=2)
    assert len(world.turn(stream(ShardCount=20)).failed) == 1
    assert patches(world.good(stream(ShardCount=20))) == [{"ShardCount": 16}, {"ShardCount": 20}]
    down = world.good(stream(ShardCount=4))
    assert [each["ShardCount"] for each in patches(down)] == [10, 5, 4]
    (refused,) = world.plan(stream(ShardCount=20_000)).steps
    assert "AWS takes 10 changes of ShardCount a day" in refused.refused
    assert "declare 4096 first" in refused.refused


SHARDS = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": 4}
LEAPS = {
    "more than double": ({**SHARDS, "ShardCount": 9}, "ServiceLimitExceeded"),
    "less than half": ({**SHARDS, "ShardCount": 1}, "ServiceLimitExceeded"),
    "with the mode": (
        {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "ShardCount": 8},
        "InvalidRequest",
    ),
}


@pytest.mark.parametrize("case", LEAPS)
def test_the_sandbox_refuses_a_leap(case: str) -> None:
    after, code = LEAPS[case]
    with pytest.raises(Broken) as caught:
        kinesis_stream.refuse(SHARDS, after)
    assert caught.value.code == code
    for number in (2, 3, 8):
        kinesis_stream.refuse(SHARDS, {**SHARDS, "ShardCount": number})


# -- delivery


def delivery(**more: Any) -> Node:
    s3 = {**PLACED, **more}
    return node(DELIVERY, "acme-test-events", **{"DeliveryStreamType": "DirectPut", S3: s3})


LAMBDA = {
    "Enabled": True,
    "Processors": [
        {
            "Type": "Lambda",
            "Parameters": [
                {
                    "ParameterName": "LambdaArn",
                    "ParameterValue": "arn:aws:lambda:eu-west-1:123456789012:function:clean",
                }
            ],
        }
    ],
}


@pytest.mark.scenario("D74")
@pytest.mark.parametrize(
    ("block", "on"),
    [
        ("ProcessingConfiguration", LAMBDA),
        ("CloudWatchLoggingOptions", PLACED["CloudWatchLoggingOptions"]),
        ("DataFormatConversionConfiguration", PLACED["DataFormatConversionConfiguration"]),
    ],
    ids=str,
)
def test_a_block_of_a_destination_goes_by_being_off(world: World, block: str, on: Any) -> None:
    world.good(delivery(**{block: on}))
    turn = world.good(delivery(**{block: None}))
    (patch,) = patches(turn)
    assert patch == {f"{S3}/{block}/Enabled": False}
    (model,) = faults.true_models(DELIVERY).values()
    assert model[S3][block]["Enabled"] is False
    assert world.good(delivery(**{block: None})).actions == []


def test_the_sandbox_keeps_what_an_update_leaves_out() -> None:
    firehose: Any = lookup(DELIVERY)
    before, after = {S3: {"Prefix": "a/", "S3BackupMode": "Enabled"}}, {S3: {"Prefix": "b/"}}
    assert firehose.kept(before, after) == {S3: {"Prefix": "b/", "S3BackupMode": "Enabled"}}


@pytest.mark.scenario("D22")
def test_dynamic_partitioning_is_for_a_new_stream(world: World) -> None:
    world.good(delivery())
    asked = delivery(
        DynamicPartitioningConfiguration={"Enabled": True},
        Prefix="events/shop=!{partitionKeyFromQuery:shop}/",
    )
    removal, made = world.plan(asked).steps
    assert (removal.action, made.action) == (Action.DELETE, Action.REPLACE)
    assert [each.destroys for each in removal.losses] == ["records"]
    assert world.good(delivery(DynamicPartitioningConfiguration={"Enabled": False})).actions == []


def test_a_backup_stays_once_it_is_on(world: World) -> None:
    where = {"BucketARN": PLACED["BucketARN"], "RoleARN": PLACED["RoleARN"]}
    backed = {"S3BackupMode": "Enabled", "S3BackupConfiguration": where}
    world.good(delivery())
    assert world.good(delivery(**backed)).actions == [Action.UPDATE]
    assert world.plan(delivery()).actions == [Action.DELETE, Action.REPLACE]


WRONG = {
    "a small buffer": ({"BufferingHints": {"SizeInMBs": 5}}, "at least 64"),
    "compressed twice": ({"CompressionFormat": "GZIP"}, "must be UNCOMPRESSED"),
    "a key that nothing makes": (
        {"Prefix": "a/!{partitionKeyFromQuery:k}/"}, "dynamic partitioning is not enabled",
    ),
    "no place for errors": ({"ErrorOutputPrefix": ""}, "ErrorOutputPrefix cannot be null"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_the_sandbox_refuses_what_firehose_refuses(case: str) -> None:
    change, words = WRONG[case]
    firehose: Any = lookup(DELIVERY)
    firehose.begun({S3: PLACED})
    with pytest.raises(Broken, match=words):
        firehose.begun({S3: {**PLACED, **change}})
    with pytest.raises(Broken, match=words):
        firehose.refuse({S3: PLACED}, {S3: change})


# -- by hand


def test_a_table_by_its_own_api_is_the_same_table(world: World) -> None:
    world.good(table(**{TTL: {"Enabled": True, "AttributeName": "a"}}))
    client = world.aws.client("dynamodb")
    client.tag_resource(ResourceArn=arn_of(world), Tags=[{"Key": "team", "Value": "risk"}])
    assert world.plan(table(**{TTL: {"Enabled": True, "AttributeName": "a"}})).actions == [
        Action.UPDATE
    ]
    client.delete_table(TableName="acme-test-orders")
    assert world.plan(table()).actions == [Action.CREATE]


def arn_of(world: World) -> str:
    client = world.aws.client("dynamodb")
    return str(client.describe_table(TableName="acme-test-orders")["Table"]["TableArn"])


def test_an_export_is_in_the_bucket_once_it_is_done(world: World) -> None:
    on = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    world.good(table(**on))
    client, s3 = world.aws.client("dynamodb"), world.aws.client("s3")
    s3.create_bucket(
        Bucket="acme-lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    client.put_item(TableName="acme-test-orders", Item={"id": {"S": "a"}, "n": {"N": "1"}})
    asked = {"TableArn": arn_of(world), "S3Bucket": "acme-lake", "S3Prefix": "raw"}
    begun = client.export_table_to_point_in_time(**asked)["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    later(world, 600)
    done = client.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]
    assert (done["ExportStatus"], done["ItemCount"]) == ("COMPLETED", 1)
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket="acme-lake")["Contents"]]
    id_ = begun["ExportArn"].rpartition("/")[2]
    assert {key.split("/")[2] for key in keys} == {id_}
    assert done["ExportManifest"] in keys
