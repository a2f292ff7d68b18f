"""Differences that are none, and some that hide, played as they were reported of other tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.graph import Node
from reconciler.sandbox.services.cloudcontrol import faults

from .common import ACCOUNT, ROLE, patch, paths, record, role, true
from .lives import Life
from .values import Drawn
from .world import World, node

STREAM, TABLE = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"
PIPE, NODES = "AWS::Pipes::Pipe", "AWS::ElastiCache::CacheCluster"
PIPED: dict[str, Any] = {
    "RoleArn": ROLE,
    "Source": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-q",
    "Target": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/acme-test-c",
}
CAPS = "CACHE.T4G.MICRO"
CACHE: dict[str, Any] = {"CacheNodeType": "cache.t4g.micro", "NumCacheNodes": 1, "Engine": "redis"}
DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    STREAM: ({"ShardCount": 1}, {"RetentionPeriodHours": 24}),
    PIPE: (PIPED, {"DesiredState": "RUNNING"}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        {"Subnets": ["subnet-1", "subnet-2"]},
        {"Scheme": "internet-facing", "Type": "application", "IpAddressType": "ipv4"},
    ),
    "AWS::Lambda::EventSourceMapping": (
        {
            "FunctionName": "acme-test-f",
            "EventSourceArn": f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/acme-test-s",
            "StartingPosition": "LATEST",
        },
        {"BatchSize": 100, "Enabled": True},
    ),
    "AWS::ApplicationInsights::Application": (
        {"ResourceGroupName": "acme-test-g"},
        {"CWEMonitorEnabled": True},  # its schema says false
    ),
}


EDITS: dict[str, tuple[str, Any]] = {
    STREAM: ("ShardCount", 2),
    PIPE: ("Description", "more"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Subnets", ["subnet-1", "subnet-3"]),
    "AWS::Lambda::EventSourceMapping": ("MaximumRetryAttempts", 3),
    "AWS::ApplicationInsights::Application": ("OpsCenterEnabled", True),
}


@pytest.mark.scenario("CC11")
@pytest.mark.parametrize("type_", DEFAULTS)
def test_what_aws_fills_in_is_no_drift(world: World, type_: str) -> None:
    props, filled = DEFAULTS[type_]
    faults.habits(type_, defaults=filled)
    made = node(type_, "acme-test-d", **props)
    world.good(made)
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC11")
def test_a_default_of_a_schema_decides_nothing(world: World) -> None:
    type_ = "AWS::ApplicationInsights::Application"
    made = node(type_, "a", ResourceGroupName="acme-test-g", CWEMonitorEnabled=False)
    world.good(made)
    record(type_).model["CWEMonitorEnabled"] = True
    assert world.plan(made).paths == ["CWEMonitorEnabled"]


@pytest.mark.scenario("CC12")
@pytest.mark.parametrize("type_", DEFAULTS)
def test_what_was_filled_in_does_not_become_what_is_wanted(world: World, type_: str) -> None:
    props, filled = DEFAULTS[type_]
    faults.habits(type_, defaults=filled)
    world.good(node(type_, "acme-test-d", **props))
    key, item = EDITS[type_]
    turn = world.good(node(type_, "acme-test-d", **{**props, key: item}))
    assert turn.actions == [Action.UPDATE]
    assert all(name not in str(patch(turn.steps[0])) for name in filled)


@pytest.mark.scenario("CC13")
@pytest.mark.parametrize("reads", range(2))
def test_lists_without_order_come_in_any_order(world: World, reads: int) -> None:
    type_ = "AWS::Connect::SecurityProfile"
    many = [f"Permission{n}" for n in range(9)]
    props = {
        "InstanceArn": f"arn:aws:connect:eu-west-1:{ACCOUNT}:instance/"
        "11111111-2222-3333-4444-555555555555",
        "SecurityProfileName": "acme-test-s",
        "TagRestrictedResources": many[:2],
        "AllowedAccessControlTags": [{"Key": k, "Value": k} for k in "abc"],
    }
    made = node(type_, "acme-test-s", **props)
    world.good(made)
    record(type_).reads += reads
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC13")
def test_one_more_of_the_same_in_a_list_without_order_is_a_change(world: World) -> None:
    type_ = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    world.good(node(type_, "acme-test-l", Subnets=["subnet-1", "subnet-2"]))
    record(type_).model["Subnets"] = ["subnet-1", "subnet-2", "subnet-2"]
    assert world.plan(node(type_, "acme-test-l", Subnets=["subnet-1", "subnet-2"])).paths == [
        "Subnets"
    ]


@pytest.mark.scenario("CC14")
def test_no_index_is_in_a_patch(world: World) -> None:
    type_ = "AWS::IoTSiteWise::AssetModel"
    own = [
        {"Name": name, "DataType": "DOUBLE", "Type": {"TypeName": "Measurement"}}
        for name in ("speed", "heat", "load")
    ]
    props = {"AssetModelName": "acme-test-m", "AssetModelProperties": own}
    world.good(node(type_, "acme-test-m", **props))
    more = [own[0], {**own[0], "Name": "torque"}, *own[1:]]
    turn = world.good(node(type_, "acme-test-m", **{**props, "AssetModelProperties": more}))
    assert paths(turn) == ["/AssetModelProperties"]
    names = {each["Name"] for each in true(type_)["AssetModelProperties"]}
    assert names == {"speed", "heat", "load", "torque"}


@pytest.mark.scenario("CC14")
def test_what_aws_made_of_items_that_stay_is_sent_along(world: World) -> None:
    """Items are told by what is declared of them; what AWS needs to know them by is not lost."""
    type_ = "AWS::IoTSiteWise::AssetModel"
    own = [
        {"Name": name, "DataType": "DOUBLE", "Type": {"TypeName": "Measurement"}}
        for name in ("speed", "heat")
    ]
    props = {"AssetModelName": "acme-test-m", "AssetModelProperties": own}
    world.good(node(type_, "acme-test-m", **props))
    faults.habits(type_, shuffled=True)
    turn = world.good(node(type_, "acme-test-m", **{**props, "AssetModelProperties": own[::-1]}))
    assert turn.steps == ()


@pytest.mark.scenario("CC15")
def test_what_aws_adds_to_the_items_of_a_list_is_no_change(world: World) -> None:
    type_ = "AWS::IoTSiteWise::AssetModel"
    own = [{"Name": "speed", "DataType": "DOUBLE", "Type": {"TypeName": "Measurement"}}]
    made = node(type_, "m", AssetModelName="acme-test-m", AssetModelProperties=own)
    world.good(made)
    (item,) = record(type_).model["AssetModelProperties"]
    item["Id"] = "11111111-2222-3333-4444-555555555555"
    item["Unit"] = "m/s"
    assert world.good(made).steps == ()


LIARS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "AWS::SSMContacts::Plan": (
        {
            "ContactId": f"arn:aws:ssm-contacts:eu-west-1:{ACCOUNT}:contact/acme",
            "Stages": [{"DurationInMinutes": 1}, {"DurationInMinutes": 9}],
        },
        ("Stages",),
    ),
    "AWS::AppSync::Resolver": (
        {
            "ApiId": "abc",
            "TypeName": "Query",
            "FieldName": "one",
            "Kind": "PIPELINE",
            "PipelineConfig": {"Functions": ["f-1", "f-2"]},
        },
        ("PipelineConfig", "Functions"),
    ),
    "AWS::Logs::Transformer": (
        {
            "LogGroupIdentifier": "/acme/test",
            "TransformerConfig": [
                {"ParseJSON": {}},
                {"DeleteKeys": {"WithKeys": ["a"]}},
            ],
        },
        ("TransformerConfig",),
    ),
}


def _reversed(props: dict[str, Any], where: tuple[str, ...]) -> dict[str, Any]:
    found = json.loads(json.dumps(props))
    here = found
    for name in where[:-1]:
        here = here[name]
    here[where[-1]] = here[where[-1]][::-1]
    return dict(found)


@pytest.mark.scenario("CC16")
@pytest.mark.parametrize("type_", LIARS)
def test_a_reorder_that_means_something_is_planned_and_applied(world: World, type_: str) -> None:
    props, where = LIARS[type_]
    faults.habits(type_, ordered=["/".join(where)])
    made = node(type_, "acme-test-o", **props)
    turn = world.turn(made)
    if any("CLOUD002" in each for each in turn.codes):
        pytest.skip("nothing tells whether it exists: it is not made")
    assert world.good(made).steps == ()
    other = node(type_, "acme-test-o", **_reversed(props, where))
    turn = world.good(other)
    assert turn.actions == [Action.UPDATE]
    here = true(type_)
    for name in where:
        here = here[name]
    assert here == _at(_reversed(props, where), where)
    assert world.good(other).steps == ()


@pytest.mark.scenario("CC16")
def test_a_reorder_in_a_type_with_calls_of_its_own_is_planned(world: World) -> None:
    """Its schema says that the order of strategies means nothing."""
    group = node("AWS::Scheduler::ScheduleGroup", "acme-test-g")
    spread, pack = {"Type": "spread", "Field": "host"}, {"Type": "binpack", "Field": "cpu"}

    def schedule(*strategies: dict[str, str]) -> list[Node]:
        task = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/a:1"
        target = {
            "Arn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/acme-test-c",
            "RoleArn": ROLE,
            "EcsParameters": {"TaskDefinitionArn": task, "PlacementStrategy": [*strategies]},
        }
        timed = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}}
        address = "acme-test-g/acme-test-s"
        return [group, node("AWS::Scheduler::Schedule", address, **timed, Target=target)]

    role(world, ROLE.rpartition("/")[2], "scheduler.amazonaws.com")
    world.good(group)
    world.good(*schedule(spread, pack))
    assert world.good(*schedule(spread, pack)).steps == ()
    assert world.good(*schedule(pack, spread)).actions == [Action.UPDATE]
    assert world.good(*schedule(pack, spread)).steps == ()


def _at(tree: Any, where: tuple[str, ...]) -> Any:
    for name in where:
        tree = tree[name]
    return tree


POLICY = (
    '{ "Rules": [{"ResourceType": "collection", "Resource": ["collection/acme"]}],'
    ' "AWSOwnedKey": true }'
)


@pytest.mark.scenario("CC17")
def test_a_policy_in_another_notation_is_not_sent(world: World) -> None:
    type_ = "AWS::OpenSearchServerless::SecurityPolicy"
    faults.habits(type_, idle_refused=True)
    made = node(type_, "acme-test-o", Type="encryption", Policy=POLICY)
    world.good(made)
    assert world.good(made).steps == ()
    more = POLICY.replace("collection/acme", "collection/other")
    turn = world.good(node(type_, "acme-test-o", Type="encryption", Policy=more))
    (op,) = patch(turn.steps[0])
    assert (op["path"], op["value"]) == ("/Policy", more)  # as it was written


@pytest.mark.scenario("CC17")
def test_one_action_is_a_list_of_one(world: World) -> None:
    type_ = "AWS::KMS::ReplicaKey"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1"
    made = node(type_, "acme-test-p", KeyPolicy=document, PrimaryKeyArn=key)
    world.good(made)
    shown = {**document, "Statement": {**statement, "Action": ["s3:GetObject"]}}
    record(type_).model["KeyPolicy"] = shown
    assert world.good(made).steps == ()
    shown = {**document, "Statement": {**statement, "Action": ["s3:GetObject", "s3:PutObject"]}}
    record(type_).model["KeyPolicy"] = shown
    assert world.plan(made).actions == [Action.UPDATE]


@pytest.mark.scenario("CC18")
def test_white_space_in_a_fixed_text_replaces_nothing(world: World) -> None:
    type_ = "AWS::Personalize::Schema"
    avro = '{ "type": "record",\n  "name": "Interactions", "fields": [] }'
    made = node(type_, "acme-test-s", Schema=avro)
    world.good(made)
    assert json.dumps(json.loads(avro)) != avro
    assert world.good(made).steps == ()
    assert faults.counted("delete") == 0


@pytest.mark.scenario("CC19")
def test_members_that_aws_adds_inside_a_document_are_no_change(world: World) -> None:
    type_ = "AWS::CE::CostCategory"
    rules = json.dumps([{"Value": "ml", "Rule": {"Tags": {"Key": "team", "Values": ["fraud"]}}}])
    faults.habits(type_, within={"Rules": {"Type": "REGULAR"}})
    props = {"RuleVersion": "CostCategoryExpression.v1", "Rules": rules}
    made = node(type_, "acme-test-c", **props)
    world.good(made)
    assert world.good(made).steps == ()
    other = rules.replace("fraud", "risk")
    turn = world.good(node(type_, "acme-test-c", **{**props, "Rules": other}))
    assert turn.actions == [Action.UPDATE]


@pytest.mark.scenario("CC20")
@pytest.mark.parametrize("case", ["lower case", "upper case", "new line", "role", "dot"])
def test_a_value_as_the_schema_says_that_aws_rewrites_it(world: World, case: str) -> None:
    if case == "lower case":
        type_ = "AWS::Neptune::DBInstance"
        props = {"DBInstanceClass": "db.t4g.medium", "DBClusterIdentifier": "AcmeTest"}
        live = {"DBClusterIdentifier": "acmetest"}
    elif case == "upper case":
        type_, props = "AWS::Batch::ComputeEnvironment", {"Type": "managed"}
        live = {"Type": "MANAGED"}
    elif case == "new line":
        type_ = "AWS::EKS::Addon"
        props = {"ClusterName": "acme", "AddonName": "cni", "ConfigurationValues": '{"a":1}\n'}
        live = {"ConfigurationValues": '{"a":1}'}
    elif case == "role":
        type_ = "AWS::ECS::TaskDefinition"
        props = {"Family": "acme-test", "TaskRoleArn": "acme-test-role"}
        live = {"TaskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/acme-test-role"}
    else:
        type_, props, live = "AWS::Route53::HostedZone", {"Name": "acme.example"}, {}
        live = {"Name": "acme.example."}
    made = node(type_, "acme-test-t", **props)
    world.good(made)
    record(type_).model.update(live)
    turn = world.good(made)
    assert turn.steps == ()
    assert faults.counted("delete") == 0


@pytest.mark.scenario("CC20")
def test_a_formula_that_cannot_be_evaluated_is_said_and_replaces_nothing(world: World) -> None:
    type_ = "AWS::EC2::Subnet"
    made = node(type_, "acme-test-n", VpcId="vpc-1", CidrBlock="10.0.0.7/24")
    world.good(made)
    record(type_).model["CidrBlock"] = "10.0.0.0/24"
    turn = world.plan(made)
    assert (turn.steps, "CLOUD001" in turn.codes) == ((), True)


@pytest.mark.scenario("CC21")
@pytest.mark.parametrize(
    ("type_", "declared", "live"),
    [
        (NODES, {**CACHE, "EngineVersion": "7.1.0"}, {"EngineVersion": "7.1"}),
        ("AWS::ECS::TaskDefinition", {"Family": "acme-test", "Cpu": "256"}, {"Cpu": 256}),
        (
            NODES,
            {**CACHE, "CacheNodeType": "CACHE.T4G.MICRO"},
            {"CacheNodeType": "cache.t4g.micro"},
        ),
        (
            "AWS::CloudTrail::Trail",
            {"S3BucketName": "acme-test-b", "IsLogging": True, "KMSKeyId": "k-1"},
            {"KMSKeyId": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k-1"},
        ),
    ],
)
def test_another_spelling_of_the_same_changes_and_replaces_nothing(
    world: World, type_: str, declared: dict[str, Any], live: dict[str, Any]
) -> None:
    made = node(type_, "acme-test-d", **declared)
    world.good(made)
    record(type_).model.update(live)
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC21")
def test_another_value_is_no_other_spelling(world: World) -> None:
    made = node(NODES, "acme-test-d", **{**CACHE, "EngineVersion": "7.1.0"})
    world.good(made)
    record(NODES).model.update({"EngineVersion": "8.0", "NumCacheNodes": 2})
    assert sorted(world.plan(made).paths) == ["EngineVersion", "NumCacheNodes"]


@pytest.mark.scenario("CC22")
def test_what_only_aws_sets_inside_is_neither_compared_nor_sent(world: World) -> None:
    type_ = "AWS::WAFv2::RuleGroup"
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "a"}
    props = {"Capacity": 10, "Scope": "REGIONAL", "VisibilityConfig": seen}
    made = node(type_, "acme-test-g", **props)
    world.good(made)
    record(type_).made["AvailableLabels"] = [{"Name": "awswaf:managed:aws"}]
    assert world.good(made).steps == ()
    turn = world.good(node(type_, "acme-test-g", **props, Description="more"))
    assert "AvailableLabels" not in str(patch(turn.steps[0]))


@pytest.mark.scenario("CC22")
def test_what_changes_by_itself_does_not_make_a_reviewed_plan_stale(world: World) -> None:
    made = node(STREAM, "acme-test-s", ShardCount=1)
    world.good(made)
    planned = world.plan(node(STREAM, "acme-test-s", ShardCount=2))
    record(STREAM).made["Arn"] = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/acme-test-s"
    record(STREAM).reads += 3
    events = world.apply(planned.steps)
    assert [getattr(event, "code", "") for event in events if hasattr(event, "code")] == []


ROLE_TYPE = "AWS::SSO::PermissionSet"
DENY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}
SET: dict[str, Any] = {"InstanceArn": "arn:aws:sso:::instance/ssoins-0123456789abcdef"}


@pytest.mark.scenario("CC23")
def test_a_plan_does_not_revert_as_a_whole_what_nobody_declared(world: World) -> None:
    made = node(ROLE_TYPE, "acme-test-r", **SET, Description="a")
    world.good(made)
    record(ROLE_TYPE).model["ManagedPolicies"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert world.good(made).steps == ()
    turn = world.good(node(ROLE_TYPE, "acme-test-r", **SET, Description="b"))
    assert paths(turn) == ["/Description"]
    assert true(ROLE_TYPE)["ManagedPolicies"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]


@pytest.mark.scenario("CC24")
@pytest.mark.parametrize("path", ["InlinePolicy", "RelayStateType", "InstanceArn"])
def test_what_is_never_shown_is_not_sent_for_ever(world: World, path: str) -> None:
    faults.habits(ROLE_TYPE, hidden=[path])
    values: dict[str, Any] = {
        "RelayStateType": "https://a",
        "InlinePolicy": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
        },
    }
    made = {**SET, "Name": "acme-dev-drawn", **{k: v for k, v in values.items() if k == path}}
    life = Life(world.aws, Drawn(ROLE_TYPE, made, None))
    life.apply(life.plan(made))
    for _ in range(2):  # nothing was read after it was made; after this it was
        plan = life.plan(made)
        assert all(step.action is Action.UPDATE for step in plan.steps)
        life.apply(plan)
    last = life.plan(made)
    assert last.steps == ()
    assert "CLOUD001" in [found.code for found in last.diagnostics] or path == "InstanceArn"
    if path == "RelayStateType":
        other = {**made, path: "https://b"}
        assert [step.action for step in life.plan(other).steps] == [Action.UPDATE]
        life.apply(life.plan(other))
        assert true(ROLE_TYPE)[path] == "https://b"


@pytest.mark.scenario("CC24")
def test_what_was_shown_and_is_gone_is_drift(world: World) -> None:
    made = {**SET, "Name": "acme-dev-drawn", "RelayStateType": "https://a"}
    life = Life(world.aws, Drawn(ROLE_TYPE, made, None))
    life.apply(life.plan(made))
    del record(ROLE_TYPE).model["RelayStateType"]
    assert [step.action for step in life.plan(made).steps] == [Action.UPDATE]
