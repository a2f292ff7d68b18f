"""Cloud Control through the other door, and from aside: server, event history, rates, hooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from reconciler.sandbox import lifecycle
from reconciler.sandbox.services.cloudcontrol import faults
from sandbox.controlled import STREAM, Controlled, add, code, controlled, once

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.sandbox.inprocess import Sandbox

EVENTS = {"Name": "events", "ShardCount": 1}
SECRET = "AWS::SecretsManager::Secret"


def test_the_server_serves_it_and_loses_answers(tmp_path: Path) -> None:
    running = lifecycle.start(tmp_path)
    try:
        settings: Any = {"retries": {"total_max_attempts": 1}}
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        where = {"region_name": "eu-west-1", "endpoint_url": running.url}
        client = boto3.client("cloudcontrol", **where, **keys, config=Config(**settings))
        cc = Controlled(client)
        assert cc.create(STREAM, EVENTS)["OperationStatus"] == "SUCCESS"
        assert cc.get(STREAM, "events")["ShardCount"] == 1
        assert code(lambda: cc.get(STREAM, "other")).startswith("ResourceNotFoundException")
        told = {"faults": [{"operation": "create", "lost": True}], "habits": {STREAM: {"page": 1}}}
        lifecycle.control(running, "handlers", told)
        with pytest.raises(ConnectionClosedError):
            cc.begin_create(STREAM, {**EVENTS, "Name": "lost"}, ClientToken="one")
        begun = cc.begin_create(STREAM, {**EVENTS, "Name": "lost"}, ClientToken="one")
        assert cc.end(begun)["OperationStatus"] == "SUCCESS"
        assert cc.listed(STREAM) == ["events", "lost"]
        state = lifecycle.control(running, "handlers")
        assert ["create", STREAM, "lost", 1] in state["counts"]
        status = lifecycle.status(tmp_path)
        assert status is not None
        assert status["resources"] == {"kinesis:stream": 2}
    finally:
        lifecycle.stop(tmp_path)


@pytest.mark.scenario("CC58")
def test_the_event_history_names_what_was_written_and_no_value(aws: Sandbox) -> None:
    cc = controlled(aws)
    made = cc.create(SECRET, {"Name": "db", "SecretString": "canary-1"})["Identifier"]
    cc.update(SECRET, made, add("/SecretString", "canary-2"))
    trail = aws.client("cloudtrail").lookup_events()["Events"]
    assert [each["EventName"] for each in trail] == ["UpdateResource", "CreateResource"]
    assert trail[0]["EventSource"] == "cloudcontrolapi.amazonaws.com"
    assert {"ResourceType": SECRET, "ResourceName": made} in trail[0]["Resources"]
    assert "canary" not in json.dumps(trail, default=str)


@pytest.mark.scenario("CC36")
def test_a_service_throttles_the_handlers_too(aws: Sandbox) -> None:
    cc = controlled(aws)
    aws.clock.configure(mode="manual")
    begun = [cc.begin_create(STREAM, {**EVENTS, "Name": f"s{n}"}) for n in range(30)]
    aws.throttle(1.0, lambda: 0.0)
    aws.clock.advance(60)
    ended = [cc.status(each) for each in begun[:3]]
    assert {each["OperationStatus"] for each in ended} == {"SUCCESS"}
    listed = cc.call("ListResourceRequests", MaxResults=100)["ResourceRequestStatusSummaries"]
    codes = {each.get("ErrorCode", "") for each in listed}
    assert codes == {"", "Throttling"}


def test_too_many_calls_are_refused_at_the_door(aws: Sandbox) -> None:
    aws.throttle(1.0, lambda: 0.0)
    look = once(aws).get_resource
    said = {code(lambda: look(TypeName=STREAM, Identifier="a")) for _ in range(60)}
    assert any(each.startswith("ThrottlingException") for each in said)


def test_a_hook_alone_says_why_it_refused(aws: Sandbox) -> None:
    cc = controlled(aws)
    hook = "Org::Guard::Hook"
    faults.plan("create", STREAM, code="GeneralServiceException", message="no tags", hook=hook)
    event = cc.create(STREAM, EVENTS)
    assert (event["OperationStatus"], hook in event["StatusMessage"]) == ("FAILED", True)
    assert "no tags" not in event["StatusMessage"]
    found = cc.call("GetResourceRequestStatus", RequestToken=event["RequestToken"])
    assert [each["HookStatusMessage"] for each in found["HooksProgressEvent"]] == ["no tags"]
    assert cc.listed(STREAM) == []
