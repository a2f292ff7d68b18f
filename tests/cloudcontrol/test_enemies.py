"""Answers that are wrong and not refused: of another resource, of nothing, of a run that ended."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.store import all_records

from .common import errors, true
from .world import World, node, through

STREAM, QUERY = "AWS::Kinesis::Stream", "AWS::Athena::NamedQuery"
AGAIN = "again"
Change = Callable[[str, dict[str, Any]], dict[str, Any]]


def tampered(world: World, change: Change) -> None:
    """Let answers of Cloud Control pass through somebody's hands."""

    def call(name: str, send: Callable[..., Any], params: dict[str, Any]) -> Any:
        if params.get("NextToken") == AGAIN:
            del params["NextToken"]
        return change(name, copy.deepcopy(send(**params)))

    through(world, call)


def stream(shards: int = 1) -> Any:
    return node(STREAM, "acme-test-s", ShardCount=shards)


WRONG: dict[str, dict[str, Any]] = {
    "of another request": {"RequestToken": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
    "of another type": {"TypeName": "AWS::EC2::VPC"},
    "of another operation": {"Operation": "DELETE"},
    "of nothing": {"OperationStatus": None},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_poll_about_something_else_says_nothing(world: World, case: str) -> None:
    seen = [0]

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "get_resource_request_status" and seen[0] < 3:
            seen[0] += 1
            answer["ProgressEvent"] |= {**WRONG[case], "ErrorCode": "AlreadyExists"}
            answer["ProgressEvent"].setdefault("OperationStatus", "FAILED")
            if WRONG[case].get("OperationStatus", "") is not None:
                answer["ProgressEvent"]["OperationStatus"] = "FAILED"
        return answer

    planned = world.plan(stream())
    tampered(world, change)
    events = world.apply(planned.steps)
    assert [each for each in events if isinstance(each, StepFailed)] == []
    assert (seen[0], faults.counted("create")) == (3, 1)
    assert world.good(stream()).steps == ()


@pytest.mark.parametrize("case", ["of another type", "of another operation"])
def test_a_write_that_is_answered_for_another_leaves_no_second_copy(
    world: World, case: str
) -> None:
    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "create_resource":
            answer["ProgressEvent"] |= WRONG[case]
        return answer

    made = node(QUERY, "acme-test-q", Database="acme", QueryString="SELECT 1")
    planned = world.plan(made)
    tampered(world, change)
    world.apply(planned.steps)  # it is looked for, and found to be there or under way
    world.aws.clock.advance(300)
    world.good(made)
    assert len(faults.true_models(QUERY)) == 1


@pytest.mark.parametrize("verb", ["update_resource", "delete_resource"])
def test_an_event_about_another_identifier_is_no_end(world: World, verb: str) -> None:
    world.good(stream())

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name in {verb, "get_resource_request_status"}:
            answer["ProgressEvent"] |= {"Identifier": "acme-test-t", "OperationStatus": "SUCCESS"}
        return answer

    planned = world.plan(stream(2)) if verb == "update_resource" else world.plan()
    assert len(planned.steps) == 1
    tampered(world, change)
    events = world.apply(planned.steps)
    assert [each for each in events if isinstance(each, StepFailed)] != []


def test_a_reading_of_another_resource_is_unknown(world: World) -> None:
    world.good(stream())

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "get_resource":
            answer["ResourceDescription"]["Identifier"] = "acme-prod-s"
        return answer

    world.restart()
    tampered(world, change)
    turn = world.plan(stream(2))
    assert turn.steps == ()
    assert any("not about" in each for each in errors(turn))


def test_a_listing_that_goes_round_in_circles_is_unknown(world: World) -> None:
    made = node(QUERY, "acme-test-q", Database="acme", QueryString="SELECT 1")
    world.good(made)
    world.aws.clock.advance(8 * 86_400)

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"NextToken": AGAIN} if name == "list_resources" else answer

    world.restart()
    tampered(world, change)
    turn = world.plan(made)
    assert turn.steps == ()
    assert any("a page that was read" in each for each in errors(turn)), errors(turn)


def test_a_success_after_which_nothing_has_changed_is_a_failure(world: World) -> None:
    world.good(stream())
    planned = world.plan(stream(2))
    (record,) = all_records(STREAM)
    before = copy.deepcopy(record.model)

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        event = answer.get("ProgressEvent", {})
        if name == "get_resource_request_status" and event.get("OperationStatus") == "SUCCESS":
            record.model.clear()
            record.model.update(before)
        return answer

    tampered(world, change)
    events = world.apply(planned.steps)
    (failed,) = [each for each in events if isinstance(each, StepFailed)]
    assert failed.code.startswith("APPLY")
    assert world.turn(stream(2)).actions == [Action.UPDATE]
    assert true(STREAM)["ShardCount"] == 2


def test_credentials_that_end_while_a_request_is_awaited(world: World) -> None:
    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "get_resource_request_status":
            told = {"Error": {"Code": "ExpiredTokenException", "Message": "it is expired"}}
            raise ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": 400}}, name)
        return answer

    made = node("AWS::EC2::VPC", "acme-test-v", CidrBlock="10.0.0.0/16")
    planned = world.plan(made)
    tampered(world, change)
    events = world.apply(planned.steps)
    (failed,) = [each for each in events if isinstance(each, StepFailed)]
    assert failed.handed_over
    again = world.turn(made)
    assert again.steps == ()  # the request is under way, and nothing is made beside it
    assert any("is being made by the request" in each for each in errors(again))
    world.aws.clock.advance(300)
    assert world.good(made).steps == ()
    assert len(faults.true_models("AWS::EC2::VPC")) == 1


def test_a_document_that_is_none_is_unknown(world: World) -> None:
    world.good(stream())

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "get_resource":
            answer["ResourceDescription"]["Properties"] = json.dumps(["no", "object"])
        return answer

    world.restart()
    tampered(world, change)
    turn = world.plan(stream(2))
    assert turn.steps == ()
    assert errors(turn)
