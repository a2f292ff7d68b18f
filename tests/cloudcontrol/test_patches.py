"""What is sent in a patch, and what is not, on a sandbox that loses what is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.event import CallSent
from reconciler.model.plan import Step
from reconciler.sandbox.services.cloudcontrol import faults

from .world import Turn, World, node

BROKERS = {"ServerProperties": "auto.create.topics.enable=true"}
KAFKA, PIPE = "AWS::MSK::Configuration", "AWS::Pipes::Pipe"


def patch(step: Step) -> list[dict[str, Any]]:
    """The operations of the one update of a step."""
    (call,) = step.calls
    return [dict(each) for each in call.params["PatchDocument"].document]


def paths(turn: Turn) -> list[str]:
    (step,) = turn.steps
    return [each["path"] for each in patch(step)]


@pytest.mark.scenario("CC01")
def test_what_cannot_be_read_is_sent_with_each_change(world: World) -> None:
    world.good(node(KAFKA, "acme-test-k", **BROKERS))
    edited = node(KAFKA, "acme-test-k", **BROKERS, Description="more")
    turn = world.good(edited)
    assert paths(turn) == ["/Description", "/ServerProperties"]
    (true,) = faults.true_models(KAFKA).values()
    assert true["ServerProperties"] == BROKERS["ServerProperties"]
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC02")
def test_what_every_update_needs_and_nobody_declares_is_said_before(world: World) -> None:
    world.good(node(KAFKA, "acme-test-k", **BROKERS))
    turn = world.plan(node(KAFKA, "acme-test-k", Description="more"))
    assert "CLOUD004" in turn.codes
    assert turn.steps == ()
    assert any("ServerProperties" in found.message for found in turn.diagnostics)


@pytest.mark.scenario("CC05")
def test_a_leaf_is_set_and_not_what_is_around_it(world: World) -> None:
    type_ = "AWS::EKS::Cluster"
    props: dict[str, Any] = {
        "RoleArn": "arn:aws:iam::123456789012:role/acme-test-work",
        "Version": "1.31",
        "ResourcesVpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"]},
        "KubernetesNetworkConfig": {"IpFamily": "ipv4"},
    }
    world.good(node(type_, "acme-test-c", **props))
    turn = world.good(node(type_, "acme-test-c", **{**props, "Version": "1.32"}))
    assert "/KubernetesNetworkConfig" not in paths(turn)
    assert "/Version" in paths(turn)
    assert faults.counted("forbidden") == 0


@pytest.mark.scenario("CC06")
def test_a_member_beside_fixed_ones_changes_in_place(world: World) -> None:
    props: dict[str, Any] = {
        "RoleArn": "arn:aws:iam::123456789012:role/acme-test-work",
        "Source": "arn:aws:sqs:eu-west-1:123456789012:acme-test-q",
        "Target": "arn:aws:sqs:eu-west-1:123456789012:acme-test-t",
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
    }
    world.good(node(PIPE, "acme-test-p", **props))
    edited = {
        **props,
        "Description": "more",
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 2}},
    }
    turn = world.good(node(PIPE, "acme-test-p", **edited))
    assert turn.actions == [Action.UPDATE]
    assert "/SourceParameters" in " ".join(paths(turn))
    true = next(iter(faults.true_models(PIPE).values()))
    assert true["SourceParameters"]["SqsQueueParameters"]["BatchSize"] == 2
    assert faults.counted("forbidden") == 0


@pytest.mark.scenario("CC08")
def test_what_nobody_set_is_not_removed(world: World) -> None:
    type_ = "AWS::Logs::LogGroup"
    world.good(node(type_, "acme-test-g", RetentionInDays=7))
    faults.habits(type_, adds={"DeletionProtectionEnabled": False, "NobodyKnows": [1]})
    assert world.good(node(type_, "acme-test-g", RetentionInDays=7)).steps == ()
    faults.habits(type_, adds={"DeletionProtectionEnabled": False})
    turn = world.good(node(type_, "acme-test-g", RetentionInDays=14))
    assert paths(turn) == ["/RetentionInDays"]


@pytest.mark.scenario("CC10")
def test_an_empty_that_aws_shows_and_would_not_take_back_is_removed(world: World) -> None:
    type_ = "AWS::Lambda::EventInvokeConfig"
    props = {"FunctionName": "acme-test-f", "Qualifier": "$LATEST", "MaximumRetryAttempts": 1}
    faults.habits(type_, empties={"DestinationConfig": {"OnFailure": {}}})
    world.good(node(type_, "acme-test-i", **props))
    turn = world.good(node(type_, "acme-test-i", **{**props, "MaximumRetryAttempts": 2}))
    ops = patch(turn.steps[0])
    assert {"op": "remove", "path": "/DestinationConfig/OnFailure"} in ops


@pytest.mark.scenario("CC14")
def test_a_list_is_sent_whole(world: World) -> None:
    type_ = "AWS::Connect::SecurityProfile"
    tag = [{"Key": key, "Value": key.lower()} for key in ("A", "B", "C")]
    props: dict[str, Any] = {
        "InstanceArn": "arn:aws:connect:eu-west-1:123456789012:instance/"
        "11111111-2222-3333-4444-555555555555",
        "SecurityProfileName": "acme-test-s",
        "AllowedAccessControlTags": tag,
    }
    world.good(node(type_, "acme-test-s", **props))
    other = [*tag[:2], {"Key": "C", "Value": "charlie"}]
    turn = world.good(node(type_, "acme-test-s", **{**props, "AllowedAccessControlTags": other}))
    (op,) = patch(turn.steps[0])
    assert (op["path"], op["value"]) == ("/AllowedAccessControlTags", other)
    true = next(iter(faults.true_models(type_).values()))
    assert sorted(map(json.dumps, true["AllowedAccessControlTags"])) == sorted(
        map(json.dumps, other)
    )


@pytest.mark.scenario("CC55")
def test_tags_of_aws_are_not_sent_back(world: World) -> None:
    type_, props = "AWS::SSM::Parameter", {"Type": "String", "Value": "a"}
    faults.habits(type_, system_tags={"aws:cloudformation:stack-name": "theirs"})
    world.good(node(type_, "acme-test-a", **props))
    assert world.good(node(type_, "acme-test-a", **props)).steps == ()
    turn = world.good(node(type_, "acme-test-a", **props, Tags={"team": "fraud"}))
    assert paths(turn) == ["/Tags/team"]
    turn = world.good(node(type_, "acme-test-a", **props))
    assert patch(turn.steps[0]) == [{"op": "remove", "path": "/Tags/team"}]


@pytest.mark.scenario("CC57")
def test_tags_that_cannot_change_are_no_change(world: World) -> None:
    type_ = "AWS::SageMaker::StudioLifecycleConfig"
    props = {
        "StudioLifecycleConfigAppType": "JupyterServer",
        "StudioLifecycleConfigContent": "bHM=",
    }
    world.good(node(type_, "acme-test-l", **props))
    turn = world.plan(node(type_, "acme-test-l", **props, Tags={"team": "fraud"}))
    assert turn.steps == ()
    assert "CLOUD005" in turn.codes


@pytest.mark.scenario("CC17")
def test_json_in_another_notation_is_no_change(world: World) -> None:
    type_ = "AWS::OpenSearchServerless::SecurityPolicy"
    rule = '{"ResourceType": "collection", "Resource": ["collection/acme"]}'
    policy = f'{{ "Rules": [{rule}], "AWSOwnedKey": true }}'
    faults.habits(type_, idle_refused=True)
    made = node(type_, "acme-test-o", Type="encryption", Policy=policy)
    world.good(made)
    assert world.good(made).steps == ()
    turn = world.good(node(type_, "acme-test-o", Type="encryption", Policy=policy, Description="x"))
    assert paths(turn) == ["/Description"]


def test_a_patch_is_one_call(world: World) -> None:
    type_ = "AWS::Logs::LogGroup"
    world.good(node(type_, "acme-test-g", RetentionInDays=7))
    edited = node(type_, "acme-test-g", RetentionInDays=14, Tags={"a": "b"})
    turn = world.good(edited)
    sent = [event.call.method for event in turn.events if isinstance(event, CallSent)]
    assert sent == ["update_resource"]
    assert world.good(edited).steps == ()
