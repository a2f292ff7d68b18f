"""What AWS reads back in another form, leaves out, adds, or lists: no change, and no guess."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.aws import offered
from reconciler.model.change import Action
from reconciler.model.graph import Node, build_graph
from reconciler.model.value import Ref
from reconciler.resources.api import load
from reconciler.sandbox.services.cloudcontrol import faults

from .world import World, node

STREAM, VPC, GROUP = "AWS::Kinesis::Stream", "AWS::EC2::VPC", "AWS::Logs::LogGroup"
MACHINE = "AWS::StepFunctions::StateMachine"
AVRO = {"type": "record", "name": "Interactions", "fields": [{"name": "USER_ID", "type": "string"}]}


@pytest.mark.scenario("CC11")
def test_defaults_that_aws_fills_in_are_no_change(world: World) -> None:
    faults.habits(STREAM, defaults={"RetentionPeriodHours": 24})
    made = node(STREAM, "acme-test-s", ShardCount=1)
    world.good(made)
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC16")
def test_the_order_of_a_list_counts_where_the_schema_lies(world: World) -> None:
    type_ = "AWS::Logs::Transformer"
    first = {"ParseJSON": {}}
    second = {"LowerCaseString": {"WithKeys": ["a"]}}
    world.good(node(GROUP, "acme-test-g"))
    props = {"LogGroupIdentifier": "acme-test-g", "TransformerConfig": [first, second]}
    faults.habits(type_, ordered=frozenset({"TransformerConfig"}))
    world.good(node(type_, "acme-test-t", **props))
    turn = world.good(node(type_, "acme-test-t", **{**props, "TransformerConfig": [second, first]}))
    assert turn.actions == [Action.UPDATE]


@pytest.mark.scenario("CC18")
def test_space_in_a_fixed_document_is_no_replacement(world: World) -> None:
    type_ = "AWS::Personalize::Schema"
    made = node(type_, "acme-test-p", Schema=json.dumps(AVRO, indent=2))
    world.good(made)
    assert world.good(made).steps == ()
    assert faults.counted("delete") == 0


@pytest.mark.scenario("CC19")
def test_members_that_aws_adds_to_a_document_are_no_change(world: World) -> None:
    type_ = "AWS::CE::CostCategory"
    faults.habits(type_, within={"Rules": {"Type": "REGULAR"}})
    rules = [{"Value": "ml", "Rule": {"Tags": {"Key": "team", "Values": ["ml"]}}}]
    made = node(
        type_, "acme-test-c", RuleVersion="CostCategoryExpression.v1", Rules=json.dumps(rules)
    )
    world.good(made)
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC20")
def test_a_name_in_lower_case_is_no_replacement(world: World) -> None:
    type_ = "AWS::Neptune::DBSubnetGroup"
    props: dict[str, Any] = {"DBSubnetGroupDescription": "x", "SubnetIds": ["subnet-1", "subnet-2"]}
    made = node(type_, "acme-test-D", **props)
    world.good(made)
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC43")
def test_what_a_read_never_finds_is_not_made_twice(world: World) -> None:
    faults.habits(STREAM, unreadable=True)
    turn = world.turn(node(STREAM, "acme-test-s", ShardCount=1))
    assert turn.failed
    world.turn(node(STREAM, "acme-test-s", ShardCount=1))
    assert len(faults.true_models(STREAM)) == 1


def child(world: World, **more: Any) -> list[Node]:
    """A node group, listed by its cluster alone, and the cluster."""
    cluster = node(
        "AWS::EKS::Cluster",
        "acme-test-c",
        RoleArn="arn:aws:iam::123456789012:role/acme-test-work",
        ResourcesVpcConfig={"SubnetIds": ["subnet-1", "subnet-2"]},
    )
    group = node(
        "AWS::EKS::Nodegroup",
        "acme-test-n",
        ClusterName=Ref(cluster.address, "Name"),
        NodeRole="arn:aws:iam::123456789012:role/acme-test-work",
        Subnets=["subnet-1"],
        **more,
    )
    return [cluster, group]


@pytest.mark.scenario("CC45")
def test_what_is_listed_by_its_parent_alone(world: World) -> None:
    assert world.good(*child(world)).actions == [Action.CREATE, Action.CREATE]
    assert world.good(*child(world)).steps == ()
    assert world.good(*child(world, Labels={"a": "b"})).actions == [Action.UPDATE]
    assert world.good().actions == [Action.DELETE, Action.DELETE]


@pytest.mark.scenario("CC46")
@pytest.mark.parametrize("how", ["unsupported", "failing"])
def test_a_listing_that_fails_is_not_an_empty_one(world: World, how: str) -> None:
    made = node(VPC, "acme-test-v", CidrBlock="10.0.0.0/16")
    faults.habits(VPC, listing=how)
    turn = world.plan(made)
    assert turn.steps == () or how == "unsupported"
    if how == "failing":
        assert any(found.is_error for found in turn.diagnostics)


@pytest.mark.scenario("CC46")
@pytest.mark.parametrize("how", ["identifiers", "full"])
def test_entries_may_be_identifiers_alone(world: World, how: str) -> None:
    faults.habits(VPC, listing=how, page=1, gaps=True)
    faults.plan("create", VPC, code="ServiceInternalError", work="done", identifier=False)
    made = node(VPC, "acme-test-v", CidrBlock="10.0.0.0/16")
    world.turn(made)
    world.good(made)
    assert len(faults.true_models(VPC)) == 1


@pytest.mark.scenario("CC49")
def test_parts_are_sent_as_an_object(world: World) -> None:
    type_ = "AWS::ApiGatewayV2::Stage"
    api = node("AWS::ApiGatewayV2::Api", "acme-test-a", Name="acme-test-a", ProtocolType="HTTP")
    stage = node(type_, "v1", StageName="v1", ApiId=Ref(api.address, "ApiId"))
    assert world.good(api, stage).actions == [Action.CREATE, Action.CREATE]
    assert world.good(api, stage).steps == ()
    edited = node(type_, "v1", StageName="v1", ApiId=Ref(api.address, "ApiId"), AutoDeploy=True)
    assert world.good(api, edited).actions == [Action.UPDATE]
    assert sorted(world.good().actions) == [Action.DELETE, Action.DELETE]


@pytest.mark.scenario("CC51")
def test_without_an_update_handler_a_change_is_a_replacement(world: World) -> None:
    type_ = "AWS::SageMaker::ProcessingJob"
    props: dict[str, Any] = {
        "AppSpecification": {"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"},
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 30,
            }
        },
        "RoleArn": "arn:aws:iam::123456789012:role/acme-test-work",
    }
    turn = world.good(node(type_, "acme-test-j", **props))
    assert "CLOUD003" in turn.codes
    edited = {**props, "Environment": {"A": "b"}}
    turn = world.good(node(type_, "acme-test-j", **edited))
    assert turn.actions == [Action.DELETE, Action.REPLACE]


@pytest.mark.scenario("CC53")
def test_a_type_that_the_region_lacks_is_said_before(world: World) -> None:
    faults.habits(STREAM, absent=frozenset({"eu-west-1"}))
    turn = world.plan(node(STREAM, "acme-test-s", ShardCount=1))
    assert turn.steps == ()
    (told,) = [found for found in turn.diagnostics if found.is_error]
    assert told.code == "CLOUD011"
    assert "TypeNotFound" in told.message
    assert STREAM in told.message


@pytest.mark.scenario("CC53")
@pytest.mark.parametrize(
    ("habits", "says"),
    [
        ({"absent": frozenset({"eu-west-1"})}, "eu-west-1 has no AWS::StepFunctions::StateMachine"),
        ({"lacks": frozenset({"create"})}, "cannot create AWS::StepFunctions::StateMachine"),
        ({}, ""),
    ],
    ids=["no type", "no handler", "all there"],
)
def test_what_no_read_tells_of_the_region_is_asked_before(
    world: World, habits: dict[str, frozenset[str]], says: str
) -> None:
    """AWS chooses its id, so that no read of a plan is about the type."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    role = "arn:aws:iam::123456789012:role/acme-test-work"
    made = [node(MACHINE, f"acme-test-{n}", RoleArn=role, DefinitionString=text) for n in "ab"]
    turn = world.plan(*made)
    faults.habits(MACHINE, **habits)
    graph, _ = build_graph(made)
    graph = replace(graph, region="eu-west-1")
    found = offered.look(world.session, turn.steps, graph, load())
    assert world.session.calls["cloudformation.describe_type"] == 1
    assert [each.address for each in found] == ([each.address for each in made] if says else [])
    assert all(each.code == "CLOUD011" and each.at and each.is_error for each in found)
    assert all(says in each.message for each in found)


@pytest.mark.scenario("CC54")
def test_a_reading_that_is_denied_is_unknown(world: World) -> None:
    faults.habits(STREAM, readable=False)
    turn = world.plan(node(STREAM, "acme-test-s", ShardCount=1))
    assert turn.steps == ()
    assert any(found.is_error for found in turn.diagnostics)


@pytest.mark.scenario("CC59")
@pytest.mark.parametrize("model", ["thin", "none"])
def test_outputs_are_read_and_not_taken_from_the_event(world: World, model: str) -> None:
    faults.habits(STREAM, model=model)
    faults.habits("AWS::Pipes::Pipe", model=model)
    stream = node(STREAM, "acme-test-s", ShardCount=1)
    pipe = node(
        "AWS::Pipes::Pipe",
        "acme-test-p",
        RoleArn="arn:aws:iam::123456789012:role/acme-test-work",
        Source=Ref(stream.address, "Arn"),
        Target="arn:aws:sqs:eu-west-1:123456789012:acme-test-t",
    )
    world.good(stream, pipe)
    (true,) = faults.true_models("AWS::Pipes::Pipe").values()
    assert true["Source"].startswith("arn:aws:kinesis:")
    assert world.good(stream, pipe).steps == ()


def test_an_unchanged_plan_is_one_call_for_each(world: World) -> None:
    nodes = [
        *(node(STREAM, f"acme-test-s{n}", ShardCount=1) for n in range(3)),
        *(node(VPC, f"acme-test-v{n}", CidrBlock=f"10.{n}.0.0/16") for n in range(3)),
    ]
    world.good(*nodes)
    calls = world.calls(*nodes)
    assert calls["cloudcontrol.get_resource"] == len(nodes)
    del calls["cloudcontrol.get_resource"]
    assert set(calls.values()) == {1}  # the page of tags, and what has no tags in it
    assert not [name for name in calls if name.startswith("cloudcontrol.")]
