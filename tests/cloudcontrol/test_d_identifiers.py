"""Listings, identifiers and types, played as they were reported of other tools."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.facts import facts, served_types
from reconciler.model.change import Action
from reconciler.model.value import Ref
from reconciler.resources.api import load
from reconciler.resources.cloudcontrol.identity import identity
from reconciler.sandbox.services.cloudcontrol import faults

from .common import ACCOUNT, ROLE, alone, errors, make, record, said, sent, true
from .world import World, node

STREAM, NODES, AUTH = "AWS::Kinesis::Stream", "AWS::EKS::Nodegroup", "AWS::ApiGatewayV2::Authorizer"
QUERY = "AWS::Athena::NamedQuery"
ASKED = {"Database": "acme", "QueryString": "SELECT 1"}


def api() -> Any:
    return node("AWS::ApiGatewayV2::Api", "acme-test-a", Name="acme-test-a", ProtocolType="HTTP")


def auth(name: str) -> Any:
    props = {"ApiId": Ref(api().address, "ApiId"), "AuthorizerType": "REQUEST"}
    return node(AUTH, name, Name=name, **props)


@pytest.mark.scenario("CC45")
def test_a_child_is_looked_for_below_its_parent(world: World) -> None:
    world.good(api(), auth("acme-test-u"))
    with sent(world) as calls:
        assert world.good(api(), auth("acme-test-u")).steps == ()
    asked = [params for method, params in calls if method == "ListResources"]
    assert all("ApiId" in params["ResourceModel"] for params in asked)
    alone(AUTH)


@pytest.mark.scenario("CC45")
def test_two_children_of_one_parent_are_two(world: World) -> None:
    nodes = [api(), auth("acme-test-u"), auth("acme-test-w")]
    world.good(*nodes)
    assert len(faults.true_models(AUTH)) == 2
    assert world.good(*nodes).steps == ()


@pytest.mark.scenario("CC45")
def test_a_type_that_is_listed_by_its_parent_says_so(world: World) -> None:
    props = {"ClusterName": "acme", "NodeRole": ROLE, "Subnets": ["subnet-1"]}
    turn = world.plan(node(NODES, "acme-test-n", **props))
    assert "AWS lists it only by ClusterName" in said(turn)


@pytest.mark.scenario("CC46")
@pytest.mark.parametrize("listing", ["none", "unsupported", "failing", "identifiers"])
def test_a_listing_that_says_nothing_is_not_an_empty_one(world: World, listing: str) -> None:
    """What is found by its listing alone is never made twice because of one."""
    made = node(QUERY, "acme-test-q", **ASKED)
    world.good(made)
    world.aws.clock.advance(8 * 86400)  # no request tells of it any more
    faults.habits(QUERY, listing=listing)
    turn = world.plan(made)
    if listing == "identifiers":
        assert turn.steps == ()
        assert errors(turn) == []
    elif listing in {"unsupported", "failing"}:
        assert turn.steps == ()
        assert any(found.is_error for found in turn.diagnostics)
    alone(QUERY)


@pytest.mark.scenario("CC46")
def test_a_type_without_a_listing_says_so(world: World) -> None:
    turn = world.plan(node("AWS::WAFv2::WebACLAssociation", "a", ResourceArn="r", WebACLArn="w"))
    assert "AWS does not list it" in said(turn)


@pytest.mark.scenario("CC47")
@pytest.mark.parametrize("gaps", [False, True])
def test_a_listing_has_many_pages_and_empty_ones_between(world: World, gaps: bool) -> None:
    faults.habits(QUERY, page=2, gaps=gaps, listing="identifiers")
    for number in range(7):
        make(world, QUERY, Name=f"theirs-{number}", **ASKED)
    made = node(QUERY, "acme-test-q", **ASKED)
    world.good(made)
    world.aws.clock.advance(8 * 86400)
    assert world.good(made).steps == ()
    assert len(faults.true_models(QUERY)) == 8


@pytest.mark.scenario("CC47")
def test_a_part_of_a_model_in_a_listing_is_compared_with_nothing(world: World) -> None:
    made = node(QUERY, "acme-test-q", **ASKED, Description="long")
    world.good(made)
    world.aws.clock.advance(8 * 86400)
    faults.habits(QUERY, listing="identifiers")
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC48")
def test_what_is_listed_and_lives_in_another_region_is_not_ours_to_touch(world: World) -> None:
    faults.habits(QUERY, foreign=("us-east-1",))
    client = world.aws.client("cloudcontrol", "us-east-1")
    text = '{"Name": "acme-test-q", "Database": "acme", "QueryString": "SELECT 1"}'
    client.create_resource(TypeName=QUERY, DesiredState=text)
    world.aws.clock.advance(60)
    client.list_resources(TypeName=QUERY)
    made = node(QUERY, "acme-test-q", **ASKED)
    turn = world.turn(made)
    assert turn.actions in ([], [Action.CREATE])
    assert all(step.action is not Action.DELETE for step in turn.steps)
    if not turn.steps:
        assert any(found.is_error for found in turn.diagnostics)


@pytest.mark.scenario("CC49")
def test_identifiers_are_written_in_the_order_of_the_schema(world: World) -> None:
    """Parent first or child first: an object has no order."""
    profile = "AWS::SageMaker::UserProfile"
    space = "AWS::SageMaker::Space"
    nodes = [
        node(profile, "acme-test-u", DomainId="d-0123456789ab"),
        node(space, "acme-test-s", DomainId="d-0123456789ab"),
    ]
    with sent(world) as calls:
        world.good(*nodes)
    asked = {params["Identifier"] for method, params in calls if method == "GetResource"}
    assert asked <= {
        '{"UserProfileName":"acme-test-u","DomainId":"d-0123456789ab"}',
        '{"DomainId":"d-0123456789ab","SpaceName":"acme-test-s"}',
        "acme-test-u|d-0123456789ab",
        "d-0123456789ab|acme-test-s",
    }
    assert world.good(*nodes).steps == ()


@pytest.mark.scenario("CC49")
def test_a_short_name_in_a_listing_is_the_arn_of_a_creation(world: World) -> None:
    type_ = "AWS::ECS::Service"
    faults.habits(type_, short=True)
    cluster = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/acme"
    made = node(type_, "acme-test-s", Cluster=cluster, TaskDefinition="acme")
    world.good(made)
    assert world.good(made).steps == ()
    alone(type_)
    world.good()
    assert faults.true_models(type_) == {}


@pytest.mark.scenario("CC49")
def test_spellings_of_one_identifier_are_one() -> None:
    own = identity(facts("AWS::ECS::Service"))
    long = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/a/s|arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/a"
    short = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/a/s|a"
    assert own.same(long, short)
    assert not own.same(short, "|".join(short.split("|")[::-1]))


@pytest.mark.scenario("CC50")
def test_a_separator_in_a_name_splits_nothing(world: World) -> None:
    type_ = "AWS::Glue::UserDefinedFunction"
    props = {"DatabaseName": "a|b", "FunctionName": "c|d", "ClassName": "x", "OwnerType": "USER"}
    made = node(type_, "acme-test-f", **props)
    world.good(made)
    other = node(type_, "acme-test-g", **{**props, "DatabaseName": "a", "FunctionName": "b|c|d"})
    assert world.plan(made).steps == ()
    assert [step.action for step in world.plan(made, other).steps] == [Action.CREATE]


@pytest.mark.scenario("CC51")
@pytest.mark.parametrize("case", ["fixed", "loose"])
def test_a_type_without_updates_is_replaced_and_says_so(world: World, case: str) -> None:
    type_ = "AWS::CloudFront::MonitoringSubscription"
    own = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    name = "acme-test-m"
    world.good(node(type_, name, DistributionId="E1", MonitoringSubscription=own))
    status = {"RealtimeMetricsSubscriptionStatus": "Disabled"}
    other = {"RealtimeMetricsSubscriptionConfig": status}
    edited = node(type_, "acme-test-m", DistributionId="E1", MonitoringSubscription=other)
    turn = world.plan(edited)
    assert [step.action for step in turn.steps] == [Action.DELETE, Action.REPLACE]
    assert "any change replaces it" in said(turn)
    assert faults.counted("update") == 0
    if case == "loose":
        world.good(edited)
        assert true(type_)["MonitoringSubscription"] == other


@pytest.mark.scenario("CC52")
def test_an_update_handler_where_nothing_can_change_is_none(world: World) -> None:
    type_ = "AWS::ECR::PullThroughCacheRule"
    assert "update" in facts(type_).handlers
    assert "update" not in facts(type_).can
    props = {"EcrRepositoryPrefix": "acme", "UpstreamRegistryUrl": "public.ecr.aws"}
    world.good(node(type_, "acme", **props))
    turn = world.plan(node(type_, "acme", **{**props, "UpstreamRegistryUrl": "quay.io"}))
    assert [step.action for step in turn.steps] == [Action.DELETE, Action.REPLACE]


@pytest.mark.scenario("CC52")
@pytest.mark.parametrize("code", ["NotUpdatable", "InvalidRequest"])
def test_a_refusal_beyond_the_schema_is_said_and_not_repeated(world: World, code: str) -> None:
    world.good(node(STREAM, "acme-test-s", ShardCount=1))
    faults.habits(STREAM, refuses={"ShardCount": code})
    (failed,) = world.turn(node(STREAM, "acme-test-s", ShardCount=2)).failed
    assert code in failed.message
    assert "ShardCount" in failed.message
    assert faults.counted("update", STREAM) == 1
    assert true(STREAM)["ShardCount"] == 1


@pytest.mark.scenario("CC53")
@pytest.mark.parametrize("where", ["eu-west-1", "*"])
def test_a_type_that_is_not_in_the_region_is_found_in_the_plan(world: World, where: str) -> None:
    type_ = "AWS::Route53RecoveryControl::Cluster"
    faults.habits(type_, absent=[where])
    turn = world.plan(node(type_, "acme-test-c"), node(STREAM, "acme-test-s", ShardCount=1))
    assert [step.address.type for step in turn.steps] == [STREAM]
    assert any(found.is_error for found in turn.diagnostics)
    assert type_ in said(turn)


@pytest.mark.scenario("CC53")
def test_a_handler_that_is_missing_here_is_found_in_the_plan(world: World) -> None:
    faults.habits(STREAM, lacks=["read"])
    turn = world.plan(node(STREAM, "acme-test-s", ShardCount=1))
    assert turn.steps == ()
    assert any(found.is_error for found in turn.diagnostics)


@pytest.mark.scenario("CC54")
def test_what_has_no_handlers_is_not_offered() -> None:
    assert "AWS::SNS::TopicPolicy" not in served_types()
    assert "AWS::SNS::TopicPolicy" not in load()


@pytest.mark.scenario("CC54")
def test_a_read_handler_without_rights_makes_nothing_twice(world: World) -> None:
    made = node(STREAM, "acme-test-s", ShardCount=1)
    world.good(made)
    faults.habits(STREAM, readable=False)
    turn = world.plan(made)
    assert turn.steps == ()
    assert any(found.is_error for found in turn.diagnostics)
    assert record(STREAM).identifier == "acme-test-s"


@pytest.mark.scenario("CC49")
def test_a_name_that_does_not_identify_is_compared(world: World) -> None:
    type_ = "AWS::RAM::ResourceShare"
    world.good(node(type_, "acme-test-r"))
    record(type_).model["Name"] = "renamed"
    assert world.plan(node(type_, "acme-test-r")).paths == ["Name"]


@pytest.mark.scenario("CC29")
@pytest.mark.parametrize("type_", ["AWS::IoT::Certificate", "AWS::Deadline::MeteredProduct"])
def test_what_nothing_declared_tells_from_another_is_not_made(world: World, type_: str) -> None:
    props = {"Status": "ACTIVE"} if type_.endswith("Certificate") else {}
    turn = world.plan(node(type_, "acme-test-c", **props))
    assert turn.steps == ()
    assert any("nothing tells it from another" in each for each in errors(turn))


@pytest.mark.scenario("CC27")
def test_what_has_no_tags_is_not_ours_because_a_spec_says_its_name(world: World) -> None:
    type_ = "AWS::Glue::UserDefinedFunction"
    props = {"DatabaseName": "a", "FunctionName": "f", "ClassName": "x", "OwnerType": "USER"}
    make(world, type_, **props)
    turn = world.plan(node(type_, "acme-test-f", **{**props, "ClassName": "y"}))
    assert turn.steps == ()
    assert any("not ours" in each for each in errors(turn))
