"""Every call of plans and applies meets trouble of every kind.

In `make test` those of a small platform; `make test-long` does more: the example's, and one fault
alone in each run, for every call and kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, product
from zlib import crc32

import pytest
from crash.stages import EXAMPLE, SMALL, Name, Stage
from engine.platform import FAULTS
from sweeps import LONG, only_long

from reconciler.aws.apply import Outcome
from reconciler.aws.session import READS
from reconciler.model.event import Event, StepFailed
from reconciler.model.plan import Plan
from reconciler.sandbox.door.faults import ASSUME, Fault

from .once import Once, Request, Telling
from .weather import KINDS, PASSING, Run, apply_through, arm, in_small_pages, recovers

Stages = Callable[[Name], Stage]
LAG = {"code": "ValidationException", "message": ASSUME}
STOPPING = ("denied", "refused")
"""What ends a step."""
EITHER = "denied or refused"
EACH = (*PASSING, EITHER, "a role that spreads", "stale")
ELSEWHERE = {"a reset", "stale", "throttled", "a time-out before the effect"}
"""What test_apply.py and test_plan.py meet too."""
MEETINGS = [
    (name, kind)
    for number, kind in enumerate([*EACH, *STOPPING] if LONG else EACH)
    for third, name in enumerate((*SMALL, *EXAMPLE))
    if LONG or (name in SMALL and number % len(SMALL) == third and kind not in ELSEWHERE)
]
"""In `make test` the three runs of the small platform share the kinds that are met nowhere else."""
UNCLEAR = {"AWS::KMS::Key"}
"""Types of which a step may stop at trouble that passes: a second call could make a second one."""
LOST = "a time-out after the effect"
"""A call that is sent again may be refused, since AWS has begun or done it: the step may stop."""
ROUNDS = 10
WITH_ROLE = {"create_feature_group", "create_model", "create_pipeline"}
PLANNED = 80
"""Calls of a plan of the example, at least."""
DESTROYED = 12
"""Calls of the plan of its destruction, at least: listings, and what no listing says."""
PARTS = 4


def reads(request: Request) -> bool:
    return request[1].startswith(READS)


def even(request: Request) -> bool:
    return crc32(request[2]) % 2 == 0


ONLY: dict[str, Callable[[Request], bool]] = {
    "stale": reads,
    "a role that spreads": lambda request: request[1] in WITH_ROLE,
}
"""Which requests can meet a kind; all, where nothing is said."""


def once(kind: str) -> list[Once]:
    """Faults of a kind that strike each request once between them."""
    if kind == EITHER:
        denied, refused = ({**KINDS[each], "times": None} for each in STOPPING)
        return [Once("*", only=even, **denied), Once("*", only=lambda r: not even(r), **refused)]
    what = KINDS.get(kind, LAG)
    return [Once("*", only=ONLY.get(kind, lambda _: True), **{**what, "times": None})]


def struck(faults: list[Once]) -> set[Request]:
    return {request for fault in faults for request in fault.struck}


def meant(faults: list[Once], sent: set[Request]) -> set[Request]:
    return {request for request in sent if any(fault.only(request) for fault in faults)}


def armed(faults: list[Once]) -> None:
    arm(faults[0])
    for fault in faults[1:]:
        FAULTS.add(fault)


@dataclass(slots=True)
class Runs:
    """Runs of one stage, each in a new process, until one meets nothing new."""

    count: int = 0
    failures: list[StepFailed] = field(default_factory=list)
    sent: set[Request] = field(default_factory=set)
    outcome: Outcome = field(default_factory=Outcome)


def until_there(stage: Stage, faults: list[Once]) -> Runs:
    """Each run meets what those before did not, and says what it did and what it did not."""
    scene, runs, before = stage.again(), Runs(), -1
    while before < len(struck(faults)):
        before = len(struck(faults))
        scene.restart()
        plan = scene.settled_plan(destroy=stage.destroy)
        telling = scene.session.clients = Telling()
        armed(faults)
        events: list[Event] = []
        runs.outcome = scene.carry_out(plan, events)
        FAULTS.clear()
        run = Run(plan, runs.outcome, events)
        run.is_accounted_for()
        runs.count += 1
        runs.failures += run.failures
        runs.sent |= telling.sent.keys()
    return runs


@pytest.mark.parametrize(("name", "kind"), MEETINGS, ids="{}".format)
def test_every_call_of_an_apply_meets_it_once(name: Name, kind: str, stages: Stages) -> None:
    stage = stages(name)
    faults = once(kind)
    runs = until_there(stage, faults)
    assert struck(faults) == meant(faults, runs.sent)
    if kind not in ONLY:
        assert len(struck(faults)) > stage.writes
        writes = sum(not reads(request) for request in struck(faults))
        assert writes >= 0.75 * stage.writes
    assert {*runs.outcome.failed} == stage.ends.failed
    others = {each.step for each in runs.failures} - stage.ends.failed
    if kind == LOST:
        assert runs.count <= ROUNDS
    elif kind in PASSING:
        unclear = set() if kind == "throttled" else UNCLEAR
        assert {step.partition("/")[0] for step in others} <= unclear, runs.failures
    elif kind in {EITHER, *STOPPING}:
        assert runs.count > 3
        assert others
    recovers(stage, kind)


def moves(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


def plans(
    stage: Stage, *, further: bool = False, destroy: bool = False, every: int = 1
) -> Iterator[int]:
    """Plan so often that each call, or one in `every`, has failed once; no step is by mistake."""
    scene = stage.again()
    clean = scene.plan(destroy=destroy)
    everything = set(moves(clean))
    assert bool(everything) == destroy
    for turn, nth in enumerate(count(1, 1 if LONG else every)):
        for kind in STOPPING if LONG else (STOPPING[turn % 2],):
            scene.restart()
            if further:
                in_small_pages(scene)
            arm(fault := Fault("*", nth=nth, further=further, **KINDS[kind]))
            plan = scene.plan(destroy=destroy)
            FAULTS.clear()
            if not fault.fired:
                assert set(moves(plan)) == everything
                return
            assert set(moves(plan)) <= everything, (nth, kind)
            told = set(plan.diagnostics) - set(clean.diagnostics)
            assert told or set(moves(plan)) == everything, (nth, kind)  # or asked again
        yield nth


@only_long
def test_a_plan_whose_nth_read_fails_takes_nothing_for_absent(stages: Stages) -> None:
    assert max(plans(stages("example destroy"))) > PLANNED


@only_long
def test_a_destroy_whose_nth_read_fails_deletes_nothing_else(stages: Stages) -> None:
    assert max(plans(stages("example destroy"), destroy=True)) > DESTROYED


@only_long
def test_a_plan_that_lacks_a_further_page_takes_nothing_for_absent(stages: Stages) -> None:
    assert max(plans(stages("example destroy"), further=True)) > 10


@only_long
@pytest.mark.parametrize("kind", PASSING)
def test_a_plan_all_of_whose_reads_fail_once_is_the_same(kind: str, stages: Stages) -> None:
    scene = stages("example destroy").again()
    telling = scene.session.clients = Telling()
    armed(faults := once(kind))
    plan = scene.plan()
    FAULTS.clear()
    assert (moves(plan), plan.errors) == ([], ())
    assert struck(faults) == telling.sent.keys()
    assert len(telling.sent) > PLANNED - 30


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("name", "kind"), [*product(EXAMPLE, KINDS)] if LONG else [])
def test_each_call_alone(name: Name, kind: str, part: int, stages: Stages) -> None:
    stage = stages(name)
    for nth in range(1 + part, stage.calls + 1, PARTS):
        fault = Fault("*", nth=nth, **KINDS[kind])
        run = apply_through(stage, fault)
        run.is_accounted_for()
        assert fault.fired
        recovers(stage, f"{kind} at call {nth}")
