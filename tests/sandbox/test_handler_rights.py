"""On the sandbox AWS's own handlers work with the rights of who calls Cloud Control."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reconciler.access.handlers import handler_demands
from reconciler.sandbox.inprocess import REGION, Sandbox, sandbox
from reconciler.sandbox.state.world import WORLD

from .test_sessions import TRUST, keys

STREAM = "AWS::Kinesis::Stream"
CLOUD = ["cloudformation:*Resource*"]


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        WORLD.iam = "enforced"
        yield found


def caller(aws: Sandbox, *actions: str) -> Any:
    """A client of a role that may do just this."""
    iam = aws.client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    allowed = {"Effect": "Allow", "Action": [*CLOUD, *actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="worker", PolicyName="some", PolicyDocument=document)
    lent = aws.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/worker", RoleSessionName="one"
    )
    return boto3.client("cloudcontrol", region_name=REGION, **keys(lent))


def made(client: Any, aws: Sandbox) -> dict[str, Any]:
    desired = json.dumps({"Name": "events", "ShardCount": 1})
    event = client.create_resource(TypeName=STREAM, DesiredState=desired)["ProgressEvent"]
    assert event["OperationStatus"] in {"PENDING", "IN_PROGRESS"}  # taken, whoever asks
    WORLD.clock.advance(600)
    token = event["RequestToken"]
    found: dict[str, Any] = client.get_resource_request_status(RequestToken=token)["ProgressEvent"]
    return found


def test_with_what_the_handler_asks_for_it_is_made(aws: Sandbox) -> None:
    event = made(caller(aws, *handler_demands(STREAM, "create")), aws)
    assert event["OperationStatus"] == "SUCCESS", event


@pytest.mark.parametrize("lacks", ["kinesis:CreateStream", "kinesis:DescribeStreamSummary"])
def test_without_one_of_them_the_event_fails_and_nothing_is_there(aws: Sandbox, lacks: str) -> None:
    client = caller(aws, *(set(handler_demands(STREAM, "create")) - {lacks}))
    event = made(client, aws)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AccessDenied")
    assert lacks in event["StatusMessage"]
    assert aws.client("cloudcontrol").list_resources(TypeName=STREAM)["ResourceDescriptions"] == []


@pytest.mark.parametrize(
    ("method", "params"),
    [("get_resource", {"Identifier": "events"}), ("list_resources", {})],
)
def test_a_read_is_refused_at_once(aws: Sandbox, method: str, params: dict[str, str]) -> None:
    made(aws.client("cloudcontrol"), aws)
    with pytest.raises(ClientError) as said:
        getattr(caller(aws), method)(TypeName=STREAM, **params)
    assert said.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "kinesis:" in said.value.response["Error"]["Message"]


def test_who_may_read_reads(aws: Sandbox) -> None:
    made(aws.client("cloudcontrol"), aws)
    client = caller(aws, *handler_demands(STREAM, "read"), *handler_demands(STREAM, "list"))
    assert client.get_resource(TypeName=STREAM, Identifier="events")["ResourceDescription"]
    assert client.list_resources(TypeName=STREAM)["ResourceDescriptions"]


def test_the_right_to_call_is_asked_at_the_door(aws: Sandbox) -> None:
    aws.client("iam").create_role(RoleName="idle", AssumeRolePolicyDocument=json.dumps(TRUST))
    lent = aws.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/idle", RoleSessionName="one"
    )
    client = boto3.client("cloudcontrol", region_name=REGION, **keys(lent))
    with pytest.raises(ClientError) as said:
        client.list_resources(TypeName=STREAM)
    assert "cloudformation:ListResources" in said.value.response["Error"]["Message"]
