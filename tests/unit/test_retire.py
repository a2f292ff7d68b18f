"""Which orphans go, after what, and which stay because something may still use them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Reason
from reconciler.model.graph import Node, build_graph
from reconciler.model.loss import Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.plan import order
from reconciler.plan.diff import guard, removed
from reconciler.plan.live import Live, Orphan
from reconciler.resources.parts import Members

from .fakes import MEMBERS, PLACE, RESOURCES, address, live, node, resource
from .planning import ALL, SERVER, STORE, VERSION, orphan, plan, short

GONE = "Kind/gone"


def deleted(*orphans: Orphan, **more: Any) -> list[str]:
    draft = plan(more.pop("nodes", []), more.pop("found", None), orphans=orphans, **more)
    return [short(each.id).removesuffix("#delete") for each in draft.steps]


def named(kind: str, name: str, *used: str, spec: str = GONE, created: str = "") -> Orphan:
    """An orphan with an id of its own that names others."""
    return Orphan(address(kind, name), live({"Uses": [*used]}, outputs={"Id": name}), spec, created)


def test_a_removal_says_all_that_apply_needs() -> None:
    seen = live({"Size": 3})
    (step,) = plan([], orphans=(Orphan(STORE, seen, "FeatureGroup/x"),), policy=Policy(ALL)).steps
    assert step == Step(
        id="M::Store/acme-dev-x#delete",
        address=STORE,
        action=Action.DELETE,
        reason=Reason.NOT_DECLARED,
        calls=(Call("made", "delete_it", {"Name": "acme-dev-x"}),),
        guard=guard(removed(seen, RESOURCES["M::Store"]), RESOURCES["M::Store"]),
        spec="FeatureGroup/x",
        destroys="records",
        losses=(Loss("records", "its records are lost", allowed=True),),
    )


def test_parts_that_must_go_first_are_removed_by_what_was_seen() -> None:
    last = Members(
        prop="Members",
        list_=MEMBERS.list_,
        at=MEMBERS.at,
        field=MEMBERS.field,
        add=MEMBERS.add,
        remove=MEMBERS.remove,
        param=MEMBERS.param,
        last=True,
    )
    resources = {**RESOURCES, "M::Base": resource("M::Base", parts=(last,))}
    gone = orphan(address("base"), Members=["a"])
    (step,) = plan([], orphans=(gone,), resources=resources).steps
    assert [(call.method, call.params) for call in step.calls] == [
        ("remove_member", {"Name": "acme-dev-x", "Member": "a"}),
        ("delete_it", {"Name": "acme-dev-x"}),
    ]


def test_a_type_may_refer_to_one_that_has_no_adapter() -> None:
    resources = {
        **RESOURCES,
        "M::Store": resource("M::Store", refers=("M::Elsewhere",)),
        "M::Server": resource("M::Server", refers=("M::Elsewhere",)),
    }
    (step,) = plan([], orphans=(orphan(STORE),), resources=resources).steps
    assert step.after == ()


KEPT: dict[str, tuple[dict[Address, Any], tuple[Orphan, ...], list[str]]] = {
    "what a live resource names in its properties": (
        {SERVER: live({"Uses": ["acme-dev-a"]})},
        (named("version", "a"), named("version", "b")),
        ["Version/b"],
    ),
    "what a live resource names in an output": (
        {SERVER: live(outputs={"Deploying": {"Config": "acme-dev-a"}})},
        (named("version", "a"), named("version", "b")),
        ["Version/b"],
    ),
    "what a kept orphan names, and what that names": (
        {SERVER: live({"Uses": ["acme-dev-a"]})},
        (named("version", "a", "acme-dev-b"), named("base", "b"), named("base", "c")),
        ["Base/c"],
    ),
    "what a live resource names in a text that AWS gave it": (
        {SERVER: live(outputs={"Arn": "arn:aws:made:server/acme-dev-x", "Config": "acme-dev-a"})},
        (named("version", "a"), named("version", "b")),
        ["Version/b"],
    ),
    "nothing of another type that has its name": (
        {SERVER: live(outputs={"Arn": "arn:aws:made:server/acme-dev-x"})},
        (named("version", "x"),),
        ["Version/x"],
    ),
    "what has its name and stands in its properties": (
        {SERVER: live({"Uses": ["acme-dev-x"]})},
        (named("version", "x"),),
        [],
    ),
    "all that a kept orphan may use, as it was not read as a whole": (
        {SERVER: live({"Uses": ["acme-dev-a"]})},
        (named("store", "a"), named("store", "b"), named("base", "c")),
        ["Store/b"],
    ),
    "nothing that only a doomed orphan names": (
        {SERVER: live()},
        (named("version", "a", "acme-dev-b"), named("base", "b")),
        ["Base/b", "Version/a"],
    ),
    "nothing that a type does not refer to": (
        {SERVER: live({"Uses": ["acme-dev-a"]})},
        (named("twin", "a"),),
        ["Twin/a"],
    ),
    "nothing that is named in part only": (
        {SERVER: live({"Uses": ["acme-dev-a-2", "an-acme-dev-a"]})},
        (named("version", "a"),),
        ["Version/a"],
    ),
    "nothing by a number or by nothing": (
        {SERVER: live({"Uses": [1, "", None, "made://other"]})},
        (Orphan(address("version", "a"), live(outputs={"Id": 1, "Url": "", "At": None}), GONE),),
        ["Version/a"],
    ),
}


@pytest.mark.parametrize(("found", "orphans", "gone"), KEPT.values(), ids=KEPT)
def test_kept_is(found: Any, orphans: tuple[Orphan, ...], gone: list[str]) -> None:
    assert deleted(*orphans, nodes=[node(SERVER)], found=found) == gone


UNREAD: dict[str, tuple[tuple[Orphan, ...], list[str]]] = {
    "may be used by it": ((named("store", "a"), named("twin", "b")), ["Twin/b"]),
    "may be used by what it may use": ((named("store", "a"), named("base", "b")), []),
    "may be used by nothing that is there": ((named("base", "b"),), ["Base/b"]),
}


@pytest.mark.parametrize(("orphans", "gone"), UNREAD.values(), ids=UNREAD)
def test_while_a_type_is_unread_that_stays_which(
    orphans: tuple[Orphan, ...], gone: list[str]
) -> None:
    resources = {**RESOURCES, "M::Top": resource("M::Top", refers=("M::Store",))}
    unread = frozenset({Address("M::Top", "*")})
    assert deleted(*orphans, unknown=unread, resources=resources) == gone


def test_what_a_kept_revision_and_what_a_live_resource_name_stays() -> None:
    orphans = (
        named("version", "a", "acme-dev-b", spec="Rollout/x", created="2026-01-01"),
        named("base", "b"),
        named("store", "c"),
        named("store", "d"),
    )
    nodes = [node(VERSION, spec="Rollout/x", keep=2), node(SERVER)]
    found = {VERSION: live(proven=True), SERVER: live({"Uses": ["acme-dev-c"]})}
    assert deleted(*orphans, nodes=nodes, found=found) == ["Store/d"]


def test_what_a_resource_names_goes_once_a_step_moves_that_resource() -> None:
    nodes = [node(SERVER, {"Uses": ["acme-dev-new"]})]
    found = {SERVER: live({"Uses": ["acme-dev-a"]})}
    assert deleted(named("version", "a"), nodes=nodes, found=found) == ["Server/x", "Version/a"]


def test_a_spec_keeps_as_many_revisions_as_any_of_its_nodes_asks_for() -> None:
    nodes = [
        node(VERSION, spec="Rollout/x", keep=3),
        node(address("version", "y"), spec="Rollout/x", keep=2),
    ]
    found = {each.address: live(proven=True) for each in nodes}
    orphans = [
        named("version", name, spec="Rollout/x", created=f"2026-01-0{number}")
        for number, name in enumerate("abc", 1)
    ]
    assert deleted(*orphans, nodes=nodes, found=found) == ["Version/a"]


def test_a_node_without_a_spec_keeps_no_revisions() -> None:
    graph, _ = build_graph([Node(VERSION, {}, keep=9)])
    state = Live({VERSION: live()}, (named("version", "a", spec=""),))
    draft = order.plan(graph, state, RESOURCES, PLACE, Policy(ALL))
    assert [short(each.id) for each in draft.steps] == ["Version/a#delete"]


def test_revisions_that_were_made_at_one_time_stay_by_name() -> None:
    orphans = [named("version", name, spec="Rollout/x") for name in "bac"]
    nodes = [node(VERSION, spec="Rollout/x", keep=2)]
    found = {VERSION: live(proven=True)}
    assert deleted(*orphans, nodes=nodes, found=found) == ["Version/a", "Version/b"]
