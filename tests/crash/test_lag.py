"""The small platform, whose account lags behind each write by five reads; and kills meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from engine.platform import FAULTS, Platform
from sweeps import LONG

from reconciler.aws.apply import Outcome
from reconciler.aws.clock import FakeClock
from reconciler.compile import compiler
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import CallSent, Event, StepFailed
from reconciler.model.plan import Plan
from reconciler.model.receipt import iso
from reconciler.receipts import recent
from reconciler.receipts.collect import Collector, Run
from reconciler.resources.api import load
from reconciler.sandbox.inprocess import Sandbox

from .example import SETTLED, Example
from .live import difference, state
from .scene import CHANGED, Axe, Scene, given, small
from .stages import Name, release
from .test_killed import Stages

READS = 5
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TRIES = 12
"""Plans until one knows everything."""
KILLS = (1, 2, 4, 9, 14, 20, 27, 33)
pytestmark = pytest.mark.skipif(not LONG, reason="each takes minutes: make test-long")


def knowing(scene: Scene, left: frozenset[Address], *, destroy: bool = False) -> Plan:
    """The first plan that knows everything; those before it said what they do not know."""
    for _ in range(TRIES):
        plan = scene.plan(destroy=destroy, left=left)
        made = {step.address for step in plan.steps if step.action is Action.CREATE}
        assert not made & left, "what the last run left is not made again"
        if not any(found.code in {"AWS002", "PLAN002"} for found in plan.diagnostics):
            return plan
        scene.clock.sleep(60)
    raise AssertionError(plan.diagnostics)


def run(scene: Scene, left: frozenset[Address], *, destroy: bool = False) -> Outcome:
    """A new process; no call of a plan takes effect twice."""
    scene.restart()
    plan = knowing(scene, left, destroy=destroy)
    outcome = scene.carry_out(plan, events := [])
    _once(plan, events)
    keep(scene, plan, events)
    failed = {event.step: event.message for event in events if isinstance(event, StepFailed)}
    assert destroy or failed == {}
    return outcome


def _once(plan: Plan, events: list[Event]) -> None:
    asked = Counter((step.id, call.method) for step in plan.steps for call in step.calls)
    sent = Counter((e.step, e.call.method) for e in events if isinstance(e, CallSent))
    assert sent <= asked


def test_the_whole_life_ends_as_without_lag(stages: Stages, aws: Sandbox) -> None:
    ends = {name: stages(name).reference for name in ("apply", "update")}
    FAULTS.clear()
    aws.reset()
    scene = small(aws)
    aws.lag(READS)
    assert run(scene, frozenset()).ok
    declared = frozenset(scene.graph().nodes)
    _is(aws, scene, ends["apply"])
    scene.text, scene.tags = CHANGED, "team: risk"
    assert run(scene, declared).ok
    _is(aws, scene, ends["update"])


class Linked(FakeClock):
    """A clock whose waits pass in the sandbox too, where no write hides for longer than on AWS."""

    def __init__(self, aws: Sandbox) -> None:
        super().__init__()
        self._aws = aws

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._aws.clock.advance(seconds)


class Waiting(Example):
    """The example, on such a clock."""

    def restart(self) -> None:
        super().restart()
        self.clock = Linked(self.aws)
        Platform.restart(self)


@pytest.mark.parametrize("reads", [1, READS])
def test_the_example_is_at_rest_right_after_each_apply(aws: Sandbox, reads: int) -> None:
    """No plan of it waits for anything but AWS's own contradictions, and none has an error."""
    aws.reset()
    scene = Waiting(aws)
    given(scene, SETTLED)
    aws.lag(reads)
    left: frozenset[Address] = frozenset()
    for number in range(3):
        if number:
            aws.lag(0)  # whoever releases a model waits until he sees it
            release(scene)
            aws.lag(reads)
            scene.edited = number > 1
        scene.restart()
        plan = scene.plan(left=left)
        assert plan.errors == ()
        outcome = scene.carry_out(plan, events := [])
        assert outcome.ok, [each for each in events if isinstance(each, StepFailed)]
        keep(scene, plan, events)
        left = frozenset(scene.graph().nodes)
        scene.restart()
        after = scene.plan(left=left)
        assert ([step.id for step in after.steps], after.errors) == ([], ())


def keep(scene: Scene, plan: Plan, events: list[Event]) -> None:
    """Have the receipt of a run that has just ended for the next one."""
    known, place = load(), compiler.place_of(scene.request().view)
    collector = Collector(plan, Run("1", "alice", iso(NOW)), known)
    for event in events:
        collector(event)
    store: Any = SimpleNamespace(ids=lambda: ["1"], read=lambda _: collector.receipt(iso(NOW)))
    scene.earlier = lambda: recent.changed(store, known, place, NOW)


def _is(aws: Sandbox, scene: Scene, reference: dict[str, object]) -> None:
    """Without lag, nothing is left to do, and nothing is there twice."""
    aws.lag(0)
    scene.restart()
    assert [step.id for step in scene.plan().steps] == []
    assert difference(reference, state(scene)) == {}
    aws.lag(READS)


@pytest.mark.parametrize("name", ["apply", "update"])
def test_a_rerun_after_a_kill_makes_no_second_copy(
    name: Name, stages: Stages, aws: Sandbox
) -> None:
    stage = stages(name)
    for nth in KILLS:
        scene = stage.again()
        aws.lag(READS)
        axe = Axe(nth, after=True)
        assert scene.dies(axe)
        for _ in range(3):  # what cannot be found out is said, and the next run goes on
            scene.restart()
            if scene.carry_out(scene.settled_plan()).ok:
                break
        aws.lag(0)
        stage.scene.finish()
        assert difference(stage.reference, state(scene)) == {}, axe.fallen
