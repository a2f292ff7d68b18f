"""Null in a spec, what a spec leaves out, and what was never in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.aws.observe import observe
from reconciler.facts import facts
from reconciler.model.change import Action
from reconciler.model.graph import Node, build_graph
from reconciler.model.policy import Policy
from reconciler.model.value import Props
from reconciler.plan.order import plan
from reconciler.resources.api import load
from reconciler.resources.cloudcontrol.compare import Comparison
from reconciler.resources.cloudcontrol.document import desired
from reconciler.resources.cloudcontrol.patch import patch
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.store import all_records

from .common import paths, true
from .world import ALL, PLACE, World, node

GROUP = "AWS::Athena::WorkGroup"


def group(**more: Any) -> Node:
    return node(GROUP, "acme-test-g", **more)


def told(world: World, policy: Policy, *nodes: Node) -> list[str]:
    """What a plan says, by code and message, of an unchanged platform."""
    world.restart()
    graph, _ = build_graph(nodes)
    live, _ = observe(world.session, graph, load(), PLACE)
    draft = plan(graph, live, load(), PLACE, policy)
    assert draft.steps == []
    return [f"{each.code} {each.message}" for each in draft.diagnostics]


def test_null_removes_what_is_there_and_then_nothing_is_to_do(world: World) -> None:
    world.good(group(Description="old", State="ENABLED"))
    turn = world.good(group(Description=None, State="ENABLED"))
    assert turn.actions == [Action.UPDATE]
    assert paths(turn) == ["/Description"]
    assert "Description" not in true(GROUP)
    assert world.good(group(Description=None, State="ENABLED")).actions == []


def test_null_at_creation_asks_for_nothing(world: World) -> None:
    turn = world.good(group(Description=None, State="ENABLED"))
    assert turn.actions == [Action.CREATE]
    assert "Description" not in true(GROUP)
    assert world.good(group(Description=None, State="ENABLED")).actions == []


def test_null_where_aws_always_has_a_value_is_told_by_the_apply(world: World) -> None:
    type_ = "AWS::Kinesis::Stream"
    faults.habits(type_, defaults={"RetentionPeriodHours": 24})
    hours: dict[str, Any] = {"ShardCount": 1, "RetentionPeriodHours": 48}
    world.good(node(type_, "acme-test-s", **hours))
    turn = world.turn(node(type_, "acme-test-s", **{**hours, "RetentionPeriodHours": None}))
    (failed,) = turn.failed
    assert failed.code == "APPLY008"
    assert "has a value for RetentionPeriodHours" in failed.message
    assert "in place of the null" in failed.help
    assert (
        world.good(node(type_, "acme-test-s", **{**hours, "RetentionPeriodHours": 24})).failed == []
    )


def test_null_below_an_object(world: World) -> None:
    def group(most: int | None) -> Node:
        inside = {BYTES: most, FORCED: True}
        return node(GROUP, "acme-test-d", WorkGroupConfiguration=inside)

    world.good(group(10_000_000))
    turn = world.good(group(None))
    assert paths(turn) == [f"{INSIDE}/{BYTES}"]
    assert world.good(group(None)).actions == []


BYTES, FORCED = "BytesScannedCutoffPerQuery", "EnforceWorkGroupConfiguration"
INSIDE = "/WorkGroupConfiguration"
RULE = "AWS::Events::Rule"
TARGET = {"Arn": "arn:aws:sqs:eu-west-1:123456789012:x", "Id": "a"}


@pytest.mark.parametrize(
    ("type_", "want", "model", "asked"),
    [
        (GROUP, {"Description": None}, {"Description": "x"}, ["remove /Description"]),
        (GROUP, {"Description": None}, {}, []),
        (
            GROUP,
            {"WorkGroupConfiguration": {BYTES: None}},
            {"WorkGroupConfiguration": {BYTES: 1, FORCED: True}},
            [f"remove {INSIDE}/{BYTES}"],
        ),
        (
            GROUP,
            {"WorkGroupConfiguration": {BYTES: None, FORCED: True}},
            {"WorkGroupConfiguration": {BYTES: 1, FORCED: False}},
            [f"remove {INSIDE}/{BYTES}", f"add {INSIDE}/{FORCED}"],
        ),
        (
            RULE,
            {"Targets": [{**TARGET, "Input": None}]},
            {"Targets": [{**TARGET, "Input": "{}"}]},
            ["add /Targets"],
        ),
    ],
)
def test_patches_of_nulls(type_: str, want: Props, model: Props, asked: list[str]) -> None:
    about = facts(type_)
    model = {"Name": "acme", **model}
    found = Comparison(about).judge(want, model).differences
    operations = patch(
        [each.path for each in found], desired(want, about, hollow=True), model, about
    )
    assert [f"{each['op']} {each['path']}" for each in operations] == asked
    assert "None" not in str(operations)


def test_a_property_that_a_spec_leaves_out_stays_and_is_told(world: World) -> None:
    world.good(group(Description="old", State="ENABLED"))
    address = group().address
    policy = replace(ALL, applied={address: {"Description": "old", "State": "ENABLED"}})
    (said,) = [each for each in told(world, policy, group(State="ENABLED")) if "CLOUD007" in each]
    assert "Description" in said
    assert "old" not in said
    assert true(GROUP)["Description"] == "old"


def test_what_nobody_declared_is_told_once_it_moves(world: World) -> None:
    world.good(group(State="ENABLED"))
    address = group().address
    before: Mapping[str, Any] = {}
    policy = replace(ALL, beside={address: before})
    assert told(world, policy, group(State="ENABLED")) == []
    (record,) = all_records(GROUP)
    record.model["Description"] = "by hand"
    (said,) = told(world, policy, group(State="ENABLED"))
    assert said.startswith("CLOUD008")
    assert "Description absent → by hand" in said
    known = replace(ALL, beside={address: {"Description": "by hand"}})
    assert told(world, known, group(State="ENABLED")) == []


def test_without_a_receipt_what_nobody_declared_is_named_once(world: World) -> None:
    nodes = [node(GROUP, f"acme-test-{n}", State="ENABLED") for n in "ab"]
    world.good(*nodes)
    for record in all_records(GROUP):
        record.model["Description"] = "by hand"
    (said,) = told(world, ALL, *nodes)
    assert said.startswith("CLOUD010")
    assert said.count("Description") == 2
    assert "by hand" not in said
