"""What replaces a resource, and who has asked for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.aws.observe import observe
from reconciler.model.change import Action
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.plan.order import plan
from reconciler.resources.api import HOLDS_TAG, load
from reconciler.sandbox.services.cloudcontrol import faults

from .world import ALL, PLACE, World, node

TYPE = "AWS::Personalize::Schema"
ONE, OTHER = '{"type": "record", "name": "A"}', '{"type": "record", "name": "B"}'


def schema(text: str) -> Node:
    """Of which the spec says that it holds nothing, so that nothing else asks for consent."""
    return node(TYPE, "acme-test-p", Schema=text, Tags={HOLDS_TAG: "nothing"})


def steps(world: World, wanted: Node, policy: Policy) -> list[Step]:
    graph, _ = build_graph([wanted])
    live, _ = observe(world.session, graph, load(), PLACE)
    return plan(graph, live, load(), PLACE, policy).steps


def test_a_replacement_that_nobody_asked_for_needs_consent(world: World) -> None:
    made, other = (schema(text) for text in (ONE, OTHER))
    world.good(made)
    removal, _ = steps(world, other, Policy())
    assert removal.refused
    assert "Schema" in removal.losses[0].says
    removal, _ = steps(world, other, ALL)
    assert not removal.refused


def test_an_edit_is_consent_where_a_receipt_knows_it(world: World) -> None:
    made, other = (schema(text) for text in (ONE, OTHER))
    world.good(made)
    known = replace(Policy(), applied={made.address: {"Schema": ONE}})
    removal, _ = steps(world, other, known)
    assert not removal.refused
    moved = replace(Policy(), applied={made.address: {"Schema": '{"name": "C"}'}})
    removal, _ = steps(world, other, moved)
    assert removal.refused


@pytest.mark.scenario("CC24")
def test_what_aws_took_and_never_shows_is_not_sent_again(world: World) -> None:
    type_, props = "AWS::Logs::LogGroup", {"LogGroupClass": "STANDARD"}
    faults.habits(type_, hidden=frozenset({"RetentionInDays"}))
    made, edited = (node(type_, "acme-test-s", **props, RetentionInDays=days) for days in (7, 14))
    world.good(made)
    known = replace(
        ALL,
        applied={made.address: {**props, "RetentionInDays": 7}},
        unshown={made.address: frozenset({"RetentionInDays"})},
    )
    assert steps(world, made, known) == []
    (step,) = steps(world, edited, known)
    assert [each.path for each in step.fields] == [("RetentionInDays",)]
    assert world.good(edited).actions == [Action.UPDATE]
