"""In which order a plan's steps run, what runs at once, and what a failure or Ctrl-C leaves out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from graphlib import CycleError
from itertools import chain
from random import Random
from typing import Any

import pytest

from reconciler.aws.apply import Interrupt, Outcome, apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.session import Session
from reconciler.model.change import Action, Call, Reason
from reconciler.model.event import (
    INTERRUPTED,
    REFUSED,
    CallSent,
    Event,
    RunFinished,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)
from reconciler.model.plan import Plan, Step
from reconciler.model.value import Ref
from reconciler.receipts.collect import Collector, Run
from reconciler.render.text.outcome import outcome_text
from reconciler.resources.api import Lifecycle

from .fakes import OWN, PLACE, RESOURCES, address, refusal, resource

PATIENCE = 5.0
"""Seconds after which a test gives up on another thread."""
SLOW = resource(
    "M::Slow", lifecycle=Lifecycle(field="State", ready=frozenset({"Up"}), busy=frozenset())
)


class World:
    """The made-up service. `when` says what happens while a resource is made or deleted."""

    def __init__(self, *there: str, tags: dict[str, str] | None = None) -> None:
        self.there: dict[str, dict[str, Any]] = {f"acme-dev-{name}": {} for name in there}
        self.tags = OWN if tags is None else tags
        self.when: dict[str, Callable[[], object]] = {}
        self.wrote: list[str] = []

    def client(self, _service: str) -> World:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def describe_it(self, Name: str) -> dict[str, Any]:
        if Name not in self.there:
            raise refusal("NotFound")
        return {"Id": f"i-{short(Name)}", "State": "Up", **self.there[Name]}

    def list_members(self, **_: str) -> dict[str, Any]:
        return {"Members": []}

    def list_tags(self, **_: str) -> dict[str, Any]:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()]}

    def create_it(self, Name: str, **props: Any) -> dict[str, Any]:
        self._write(Name)
        self.there[Name] = props
        return {"Id": f"i-{short(Name)}"}

    def delete_it(self, Name: str) -> dict[str, Any]:
        self._write(Name)
        del self.there[Name]
        return {}

    def _write(self, name: str) -> None:
        self.when.get(short(name), bool)()
        self.wrote.append(short(name))


def short(name: str) -> str:
    return name.removeprefix("acme-dev-")


def fails(code: str = "Broken") -> Callable[[], None]:
    def fail() -> None:
        raise refusal(code, "no")

    return fail


def make(name: str, *needs: str, kind: str = "base", uses: Any = None, **more: Any) -> Step:
    params = {"Name": f"acme-dev-{name}", **({"Uses": uses} if uses else {})}
    call = Call("made", "create_it", params, {"Id": ("Id",)})
    at = address(kind, name)
    return Step(name, at, Action.CREATE, Reason.ABSENT, (call,), needs=needs, **more)


def remove(name: str, kind: str = "base", *, after: tuple[str, ...] = (), **more: Any) -> Step:
    call = Call("made", "delete_it", {"Name": f"acme-dev-{name}"})
    at = address(kind, name)
    return Step(name, at, Action.DELETE, Reason.NOT_DECLARED, (call,), after=after, **more)


def run(world: World, *steps: Step, **more: Any) -> tuple[Outcome, list[Event]]:
    events: list[Event] = []
    plan = Plan("dev", "acme", PLACE.account, PLACE.region, steps)
    resources = {**RESOURCES, SLOW.type: SLOW}
    session = Session(world, FakeClock())
    return apply(plan, session, resources, PLACE, events.append, **more), events


def skipped(events: list[Event]) -> dict[str, str]:
    """What did not run, and why."""
    return {each.step: each.cause for each in events if isinstance(each, StepSkipped)}


# -- one step


def test_a_step_is_told_from_its_start_to_the_end_of_the_run() -> None:
    step = make("a", desired={"Name": "acme-dev-a"})
    outcome, events = run(World(), step)
    at, how = step.address, Action.CREATE
    assert events == [
        StepStarted("a", at, how, 0.0),
        CallSent("a", step.calls[0], 0.0, 0.0, 1),
        StepFinished("a", at, how, 0.0, {"Name": "acme-dev-a"}, None),
        RunFinished(1, 0, 0, 0.0),
    ]
    assert (outcome, outcome.ok) == (Outcome(("a",)), True)


def test_a_finished_step_tells_what_was_read_afterwards() -> None:
    _, events = run(World(), make("a", kind="slow", uses=[1], desired={"Uses": [1]}))
    (end,) = (each for each in events if isinstance(each, StepFinished))
    assert end.live is not None
    assert (end.desired, end.live.props, end.live.outputs) == (
        {"Uses": [1]},
        {"Uses": [1]},
        {"Id": "i-a"},
    )


def test_after_a_deletion_nothing_is_told_of_the_resource() -> None:
    world = World("a")
    _, events = run(world, remove("a"))
    assert StepFinished("a", address("base", "a"), Action.DELETE, 0.0, None, None) in events
    assert world.there == {}


def test_what_a_step_made_is_put_into_the_calls_of_a_later_one() -> None:
    world = World()
    run(world, make("b", "a", uses=Ref(address("base", "a"), "Id")), make("a"))
    assert world.there["acme-dev-b"] == {"Uses": "i-a"}


def zero() -> None:
    raise ZeroDivisionError("by nothing")


FAILED: dict[str, tuple[Any, World, tuple[str, str, str]]] = {
    "AWS refuses": (
        fails(),
        World(),
        ("APPLY002", "made.create_it acme-dev-a: Broken: no", ""),
    ),
    "it is there and not ours": (
        fails("Exists"),
        World("a", tags={}),
        (
            "APPLY003",
            "'M::Base/acme-dev-a' exists and is not ours (made.create_it acme-dev-a: Exists: no)",
            "take it over with `--adopt M::Base/acme-dev-a`",
        ),
    ),
    "Moorline has a fault": (zero, World(), ("APPLY009", "ZeroDivisionError: by nothing", "")),
}


@pytest.mark.parametrize(("what", "world", "told"), FAILED.values(), ids=FAILED)
def test_a_step_fails_because(what: Any, world: World, told: tuple[str, str, str]) -> None:
    world.when["a"] = what
    outcome, events = run(world, make("a"))
    waited = 120.0 if told[0] == "APPLY003" else 0.0  # its tags might not be shown yet
    assert events[-2:] == [
        StepFailed("a", address("base", "a"), Action.CREATE, waited, *told),
        RunFinished(0, 1, 0, waited),
    ]
    assert (outcome, outcome.ok) == (Outcome(failed=("a",)), False)


# -- order


@pytest.mark.parametrize("workers", [1, 3])
def test_steps_run_after_what_they_need_however_the_plan_lists_them(workers: int) -> None:
    world = World()
    outcome, _ = run(world, make("c", "b"), make("b", "a"), make("a"), workers=workers)
    assert (world.wrote, outcome.done) == (["a", "b", "c"], ("c", "b", "a"))


def test_a_deletion_waits_for_every_step_on_a_type_that_may_use_it() -> None:
    world = World("base", "one", "two")
    both = threading.Barrier(2)
    world.when = {name: lambda: both.wait(PATIENCE) for name in ("one", "two")}
    stores = [remove(name, "store", after=("M::Server",)) for name in ("one", "two")]
    outcome, _ = run(world, remove("base", after=("M::Store",)), *stores, workers=3)
    assert (outcome.ok, world.wrote[2:]) == (True, ["base"])


def test_a_need_that_is_no_step_of_the_plan_is_not_waited_for() -> None:
    outcome, _ = run(World(), make("a", "elsewhere"))
    assert outcome == Outcome(("a",))


def test_steps_that_need_each_other_are_an_error_of_the_planner() -> None:
    with pytest.raises(CycleError):
        run(World(), make("a", "b"), make("b", "a"))


# -- at once


def test_ten_steps_run_at_once() -> None:
    world, names = World(), [f"n{number}" for number in range(10)]
    together = threading.Barrier(10)
    world.when = {name: lambda: together.wait(PATIENCE) for name in names}
    outcome, _ = run(world, *map(make, names))
    assert outcome == Outcome(tuple(names))


def test_a_step_begins_as_soon_as_what_it_needs_is_done() -> None:
    world, last = World(), threading.Event()
    waited: list[bool] = []
    world.when = {"slow": lambda: waited.append(last.wait(PATIENCE)), "last": last.set}
    outcome, _ = run(world, make("slow"), make("first"), make("last", "first"), workers=2)
    assert (outcome.ok, waited, world.wrote) == (True, [True], ["first", "last", "slow"])


def test_no_more_steps_are_begun_than_there_are_workers() -> None:
    world, interrupt = World(), Interrupt()

    def ask_late() -> None:
        threading.Event().wait(0.05)  # time in which another step could be begun
        interrupt.ask()

    world.when["a"] = ask_late
    outcome, events = run(world, make("a"), make("b"), workers=1, interrupt=interrupt)
    assert (outcome, world.wrote) == (Outcome(("a",), (), ("b",), interrupted=True), ["a"])
    assert skipped(events) == {"b": INTERRUPTED}


# -- what does not run


def test_a_failed_step_leaves_out_all_that_needs_it_and_nothing_else() -> None:
    world = World()
    world.when["a"] = fails()
    outcome, events = run(world, make("a"), make("b", "a"), make("c", "b"), make("d"))
    assert outcome == Outcome(("d",), ("a",), ("b", "c"))
    assert StepSkipped("c", address("base", "c"), Action.CREATE, 0.0, "a") in events
    assert (skipped(events), events[-1]) == ({"b": "a", "c": "a"}, RunFinished(1, 1, 2, 0.0))


def test_a_failed_step_leaves_in_what_only_comes_after_it() -> None:
    world = World()
    world.when["a"] = fails()
    steps = [make("a"), make("b", "a", loose=("a",)), make("c", "a", "b", loose=("b",))]
    outcome, events = run(world, *steps)
    assert (outcome, skipped(events)) == (Outcome(("b",), ("a",), ("c",)), {"c": "a"})
    assert world.wrote == ["b"]


def test_what_only_comes_after_a_refused_step_runs() -> None:
    world = World()
    steps = [make("a", refused="no"), make("b", "a", loose=("a",)), make("c", "a")]
    assert run(world, *steps)[0] == Outcome(("b",), skipped=("a", "c"))


def test_a_failed_deletion_keeps_all_that_may_still_be_used() -> None:
    world = World("server", "spare", "store", "base")
    world.when["server"] = fails()
    steps = [
        remove("base", after=("M::Store",)),
        remove("store", "store", after=("M::Server",)),
        remove("server", "server"),
        remove("spare", "server"),
    ]
    outcome, events = run(world, *steps)
    assert outcome == Outcome(("spare",), ("server",), ("base", "store"))
    assert skipped(events) == {"store": "server", "base": "server"}


def test_a_type_whose_steps_all_went_well_keeps_nothing() -> None:
    world = World("one", "two", "base")
    world.when["one"] = fails()
    steps = [
        remove("one", "server"),
        remove("two", "store"),
        remove("base", after=("M::Store",)),
    ]
    outcome, _ = run(world, *steps)
    assert outcome == Outcome(("two", "base"), ("one",))


def test_a_refused_step_and_what_needs_it_are_told_and_not_begun() -> None:
    world = World()
    steps = [make("a", refused="it loses records"), make("b", "a"), make("c")]
    outcome, events = run(world, *steps)
    assert (outcome, world.wrote) == (Outcome(("c",), skipped=("a", "b")), ["c"])
    assert (outcome.ok, skipped(events)) == (False, {"a": REFUSED, "b": "a"})
    assert {each.step for each in events if isinstance(each, StepStarted)} == {"c"}
    assert events[-1] == RunFinished(1, 0, 2, 0.0)


def test_a_refused_deletion_keeps_what_may_still_be_used_and_says_so() -> None:
    world = World("server", "store", "base", "spare")
    steps = [
        remove("server", "server", refused="deletion protection is on"),
        remove("base", after=("M::Store",)),
        remove("store", "store", after=("M::Server",)),
        remove("spare", "slow"),
    ]
    world.when["spare"] = fails()
    outcome, events = run(world, *steps)
    assert outcome == Outcome((), ("spare",), ("server", "base", "store"))
    assert skipped(events) == {"server": REFUSED, "store": "server", "base": "server"}


def some_plan(chance: Random, world: World) -> list[Step]:
    """Steps that need each other, wait for types, are refused, fail and interrupt, or not."""
    steps: list[Step] = []
    for number in range(9):
        name = f"n{number}"
        before = [each.id for each in steps if chance.random() < 0.3]
        loose = tuple(each for each in before if chance.random() < 0.3)
        refused = "no" if chance.random() < 0.15 else ""
        if chance.random() < 0.25:
            world.when[name] = fails()
        if number < 6:
            steps.append(make(name, *before, loose=loose, refused=refused))
        else:
            world.there[f"acme-dev-{name}"] = {}
            after = chance.choice([(), ("M::Base",), ("M::Store",)])
            steps.append(remove(name, "server", after=after, needs=(*before,), refused=refused))
    return chance.sample(steps, len(steps))


@pytest.mark.parametrize("seed", range(60))
def test_each_step_of_a_plan_ends_in_one_way_and_people_are_told(seed: int) -> None:
    chance, world, interrupt = Random(seed), World(), Interrupt()
    steps = some_plan(chance, world)
    if seed % 4 == 0:
        world.when["n2"] = interrupt.ask
    collector = Collector(Plan("dev", "acme", "1", "r", (*steps,)), Run("r", "me", ""), RESOURCES)
    outcome, events = run(world, *steps, workers=2, interrupt=interrupt)
    for event in events:
        collector(event)
    ended = {"done": outcome.done, "failed": outcome.failed, "skipped": outcome.skipped}
    assert Counter(chain(*ended.values())) == Counter(step.id for step in steps)
    begun = {each.step for each in events if isinstance(each, StepStarted)}
    assert begun == {*outcome.done, *outcome.failed}
    kept = {record.id: (str(record.result), record.cause) for record in collector.receipt("").steps}
    causes = skipped(events)
    assert kept == {id_: (how, causes.get(id_, "")) for how, ids in ended.items() for id_ in ids}
    assert {*causes} == {*outcome.skipped}
    assert {*causes.values()} <= {step.id for step in steps} | {INTERRUPTED, REFUSED}
    done, failed, left = (len(ids) for ids in ended.values())
    assert events[-1] == RunFinished(done, failed, left, events[-1].at)
    shown = outcome_text(collector.plan, outcome, events, color=False)
    assert all(f" acme-dev-{id_} " in shown for id_ in causes)


def test_an_interrupted_run_begins_nothing_and_says_why() -> None:
    world, interrupt = World(), Interrupt()
    interrupt.ask()
    outcome, events = run(world, make("a"), make("b", "a"), interrupt=interrupt)
    assert (outcome, outcome.ok) == (Outcome(skipped=("a", "b"), interrupted=True), False)
    assert (skipped(events), world.wrote) == ({"a": INTERRUPTED, "b": INTERRUPTED}, [])


def test_a_run_stops_as_soon_as_what_it_watches_says_so() -> None:
    world, interrupt = World(), Interrupt()
    interrupt.watch(lambda: "a" in world.wrote)
    outcome, _ = run(world, make("a"), make("b", "a"), interrupt=interrupt)
    assert outcome == Outcome(("a",), (), ("b",), interrupted=True)


def test_what_is_in_flight_when_the_run_is_interrupted_is_finished() -> None:
    world, interrupt = World(), Interrupt()
    world.when["a"] = interrupt.ask
    outcome, _ = run(world, make("a"), make("b", "a"), interrupt=interrupt)
    assert (outcome, set(world.there)) == (
        Outcome(("a",), (), ("b",), interrupted=True),
        {"acme-dev-a"},
    )
