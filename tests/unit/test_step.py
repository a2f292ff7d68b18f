"""One step of an apply: what is looked at, what is sent, what is waited for, how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reconciler.aws.ending import Ended
from reconciler.model.change import Action, Call, Observed, Status
from reconciler.model.event import CallFailed, CallSent, StepWaiting
from reconciler.model.plan import Step
from reconciler.model.value import Ref
from reconciler.resources.api import Resource, absent
from reconciler.resources.review import Pending

from .fakes import refusal
from .service import (
    AT,
    BEFORE,
    BROKEN,
    CREATE,
    DELETE,
    GOING,
    LOST,
    MORE,
    NAME,
    OURS,
    PLAIN,
    SLOW,
    TAGS,
    UPDATE,
    Service,
    run,
    seen,
    step,
)

UPDATING = step(Action.UPDATE, UPDATE, seen=seen(1))
TWICE = step(Action.UPDATE, UPDATE, MORE, seen=seen(1))
MAKING = step(Action.CREATE, CREATE)
REMOVING = step(Action.DELETE, DELETE, seen=Observed({}, tags=OURS))
EMPTYING = step(Action.DELETE, BEFORE, DELETE, seen=Observed({}, tags=OURS))
DONE = Ended({"Size": 2, "Tags": TAGS}, Observed({"Size": 2}, {"Id": "i-1"}, tags=OURS))
WHO = "'M::Base/acme-dev-x'"
AGAIN = "run apply again: it goes on where AWS is"
CHANGED = (
    "APPLY001",
    f"{WHO} has changed since the plan was made",
    "plan again and review what moved",
)
Row = tuple[Callable[[], Service], Step, Resource, Any, list[str]]

UPDATES: dict[str, Row] = {
    "it becomes as asked": (
        lambda: Service(1, update_it=[2]), UPDATING, SLOW, DONE, ["update_it"],
    ),
    "AWS takes its time": (
        lambda: Service(1, "Up", "Making", "Making", "Up", update_it=[2]),
        UPDATING, SLOW, DONE, ["update_it"],
    ),
    "there are two calls": (
        lambda: Service(1, "Up", "Making", "Up", update_it=[2]),
        TWICE, SLOW, DONE, ["update_it", "add_more"],
    ),
    "it is busy at first": (
        lambda: Service(1, "Making", "Up", update_it=[2]), UPDATING, SLOW, DONE, ["update_it"],
    ),
    "it is as asked already": (lambda: Service(2), UPDATING, SLOW, DONE, []),
    "it was changed meanwhile": (lambda: Service(3), UPDATING, SLOW, CHANGED, []),
    "it was changed while it was busy": (
        lambda: Service(3, "Making", "Up"), UPDATING, SLOW, CHANGED, [],
    ),
    "no guard was taken": (
        lambda: Service(3, update_it=[2]), replace(UPDATING, guard=""), SLOW, DONE, ["update_it"],
    ),
    "it is gone": (
        Service, UPDATING, SLOW,
        ("APPLY001", f"{WHO} is gone since the plan was made", ""), [],
    ),
    "AWS does nothing": (
        lambda: Service(1), UPDATING, SLOW,
        (
            "APPLY008",
            f"AWS accepted the change of {WHO}, but Size is as before",
            "`moorline plan` shows what is pending",
        ),
        ["update_it"],
    ),
    "it fails": (
        lambda: Service(1, "Up", "Broken"), UPDATING, SLOW,
        ("APPLY005", f"{WHO} failed: Broken: no room", ""), ["update_it"],
    ),
    "it vanishes": (
        lambda: Service(1, "Up", "gone"), UPDATING, SLOW,
        ("APPLY004", f"{WHO} vanished while it was made", ""), ["update_it"],
    ),
    "it takes too long": (
        lambda: Service(1, "Up", "Making"), UPDATING, SLOW,
        ("APPLY006", f"{WHO} is still 'Making' after 60 s", AGAIN), ["update_it"],
    ),
    "AWS refuses": (
        lambda: Service(1, update_it=[BROKEN]), UPDATING, SLOW,
        ("Rejected", "Broken", ""), ["update_it"],
    ),
    "AWS refuses for a moment": (
        lambda: Service(1, update_it=[BROKEN, 2]),
        UPDATING, replace(SLOW, transient=(absent("Broken"),)), DONE, ["update_it", "update_it"],
    ),
}  # fmt: skip

DELETES: dict[str, Row] = {
    "it is there": (lambda: Service(1), REMOVING, PLAIN, Ended(), ["delete_it"]),
    "it is gone": (Service, REMOVING, PLAIN, Ended(), []),
    "an earlier run's deletion ends meanwhile": (
        lambda: Service(1, "Going", "gone"), REMOVING, GOING, Ended(), [],
    ),
    "it goes meanwhile": (
        lambda: Service(1, empty_it=[refusal("NotFound")]),
        EMPTYING, PLAIN, Ended(), ["empty_it", "delete_it"],
    ),
    "it was changed meanwhile": (
        lambda: Service(1, tags={**OURS, "by": "hand"}), REMOVING, PLAIN, CHANGED, [],
    ),
    "it takes time": (
        lambda: Service(1, "Up", "Going", "Going", "gone"), REMOVING, GOING, Ended(), ["delete_it"],
    ),
    "it takes too long": (
        lambda: Service(1, "Up", "Going"), REMOVING, GOING,
        ("APPLY006", f"{WHO} is still 'Going' after 60 s", AGAIN), ["delete_it"],
    ),
    "it has no states and takes too long": (
        lambda: Service(1), REMOVING, replace(GOING, lifecycle=None),
        ("APPLY006", f"{WHO} is still 'deleting' after 600 s", AGAIN), ["delete_it"],
    ),
    "it cannot be deleted": (
        lambda: Service(1, "Up", "Broken"), REMOVING, GOING,
        ("APPLY005", f"{WHO} was not deleted: Broken: no room", ""), ["delete_it"],
    ),
    "AWS refuses": (
        lambda: Service(1, delete_it=[BROKEN]), REMOVING, PLAIN,
        ("Rejected", "Broken", ""), ["delete_it"],
    ),
    "the answer to it was lost": (
        lambda: Service(1, delete_it=[(None, BROKEN)]), REMOVING, PLAIN, Ended(), ["delete_it"],
    ),
    "the answer to the first of two calls was lost": (
        lambda: Service(1, empty_it=[(None, BROKEN)]), EMPTYING, PLAIN, Ended(), ["empty_it"],
    ),
    "AWS refuses as it goes already": (
        lambda: Service(1, "Up", "Going", "gone", delete_it=[BROKEN]),
        REMOVING, GOING, Ended(), ["delete_it"],
    ),
    "AWS refuses as it scales": (
        lambda: Service(1, "Up", "Scaling", delete_it=[BROKEN]), REMOVING, GOING,
        ("Rejected", "Broken", ""), ["delete_it"],
    ),
    "AWS refuses and it is as before": (
        lambda: Service(1, delete_it=[BROKEN]), REMOVING, GOING,
        ("Rejected", "Broken", ""), ["delete_it"],
    ),
    "AWS refuses what would go at once": (
        lambda: Service(1, "Up", "Going", delete_it=[BROKEN]), REMOVING, SLOW,
        ("Rejected", "Broken", ""), ["delete_it"],
    ),
}  # fmt: skip

UPSERT = replace(SLOW, upsert=True)
FOUND = replace(SLOW, found_by_tag=True, find=lambda *_: NAME)
NOT_OURS = ("APPLY003", f"{WHO} exists and is not ours", f"take it over with `--adopt {AT}`")
CREATES: dict[str, Row] = {
    "nothing is there": (lambda: Service(create_it=[2]), MAKING, SLOW, DONE, ["create_it"]),
    "AWS takes its time": (
        lambda: Service(None, "Making", "Up", create_it=[2]), MAKING, SLOW, DONE, ["create_it"],
    ),
    "more is set afterwards": (
        lambda: Service(None, "Making", "Up", create_it=[2]),
        step(Action.CREATE, CREATE, MORE), SLOW, DONE, ["create_it", "add_more"],
    ),
    "it fails": (
        lambda: Service(None, "Broken", create_it=[2]), MAKING, SLOW,
        ("APPLY005", f"{WHO} failed: Broken: no room", ""), ["create_it"],
    ),
    "it takes the place of another": (
        lambda: Service(create_it=[2]), replace(MAKING, action=Action.REPLACE), SLOW, DONE,
        ["create_it"],
    ),
    "AWS refuses": (
        lambda: Service(create_it=[BROKEN]), MAKING, SLOW, ("Rejected", "Broken", ""),
        ["create_it"],
    ),
    "an earlier try made it": (
        lambda: Service(2, create_it=[BROKEN]), MAKING, SLOW, DONE, ["create_it"],
    ),
    "another spec made it": (
        lambda: Service(2, tags={**OURS, "moorline:spec": "Kind/y"}, create_it=[BROKEN]),
        MAKING, SLOW, ("APPLY003", f"{WHO} belongs to another spec of ours", ""), ["create_it"],
    ),
    "creating overwrites, and nothing is there": (
        lambda: Service(create_it=[2]), MAKING, UPSERT, DONE, ["create_it"],
    ),
    "creating would overwrite what is as asked": (lambda: Service(2), MAKING, UPSERT, DONE, []),
    "creating would overwrite what is not ours": (
        lambda: Service(2, tags={"by": "hand"}), MAKING, UPSERT, NOT_OURS, [],
    ),
    "its id is found by tag": (lambda: Service(2), MAKING, FOUND, DONE, []),
    "what is found by tag is not ours": (
        lambda: Service(2, tags={}), MAKING, FOUND, NOT_OURS, [],
    ),
}  # fmt: skip


CASES = {
    f"{kind} when {name}": row
    for kind, rows in (("an update", UPDATES), ("a deletion", DELETES), ("a creation", CREATES))
    for name, row in rows.items()
}


@pytest.mark.parametrize(("there", "what", "by", "end", "wrote"), CASES.values(), ids=CASES)
def test_the_end_of(there: Any, what: Step, by: Resource, end: Any, wrote: list[str]) -> None:
    service = there()
    assert (run(service, what, by)[0], service.wrote) == (end, wrote)


# -- what is told


def test_every_call_is_told_with_its_time_and_tries() -> None:
    service = Service(1, update_it=[refusal("Throttling"), 2])
    _, events = run(service, TWICE, SLOW)
    first, second = (each for each in events if isinstance(each, CallSent))
    assert (first.step, first.call, first.at, first.attempts) == ("id", UPDATE, 0.0, 2)
    assert 1.0 < first.seconds == second.at
    assert (second.call, second.seconds, second.attempts) == (MORE, 0.5, 1)


def test_a_call_that_failed_is_told_with_the_word_of_aws() -> None:
    _, events = run(Service(1, update_it=[BROKEN]), UPDATING, SLOW)
    assert events == [CallFailed("id", UPDATE, 0.0, 0.5, 1, "Broken")]


def test_waiting_is_told_at_every_look_that_shows_it_busy() -> None:
    service = Service(1, "Up", "Making", "Scaling", "Up", update_it=[2])
    _, events = run(service, UPDATING, SLOW)
    assert events[1:] == [
        StepWaiting("id", AT, "Making", 0.5),
        StepWaiting("id", AT, "Scaling", 10.5),
    ]


INTERRUPTED: dict[str, tuple[Step, Resource, str]] = {
    "an update": (UPDATING, SLOW, "Going"),
    "a deletion": (REMOVING, GOING, "Going"),
}


@pytest.mark.parametrize(("what", "by", "state"), INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interruption_ends_the_wait_of(what: Step, by: Resource, state: str) -> None:
    end, _ = run(Service(1, "Up", state), what, by, interrupted=True)
    assert end == ("APPLY010", f"interrupted while AWS works on {WHO} ({state})", AGAIN)


# -- what was tried before


def failed_before(desired: Any, live: Observed) -> str:
    return "it was rolled back" if (desired["Size"], live.props["Size"]) == (2, 1) else ""


def test_an_update_that_failed_before_is_sent_only_when_it_is_asked_for_again() -> None:
    by = replace(SLOW, pending=Pending(spent=failed_before))
    service, told = Service(1, update_it=[2]), "`moorline plan` says how to get on"
    assert run(service, UPDATING, by)[0] == ("APPLY011", "it was rolled back", told)
    assert service.wrote == []
    assert run(service, replace(UPDATING, retry=True), by)[0] == DONE


def test_what_aws_may_have_made_under_an_id_of_its_own_is_not_made_twice() -> None:
    by = replace(SLOW, found_by_tag=True)
    service = Service(create_it=[LOST, 2])
    end, _ = run(service, MAKING, by)
    assert (end[:2], service.wrote) == (("Retry", "InternalFailure"), ["create_it"])


def test_what_has_a_name_is_made_again_when_the_answer_was_lost() -> None:
    service = Service(create_it=[LOST, 2])
    assert (run(service, MAKING, SLOW)[0], service.wrote) == (DONE, ["create_it", "create_it"])


# -- outputs


def test_outputs_of_the_resource_itself_are_put_into_its_later_calls() -> None:
    later = Call("made", "add_more", {**NAME, "Of": Ref(AT, "Id")})
    service = Service(create_it=[2])
    run(service, step(Action.CREATE, CREATE, later), PLAIN)
    assert service.params[-1] == {**NAME, "Of": "i-1"}
    service = Service(1, update_it=[2])
    run(service, step(Action.UPDATE, replace(UPDATE, params=later.params)), PLAIN)
    assert service.params == [{**NAME, "Of": "i-1"}]


def test_a_type_without_states_ends_when_it_is_shown() -> None:
    end, _ = run(service := Service(create_it=[2]), MAKING, PLAIN)
    assert end == Ended({"Size": 2, "Tags": TAGS}, None)
    assert (len(service.looks), service.tags_read) == (1, 0)


def test_a_type_that_is_not_as_asked_says_so_in_its_own_words() -> None:
    def verify(_desired: Any, live: Observed) -> str:
        return "it was rolled back" if live.status is Status.READY else ""

    end, _ = run(Service(1, update_it=[2]), UPDATING, replace(SLOW, verify=verify))
    told = "`moorline plan` shows the change as pending"
    assert end == ("APPLY007", "it was rolled back", told)
