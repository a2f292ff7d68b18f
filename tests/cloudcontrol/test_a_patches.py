"""Patches and what AWS never gives back, played as they were reported of other tools."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.sandbox.services.cloudcontrol import faults

from .common import ACCOUNT, ROLE, errors, patch, paths, sent, true
from .world import World, node

SERVICE, PIPE, RULES, SPACE = (
    "AWS::ECS::Service",
    "AWS::Pipes::Pipe",
    "AWS::WAFv2::RuleGroup",
    "AWS::SageMaker::Space",
)
VOLUME = [{"Name": "data", "ManagedEBSVolume": {"RoleArn": ROLE, "SizeInGiB": 10}}]
SERVED: dict[str, Any] = {
    "Cluster": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/acme",
    "TaskDefinition": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/acme:1",
    "VolumeConfigurations": VOLUME,
}
KAFKA: dict[str, Any] = {
    "RoleArn": ROLE,
    "Source": "smk://broker.acme.example:9092",
    "Target": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-t",
    "SourceParameters": {
        "SelfManagedKafkaParameters": {"TopicName": "orders", "BatchSize": 10},
        "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
    },
}
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acme"}
MATCH = {
    "SearchString": "bad",
    "FieldToMatch": {"UriPath": {}},
    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    "PositionalConstraint": "CONTAINS",
}
GROUP: dict[str, Any] = {"Capacity": 10, "Scope": "REGIONAL", "VisibilityConfig": SEEN}


def rule(statement: Any, action: Any = None) -> list[Any]:
    shown = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "r"}
    return [
        {
            "Name": "r",
            "Priority": 1,
            "Action": action or {"Block": {}},
            "Statement": statement,
            "VisibilityConfig": shown,
        }
    ]


@pytest.mark.scenario("CC01")
def test_a_new_task_definition_does_not_lose_the_volumes(world: World) -> None:
    world.good(node(SERVICE, "acme-test-s", **SERVED))
    task = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/acme:2"
    edited = node(SERVICE, "acme-test-s", **{**SERVED, "TaskDefinition": task})
    turn = world.good(edited)
    assert paths(turn) == ["/TaskDefinition", "/VolumeConfigurations"]
    assert turn.paths == ["TaskDefinition"]  # the rest is no change
    assert true(SERVICE)["VolumeConfigurations"] == VOLUME
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC02")
def test_code_that_every_update_needs_goes_with_it(world: World) -> None:
    type_ = "AWS::MSK::Configuration"
    props = {"ServerProperties": "auto.create.topics.enable=true", "Description": "a"}
    world.good(node(type_, "acme-test-m", **props))
    turn = world.good(node(type_, "acme-test-m", **{**props, "Description": "b"}))
    assert paths(turn) == ["/Description", "/ServerProperties"]
    assert true(type_)["ServerProperties"] == props["ServerProperties"]


@pytest.mark.scenario("CC02")
def test_an_update_that_lacks_what_it_needs_is_refused_in_the_plan(world: World) -> None:
    type_ = "AWS::MSK::Configuration"
    props = {"ServerProperties": "auto.create.topics.enable=true", "Description": "a"}
    world.good(node(type_, "acme-test-m", **props))
    turn = world.plan(node(type_, "acme-test-m", Description="b"))
    assert (turn.steps, "CLOUD004" in turn.codes) == ((), True)
    assert any("ServerProperties" in each for each in errors(turn))


@pytest.mark.scenario("CC03")
@pytest.mark.parametrize("case", ["set", "change", "nested"])
def test_what_aws_does_not_read_is_added_never_replaced(world: World, case: str) -> None:
    first = {k: v for k, v in SERVED.items() if case != "set" or k != "VolumeConfigurations"}
    world.good(node(SERVICE, "acme-test-s", **first))
    more: dict[str, Any] = {**SERVED, "DesiredCount": 2}
    if case == "nested":
        more["DeploymentConfiguration"] = {"MaximumPercent": 150}
    turn = world.good(node(SERVICE, "acme-test-s", **more))
    assert {each["op"] for each in patch(turn.steps[0])} == {"add"}
    assert true(SERVICE)["VolumeConfigurations"] == VOLUME


@pytest.mark.scenario("CC04")
def test_what_cannot_change_is_in_no_patch_also_unchanged(world: World) -> None:
    world.good(node(SERVICE, "acme-test-s", **SERVED, SchedulingStrategy="REPLICA"))
    edited = {**SERVED, "SchedulingStrategy": "REPLICA", "DesiredCount": 3}
    turn = world.good(node(SERVICE, "acme-test-s", **edited, Tags={"team": "fraud"}))
    tops = {each.split("/")[1] for each in paths(turn)}
    assert tops == {"DesiredCount", "Tags", "VolumeConfigurations"}
    assert faults.counted("forbidden") == 0


@pytest.mark.scenario("CC05")
def test_a_parent_that_is_sent_again_goes_without_its_fixed_children(world: World) -> None:
    type_ = "AWS::KinesisFirehose::DeliveryStream"
    bucket = {"BucketARN": "arn:aws:s3:::acme-test-lake", "RoleARN": ROLE}
    search = {
        "IndexName": "a",
        "RoleARN": ROLE,
        "S3Configuration": bucket,
        "DomainARN": f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/acme",
        "VpcConfiguration": {
            "RoleARN": ROLE,
            "SubnetIds": ["subnet-1"],
            "SecurityGroupIds": ["sg-1"],
        },
    }
    name = "AmazonopensearchserviceDestinationConfiguration"
    world.good(node(type_, "acme-test-f", **{name: search}))
    turn = world.good(node(type_, "acme-test-f", **{name: {**search, "IndexName": "b"}}))
    assert turn.steps == ()  # AWS gives none of it back
    turn = world.good(
        node(type_, "acme-test-f", **{name: {**search, "IndexName": "b"}}, Tags={"team": "fraud"})
    )
    assert "VpcConfiguration" not in str(patch(turn.steps[0]))
    assert faults.counted("forbidden") == 0
    assert true(type_)[name]["IndexName"] == "b"


@pytest.mark.scenario("CC05")
def test_a_fixed_child_that_each_update_needs_is_said_before(world: World) -> None:
    world.good(node(PIPE, "acme-test-p", **KAFKA))
    turn = world.plan(node(PIPE, "acme-test-p", **KAFKA, Description="more"))
    assert (turn.steps, "CLOUD004" in turn.codes) == ((), True)
    (text,) = errors(turn)
    assert "TopicName" in text
    assert "only when it is made" in text


@pytest.mark.scenario("CC06")
def test_a_batch_size_is_no_replacement_of_the_pipe(world: World) -> None:
    props = {
        **KAFKA,
        "Source": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-q",
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
    }
    world.good(node(PIPE, "acme-test-p", **props))
    edited = {**props, "SourceParameters": {"SqsQueueParameters": {"BatchSize": 2}}}
    turn = world.good(node(PIPE, "acme-test-p", **edited, Description="more"))
    assert turn.actions == [Action.UPDATE]
    assert true(PIPE)["SourceParameters"]["SqsQueueParameters"]["BatchSize"] == 2
    assert (faults.counted("delete"), faults.counted("forbidden")) == (0, 0)


@pytest.mark.scenario("CC07")
def test_what_cannot_be_read_alone_is_no_reason_for_an_update(world: World) -> None:
    props = {"DomainId": "d-1234567890ab", "SpaceDisplayName": "one"}
    settings = {"AppType": "JupyterLab"}
    world.good(node(SPACE, "acme-test-s", **props, SpaceSettings=settings))
    other = node(SPACE, "acme-test-s", **props, SpaceSettings={"AppType": "CodeEditor"})
    assert world.good(other).steps == ()  # a digest in a receipt tells, for specs of kind Resource
    gone = node(SPACE, "acme-test-s", **props)
    assert world.good(gone).steps == ()
    assert true(SPACE)["SpaceSettings"] == settings


@pytest.mark.scenario("CC08")
def test_a_property_that_aws_begins_to_show_is_data(world: World) -> None:
    type_ = "AWS::Kinesis::Stream"
    world.good(node(type_, "acme-test-s", ShardCount=1))
    faults.habits(type_, adds={"MaxRecordSizeInKiB": 1024, "NobodyKnows": [1]})
    assert world.good(node(type_, "acme-test-s", ShardCount=1)).steps == ()
    faults.habits(type_, adds={"MaxRecordSizeInKiB": 1024})
    turn = world.good(node(type_, "acme-test-s", ShardCount=2))
    assert paths(turn) == ["/ShardCount"]


@pytest.mark.scenario("CC09")
@pytest.mark.parametrize("deep", [False, True])
def test_the_other_half_of_an_either_or_is_taken_out(world: World, deep: bool) -> None:
    statement: Any = {"ByteMatchStatement": MATCH}
    where = "Rules/Statement/ByteMatchStatement/SearchString"
    if deep:
        other = {"GeoMatchStatement": {"CountryCodes": ["NL"]}}
        statement = {
            "NotStatement": {"Statement": {"OrStatement": {"Statements": [statement, other]}}}
        }
        below = "NotStatement/Statement/OrStatement/Statements/ByteMatchStatement/SearchString"
        where = f"Rules/Statement/{below}"
    props = {**GROUP, "Rules": rule(statement)}
    faults.habits(RULES, twins={where: f"{where}Base64"})
    world.good(node(RULES, "acme-test-g", **props))
    assert world.good(node(RULES, "acme-test-g", **props)).steps == ()
    edited = node(RULES, "acme-test-g", **props, Description="more")
    turn = world.good(edited)
    assert turn.actions == [Action.UPDATE]
    assert "SearchStringBase64" not in str(true(RULES))
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC10")
def test_an_empty_header_list_does_not_block_a_description(world: World) -> None:
    faults.habits(
        RULES,
        empties={"Rules/Action/Block/CustomResponse/CustomResponseBodyKey": "", "Description": ""},
    )
    action = {"Block": {"CustomResponse": {"ResponseCode": 403}}}
    props = {**GROUP, "Rules": rule({"GeoMatchStatement": {"CountryCodes": ["NL"]}}, action)}
    world.good(node(RULES, "acme-test-g", **props))
    assert world.good(node(RULES, "acme-test-g", **props)).steps == ()
    edited = node(RULES, "acme-test-g", **{**props, "Capacity": 10}, Tags={"team": "fraud"})
    turn = world.good(edited)
    assert turn.actions == [Action.UPDATE]
    assert {"op": "remove", "path": "/Description"} in patch(turn.steps[0])
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC01")
def test_no_update_has_only_what_is_sent_again(world: World) -> None:
    made = node(SERVICE, "acme-test-s", **SERVED)
    world.good(made)
    with sent(world) as calls:
        assert world.good(made).steps == ()
    assert [method for method, _ in calls if method == "UpdateResource"] == []
