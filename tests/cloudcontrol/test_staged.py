"""A table, a card and a stream by one declaration each: one change at a time, as AWS takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from resources.samples import SAMPLES
from resources.samples.tables import attributes, index

from reconciler import resources
from reconciler.model.change import Action
from reconciler.model.event import CallSent
from reconciler.model.graph import Node
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.types import dynamodb_table, sagemaker_modelcard

from .world import Turn, World, node

TABLE, CARD, STREAM = "AWS::DynamoDB::Table", "AWS::SageMaker::ModelCard", "AWS::Kinesis::Stream"
RESOURCES = Path(resources.__file__).parent
FILES = {"kinesis/stream.py": 40, "dynamodb/table.py": 90, "sagemaker/model_card.py": 45}
OTHER = {
    "AttributeDefinitions": attributes("id", "mail", "name"),
    "GlobalSecondaryIndexes": [index("by-mail", "mail"), index("by-name", "name")],
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False},
}


def made(type_: str, **more: Any) -> Node:
    sample = SAMPLES[type_]
    return node(type_, sample.name, **{**sample.full, **more})


def patches(turn: Turn) -> list[list[dict[str, Any]]]:
    """The operations that were sent, patch by patch."""
    sent = [each.call for each in turn.events if isinstance(each, CallSent)]
    found = [call.params["PatchDocument"] for call in sent if call.method == "update_resource"]
    return [each.document for each in found]


def paths(patch: list[dict[str, Any]]) -> set[str]:
    return {each["path"].split("/")[1] for each in patch} - {"Tags"}


@pytest.mark.parametrize("file", FILES)
def test_a_type_is_one_short_file(file: str) -> None:
    assert len((RESOURCES / file).read_text().splitlines()) <= FILES[file]


def test_two_index_changes_in_one_edit_are_two_awaited_requests(world: World) -> None:
    world.good(made(TABLE))
    planned = world.plan(made(TABLE, **OTHER))
    said = {each.code: each.message for each in planned.diagnostics}
    assert "changes in 3 requests, one after the other, in about 16 min: " in said["STAGE001"]
    assert "until 'by-name' is there, queries of it fail" in said["STAGE002"]
    turn = world.good(made(TABLE, **OTHER))
    assert turn.actions == [Action.UPDATE]
    first, rest, last = (paths(each) for each in patches(turn))
    assert first == last == {"AttributeDefinitions", "GlobalSecondaryIndexes"}
    assert "GlobalSecondaryIndexes" not in rest
    assert world.good(made(TABLE, **OTHER)).actions == []
    (model,) = faults.true_models(TABLE).values()
    assert [each["IndexName"] for each in model["GlobalSecondaryIndexes"]] == ["by-mail", "by-name"]


def test_an_apply_that_ends_in_between_is_finished_by_the_next(world: World) -> None:
    world.good(made(TABLE))
    faults.plan("update", TABLE, code="InternalFailure", work="none", nth=2)
    first = world.turn(made(TABLE, **OTHER))
    assert len(first.failed) == 1
    (model,) = faults.true_models(TABLE).values()
    assert [each["IndexName"] for each in model["GlobalSecondaryIndexes"]] == ["by-mail"]
    second = world.good(made(TABLE, **OTHER))
    assert len(patches(second)) == 2  # the removal is done
    assert world.good(made(TABLE, **OTHER)).actions == []


def test_a_time_to_live_and_no_way_back_are_losses(world: World) -> None:
    world.good(made(TABLE, TimeToLiveSpecification=None))
    (step,) = world.plan(made(TABLE, **OTHER)).steps
    assert {loss.destroys for loss in step.losses} == {"records", "history"}


def test_a_card_says_its_content_and_then_how_it_stands(world: World) -> None:
    world.good(made(CARD))
    edit = SAMPLES[CARD].edits[0]
    turn = world.good(made(CARD, **edit))
    assert [paths(each) for each in patches(turn)] == [{"Content"}, {"ModelCardStatus"}]
    assert world.good(made(CARD, **edit)).actions == []
    assert len(patches(world.good(made(CARD, **{**edit, "ModelCardStatus": "Archived"})))) == 1


def test_shards_that_aws_sets_are_no_difference(world: World) -> None:
    mode = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "ShardCount": None}
    world.good(made(STREAM, **mode))
    client = world.aws.client("cloudcontrol")
    patch = json.dumps([{"op": "add", "path": "/ShardCount", "value": 9}])
    client.update_resource(TypeName=STREAM, Identifier=SAMPLES[STREAM].name, PatchDocument=patch)
    world.aws.clock.advance(60)
    assert world.plan(made(STREAM, **mode)).actions == []
    assert world.plan(made(STREAM)).actions == [Action.UPDATE]


# -- the sandbox refuses what AWS refuses

FULL = SAMPLES[TABLE].full
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two indexes": (
        {"GlobalSecondaryIndexes": [], "AttributeDefinitions": attributes("id")},
        "more than one GSI creation or deletion",
    ),
    "an index and throughput": (
        {
            "GlobalSecondaryIndexes": [index("by-mail", "mail")],
            "AttributeDefinitions": attributes("id", "mail"),
            "BillingMode": "PROVISIONED",
        },
        "Cannot change throughput and create or delete a GSI",
    ),
    "another key of an index": (
        {"GlobalSecondaryIndexes": [index("by-mail", "town"), index("by-town", "town")]},
        "without creating a new index",
    ),
    "an attribute that no key uses": (
        {"AttributeDefinitions": attributes("id", "mail", "town", "age")},
        "Some AttributeDefinitions are not used",
    ),
    "a key without its attribute": (
        {"AttributeDefinitions": attributes("id", "mail")},
        "not defined in AttributeDefinitions",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_takes_one_change_at_a_time(case: str) -> None:
    change, words = REFUSED[case]
    with pytest.raises(Broken, match=words) as caught:
        dynamodb_table.refuse(FULL, {**FULL, **change})
    assert caught.value.code == "InvalidRequest"


def test_a_table_takes_one_index_with_its_attributes() -> None:
    one = {"GlobalSecondaryIndexes": [index("by-mail", "mail")],
           "AttributeDefinitions": attributes("id", "mail")}  # fmt: skip
    dynamodb_table.refuse(FULL, {**FULL, **one})
    dynamodb_table.refuse({**FULL, **one}, FULL)


def test_a_card_takes_content_or_status() -> None:
    full, edit = SAMPLES[CARD].full, SAMPLES[CARD].edits[0]
    with pytest.raises(Broken, match="both model card content and model card status"):
        sagemaker_modelcard.refuse(full, {**full, **edit})
    sagemaker_modelcard.refuse(full, {**full, "Content": edit["Content"]})
    sagemaker_modelcard.refuse(full, {**full, "ModelCardStatus": "Approved"})


def test_what_is_sent_at_once_is_refused_by_the_sandbox(world: World) -> None:
    world.good(made(TABLE))
    client = world.aws.client("cloudcontrol")
    document = [
        {"op": "add", "path": f"/{name}", "value": OTHER[name]}
        for name in ("AttributeDefinitions", "GlobalSecondaryIndexes")
    ]
    asked = {"TypeName": TABLE, "Identifier": SAMPLES[TABLE].name}
    token = client.update_resource(**asked, PatchDocument=json.dumps(document))
    world.aws.clock.advance(60)
    request = token["ProgressEvent"]["RequestToken"]
    event = client.get_resource_request_status(RequestToken=request)["ProgressEvent"]
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert "more than one GSI" in event["StatusMessage"]
