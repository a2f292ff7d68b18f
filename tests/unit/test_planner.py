"""Which steps, after which others, and what is left alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Reason, Status
from reconciler.model.plan import Plan, to_bytes
from reconciler.model.policy import Policy
from reconciler.model.value import Ref
from reconciler.plan.order import Draft, Orphan
from reconciler.resources import api
from reconciler.resources.api import Lifecycle, Request
from reconciler.resources.review import Pending

from .fakes import OWN, RESOURCES, address, live, node
from .planning import (
    BASE,
    SERVER,
    STORE,
    TWIN,
    VERSION,
    orphan,
    plan,
    short,
    shown,
    step,
    uses,
)

# -- creation


def test_what_is_referred_to_is_made_first() -> None:
    draft = plan([node(SERVER, uses(VERSION)), node(VERSION, uses(BASE)), node(BASE)])
    assert shown(draft) == [
        ("create", "Base/x", []),
        ("create", "Version/x", ["Base/x"]),
        ("create", "Server/x", ["Version/x"]),
    ]


def test_what_needs_nothing_that_changes_waits_for_nothing() -> None:
    draft = plan([node(VERSION, uses(BASE)), node(BASE)], {BASE: live()})
    assert shown(draft) == [("create", "Version/x", [])]
    assert draft.unchanged == 1


def test_an_update_waits_for_the_update_of_what_it_uses() -> None:
    nodes = [node(BASE, {"Size": 2}), node(STORE, {**uses(BASE), "Size": 2})]
    found = {BASE: live({"Size": 1}), STORE: live({"Uses": ["arn:123456789012:acme-dev-x"]})}
    assert shown(plan(nodes, found)) == [
        ("update", "Base/x", []),
        ("update", "Store/x", ["Base/x"]),
    ]


def test_what_follows_from_a_name_is_known_before_the_resource_exists() -> None:
    draft = plan(
        [node(BASE), node(STORE, uses(BASE))],
        {STORE: live({"Uses": ["arn:123456789012:acme-dev-x"]})},
    )
    assert shown(draft) == [("create", "Base/x", [])]


def test_an_id_that_aws_chooses_is_open_until_then() -> None:
    draft = plan([node(BASE), node(STORE, uses(BASE, output="Id"))], {STORE: live({"Uses": ["i"]})})
    (call,) = step(draft, "Store/x").calls
    assert call.params["Uses"] == [Ref(BASE, "Id")]
    assert shown(draft)[1] == ("update", "Store/x", ["Base/x"])


# -- replacement


def test_a_replacement_goes_before_it_comes() -> None:
    nodes = [node(BASE), node(STORE, {"Fixed": 2})]
    draft = plan(nodes, {BASE: live(), STORE: live({"Fixed": 1})})
    assert shown(draft) == [
        ("delete", "Store/x#delete", []),
        ("replace", "Store/x", ["Store/x#delete"]),
    ]


def test_where_names_do_not_collide_the_old_half_goes_after_the_users_have_moved() -> None:
    nodes = [node(TWIN, {"Fixed": 2}), node(SERVER, uses(TWIN, output="Id"))]
    found = {TWIN: live({"Fixed": 1}), SERVER: live({"Uses": ["i-1"]})}
    assert shown(plan(nodes, found)) == [
        ("replace", "Twin/x", []),
        ("delete", "Twin/x#delete", ["Server/x", "Twin/x"]),
        ("update", "Server/x", ["Twin/x"]),
    ]


def test_users_of_a_replaced_resource_learn_its_new_id_only_afterwards() -> None:
    nodes = [node(STORE, {"Fixed": 2}), node(SERVER, uses(STORE, output="Id"))]
    found = {STORE: live({"Fixed": 1}), SERVER: live({"Uses": ["i-1"]})}
    draft = plan(nodes, found)
    assert ("update", "Server/x", ["Store/x"]) in shown(draft)


def test_users_of_a_replaced_resource_with_a_predictable_arn_stay_as_they_are() -> None:
    nodes = [node(STORE, {"Fixed": 2}), node(SERVER, uses(STORE))]
    found = {
        STORE: live({"Fixed": 1}),
        SERVER: live({"Uses": ["arn:123456789012:acme-dev-x"]}),
    }
    assert [short(each.id) for each in plan(nodes, found).steps] == ["Store/x#delete", "Store/x"]


STATES = Lifecycle(
    field="State",
    ready=frozenset({"Up"}),
    busy=frozenset(),
    failed=frozenset({"CreateFailed", "DeleteFailed"}),
    empty=frozenset({"CreateFailed"}),
    scheduled=frozenset({"Leaving"}),
    restored="Up",
    stuck=frozenset({"Lost"}),
)


def take_back(_: Change) -> Iterator[Request]:
    yield Request("keep_it", {})


def in_state(word: str, nodes: list[Any], **seen: Any) -> Draft:
    kind = replace(RESOURCES["M::Store"], lifecycle=STATES, restore=take_back)
    found = {STORE: live(seen.pop("props", {}), state=word, **seen)}
    return plan(nodes, found, policy=Policy(), resources={**RESOURCES, "M::Store": kind})


@pytest.mark.parametrize(("word", "refused"), [("CreateFailed", False), ("DeleteFailed", True)])
def test_what_a_failed_resource_may_hold_is_data_of_its_state(word: str, refused: bool) -> None:
    draft = in_state(word, [node(STORE)], status=Status.FAILED)
    assert [(each.action, each.reason, bool(each.refused)) for each in draft.steps] == [
        (Action.DELETE, Reason.FAILED, refused),
        (Action.REPLACE, Reason.FAILED, False),
    ]
    assert len(Plan("e", "p", "a", "r", tuple(draft.steps)).blocked) == 2 * refused


def test_what_is_scheduled_for_deletion_is_taken_back_and_never_replaced() -> None:
    draft = in_state("Leaving", [node(STORE, {"Size": 1})], props={"Size": 1})
    (only,) = draft.steps
    assert (only.action, only.losses, [call.method for call in only.calls]) == (
        Action.UPDATE,
        (),
        ["keep_it"],
    )
    assert [(each.path, each.before, each.after) for each in only.fields] == [
        (("State",), "Leaving", "Up")
    ]
    assert [each.code for each in draft.diagnostics] == ["STATE002"]


@pytest.mark.parametrize(("size", "steps"), [(1, []), (2, ["refused"])])
def test_what_is_neither_there_nor_gone_is_left_alone(size: int, steps: list[str]) -> None:
    draft = in_state("Lost", [node(STORE, {"Size": size})], props={"Size": 1})
    assert [each.code for each in draft.diagnostics] == ["STATE001"]
    assert ["refused" if each.refused else "runs" for each in draft.steps] == steps


# -- what a refused change holds back


def base(**change: Any) -> tuple[Any, Any]:
    return node(BASE, {"Size": 1, "Members": [], **change}), live({"Size": 1, "Members": []})


HELD: dict[str, tuple[dict[str, Any], frozenset[str], bool]] = {
    "what its users do not rely on": ({"Size": 2}, frozenset({"Size"}), False),
    "what its users may rely on": ({"Size": 2}, frozenset(), True),
    "both": ({"Size": 2, "Members": ["a"]}, frozenset({"Size"}), True),
}


@pytest.mark.parametrize(("change", "apart", "held"), HELD.values(), ids=HELD)
@pytest.mark.parametrize("output", ["Arn", "Id"])
def test_a_refused_change_holds_back_who_relies_on(
    change: dict[str, Any],
    apart: frozenset[str],
    held: bool,
    output: str,
) -> None:
    pending = Pending(held=lambda _: "not now")
    kind = replace(RESOURCES["M::Base"], apart=apart, pending=pending)
    wanted, seen = base(**change)
    nodes = [node(STORE, uses(BASE, output=output)), wanted]
    draft = plan(nodes, {BASE: seen}, resources={**RESOURCES, "M::Base": kind})
    ids = {short(each.id): each for each in draft.steps}
    assert ids["Store/x"].needs == (ids["Base/x"].id,)
    stopped = Plan("e", "p", "a", "r", tuple(draft.steps)).blocked
    assert stopped == {ids["Base/x"].id} | ({ids["Store/x"].id} if held else set())


def test_what_is_to_be_made_first_holds_its_users_back() -> None:
    kind = replace(RESOURCES["M::Base"], apart=frozenset({"Size"}))
    nodes = [node(STORE, uses(BASE)), node(BASE, {"Size": 1})]
    draft = plan(nodes, resources={**RESOURCES, "M::Base": kind})
    assert [each.loose for each in draft.steps] == [(), ()]


# -- deletion


def test_what_nobody_declares_is_deleted_users_first() -> None:
    draft = plan([], orphans=tuple(orphan(at) for at in (BASE, VERSION, SERVER)))
    assert shown(draft) == [
        ("delete", "Base/x#delete", ["every Server", "every Version"]),
        ("delete", "Server/x#delete", []),
        ("delete", "Version/x#delete", ["every Server"]),
    ]


def test_a_deletion_waits_for_the_steps_of_every_type_that_may_use_it() -> None:
    old = address("version", "old")
    draft = plan([node(SERVER, {"Size": 2})], {SERVER: live({"Size": 1})}, orphans=(orphan(old),))
    assert shown(draft)[1] == ("delete", "Version/old#delete", ["every Server"])


def test_deletions_of_one_type_do_not_wait_for_each_other() -> None:
    draft = plan([], orphans=(orphan(address("base", "a")), orphan(address("base", "b"))))
    assert [needs for _, _, needs in shown(draft)] == [[], []]


def test_a_deletion_says_which_spec_it_came_from_and_why() -> None:
    draft = plan([], orphans=(orphan(STORE, "FeatureGroup/x"), orphan(VERSION, "Rollout/x")))
    assert {(short(each.id), each.spec, each.reason) for each in draft.steps} == {
        ("Store/x#delete", "FeatureGroup/x", Reason.NOT_DECLARED),
        ("Version/x#delete", "Rollout/x", Reason.NOT_DECLARED),
    }


def revisions(*names: str) -> tuple[Orphan, ...]:
    return tuple(
        orphan(address("version", name), "Rollout/x", f"2026-01-0{number}")
        for number, name in enumerate(names, 1)
    )


KEEP = {
    "the live one only": (1, ["a", "b", "c"]),
    "one to go back to": (2, ["a", "b"]),
    "all there are": (9, []),
}


@pytest.mark.parametrize(("keep", "gone"), KEEP.values(), ids=KEEP.keys())
def test_of_old_revisions_the_newest_stay(keep: int, gone: list[str]) -> None:
    draft = plan(
        [node(VERSION, spec="Rollout/x", keep=keep)],
        {VERSION: live(proven=True)},
        orphans=revisions("a", "b", "c"),
    )
    assert [short(each.id) for each in draft.steps] == [f"Version/{name}#delete" for name in gone]


def test_revisions_of_a_spec_that_is_gone_are_not_kept() -> None:
    draft = plan([], orphans=revisions("a", "b"))
    assert len(draft.steps) == 2


def test_what_a_kept_revision_uses_is_kept_too() -> None:
    kept = Orphan(
        address("version", "a"), live({"Uses": ["acme-dev-used"]}), "Rollout/x", "2026-01-01"
    )
    free = Orphan(address("base", "free"), live(outputs={"Id": "i-2"}), "Kind/gone")
    draft = plan(
        [node(VERSION, spec="Rollout/x", keep=2)],
        {VERSION: live(proven=True)},
        orphans=(kept, orphan(address("base", "used")), free),
    )
    assert [short(each.id) for each in draft.steps] == ["Base/free#delete"]


def test_what_a_deferred_spec_owns_is_left_alone() -> None:
    draft = plan(
        [],
        orphans=(orphan(STORE, "Rollout/waits"), orphan(BASE, "Kind/gone")),
        deferred=("Rollout/waits",),
    )
    assert [short(each.id) for each in draft.steps] == ["Base/x#delete"]


# -- what may not be touched


LOSSES = {
    "a loss that is not allowed is refused": (frozenset({"traffic"}), True),
    "a loss that is allowed is not": (frozenset({"records"}), False),
}


@pytest.mark.parametrize(("allow", "refused"), LOSSES.values(), ids=LOSSES.keys())
def test_protection(allow: frozenset[str], refused: bool) -> None:
    draft = plan([], orphans=(orphan(STORE),), policy=Policy(allow))
    (only,) = draft.steps
    assert (only.destroys, bool(only.refused)) == ("records", refused)


def test_a_resource_that_holds_nothing_needs_no_permission_to_go() -> None:
    (only,) = plan([], orphans=(orphan(BASE),), policy=Policy()).steps
    assert (only.destroys, only.refused) == ("", "")


FOREIGN: dict[str, Any] = {
    "no tags": {},
    "unread tags": None,
    "another environment": {**OWN, "moorline:environment": "prod"},
    "another platform": {**OWN, "moorline:platform": "other"},
}


@pytest.mark.parametrize("tags", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_resource_is_not_ours_with(tags: Any) -> None:
    draft = plan([node(BASE, {"Size": 2})], {BASE: live({"Size": 1}, tags=tags)})
    assert ([each.code for each in draft.diagnostics], draft.steps) == (["PLAN001"], [])


def test_a_resource_that_is_not_ours_is_said_to_be_whose_it_is() -> None:
    draft = plan([node(BASE)], {BASE: live(tags={**OWN, "moorline:environment": "prod"})})
    (found,) = draft.diagnostics
    assert "it belongs to 'acme/prod'" in found.message


def test_adopting_updates_it_and_says_so() -> None:
    policy = Policy(adopt=frozenset({BASE}))
    draft = plan([node(BASE, {"Size": 2})], {BASE: live({"Size": 1}, tags={})}, policy=policy)
    (only,) = draft.steps
    assert (only.action, only.reason) == (Action.ADOPT, Reason.ADOPTED)
    assert draft.diagnostics == []


def test_a_busy_resource_that_differs_is_a_warning() -> None:
    draft = plan([node(BASE, {"Size": 2})], {BASE: live({"Size": 1}, status=Status.BUSY)})
    (found,) = draft.diagnostics
    assert (found.code, found.is_error, len(draft.steps)) == ("PLAN002", False, 1)


def test_a_busy_resource_that_looks_as_desired_is_a_warning_and_no_step() -> None:
    draft = plan([node(BASE)], {BASE: live(status=Status.BUSY)})
    (found,) = draft.diagnostics
    assert (found.code, found.is_error, draft.steps) == ("PLAN002", False, [])


def test_nothing_is_planned_for_what_could_not_be_read() -> None:
    assert plan([node(BASE, {"Size": 1})], unknown=frozenset({BASE})).steps == []


def test_nothing_is_planned_for_what_needs_an_unread_value() -> None:
    nodes = [node(BASE), node(STORE, {"Fixed": Ref(BASE, "Id")})]
    draft = plan(nodes, {STORE: live({"Fixed": "i-1"})}, unknown=frozenset({BASE}))
    assert draft.steps == []


def test_what_uses_only_the_name_of_something_unread_is_planned() -> None:
    nodes = [node(BASE), node(STORE, {"Uses": [Ref(BASE, "Arn")]})]
    draft = plan(nodes, {STORE: live({"Uses": []})}, unknown=frozenset({BASE}))
    assert shown(draft) == [("update", "Store/x", [])]


# -- as a whole


def test_the_plan_is_the_same_to_the_byte_for_every_order_of_the_same_input() -> None:
    names = ["a", "b", "c", "d"]
    nodes = [node(address("base", name), {"Size": 1}) for name in names]
    nodes += [node(address("store", name), uses(address("base", name))) for name in names]
    orphans = [orphan(address("version", name), created=name) for name in names]
    shuffled = random.Random(7)
    seen = set()
    for _ in range(5):
        shuffled.shuffle(nodes)
        shuffled.shuffle(orphans)
        draft = plan(list(nodes), orphans=tuple(orphans))
        whole = Plan("dev", "acme", "123456789012", "eu-west-1", tuple(draft.steps))
        seen.add(to_bytes(whole))
    assert len(seen) == 1


def test_the_types_refer_to_each_other_without_a_circle() -> None:
    graph = {type_: set(resource.refers) - {type_} for type_, resource in api.load().items()}
    assert len([*TopologicalSorter(graph).static_order()]) >= len(graph)


def test_no_step_needs_itself_or_a_step_that_is_not_there() -> None:
    nodes = [
        node(BASE, {"Size": 2}),
        node(TWIN, {**uses(BASE), "Fixed": 2}),
        node(SERVER, uses(TWIN, output="Id")),
    ]
    found = {BASE: live({"Size": 1}), TWIN: live({"Fixed": 1}), SERVER: live({"Uses": []})}
    draft = plan(nodes, found, orphans=(orphan(address("version", "old")),))
    ids = {each.id for each in draft.steps}
    assert [each.id for each in draft.steps if not set(each.needs) <= ids - {each.id}] == []
    TopologicalSorter({each.id: each.needs for each in draft.steps}).prepare()


def test_a_guard_covers_what_was_seen_and_a_creation_has_none() -> None:
    draft = plan([node(BASE, {"Size": 2}), node(STORE)], {BASE: live({"Size": 1})})
    assert (bool(step(draft, "Base/x").guard), step(draft, "Store/x").guard) == (True, "")


def test_the_removal_of_an_old_half_is_guarded_by_what_apply_will_look_at() -> None:
    nodes = [node(STORE, {"Fixed": 2})]
    one = plan(nodes, {STORE: live({"Fixed": 1})})
    other = plan(nodes, {STORE: replace(live({"Fixed": 1}), props={"Fixed": 3})})
    assert step(one, "Store/x#delete").guard == step(other, "Store/x#delete").guard


MEANT: dict[str, Any] = {
    "its ARN": "arn:aws:made:eu-west-1:123456789012:base/acme-dev-used",
    "a URI with its name": "made://acme-dev-used/path",
    "the id that AWS gave it": "i-1",
}


@pytest.mark.parametrize("said", MEANT.values(), ids=MEANT.keys())
def test_a_kept_revision_keeps_what_it_means_by(said: str) -> None:
    kept = Orphan(address("version", "a"), live({"Uses": [said]}), "Rollout/x", "2026-01-01")
    other = Orphan(address("base", "free"), live(outputs={"Id": "i-2"}), "Kind/gone")
    draft = plan(
        [node(VERSION, spec="Rollout/x", keep=2)],
        {VERSION: live(proven=True)},
        orphans=(kept, orphan(address("base", "used")), other),
    )
    assert [short(each.id) for each in draft.steps] == ["Base/free#delete"]


def test_users_that_are_replaced_too_go_before_what_they_use() -> None:
    nodes = [node(BASE, {"Fixed": 2}), node(STORE, {**uses(BASE, output="Id"), "Fixed": 2})]
    found = {BASE: live({"Fixed": 1}), STORE: live({"Fixed": 1, "Uses": ["i-1"]})}
    assert shown(plan(nodes, found)) == [
        ("delete", "Base/x#delete", ["Store/x#delete"]),
        ("replace", "Base/x", ["Base/x#delete"]),
        ("delete", "Store/x#delete", []),
        ("replace", "Store/x", ["Base/x", "Store/x#delete"]),
    ]


def test_users_whose_replacement_is_made_first_do_not_go_before_what_they_use() -> None:
    nodes = [node(BASE, {"Fixed": 2}), node(TWIN, {**uses(BASE, output="Id"), "Fixed": 2})]
    found = {BASE: live({"Fixed": 1}), TWIN: live({"Fixed": 1, "Uses": ["i-1"]})}
    assert shown(plan(nodes, found)) == [
        ("delete", "Base/x#delete", []),
        ("replace", "Base/x", ["Base/x#delete"]),
        ("replace", "Twin/x", ["Base/x"]),
        ("delete", "Twin/x#delete", ["Twin/x"]),
    ]


def test_what_something_unread_may_use_stays() -> None:
    unread = frozenset({Address("M::Store", "*")})
    draft = plan([], orphans=(orphan(BASE), orphan(VERSION)), unknown=unread)
    assert [short(each.id) for each in draft.steps] == ["Version/x#delete"]
