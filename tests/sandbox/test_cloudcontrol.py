"""Cloud Control on the sandbox: the life of a resource, two models, patches, and refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.facts.store import known_types, served_types
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.patch import apply
from reconciler.sandbox.state import snapshot
from sandbox.controlled import GROUP, STREAM, VPC, Controlled, add, code, controlled, tags

EVENTS = {"Name": "events", "ShardCount": 1, "Tags": tags(team="risk", cost="42")}


@pytest.fixture
def cc(aws: Sandbox) -> Controlled:
    return controlled(aws)


def test_a_resource_is_made_in_steps_and_read(cc: Controlled) -> None:
    seen = [cc.begin_create(STREAM, EVENTS)]
    while seen[-1]["OperationStatus"] not in {"SUCCESS", "FAILED"}:
        seen.append(cc.status(seen[-1]))
    assert [each["OperationStatus"] for each in seen] == ["PENDING", "IN_PROGRESS", "SUCCESS"]
    assert {each["Identifier"] for each in seen} == {"events"}
    waits = seen[1]["RetryAfter"] - seen[1]["EventTime"]
    assert 0 < waits.total_seconds() <= 5
    assert json.loads(seen[-1]["ResourceModel"]) == {"Name": "events"}
    found = cc.get(STREAM, "events")
    assert found["Arn"] == "arn:aws:kinesis:eu-west-1:123456789012:stream/events"
    assert sorted(found["Tags"], key=str) == sorted(EVENTS["Tags"], key=str)


def test_an_identifier_of_aws_is_known_once_the_work_has_begun(cc: Controlled) -> None:
    first = cc.begin_create(VPC, {"CidrBlock": "10.0.0.0/16"})
    assert "Identifier" not in first
    second = cc.status(first)
    assert (second["OperationStatus"], second["Identifier"][:4]) == ("IN_PROGRESS", "vpc-")
    assert cc.end(first)["Identifier"] == second["Identifier"]
    assert cc.create(VPC, {"CidrBlock": "10.0.0.0/16"})["Identifier"] != second["Identifier"]


def test_identifiers_are_the_same_in_every_run(aws: Sandbox) -> None:
    cc = controlled(aws)
    one = cc.create(VPC, {"CidrBlock": "10.0.0.0/16"})["Identifier"]
    aws.reset()
    assert cc.create(VPC, {"CidrBlock": "10.0.0.0/16"})["Identifier"] == one


def test_what_a_test_says_ends_with_it(aws: Sandbox) -> None:
    faults.habits(STREAM, unreadable=True)
    faults.plan("create", STREAM, code="InternalFailure")
    controlled(aws).create(STREAM, EVENTS)
    aws.reset()
    cc = controlled(aws)
    assert cc.create(STREAM, EVENTS)["OperationStatus"] == "SUCCESS"
    assert cc.get(STREAM, "events")["ShardCount"] == 1
    assert faults.counted("create") == 1


def test_the_true_model_keeps_what_no_reading_shows(cc: Controlled) -> None:
    secret = {"Name": "db", "SecretString": "canary-1"}
    made = cc.create("AWS::SecretsManager::Secret", secret)["Identifier"]
    assert "SecretString" not in cc.get("AWS::SecretsManager::Secret", made)
    assert faults.true_models("AWS::SecretsManager::Secret")[made]["SecretString"] == "canary-1"


@pytest.mark.scenario("CC01")
def test_an_update_without_the_hidden_values_loses_them(cc: Controlled) -> None:
    type_ = "AWS::SecretsManager::Secret"
    made = cc.create(type_, {"Name": "db", "SecretString": "canary-1"})["Identifier"]
    cc.update(type_, made, add("/Description", "of the store"))
    assert "SecretString" not in faults.true_models(type_)[made]
    again = [add("/Description", "again"), add("/SecretString", "canary-2")]
    cc.update(type_, made, *again)
    assert faults.true_models(type_)[made]["SecretString"] == "canary-2"


REFUSED: dict[str, tuple[list[Any], str]] = {
    "create-only": ([add("/Name", "other")], "NotUpdatableException: Invalid patch update: create"),
    "create-only, unchanged": ([add("/Name", "events")], "NotUpdatableException"),
    "read-only": ([add("/Arn", "arn")], "ValidationException: Invalid patch update: readOnly"),
    "replace of nothing": (
        [{"op": "replace", "path": "/DesiredShardLevelMetrics", "value": []}],
        "ValidationException: [REPLACE Operation] noSuchPath in source",
    ),
    "remove of nothing": (
        [{"op": "remove", "path": "/DesiredShardLevelMetrics"}],
        "ValidationException: [REMOVE Operation] noSuchPath in source",
    ),
    "below nothing": ([add("/StreamEncryption/KeyId", "k")], "ValidationException: [ADD"),
    "unknown": ([add("/Shards", 1)], "ValidationException: Model validation failed (#: extraneous"),
    "wrong type": (
        [add("/ShardCount", "one")],
        "ValidationException: Model validation failed (#/S",
    ),
    "out of bounds": ([add("/ShardCount", 0)], "ValidationException: Model validation failed"),
    "test": ([{"op": "test", "path": "/ShardCount", "value": 2}], "ValidationException: [TEST"),
    "test, by type": (
        [{"op": "test", "path": "/ShardCount", "value": True}],
        "ValidationException",
    ),
    "index": ([add("/Tags/9", {"Key": "a", "Value": "b"})], "ValidationException: [ADD"),
    "leading zero": ([add("/Tags/00", {"Key": "a", "Value": "b"})], "ValidationException: [ADD"),
    "no value": ([{"op": "add", "path": "/ShardCount"}], "ValidationException: Invalid patch doc"),
    "no op": ([{"op": "put", "path": "/ShardCount", "value": 1}], "ValidationException: Invalid"),
    "no pointer": ([add("ShardCount", 1)], "ValidationException: Invalid patch document"),
    "move into itself": (
        [{"op": "move", "from": "/Tags", "path": "/Tags/0"}],
        "ValidationException: [MOVE",
    ),
    "move of create-only": (
        [{"op": "move", "from": "/Name", "path": "/StreamModeDetails"}],
        "NotUpdatableException",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_patch_that_does_not_fit_is_refused_at_once(cc: Controlled, case: str) -> None:
    cc.create(STREAM, EVENTS)
    ops, said = REFUSED[case]
    assert code(lambda: cc.begin_update(STREAM, "events", *ops)).startswith(said)
    assert cc.get(STREAM, "events")["ShardCount"] == 1
    assert faults.counted("update") == 0


def test_all_six_operations_are_taken(cc: Controlled) -> None:
    cc.create(STREAM, {**EVENTS, "RetentionPeriodHours": 24})
    ops = [
        {"op": "test", "path": "/ShardCount", "value": 1.0},
        {"op": "replace", "path": "/ShardCount", "value": 2},
        {"op": "copy", "from": "/Tags/0", "path": "/Tags/-"},
        add("/Tags/2/Key", "copied"),
        {"op": "move", "from": "/Tags/2", "path": "/Tags/0"},
        {"op": "remove", "path": "/RetentionPeriodHours"},
    ]
    assert cc.update(STREAM, "events", *ops)["OperationStatus"] == "SUCCESS"
    found = cc.get(STREAM, "events")
    assert found["ShardCount"] == 2
    assert {each["Key"] for each in found["Tags"]} == {"team", "cost", "copied"}
    assert "RetentionPeriodHours" not in faults.true_models(STREAM)["events"]


def test_a_patch_is_done_as_a_whole_or_not_at_all(cc: Controlled) -> None:
    cc.create(STREAM, EVENTS)
    both = [add("/ShardCount", 5), {"op": "remove", "path": "/StreamEncryption"}]
    assert code(lambda: cc.begin_update(STREAM, "events", *both))
    assert faults.true_models(STREAM)["events"]["ShardCount"] == 1


def test_a_name_with_slash_and_tilde_is_escaped(cc: Controlled) -> None:
    type_ = "AWS::ServiceCatalogAppRegistry::Application"
    made = cc.create(type_, {"Name": "app", "Tags": {"a/b": "1"}})["Identifier"]
    own = {"op": "remove", "path": "/Tags/aws:servicecatalog:applicationName"}
    cc.update(type_, made, own, add("/Tags/a~1b", "2"))
    assert cc.get(type_, made)["Tags"]["a/b"] == "2"
    assert apply({"a/b~1": 1}, [add("/a~1b~01", 2)]).document == {"a/b~1": 2}


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"ShardCount": "one"}, "ValidationException: Model validation failed (#/ShardCount"),
        ({"Shards": 1}, "ValidationException: Model validation failed (#: extraneous key [Shards]"),
        ({"Name": "a", "Arn": "arn"}, "ValidationException: Model validation failed (#: readOnly"),
        ("[]", "ValidationException"),
        ("{", "ValidationException"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_at_once(
    cc: Controlled, model: Any, said: str
) -> None:
    assert code(lambda: cc.begin_create(STREAM, model)).startswith(said)
    assert cc.listed(STREAM) == []


@pytest.mark.scenario("CC02")
def test_a_required_value_that_reads_hide_is_required_in_each_update(cc: Controlled) -> None:
    type_ = "AWS::Pipes::Pipe"
    assert "required key [Source] not found" in code(lambda: cc.begin_create(type_, {"Name": "a"}))


def test_each_reading_puts_lists_without_order_anew(cc: Controlled) -> None:
    many = tags(**{f"k{number}": "v" for number in range(8)})
    cc.create(STREAM, {**EVENTS, "Tags": many})
    seen = {json.dumps(cc.get(STREAM, "events")["Tags"]) for _ in range(4)}
    assert len(seen) > 1
    faults.habits(STREAM, shuffled=False)
    assert [cc.get(STREAM, "events")["Tags"] for _ in range(3)] == [many] * 3


def test_text_that_holds_json_comes_back_in_aws_s_writing(cc: Controlled) -> None:
    type_ = "AWS::OpenSearchServerless::SecurityPolicy"
    text = '[ {"Rules": [ ],\n "AllowFromPublic": true} ]'
    cc.create(type_, {"Name": "open", "Type": "network", "Policy": text})
    shown = cc.get(type_, "network|open")
    assert shown["Policy"] == '[{"AllowFromPublic":true,"Rules":[]}]'


HABITS: dict[str, tuple[dict[str, Any], Any]] = {
    "usual": ({}, {"RetentionPeriodHours": 24}),
    "default": ({"defaults": {"RetentionPeriodHours": 48}}, {"RetentionPeriodHours": 48}),
    "added": ({"adds": {"WarmThroughputMiBps": 8}}, {"WarmThroughputMiBps": 8}),
    "empty": ({"empties": {"StreamEncryption": {}}}, {"StreamEncryption": {}}),
    "hidden": ({"hidden": ["ShardCount"]}, {"ShardCount": None}),
}


@pytest.mark.parametrize("case", HABITS)
def test_a_habit_is_seen_in_readings_alone(cc: Controlled, case: str) -> None:
    habit, shown = HABITS[case]
    faults.habits(STREAM, **habit)
    cc.create(STREAM, EVENTS)
    found = cc.get(STREAM, "events")
    assert {name: found.get(name) for name in shown} == shown
    assert faults.true_models(STREAM)["events"] == EVENTS


@pytest.mark.scenario("CC10")
def test_what_a_reading_adds_blocks_updates_that_do_not_take_it_out(cc: Controlled) -> None:
    faults.habits(STREAM, empties={"StreamEncryption": {}})
    cc.create(STREAM, EVENTS)
    said = code(lambda: cc.begin_update(STREAM, "events", add("/ShardCount", 2)))
    assert said.startswith("ValidationException: Model validation failed (#/StreamEncryption")
    ops = [{"op": "remove", "path": "/StreamEncryption"}, add("/ShardCount", 2)]
    assert cc.update(STREAM, "events", *ops)["OperationStatus"] == "SUCCESS"


def test_tags_are_in_the_tagging_api(aws: Sandbox, cc: Controlled) -> None:
    cc.create(STREAM, EVENTS)
    index = aws.client("resourcegroupstaggingapi")
    filters = [{"Key": "team", "Values": ["risk"]}]
    found = index.get_resources(TagFilters=filters)["ResourceTagMappingList"]
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/events"
    assert [each["ResourceARN"] for each in found] == [arn]
    index.tag_resources(ResourceARNList=[arn], Tags={"owner": "me"})
    assert {"Key": "owner", "Value": "me"} in cc.get(STREAM, "events")["Tags"]
    cc.delete(STREAM, "events")
    assert index.get_resources(TagFilters=filters)["ResourceTagMappingList"] == []


def test_another_region_has_nothing_of_it(aws: Sandbox, cc: Controlled) -> None:
    cc.create(STREAM, EVENTS)
    other = controlled(aws, "us-east-1")
    assert other.listed(STREAM) == []
    assert code(lambda: other.get(STREAM, "events")).startswith("ResourceNotFoundException")
    gone = other.delete(STREAM, "events")
    assert (gone["OperationStatus"], gone["ErrorCode"]) == ("FAILED", "NotFound")
    assert cc.listed(STREAM) == ["events"]


def test_a_snapshot_has_resources_requests_and_tokens(cc: Controlled) -> None:
    token = {"ClientToken": "one"}
    begun = cc.begin_create(STREAM, EVENTS, **token)
    state = snapshot.take()
    cc.end(begun)
    cc.delete(STREAM, "events")
    snapshot.put_back(state)
    assert cc.begin_create(STREAM, EVENTS, **token)["RequestToken"] == begun["RequestToken"]
    assert cc.end(begun)["OperationStatus"] == "SUCCESS"
    assert cc.listed(STREAM) == ["events"]


def test_reads_lag_where_the_sandbox_is_told_to(aws: Sandbox, cc: Controlled) -> None:
    aws.lag({"*": 0, "cloudcontrol.*": 2})
    cc.create(STREAM, EVENTS)
    for _ in range(2):
        assert code(lambda: cc.get(STREAM, "events")).startswith("ResourceNotFoundException")
    assert cc.get(STREAM, "events")["ShardCount"] == 1
    cc.update(STREAM, "events", add("/ShardCount", 2))
    assert [cc.get(STREAM, "events")["ShardCount"] for _ in range(3)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("AWS::Kinesis::River", "TypeNotFoundException"),
        (min(known_types() - served_types()), "UnsupportedActionException"),
    ],
)
@pytest.mark.scenario("CC53")
def test_what_is_no_type_here_is_said_so(cc: Controlled, type_: str, said: str) -> None:
    for asked in (
        lambda: cc.begin_create(type_, {"Name": "a"}),
        lambda: cc.get(type_, "a"),
        lambda: cc.listed(type_),
        lambda: cc.begin_delete(type_, "a"),
    ):
        assert code(asked).startswith(said)


def test_a_log_group_has_a_name_of_aws_where_it_was_given_none(cc: Controlled) -> None:
    made = cc.create(GROUP, {"RetentionInDays": 7})["Identifier"]
    assert cc.get(GROUP, made)["LogGroupName"] == made
