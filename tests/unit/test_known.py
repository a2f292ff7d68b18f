"""Which values are known while a plan is made, and which updates are looked at closer."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.graph import build_graph
from reconciler.model.value import UNKNOWN, Ref
from reconciler.plan.live import Live
from reconciler.plan.order import known, pending
from reconciler.resources.review import Asking, Pending

from .fakes import PLACE, RESOURCES, address, live, node, resource

BASE, STORE, ASKED = address("base"), address("store"), address("asked")
THERE = {BASE: live(outputs={"Id": "i-1", "Arn": "from AWS"})}
FREE = Address("Other::Type", "x")
VALUES: dict[str, tuple[Ref, dict[Address, Any], set[Address], Any]] = {
    "a name": (Ref(BASE, "Name"), {}, set(), "acme-dev-x"),
    "an ARN that follows from the name": (
        Ref(BASE, "Arn"),
        THERE,
        set(),
        "arn:123456789012:acme-dev-x",
    ),
    "an id of what is live": (Ref(BASE, "Id"), THERE, set(), "i-1"),
    "an id of what was not found": (Ref(BASE, "Id"), {BASE: None}, set(), UNKNOWN),
    "an id of what nobody looked for": (Ref(BASE, "Id"), {}, set(), UNKNOWN),
    "an output that AWS did not give": (Ref(BASE, "Url"), THERE, set(), UNKNOWN),
    "an id of what is made anew": (Ref(BASE, "Id"), THERE, {BASE}, UNKNOWN),
    "an id while something else is made anew": (Ref(BASE, "Id"), THERE, {STORE}, "i-1"),
    "a name of what is made anew": (Ref(BASE, "Name"), THERE, {BASE}, "acme-dev-x"),
    "a type without an adapter": (Ref(FREE, "Id"), {FREE: live()}, set(), UNKNOWN),
}


@pytest.mark.parametrize(("ref", "found", "renewed", "value"), VALUES.values(), ids=VALUES)
def test_a_reference_is_known_as(ref: Ref, found: Any, renewed: Any, value: Any) -> None:
    assert known(ref, Live(found), RESOURCES, PLACE, renewed) == value


def test_the_id_of_what_is_live_is_known_where_nothing_is_said_to_be_made_anew() -> None:
    assert known(Ref(BASE, "Id"), Live(THERE), RESOURCES, PLACE) == "i-1"


def ask(_: Change) -> Asking:
    yield from ()
    return {}


ASKING = {**RESOURCES, "M::Asked": resource("M::Asked", pending=Pending(context=ask))}
SIZE = live({"Size": 1})
LOOKED: dict[str, tuple[Address, dict[str, Any], dict[Address, Any], set[Address], list[Any]]] = {
    "an update": (ASKED, {"Size": 2}, {ASKED: SIZE}, set(), [("Size",)]),
    "an update of a type that asks nothing": (BASE, {"Size": 2}, {BASE: SIZE}, set(), []),
    "what is as desired": (ASKED, {"Size": 1}, {ASKED: SIZE}, set(), []),
    "what is to be replaced": (ASKED, {"Fixed": 2}, {ASKED: live({"Fixed": 1})}, set(), []),
    "what is to be made": (ASKED, {"Size": 2}, {ASKED: None}, set(), []),
    "what could not be read": (ASKED, {"Size": 2}, {ASKED: SIZE}, {ASKED}, []),
    "what needs a value that could not be read": (
        ASKED,
        {"Uses": Ref(BASE, "Id")},
        {ASKED: live({"Uses": "i-0"})},
        {BASE},
        [],
    ),
    "what needs the id of what is live": (
        ASKED,
        {"Uses": Ref(BASE, "Id"), "Size": 2},
        {ASKED: live({"Uses": "i-1", "Size": 1}), BASE: live()},
        set(),
        [("Size",)],
    ),
}


@pytest.mark.parametrize(("at", "props", "found", "unknown", "paths"), LOOKED.values(), ids=LOOKED)
def test_looked_at_closer_is(
    at: Address, props: Any, found: Any, unknown: Any, paths: list[Any]
) -> None:
    nodes = [node(at, props)] if at == BASE else [node(BASE), node(at, props)]
    graph, _ = build_graph(nodes)
    state = Live(found, unknown=frozenset(unknown))
    changes = [*pending(graph, state, ASKING, PLACE)]
    assert [field.path for each in changes for field in each.fields] == paths
    assert {each.address for each in changes} <= {at}


def test_a_closer_look_sees_what_the_referenced_resource_is_to_have() -> None:
    graph, _ = build_graph([node(BASE, {"Size": 3}), node(ASKED, {"Uses": Ref(BASE, "Arn")})])
    (change,) = pending(graph, Live({ASKED: live({"Uses": "x"})}), ASKING, PLACE)
    assert change.targets == {"Uses": {"Size": 3}}
    assert change.desired == {"Uses": "arn:123456789012:acme-dev-x"}
