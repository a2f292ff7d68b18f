"""What may be refused comes first, and the last object of a closed service is not given up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reconciler.facts.availability import row_of
from reconciler.model.address import Address
from reconciler.model.change import Action, Observed, Reason, Status
from reconciler.model.loss import Approval
from reconciler.model.plan import Plan, Step
from reconciler.model.policy import Policy
from reconciler.plan import closing, protect
from reconciler.plan.live import Live, Orphan

from .fakes import node, resource
from .planning import plan

TODAY = date(2026, 11, 29)
KIND = "M::Watch"
ROW = row_of(
    "watching",
    {
        "title": "Watching",
        "status": "maintenance",
        "since": "2026-07-30",
        "reference": "AWS",
        "replacement": "looking",
        "touches": [
            {"type": KIND},
            {"type": "M::Base", "member": "Lens"},
            {"type": "M::Store", "member": "Steps", "values": ["watch"], "proves": False},
        ],
    },
)
POLICY = Policy(frozenset(), today=TODAY, services=(ROW,))
LOSS = "serviceAccess"


def at(name: str, type_: str = KIND) -> Address:
    return Address(type_, f"acme-dev-{name}")


def make(name: str, type_: str = KIND, *needs: str, spec: str = "Kind/a", **more: Any) -> Step:
    given = {"action": Action.CREATE, "reason": Reason.ABSENT, **more}
    return Step(name, at(name, type_), needs=needs, spec=spec, **given)


def gone(name: str, type_: str = KIND, *needs: str, **more: Any) -> Step:
    given = {"action": Action.DELETE, "reason": Reason.NOT_DECLARED, "spec": "Kind/a", **more}
    return Step(name, at(name, type_), needs=needs, **given)


def needs(steps: list[Step]) -> dict[str, list[str]]:
    return {step.id: [*step.needs] for step in steps}


# -- first


def test_what_may_be_refused_comes_before_the_rest_of_its_spec() -> None:
    steps = [make("a", "M::X"), make("w", KIND, "r"), make("r", "M::X"), make("z", "M::X", "a")]
    assert needs(closing.first(steps, POLICY)) == {
        "a": ["w"],
        "w": ["r"],
        "r": [],
        "z": ["a", "w"],
    }


def test_another_spec_does_not_wait() -> None:
    steps = [make("w"), make("a", "M::X", spec="Kind/other")]
    assert needs(closing.first(steps, POLICY))["a"] == []


def test_two_that_may_be_refused_make_no_circle() -> None:
    steps = [make("w1"), make("w2"), make("w3", KIND, "w1"), make("a", "M::X")]
    done = needs(closing.first(steps, POLICY))
    assert done["a"] == ["w1", "w2", "w3"]
    ordered: list[str] = []
    while left := [name for name in done if name not in ordered]:
        ready = [name for name in left if set(done[name]) <= set(ordered)]
        assert ready, "the steps wait for each other"
        ordered += ready


def test_what_it_waits_for_by_type_does_not_wait_for_it() -> None:
    steps = [
        make("w", KIND, "old"),
        gone("old", "M::X", after=("M::Y",)),
        make("y", "M::Y"),
        make("z", "M::Z"),
    ]
    done = needs(closing.first(steps, POLICY))
    assert (done["y"], done["old"], done["z"]) == ([], [], ["w"])


def test_a_deletion_of_the_same_spec_waits_too() -> None:
    done = needs(closing.first([make("w"), gone("a", "M::X")], POLICY))
    assert done["a"] == ["w"]


@pytest.mark.parametrize("status", ["maintenance", "sunset", "shutdown", "reopened"])
def test_only_what_may_be_refused_comes_first(status: str) -> None:
    row = row_of("watching", {**RAW, "status": status, "touches": [{"type": KIND}]})
    done = closing.first([make("w"), make("a", "M::X")], Policy(today=TODAY, services=(row,)))
    assert needs(done)["a"] == ([] if status == "reopened" else ["w"])


RAW = {"title": "W", "since": "2026-07-30", "reference": "AWS", "replacement": "looking"}


def test_a_member_and_a_step_of_a_document_may_be_refused() -> None:
    for props in ({"Lens": {"A": 1}}, {"Steps": ["watch"]}):
        type_ = "M::Base" if "Lens" in props else "M::Store"
        steps = [make("w", type_, desired=props), make("a", "M::X")]
        assert needs(closing.first(steps, POLICY))["a"] == ["w"]


# -- the last


def losing(steps: list[Step], live: Live, policy: Policy = POLICY) -> dict[str, list[str]]:
    done = closing.last(steps, live, policy)
    return {step.id: [loss.destroys for loss in step.losses] for step in done}


def orphan(name: str, type_: str = KIND, props: Any = None, **more: Any) -> Orphan:
    return Orphan(at(name, type_), Observed(props or {}, tags={}, **more), "Kind/a")


ONE, TWO = orphan("w"), orphan("v")


def test_the_last_is_told_and_needs_a_permission() -> None:
    live = Live({}, (ONE,), counts={KIND: 1})
    (step,) = closing.last([gone("w")], live, POLICY)
    assert [loss.destroys for loss in step.losses] == [LOSS]
    assert "it is the last of Watching here" in step.loses
    judged = protect.judge(step, POLICY)
    assert LOSS in judged.refused
    allowed = Policy(frozenset({LOSS}), today=TODAY, services=(ROW,))
    assert protect.judge(step, allowed).refused == ""
    approval = Approval(str(at("w")), LOSS, "moved", "alice", TODAY)
    approved = Policy(approvals=(approval,), today=TODAY, services=(ROW,))
    assert protect.judge(step, approved).refused == ""


STAYS = {
    "another of ours": Live({at("v"): TWO.observed}, (ONE,)),
    "another orphan": Live({}, (ONE, TWO)),
    "one that nobody claims": Live({}, (ONE,), unclaimed=(TWO,)),
    "one of somebody else": Live({}, (ONE,), counts={KIND: 2}),
    "a member that proves it": Live({at("b", "M::Base"): Observed({"Lens": {"A": 1}})}, (ONE,)),
}
GOES = {
    "nothing else": Live({}, (ONE,), counts={KIND: 1}),
    "cannot tell": Live({}, (ONE,)),
    "another that failed": Live({at("v"): Observed({}, status=Status.FAILED)}, (ONE,)),
    "a document that proves nothing": Live(
        {at("s", "M::Store"): Observed({"Steps": ["watch"]})}, (ONE,)
    ),
    "a member that is empty": Live({at("b", "M::Base"): Observed({"Lens": {}})}, (ONE,)),
}


@pytest.mark.parametrize("what", STAYS)
def test_something_stays(what: str) -> None:
    assert losing([gone("w")], STAYS[what]) == {"w": []}


@pytest.mark.parametrize("what", GOES)
def test_nothing_stays(what: str) -> None:
    assert losing([gone("w")], GOES[what]) == {"w": [LOSS]}


def test_all_that_go_at_once_are_the_last() -> None:
    live = Live({}, (ONE, TWO), counts={KIND: 2})
    assert losing([gone("w"), gone("v")], live) == {"w": [LOSS], "v": [LOSS]}
    three = Live({}, (ONE, TWO), counts={KIND: 3})
    assert losing([gone("w"), gone("v")], three) == {"w": [], "v": []}


def test_a_new_one_counts_only_when_it_is_made_before() -> None:
    live = Live({}, (ONE,), counts={KIND: 1})
    assert losing([make("n"), gone("w", KIND, "n")], live)["w"] == []
    assert losing([make("n"), gone("w", after=(KIND,))], live)["w"] == []
    assert losing([make("n", KIND, "w"), gone("w")], live)["w"] == [LOSS]
    assert losing([make("n"), gone("w")], live)["w"] == [LOSS]


def test_what_failed_was_never_let_in() -> None:
    live = Live({at("w"): ONE.observed})
    assert losing([gone("w", reason=Reason.FAILED)], live) == {"w": []}


@pytest.mark.parametrize("status", ["maintenance", "sunset"])
def test_no_row_of_the_platform_takes_the_protection_away(status: str) -> None:
    ours = Address("AWS::SageMaker::MonitoringSchedule", "acme-dev-w")
    live = Live({}, (Orphan(ours, Observed({}), "Kind/a"),))
    step = Step("w", ours, Action.DELETE, Reason.NOT_DECLARED)
    row = row_of("model-monitor", {**RAW, "status": "reopened"})
    for services in ((), (row,)):
        assert losing([step], live, Policy(today=TODAY, services=services)) == {"w": [LOSS]}


def test_a_version_is_no_access() -> None:
    row = row_of("watching", {**RAW, "status": "sunset", "isVersion": True,
                              "touches": [{"type": KIND}]})  # fmt: skip
    assert losing([gone("w")], Live({}, (ONE,)), Policy(today=TODAY, services=(row,))) == {"w": []}


# -- what is live


def test_what_is_live_shows_use() -> None:
    assert closing.used(Live({}), POLICY) == frozenset()
    for live in (*STAYS.values(), Live({}, counts={KIND: 1})):
        assert closing.used(live, POLICY) == {"watching"}
    failed = Live({at("v"): Observed({}, status=Status.FAILED)})
    document = Live({at("s", "M::Store"): Observed({"Steps": ["watch"]})})
    for live in (failed, document, Live({}, counts={KIND: 0})):
        assert closing.used(live, POLICY) == frozenset()


def test_a_plan_has_both() -> None:
    resources = {kind: resource(kind) for kind in (KIND, "M::Base")}
    nodes = [node(at("a", "M::Base"), spec="Kind/a"), node(at("w"), spec="Kind/a")]
    draft = plan(nodes, resources=resources, policy=POLICY)
    assert {step.address.name: [*step.needs] for step in draft.steps} == {
        "acme-dev-a": [str(at("w"))],
        "acme-dev-w": [],
    }
    draft = plan([], orphans=(ONE,), resources=resources, policy=POLICY)
    assert [step.destroys for step in draft.steps] == [LOSS]
    assert Plan("dev", "acme", "1", "r", tuple(draft.steps)).refused
