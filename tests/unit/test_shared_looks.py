"""What steps that run at once look at together, what a listing may not stand for, one request."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from reconciler.aws.apply import apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import AwsError, Rejected
from reconciler.aws.session import Session
from reconciler.aws.together import Together
from reconciler.model.change import Action, Call, Observed, Reason
from reconciler.model.event import StepFailed
from reconciler.model.plan import Plan, Step
from reconciler.plan.diff import guard
from reconciler.resources.api import Listing

from .fakes import OWN, PLACE, address, refusal, resource

LISTED = Listing(method="list_them", at="Items", name="Name")
NAMES = [f"n{number}" for number in range(6)]


class World:
    """A service with a listing. `hidden` are listed late, `stale` are listed though gone."""

    def __init__(self, *there: str) -> None:
        self.there = {f"acme-dev-{name}" for name in there}
        self.tags = {name: dict(OWN) for name in self.there}
        self.hidden: set[str] = set()
        self.stale: set[str] = set()
        self.calls: Counter[str] = Counter()
        self.broken = False

    def client(self, _service: str) -> World:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def list_them(self) -> dict[str, Any]:
        self.calls["list"] += 1
        if self.broken:
            raise refusal("AccessDenied")
        shown = (self.there | self.stale) - self.hidden
        return {"Items": [{"Name": name} for name in sorted(shown)]}

    def describe_it(self, Name: str) -> dict[str, Any]:
        self.calls["describe"] += 1
        if Name not in self.there:
            raise refusal("NotFound")
        return {"Id": "i", "Name": Name}

    def list_tags(self, Name: str) -> dict[str, Any]:
        self.calls["tags"] += 1
        return {"Tags": [{"Key": k, "Value": v} for k, v in self.tags.get(Name, {}).items()]}

    def create_it(self, Name: str) -> dict[str, Any]:
        self.calls["create"] += 1
        self.there.add(Name)
        return {"Id": "i"}

    def delete_it(self, Name: str) -> dict[str, Any]:
        self.calls["delete"] += 1
        if Name not in self.there:
            raise refusal("NotFound")
        self.there.discard(Name)
        return {}


def run(world: World, *steps: Step, **more: Any) -> dict[str, str]:
    """What failed, with its code."""
    events: list[Any] = []
    kind = resource("M::Base", listings=(LISTED,), **more)
    plan = Plan("dev", "acme", PLACE.account, PLACE.region, steps)
    apply(plan, Session(world, FakeClock()), {kind.type: kind}, PLACE, events.append, workers=1)
    return {each.step: each.code for each in events if isinstance(each, StepFailed)}


def make(name: str) -> Step:
    call = Call("made", "create_it", {"Name": f"acme-dev-{name}"}, {"Id": ("Id",)})
    return Step(name, address("base", name), Action.CREATE, Reason.ABSENT, (call,))


def remove(name: str) -> Step:
    call = Call("made", "delete_it", {"Name": f"acme-dev-{name}"})
    seen = guard(Observed({}, tags=OWN, hearsay=True), resource("M::Base"))
    at = address("base", name)
    return Step(name, at, Action.DELETE, Reason.NOT_DECLARED, (call,), guard=seen)


def test_a_deletion_looks_once_and_its_tags_are_always_its_own() -> None:
    world = World(*NAMES)
    assert run(world, *map(remove, NAMES)) == {}
    assert world.calls == {"list": 2, "tags": 6, "delete": 6}


def test_what_was_given_to_somebody_else_is_not_deleted() -> None:
    world = World(*NAMES)
    world.tags["acme-dev-n3"] = {}
    assert run(world, *map(remove, NAMES)) == {"n3": "APPLY001"}
    assert world.there == {"acme-dev-n3"}


@pytest.mark.parametrize("how", ["broken", "hidden"])
def test_what_no_listing_has_is_looked_at_by_itself(how: str) -> None:
    world = World(*NAMES)
    world.broken, world.hidden = how == "broken", {*world.there} if how == "hidden" else set()
    assert run(world, *map(remove, NAMES)) == {}
    assert (world.there, world.calls["describe"] >= 6) == (set(), True)


def test_what_is_still_listed_after_its_deletion_is_asked_for() -> None:
    world = World(*NAMES)
    world.stale = {"acme-dev-n1"}
    assert run(world, *map(remove, NAMES)) == {}
    assert world.calls["describe"] == 1


def test_what_a_run_has_made_is_seen_by_one_listing() -> None:
    world = World()
    assert run(world, *map(make, NAMES)) == {}
    assert world.calls == {"create": 6, "list": 1}


def test_what_never_shows_fails_its_step_though_aws_said_yes() -> None:
    world = World()
    world.create_it = lambda Name: {"Id": Name}  # type: ignore[method-assign]
    failed = run(world, *map(make, NAMES))
    assert failed == dict.fromkeys(NAMES, "APPLY004")


def test_what_overwrites_is_looked_for_one_by_one_unless_its_listing_is_as_good() -> None:
    world = World()
    run(world, *map(make, NAMES), upsert=True)
    assert world.calls["describe"] == 6


def test_those_who_ask_while_a_request_is_out_share_the_next_one() -> None:
    together, out, go = Together(), threading.Event(), threading.Event()
    sent: list[list[str]] = []

    def first() -> str:
        out.set()
        assert go.wait(5)
        return "alone"

    ends: list[Any] = []

    def ask(name: str, alone: Any) -> None:
        ends.append(together.ask("M::Base", [name], alone, sent.append))

    threads = [threading.Thread(target=ask, args=("a", first))]
    threads[0].start()
    assert out.wait(5)
    threads += [threading.Thread(target=ask, args=(name, lambda: "late")) for name in "bcd"]
    for thread in threads[1:]:
        thread.start()
    while len(together._queues["M::Base"]) < 3:
        threading.Event().wait(0.001)
    go.set()
    for thread in threads:
        thread.join(5)
    assert (sorted(sent[0]), len(sent)) == (["b", "c", "d"], 1)
    assert sorted(ends, key=str) == [None, None, None, "alone"]


def test_what_is_refused_alone_is_refused() -> None:
    def no() -> None:
        raise Rejected("it", "No", "no")

    together = Together()
    for _ in range(2):
        with pytest.raises(AwsError):
            together.ask("M::Base", ["a"], no, lambda _: None)
