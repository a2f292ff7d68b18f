"""What a stranger has under a name of ours, of types whose ids AWS chooses: seen by the plan."""

from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.inprocess import Sandbox

from .test_exposed import BALANCER, exposed, platform_of

ROLE, STATES = "arn:aws:iam::123456789012:role/theirs", "states.amazonaws.com"
TRUST = {"Effect": "Allow", "Principal": {"Service": STATES}, "Action": "sts:AssumeRole"}
SUCCEED = {"StartAt": "a", "States": {"a": {"Type": "Succeed"}}}
THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "Name",
        {"Subnets": ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]},
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name", {"TargetType": "lambda"}),
    "AWS::SQS::Queue": ("QueueName", {}),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        {"DefinitionString": json.dumps(SUCCEED), "RoleArn": ROLE},
    ),
}
DRIVEN = (
    BALANCER.replace("primary: 70%, beta: 30%", "primary: 100%, candidate: 0%")
    + """
  strategy: {canary: {steps: [{weight: 50%, approve: true}, {weight: 100%, approve: true}]}}
  drive: aws
"""
)


def test_a_strangers_name_is_seen_before_anything_is_made(aws: Sandbox) -> None:
    """AWS makes no second one of a name, and Moorline takes none that is not its own."""
    platform = platform_of(aws, exposed(DRIVEN))
    platform.client("iam").create_role(
        RoleName="theirs", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]})
    )
    planned = {step.address.type: step.address for step in platform.plan().steps}
    for type_, (name, props) in THEIRS.items():
        platform.client("cloudcontrol").create_resource(
            TypeName=type_, DesiredState=json.dumps({name: planned[type_].name, **props})
        )
    aws.clock.advance(600)
    refused = {it.address for it in platform.plan().errors if it.code == "PLAN001"}
    assert refused == {planned[type_] for type_ in THEIRS}
