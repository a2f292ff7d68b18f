"""Declared and undeclared types through the whole engine: made, changed, drifted, gone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action

from .common import role
from .world import World, node

STREAM = "AWS::Kinesis::Stream"
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a name of ours": (STREAM, {"ShardCount": 1}, {"ShardCount": 2}),
    "an ARN that AWS makes": (
        "AWS::StepFunctions::StateMachine",
        {
            "RoleArn": "arn:aws:iam::123456789012:role/acme-test-x",
            "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        },
        {"RoleArn": "arn:aws:iam::123456789012:role/acme-test-y"},
    ),
    "an id that AWS makes": (
        "AWS::EC2::VPC",
        {"CidrBlock": "10.0.0.0/16"},
        {"EnableDnsSupport": False},
    ),
    "tags in an object": (
        "AWS::SSM::Parameter",
        {"Type": "String", "Value": "a"},
        {"Value": "b"},
    ),
    "two parts": (
        "AWS::Cognito::UserPoolGroup",
        {"UserPoolId": "eu-west-1_abc", "GroupName": "acme-test-x", "Description": "a"},
        {"Description": "b"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_life(world: World, case: str) -> None:
    for each in "xy":
        role(world, f"acme-test-{each}", "states.amazonaws.com")
    type_, props, edit = CASES[case]
    made = node(type_, "acme-test-x", **props)
    assert world.good(made).actions == [Action.CREATE]
    assert world.good(made).actions == []
    changed = node(type_, "acme-test-x", **{**props, **edit})
    assert world.good(changed).actions == [Action.UPDATE]
    assert world.good(changed).actions == []
    gone = world.good()
    if made.props.get("Tags"):
        assert gone.actions == [Action.DELETE]
        assert world.good().actions == []
