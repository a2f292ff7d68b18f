"""What a loss and an approval say, and which items of a list are compared for a loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reconciler.model.change import Action, Change, Effect, Observed, Reason
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.loss import Approval, Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.plan import approvals, protect
from reconciler.plan.diff import compare
from reconciler.resources.api import HOLDS_TAG, MAKING_TAG, Lifecycle, Resource
from reconciler.resources.narrow import Narrowing

from .fakes import address, resource

AT = address("base")
LINE = Span("environments/prod.yaml", 7, 3)
TODAY = date(2026, 11, 23)


def shrinks(before: Any, after: Any) -> str:
    """Nothing is lost where there was nothing."""
    return f"{before} to {after}" if before is not None and (after or 0) < before else ""


def made(path: str, **more: Any) -> Resource:
    return resource(
        "M::Base",
        effects=dict.fromkeys(("Rules", "Steps", "Size"), Effect.IN_PLACE),
        keyed={"Rules": "Id", "Rules.Parts": "Name"},
        narrows=(Narrowing(path=path, destroys="records", lost=shrinks),),
        **more,
    )


def losses(by: Resource, want: Any, have: Any, **more: Any) -> list[tuple[str, str]]:
    """Path and words of each loss."""
    change = compare(AT, want, Observed(have, **more), by)
    found = protect.narrowings(change, by)
    assert {loss.destroys for loss in found} <= {"records"}
    return [(".".join(loss.path), loss.says) for loss in found]


def rule(name: str, days: int | None = None, **more: Any) -> dict[str, Any]:
    return {"Id": name, **({} if days is None else {"Days": days}), **more}


def part(name: str, days: int) -> dict[str, Any]:
    return {"Parts": [{"Name": name, "Days": days}]}


ITEMS: dict[str, tuple[str, Any, Any, list[tuple[str, str]]]] = {
    "items with keys, in another order": (
        "Rules.*.Days",
        {"Rules": [rule("a", 1), rule("b", 5)]},
        {"Rules": [rule("b", 5), rule("a", 2)]},
        [("Rules.a.Days", "2 to 1")],
    ),
    "an item with a key that goes away": (
        "Rules.*.Days",
        {"Rules": [rule("b", 5)]},
        {"Rules": [rule("a", 2), rule("b", 5)]},
        [("Rules.a.Days", "2 to None")],
    ),
    "an item with a key that comes": (
        "Rules.*.Days",
        {"Rules": [rule("a", 2), rule("b", 1)]},
        {"Rules": [rule("a", 2)]},
        [],
    ),
    "every item with a key, by name": (
        "Rules.*.Days",
        {"Rules": []},
        {"Rules": [rule("b", 2), rule("a", 1)]},
        [("Rules.a.Days", "1 to None"), ("Rules.b.Days", "2 to None")],
    ),
    "items inside of items": (
        "Rules.*.Parts.*.Days",
        {"Rules": [rule("a", **part("x", 1)), rule("b", **part("x", 3))]},
        {"Rules": [rule("b", **part("x", 3)), rule("a", **part("x", 2))]},
        [("Rules.a.Parts.x.Days", "2 to 1")],
    ),
    "items without keys, by place": (
        "Steps.*.Days",
        {"Steps": [rule("a", 2), rule("b", 1)]},
        {"Steps": [rule("a", 2), rule("b", 3)]},
        [("Steps.1.Days", "3 to 1")],
    ),
    "an item without a key that goes away": (
        "Steps.*.Days",
        {"Steps": [rule("a", 2)]},
        {"Steps": [rule("a", 2), rule("b", 3)]},
        [("Steps.1.Days", "3 to None")],
    ),
    "an item without a key that comes": (
        "Steps.*.Days",
        {"Steps": [rule("a", 2), rule("b", 3)]},
        {"Steps": [rule("a", 2)]},
        [],
    ),
    "a list that goes away": (
        "Steps.*.Days",
        {"Steps": None},
        {"Steps": [rule("a", 2)]},
        [("Steps.0.Days", "2 to None")],
    ),
    "a list that comes": ("Steps.*.Days", {"Steps": [rule("a", 2)]}, {"Steps": None}, []),
    "something that is no list": ("Steps.*.Days", {"Steps": 5}, {"Steps": {"Days": 9}}, []),
    "items that are no objects": ("Steps.*.Days", {"Steps": ["a"]}, {"Steps": ["b"]}, []),
    "a property": ("Size", {"Size": 1}, {"Size": 2}, [("Size", "2 to 1")]),
    "a property that does not differ": ("Size", {"Size": 1}, {"Size": 1}, []),
    "another property": ("Size", {"Steps": [1]}, {"Steps": [2], "Size": 2}, []),
}


@pytest.mark.parametrize(("path", "want", "have", "expected"), ITEMS.values(), ids=ITEMS)
def test_lost_by_a_change_of(path: str, want: Any, have: Any, expected: Any) -> None:
    assert losses(made(path), want, have) == expected


def test_a_default_that_aws_filled_in_counts_as_what_was_there() -> None:
    by = made("Size", defaults={"Size": 5})
    assert losses(by, {"Size": 4}, {}) == [("Size", "5 to 4")]
    assert losses(by, {"Size": 4}, {"Size": 3}) == []


def test_nothing_is_lost_by_finishing_what_was_being_made() -> None:
    by = made("Size")
    assert losses(by, {"Size": 1}, {"Size": 2}, tags={MAKING_TAG: "yes"}) == []


@pytest.mark.parametrize("action", [Action.UPDATE, Action.ADOPT])
def test_a_change_in_place_is_looked_at_when_it_is_an(action: Action) -> None:
    change = replace(compare(AT, {"Size": 1}, Observed({"Size": 2}), made("Size")), action=action)
    assert len(protect.narrowings(change, made("Size"))) == 1


@pytest.mark.parametrize("action", [Action.CREATE, Action.REPLACE, Action.NONE])
def test_no_change_in_place_is_looked_at_for_a(action: Action) -> None:
    change = replace(compare(AT, {"Size": 1}, Observed({"Size": 2}), made("Size")), action=action)
    assert protect.narrowings(change, made("Size")) == ()


def test_the_same_loss_is_said_once() -> None:
    by = replace(made("Size"), narrows=made("Size").narrows * 2)
    assert losses(by, {"Size": 1}, {"Size": 2}) == [("Size", "2 to 1")]


TEAM = {"Key": "team", "Value": "x"}
MARKS: dict[str, tuple[str, list[Any], list[tuple[str, str]]]] = {
    "taken off": (
        "records",
        [TEAM],
        [(f"Tags.{HOLDS_TAG}", "it is no longer marked as holding records")],
    ),
    "kept beside another tag that differs": (
        "records",
        [TEAM, {"Key": HOLDS_TAG, "Value": "records"}],
        [],
    ),
    "taken off, and says nothing that can be lost": ("?", [TEAM], []),
}


@pytest.mark.parametrize(("held", "tags", "expected"), MARKS.values(), ids=MARKS)
def test_a_mark_of_what_it_holds_is(held: str, tags: Any, expected: Any) -> None:
    seen = {HOLDS_TAG: held, "team": "y"}
    assert losses(made("Size"), {"Tags": tags}, {}, tags=seen) == expected


HOLDING: dict[str, tuple[Reason, Observed | None, tuple[Loss, ...]]] = {
    "what is live": (
        Reason.CANNOT_UPDATE,
        Observed({}, tags={HOLDS_TAG: "history"}),
        (Loss("traffic", "it stops serving traffic"), Loss("history", "its history is lost")),
    ),
    "what failed in a state that holds nothing": (
        Reason.FAILED,
        Observed({}, tags={HOLDS_TAG: "history"}, state="CreateFailed"),
        (),
    ),
    "what nobody declares in a state that holds nothing": (
        Reason.NOT_DECLARED,
        Observed({}, tags={HOLDS_TAG: "history"}, state="CreateFailed"),
        (),
    ),
    "what failed in any other state": (
        Reason.FAILED,
        Observed({}, state="DeleteFailed"),
        (Loss("traffic", "it stops serving traffic"),),
    ),
    "what nobody read the tags of": (
        Reason.NOT_DECLARED,
        Observed({}),
        (Loss("traffic", "it stops serving traffic"),),
    ),
}


@pytest.mark.parametrize(("reason", "seen", "expected"), HOLDING.values(), ids=HOLDING)
def test_lost_with_the_removal_of(reason: Reason, seen: Observed, expected: Any) -> None:
    change = Change(AT, Action.DELETE, reason, {}, seen)
    states = frozenset({"CreateFailed", "DeleteFailed"})
    cycle = Lifecycle(
        field="State",
        ready=frozenset(),
        busy=frozenset(),
        failed=states,
        empty=frozenset({"CreateFailed"}),
    )
    kind = resource("M::Base", holds="traffic", lifecycle=cycle)
    assert protect.removal(change, kind) == expected


# -- judging


def approval(allows: str = "records", until: date = TODAY, **more: Any) -> Approval:
    return Approval(str(AT), allows, "FRAUD-812", until=until, at=LINE, **{"by": "alice", **more})


LOST = (Loss("records", "older ones go"), Loss("keys", "nothing can be read"))
STEP = Step("id", AT, Action.UPDATE, Reason.DIFFERS, losses=LOST)
ENDED = date(2026, 11, 22)


def judged(*approvals: Approval, allow: str = "") -> Step:
    policy = Policy(frozenset(filter(None, [allow])), approvals=approvals, today=TODAY)
    return protect.judge(STEP, policy)


def test_each_loss_carries_what_permits_it() -> None:
    given = approval()
    assert judged(approval("keys", ENDED), given, allow="keys").losses == (
        replace(LOST[0], approval=given),
        replace(LOST[1], allowed=True),
    )


NEITHER = "the environment neither allows a loss of"
REFUSED: dict[str, tuple[tuple[Approval, ...], str, str, str]] = {
    "nothing permits either": (
        (),
        "",
        "records",
        f"{NEITHER} 'records' and 'keys' nor approves it here",
    ),
    "nothing permits the second": (
        (),
        "records",
        "keys",
        f"{NEITHER} 'keys' nor approves it here",
    ),
    "an approval has ended": (
        (approval(until=ENDED),),
        "keys",
        "records",
        f"{NEITHER} 'records' nor approves it here; the approval by 'alice' ended on 2026-11-22",
    ),
    "the second of two approvals would do and has ended": (
        (approval("history", ENDED), approval("keys", ENDED, by="bob")),
        "records",
        "keys",
        f"{NEITHER} 'keys' nor approves it here; the approval by 'bob' ended on 2026-11-22",
    ),
}


@pytest.mark.parametrize(
    ("approvals", "allow", "destroys", "refused"), REFUSED.values(), ids=REFUSED
)
def test_a_step_is_refused_where(
    approvals: tuple[Approval, ...], allow: str, destroys: str, refused: str
) -> None:
    step = judged(*approvals, allow=allow)
    assert (step.destroys, step.refused) == (destroys, refused)
    assert [(loss.destroys, loss.allowed) for loss in step.losses] == [
        (each, each == allow) for each in ("records", "keys")
    ]


def test_a_step_that_loses_nothing_is_left_as_it_is() -> None:
    step = replace(STEP, losses=())
    assert protect.judge(step, Policy()) is step


def test_what_is_said_of_approvals_names_them_and_their_place() -> None:
    ended, unused = approval(until=ENDED), approval("keys")
    found = approvals.review(Policy(approvals=(ended, unused), today=TODAY), [])
    assert [*found] == [
        Diagnostic(
            "PROTECT001",
            "the approval of a loss of 'records' for 'M::Base/acme-dev-x' ended on 2026-11-22",
            LINE,
            "remove it, or let somebody approve it again with a later day",
            Severity.WARNING,
        ),
        Diagnostic(
            "PROTECT002",
            "the approval of a loss of 'keys' for 'M::Base/acme-dev-x'"
            " matches nothing in this plan",
            LINE,
            "check the address and the class; remove it once it has been applied",
            Severity.NOTE,
        ),
    ]
