"""How a step finds what has an id of AWS's own, and goes on with what an earlier try began."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.aws.ending import Ended
from reconciler.model.change import Action, Call, Observed
from reconciler.plan.calls import making
from reconciler.resources.api import MAKING_TAG, NAME_TAG, Op, absent

from .fakes import MEMBERS, refusal, resource
from .service import (
    AT,
    BROKEN,
    CREATE,
    LOST,
    NAME,
    OURS,
    PLAIN,
    SLOW,
    STATES,
    TAGS,
    Service,
    run,
    seen,
    step,
)

ALIAS, ID, ARN = {"KeyId": "alias/acme-dev-x"}, {"KeyId": "k-1"}, {"KeyId": "arn:1"}
KEYED = resource(
    "M::Base",
    key={"KeyId": "{Id}"},
    read=Op("describe_it", {"KeyId": "alias/{name}"}),
    lifecycle=STATES,
    found_by_tag=True,
)
MAKE = Call("made", "create_it", {"Size": 2}, {"Arn": ("Arn",)})
CHANGE, REMOVE = (Call("made", method, ID) for method in ("update_it", "delete_it"))
NAMED = [*TAGS, {"Key": NAME_TAG, "Value": "acme-dev-x"}]


def find(reader: Any, tags: Any) -> dict[str, str] | None:
    """The id of what carries these tags and no others."""
    if dict(tags) != {**OURS, NAME_TAG: "acme-dev-x"}:
        return None
    return {"KeyId": reader.call("list_members", {})["Members"][0]["Member"]}


# -- ids


def test_what_has_an_id_of_its_own_is_looked_at_by_the_arn_that_its_creation_gave() -> None:
    service = Service(None, "Making", "Up", create_it=[2])
    run(service, step(Action.CREATE, MAKE), KEYED)
    assert service.looks == [ARN, ARN]


def test_what_has_a_name_is_looked_at_by_its_name_though_an_arn_is_known() -> None:
    service = Service(create_it=[2])
    run(service, step(Action.CREATE, replace(CREATE, outputs={"Arn": ("Arn",)})), SLOW)
    assert service.looks == [NAME]


@pytest.mark.parametrize("call", [CHANGE, REMOVE], ids=lambda call: call.method)
def test_what_has_an_id_of_its_own_is_guarded_by_the_id_in_its_calls(call: Call) -> None:
    action = Action.UPDATE if call is CHANGE else Action.DELETE
    service = Service(1, update_it=[2])
    run(service, step(action, call), KEYED)
    assert service.looks[0] == ID


def test_a_refused_deletion_is_looked_at_by_the_id_in_its_call() -> None:
    service = Service(1, delete_it=[BROKEN])
    run(service, step(Action.DELETE, REMOVE), KEYED)
    assert service.looks == [ID, ID]


FOUND: dict[str, tuple[list[Any], dict[str, str]]] = {
    "by its tags": (NAMED, {"KeyId": "k-9"}),
    "by its name, where its tags find nothing": (TAGS, ALIAS),
    "by its name, where it has no tags": ([], ALIAS),
}


@pytest.mark.parametrize(("tags", "look"), FOUND.values(), ids=FOUND)
def test_what_an_earlier_try_made_is_looked_for(tags: list[Any], look: dict[str, str]) -> None:
    service = Service(2)
    service.members = ["k-9"]
    making_it = step(Action.CREATE, MAKE, desired={"Size": 2, "Tags": tags})
    run(service, making_it, replace(KEYED, find=find))
    assert service.looks[0] == look


def test_what_was_made_while_its_answer_was_lost_is_found_by_its_tags() -> None:
    service = Service(create_it=[(2, LOST)], tags={**OURS, NAME_TAG: "acme-dev-x"})
    service.members = ["k-9"]
    by = replace(KEYED, find=find)
    end, _ = run(service, step(Action.CREATE, MAKE, desired={"Size": 2, "Tags": NAMED}), by)
    assert (end.live.props, service.wrote) == ({"Size": 2}, ["create_it"])


def test_a_name_is_not_looked_for_where_the_answer_was_lost_and_nothing_finds_it() -> None:
    service = Service(create_it=[(2, LOST)])
    end, _ = run(service, step(Action.CREATE, MAKE), KEYED)
    assert (end[:2], service.looks) == (("Retry", "InternalFailure"), [])


# -- what an earlier try began

PARTED = resource("M::Base", parts=(MEMBERS,), lifecycle=STATES)
WANT = {"Size": 2, "Members": ["a", "b"], "Tags": TAGS}
ADD = [Call("made", "add_member", {**NAME, "Member": name}) for name in "ab"]
WHOLE = step(Action.CREATE, CREATE, *ADD, desired=WANT)
BEGUN = {**OURS, MAKING_TAG: making(WANT)}


@pytest.mark.parametrize("states", [("Up",), ("Up", "Making", "Up")], ids=len)
def test_only_what_is_left_is_done_to_what_an_earlier_try_began(states: tuple[str, ...]) -> None:
    service = Service(2, *states, tags=BEGUN, create_it=[BROKEN])
    service.members = ["a"]
    run(service, WHOLE, PARTED)
    assert service.wrote[:2] == ["create_it", "add_member"]
    assert service.params[1] == {**NAME, "Member": "b"}
    assert service.wrote[2:] == ["untag"]


def test_only_what_is_left_is_done_where_there_are_no_states() -> None:
    service = Service(2, tags=BEGUN, create_it=[BROKEN])
    service.members = ["a"]
    run(service, WHOLE, replace(PARTED, lifecycle=None))
    assert service.wrote == ["create_it", "add_member", "untag"]


def test_what_another_run_makes_otherwise_is_left_alone() -> None:
    service = Service(2, tags={**OURS, MAKING_TAG: "other"}, create_it=[BROKEN])
    end, _ = run(service, WHOLE, PARTED)
    assert (end[0], service.wrote) == ("APPLY003", ["create_it"])


# -- what is read, and when it shows


def test_waiting_for_a_deletion_reads_neither_tags_nor_parts() -> None:
    service = Service(1, "Up", "Going", "Going", "gone")
    gone = step(Action.DELETE, Call("made", "delete_it", NAME))
    run(service, gone, replace(PARTED, vanishes=True))
    assert (len(service.looks), service.tags_read) == (4, 1)


def test_a_refused_deletion_reads_no_tags_again() -> None:
    service = Service(1, delete_it=[BROKEN])
    run(service, step(Action.DELETE, Call("made", "delete_it", NAME)), PARTED)
    assert (len(service.looks), service.tags_read) == (2, 1)


def test_an_update_that_waits_reads_tags_before_and_after_and_not_at_each_look() -> None:
    service = Service(1, "Making", "Up", "Making", "Up", update_it=[2])
    change = step(Action.UPDATE, Call("made", "update_it", NAME), seen=seen(1))
    end, _ = run(service, change, SLOW)
    assert (end.live.props, service.tags_read) == ({"Size": 2}, 2)


LAGS: dict[str, tuple[list[int], float]] = {
    "at once": ([1], 0.5),
    "after a second": ([1, 1], 1.5),
    "after three seconds": ([1, 1, 1], 3.5),
    "after seven seconds": ([1, 1, 1, 1], 7.5),
}


@pytest.mark.parametrize(("lag", "at"), LAGS.values(), ids=LAGS)
def test_what_was_written_to_a_type_without_states_may_show(lag: list[int], at: float) -> None:
    service = Service(1, update_it=[2])
    service.lag = [*lag]
    end, _ = run(service, step(Action.UPDATE, Call("made", "update_it", NAME)), PLAIN)
    assert (end, service.clock.now()) == (
        Ended({"Size": 2, "Tags": TAGS}, Observed({"Size": 2}, {"Id": "i-1"}, tags=OURS)),
        at,
    )


def test_what_does_not_show_in_two_minutes_was_not_done() -> None:
    service = Service(1)
    end, _ = run(service, step(Action.UPDATE, Call("made", "update_it", NAME)), PLAIN)
    assert (end[0], service.clock.now()) == ("APPLY008", 120.5)


def test_a_wait_ends_when_its_time_is_over() -> None:
    service = Service(1, "Up", "Making")
    change = step(Action.UPDATE, Call("made", "update_it", NAME), seen=seen(1))
    _, events = run(service, change, SLOW)
    assert (len(events) - 1, service.clock.now()) == (6, 60.5)


def test_what_an_earlier_try_made_gives_its_outputs_to_later_steps() -> None:
    service = Service(2, create_it=[refusal("Exists")])
    end, _ = run(service, step(Action.CREATE, CREATE), replace(PLAIN, absent=(absent("NotFound"),)))
    assert (end.live.outputs, AT.name) == ({"Id": "i-1"}, "acme-dev-x")
