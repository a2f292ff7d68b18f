"""The reason of each step is true for what was asked: every verb, every action, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.compile.request import Request
from reconciler.model.change import Action, Cause, Reason, Status
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.step import step_to_json
from reconciler.model.value import Json
from reconciler.plan import order
from reconciler.plan.live import Live, Orphan
from reconciler.render.text.drift import _KINDS, _SAID
from reconciler.render.vocabulary.words import REASONS, why

from .fakes import PLACE, RESOURCES, live, node
from .planning import ALL, BASE, STORE, VERSION

SPEC = "Rollout/scorer"
OTHER = VERSION.__class__(VERSION.type, "acme-dev-old")
DESTROY = Policy(ALL, removal=Reason.DESTROYED)
REVERT = Policy(ALL, removal=Reason.REVERTED)
STORED = Orphan(STORE, live({"Size": 1}), SPEC)
REVISION = Orphan(OTHER, live({"Size": 1}), SPEC, "2026-01-01")
NAMELESS = Orphan(STORE, live({"Size": 1}), "")
WHOLE = "the whole platform is destroyed with --destroy"
BACK = "the commit that is gone back to does not have it"


def steps(
    nodes: tuple[Node, ...] = (),
    found: Json = None,
    orphans: tuple[Orphan, ...] = (),
    policy: Policy | None = None,
    specs: tuple[str, ...] = (),
) -> list[Step]:
    graph, _ = build_graph(nodes)
    seen = {each.address: None for each in nodes}
    state = Live({**seen, **(found or {})}, orphans)
    graph = replace(graph, specs=frozenset(specs))
    return order.plan(graph, state, RESOURCES, PLACE, policy or Policy(ALL)).steps


def said(found: list[Step]) -> list[tuple[str, str]]:
    return [(str(each.action), why(step_to_json(each))) for each in found]


def made(at: Any, size: int = 2, **more: Any) -> Node:
    return node(at, {"Size": size, **more}, spec=SPEC)


FAILED = live({"Size": 2}, status=Status.FAILED, reason="no capacity")
AGAIN = f"{REASONS[Reason.FAILED]}: no capacity"
CANNOT = "AWS cannot change it in place"
TABLE: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "apply, its spec has left": (
        {"orphans": (STORED,)},
        [("delete", f"{SPEC} is not declared any more")],
    ),
    "apply, nobody knows its spec": (
        {"orphans": (NAMELESS,)},
        [("delete", "not declared any more")],
    ),
    "apply, its spec stays and makes something else": (
        {"nodes": (made(BASE),), "found": {BASE: live({"Size": 2})}, "orphans": (STORED,)},
        [("delete", f"{SPEC} does not make it any more")],
    ),
    "apply, its spec stays and makes nothing": (
        {"orphans": (STORED,), "specs": (SPEC,)},
        [("delete", f"{SPEC} does not make it any more")],
    ),
    "apply, a revision too many": (
        {"nodes": (made(VERSION),), "found": {VERSION: live({"Size": 2})}, "orphans": (REVISION,)},
        [("delete", f"beyond keepRevisions of {SPEC}")],
    ),
    "apply, a revision of a spec that has left": (
        {"orphans": (REVISION,)},
        [("delete", f"{SPEC} is not declared any more")],
    ),
    "apply, a revision of a spec that makes none any more": (
        {"orphans": (REVISION,), "specs": (SPEC,)},
        [("delete", f"{SPEC} does not make it any more")],
    ),
    "--destroy": ({"orphans": (STORED,), "policy": DESTROY}, [("delete", WHOLE)]),
    "--destroy of a revision": ({"orphans": (REVISION,), "policy": DESTROY}, [("delete", WHOLE)]),
    "--destroy of what no spec made": (
        {"orphans": (NAMELESS,), "policy": DESTROY},
        [("delete", WHOLE)],
    ),
    "revert, its spec is newer": ({"orphans": (STORED,), "policy": REVERT}, [("delete", BACK)]),
    "revert, its spec made it later": (
        {"orphans": (STORED,), "specs": (SPEC,), "policy": REVERT},
        [("delete", BACK)],
    ),
    "revert, the newer revision": (
        {
            "nodes": (made(VERSION),),
            "found": {VERSION: live({"Size": 2})},
            "orphans": (replace(REVISION, created="2027-01-01"),),
            "policy": REVERT,
        },
        [("delete", f"beyond keepRevisions of {SPEC}")],
    ),
    "apply, new": ({"nodes": (made(STORE),)}, [("create", "")]),
    "apply, differs": (
        {"nodes": (made(STORE),), "found": {STORE: live({"Size": 1})}},
        [("update", "")],
    ),
    "apply, what cannot change": (
        {"nodes": (made(STORE, Fixed=2),), "found": {STORE: live({"Size": 2, "Fixed": 1})}},
        [("delete", CANNOT), ("replace", "AWS cannot change Fixed in place")],
    ),
    "apply, failed": (
        {"nodes": (made(STORE),), "found": {STORE: FAILED}},
        [("delete", AGAIN), ("replace", AGAIN)],
    ),
    "apply --adopt": (
        {
            "nodes": (made(STORE),),
            "found": {STORE: live({"Size": 1}, tags={})},
            "policy": Policy(ALL, adopt=frozenset({STORE})),
        },
        [("adopt", "taken over with --adopt")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_the_reason_is_true_for_the_verb(case: str) -> None:
    given, wanted = TABLE[case]
    assert said(steps(**given)) == wanted


def test_what_was_left_and_is_gone_says_so() -> None:
    (step,) = steps(nodes=(made(STORE),))
    assert why(step_to_json(replace(step, cause=Cause.HAND))) == "it has gone since the last apply"


def test_every_reason_and_action_has_words() -> None:
    assert set(REASONS) == set(Reason)
    seen = {Action(action) for given, _ in TABLE.values() for action, _ in said(steps(**given))}
    assert seen == set(Action) - {Action.NONE}


def test_drift_names_every_way_in_which_a_resource_is_too_many() -> None:
    removals = {Reason.NOT_DECLARED, Reason.NOT_MADE, Reason.SUPERSEDED}
    assert {_KINDS[each] for each in removals} == {"undeclared", "superseded"}
    assert all(_KINDS[each] in _SAID for each in removals)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [({}, None), ({"destroy": True}, Reason.DESTROYED), ({"reverts": True}, Reason.REVERTED)],
)
def test_a_request_says_why_what_is_left_over_goes(given: Any, wanted: Reason | None) -> None:
    view: Any = None
    assert Request((), view, Policy(), **given).terms.removal is wanted
