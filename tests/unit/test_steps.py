"""What a step of a plan carries, and what an adapter may add to it or say against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.change import Action, Call, Change, Effect, FieldChange, Reason, Status
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.graph import Node, Origin
from reconciler.model.loss import Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.value import UNKNOWN, Ref
from reconciler.plan.diff import guard, removed
from reconciler.resources.api import Lifecycle, Resource
from reconciler.resources.narrow import Narrowing
from reconciler.resources.review import Objection, Pending, Telling

from .fakes import RESOURCES, address, live, node, resource
from .planning import ALL, BASE, SERVER, STORE, TWIN, plan, step

LINE = Span("specs.yaml", 7, 3)
ONE = live({"Size": 1})
MAKE = Call("made", "create_it", {"Name": "acme-dev-x", "Fixed": 2}, {"Id": ("Id",)})
SIZE = FieldChange(("Size",), 1, 2, Effect.IN_PLACE, LINE)


def adapted(**more: Any) -> Mapping[str, Resource]:
    return {**RESOURCES, "M::Base": resource("M::Base", **more)}


def lined(props: dict[str, Any]) -> Node:
    """A node that says which line each of its properties comes from."""
    origin = Origin("Kind/x", Span("specs.yaml", 1, 1), {(key,): LINE for key in props})
    return Node(BASE, props, origin=origin)


# -- the whole of a step


def test_an_update_carries_what_differs_and_where_it_was_asked_for() -> None:
    assert plan([lined({"Size": 2})], {BASE: ONE}).steps == [
        Step(
            id="M::Base/acme-dev-x",
            address=BASE,
            action=Action.UPDATE,
            reason=Reason.DIFFERS,
            calls=(Call("made", "update_it", {"Name": "acme-dev-x", "Size": 2}),),
            guard=guard(ONE, RESOURCES["M::Base"]),
            desired={"Size": 2},
            fields=(SIZE,),
            spec="Kind/x",
            at=Span("specs.yaml", 1, 1),
        )
    ]


def test_a_creation_carries_what_is_asked_for_and_no_guard() -> None:
    assert plan([Node(BASE, {"Fixed": 2})]).steps == [
        Step(
            id="M::Base/acme-dev-x",
            address=BASE,
            action=Action.CREATE,
            reason=Reason.ABSENT,
            calls=(MAKE,),
            desired={"Fixed": 2},
        )
    ]


def test_both_halves_of_a_replacement_carry_what_apply_needs() -> None:
    old = live({"Fixed": 1})
    field = FieldChange(("Fixed",), 1, 2, Effect.REPLACE, LINE)
    spec: dict[str, Any] = {"spec": "Kind/x", "at": Span("specs.yaml", 1, 1)}
    assert plan([replace(lined({"Fixed": 2}), address=STORE)], {STORE: old}).steps == [
        Step(
            id="M::Store/acme-dev-x#delete",
            address=STORE,
            action=Action.DELETE,
            reason=Reason.CANNOT_UPDATE,
            calls=(Call("made", "delete_it", {"Name": "acme-dev-x"}),),
            guard=guard(removed(old, RESOURCES["M::Store"]), RESOURCES["M::Store"]),
            losses=(Loss("records", "its records are lost", allowed=True),),
            destroys="records",
            **spec,
        ),
        Step(
            id="M::Store/acme-dev-x",
            address=STORE,
            action=Action.REPLACE,
            reason=Reason.CANNOT_UPDATE,
            calls=(MAKE,),
            needs=("M::Store/acme-dev-x#delete",),
            desired={"Fixed": 2},
            fields=(field,),
            **spec,
        ),
    ]


def test_an_update_says_what_it_narrows() -> None:
    narrows = (Narrowing(path="Size", destroys="records", lost=lambda *_: "older ones go"),)
    draft = plan([node(BASE, {"Size": 2})], {BASE: ONE}, resources=adapted(narrows=narrows))
    assert step(draft, "Base/x").losses == (
        Loss("records", "older ones go", ("Size",), allowed=True),
    )


def test_an_update_loses_by_what_its_new_target_is_to_have() -> None:
    def fewer(_: Any, after: Any) -> str:
        return f"it has {after['Uses']['Size']}"

    loses = Narrowing(path="Uses", destroys="records", lost=fewer, whole=True)
    nodes = [node(STORE, {"Size": 3}), node(BASE, {"Uses": Ref(STORE, "Arn")})]
    resources = adapted(narrows=(loses,))
    draft = plan(nodes, {BASE: live({"Uses": "old"})}, resources=resources)
    assert [loss.says for loss in step(draft, "Base/x").losses] == ["it has 3"]


DETAILS = {
    "failed": (Status.FAILED, "Failed: no quota", "Failed: no quota"),
    "ready": (Status.READY, "as AWS says", ""),
    "busy": (Status.BUSY, "Updating", ""),
}


@pytest.mark.parametrize(("status", "reason", "detail"), DETAILS.values(), ids=DETAILS)
def test_aws_own_reason_is_told_of_what_is(status: Status, reason: str, detail: str) -> None:
    seen = live({"Size": 1}, status=status, reason=reason)
    draft = plan([node(BASE, {"Size": 2})], {BASE: seen})
    assert {each.detail for each in draft.steps} == {detail}


def test_a_value_that_is_known_stands_in_the_step_and_another_stays_open() -> None:
    nodes = [
        node(BASE),
        node(TWIN),
        node(SERVER, {"Uses": [Ref(BASE, "Id"), Ref(TWIN, "Id")]}),
    ]
    draft = plan(nodes, {BASE: live(), SERVER: live({"Uses": ["i-0"]})})
    update = step(draft, "Server/x")
    assert update.desired == {"Uses": ["i-1", Ref(TWIN, "Id")]}
    assert [each.after for each in update.fields] == [["i-1", UNKNOWN]]


# -- what is not changed


def unsupported(**more: Any) -> Mapping[str, Resource]:
    effects = {"Size": Effect.UNSUPPORTED, "Fixed": Effect.IN_PLACE}
    return adapted(effects=effects, **more)


def test_a_change_that_cannot_be_made_is_a_finding_for_each_property_and_no_step() -> None:
    nodes = [node(BASE, {"Size": 2, "Fixed": 2}), node(address("base", "y"), {"Size": 2})]
    found = {each.address: live({"Size": 1, "Fixed": 1}) for each in nodes}
    draft = plan(nodes, found, resources=unsupported())
    assert [(each.code, each.address) for each in draft.diagnostics] == [
        ("PLAN003", BASE),
        ("PLAN003", address("base", "y")),
    ]
    assert (draft.steps, draft.unchanged, draft.renewed) == ([], 0, set())
    assert draft.diagnostics[0].message.startswith("Size of ")


def test_what_no_call_changes_stays_and_is_a_finding() -> None:
    resources = adapted(effects={"Size": Effect.IN_PLACE}, update=lambda _: ())
    nodes = [node(BASE, {"Size": 2}), node(address("base", "y"), {"Size": 2})]
    found = {each.address: ONE for each in nodes}
    draft = plan(nodes, found, resources=resources)
    assert [(each.code, each.address) for each in draft.diagnostics] == [
        ("PLAN004", BASE),
        ("PLAN004", address("base", "y")),
    ]
    assert (draft.steps, draft.unchanged) == ([], 2)


def test_what_is_unchanged_is_counted_and_remembered() -> None:
    nodes = [node(BASE, {"Size": 1}), node(STORE)]
    draft = plan(nodes, {BASE: ONE, STORE: live()})
    assert (draft.unchanged, draft.same) == (2, {BASE: {"Size": 1}, STORE: {}})


SETTLING = Lifecycle(
    field="State",
    ready=frozenset({"Up"}),
    busy=frozenset({"Making", "Scaling"}),
    in_use=frozenset({"Scaling"}),
)
BUSY = {
    "being made": (Status.BUSY, "Making", ["PLAN002"]),
    "scaled by AWS": (Status.BUSY, "Scaling", []),
    "ready, with a remark": (Status.READY, "Making", []),
}


@pytest.mark.parametrize(("status", "reason", "codes"), BUSY.values(), ids=BUSY)
def test_what_is_as_desired_is_a_finding_where_it_is(
    status: Status, reason: str, codes: list[str]
) -> None:
    seen = live(status=status, reason=reason)
    draft = plan([node(BASE)], {BASE: seen}, resources=adapted(lifecycle=SETTLING))
    assert ([each.code for each in draft.diagnostics], draft.unchanged) == (codes, 1)


# -- what the adapter adds


def decide(change: Change) -> dict[str, Any]:
    return {"Size": change.live["Size"] + 5}


def review(change: Change) -> Iterator[FieldChange | Objection]:
    yield FieldChange(("Members",), None, change.desired["Size"], Effect.IN_PLACE)
    yield Objection("MADE001", f"it has {change.live['Size']}", "wait", Severity.WARNING)


def test_what_an_adapter_settles_as_it_is_is_no_change() -> None:
    stays = Pending(decide=lambda change: {"Size": change.live["Size"]})
    draft = plan([lined({"Size": 2})], {BASE: ONE}, resources=adapted(pending=stays))
    assert (draft.steps, draft.unchanged) == ([], 1)


def test_an_adapter_decides_by_what_is_live_adds_fields_and_objects() -> None:
    resources = adapted(pending=Pending(decide=decide, review=review))
    draft = plan([lined({"Size": 2})], {BASE: ONE}, resources=resources)
    update = step(draft, "Base/x")
    assert (update.desired, update.fields) == (
        {"Size": 6},
        (replace(SIZE, after=6), FieldChange(("Members",), None, 6, Effect.IN_PLACE)),
    )
    (found,) = draft.diagnostics
    assert (found.code, found.message, found.address) == ("MADE001", "it has 1", BASE)


def test_an_objection_that_is_an_error_keeps_the_change_out_of_the_plan() -> None:
    def object_(_: Change) -> Iterator[Objection]:
        yield Objection("MADE001", "no", "do without")

    resources = adapted(pending=Pending(review=object_))
    draft = plan([node(BASE, {"Size": 2})], {BASE: ONE}, resources=resources)
    assert ([each.code for each in draft.diagnostics], draft.steps) == (["MADE001"], [])


def test_an_adapter_is_not_asked_about_what_is_to_be_made() -> None:
    resources = adapted(pending=Pending(decide=decide, review=review))
    draft = plan([node(BASE, {"Size": 2})], resources=resources)
    assert (step(draft, "Base/x").desired, draft.diagnostics) == ({"Size": 2}, [])


def test_what_others_may_move_at_run_time_is_remembered_whether_or_not_it_differs() -> None:
    def moved(_: Change) -> Telling:
        yield from ()
        return ()

    resources = adapted(pending=Pending(moved=moved))
    nodes = [node(BASE, {"Size": 1}), node(address("base", "y"), {"Size": 2}), node(STORE)]
    found = {BASE: ONE, address("base", "y"): ONE, STORE: live()}
    draft = plan(nodes, found, resources=resources)
    assert [(each.address, each.action) for each in draft.moving] == [
        (BASE, Action.NONE),
        (address("base", "y"), Action.UPDATE),
    ]


# -- what was tried before

WHY = "it failed; change Kind/x, or apply with `--retry M::Base/acme-dev-x`"
TRIED: dict[str, tuple[dict[str, Any], dict[str, Any], Policy, list[tuple[str, bool]]]] = {
    "the same update": ({"Size": 2}, {"Size": 1}, Policy(ALL), [(WHY, False)]),
    "the same, asked for again": (
        {"Size": 2},
        {"Size": 1},
        Policy(ALL, retry=frozenset({BASE})),
        [("", True)],
    ),
    "the same, another asked for again": (
        {"Size": 2},
        {"Size": 1},
        Policy(ALL, retry=frozenset({STORE})),
        [(WHY, False)],
    ),
    "another update": ({"Size": 3}, {"Size": 1}, Policy(ALL), [("", False)]),
    "another update, asked for again": (
        {"Size": 3},
        {"Size": 1},
        Policy(ALL, retry=frozenset({BASE})),
        [("", False)],
    ),
    "a replacement": (
        {"Size": 2, "Fixed": 2},
        {"Size": 1, "Fixed": 1},
        Policy(ALL),
        [("", False), ("", False)],
    ),
}


@pytest.mark.parametrize(("want", "have", "policy", "told"), TRIED.values(), ids=TRIED)
def test_after_a_failed_update_this_is_refused_or_retried(
    want: Any, have: Any, policy: Policy, told: Any
) -> None:
    def spent(desired: Any, observed: Any) -> str:
        return "it failed" if (desired["Size"], observed.props["Size"]) == (2, 1) else ""

    resources = adapted(pending=Pending(spent=spent))
    draft = plan([lined(want)], {BASE: live(have)}, policy=policy, resources=resources)
    assert [(each.refused, each.retry) for each in draft.steps] == told


def test_adopting_what_failed_before_is_refused_too() -> None:
    resources = adapted(pending=Pending(spent=lambda *_: "it failed"))
    policy = Policy(ALL, adopt=frozenset({BASE}))
    seen = live({"Size": 1}, tags={})
    draft = plan([lined({"Size": 2})], {BASE: seen}, policy=policy, resources=resources)
    assert [(each.action, each.refused) for each in draft.steps] == [(Action.ADOPT, WHY)]


def test_a_creation_cannot_have_been_tried() -> None:
    resources = adapted(pending=Pending(spent=lambda *_: "it failed"))
    assert [each.refused for each in plan([node(BASE)], resources=resources).steps] == [""]


ADOPTED = {
    "that only lacks its tags": ({}, Action.ADOPT),
    "that differs": ({"Size": 2}, Action.ADOPT),
    "that must be replaced": ({"Fixed": 2}, Action.REPLACE),
}


@pytest.mark.parametrize(("want", "action"), ADOPTED.values(), ids=ADOPTED)
def test_adopting_a_resource(want: dict[str, Any], action: Action) -> None:
    tags = {"Tags": [{"Key": "team", "Value": "risk"}]}
    policy = Policy(ALL, adopt=frozenset({BASE}))
    draft = plan([node(BASE, {**want, **tags})], {BASE: live(tags={})}, policy=policy)
    assert draft.steps[-1].action is action
