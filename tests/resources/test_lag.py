"""Every registered type while AWS lags behind each write: it ends as without lag.

After a write the first reads of each operation are answered as before it, by the sandbox. No
write may take effect twice, and nothing may be there twice. A plan sees what is there, or says
that it does not know: it never has a second creation, and no deletion of what is wanted.
"""

from __future__ import annotations

from collections import Counter

import pytest
from sweeps import LONG, sample as some

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import CallSent, Event, StepFailed
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Step
from reconciler.plan.order import plan
from reconciler.resources.api import load
from reconciler.sandbox.inprocess import Sandbox

from .samples import PLACE, SAMPLES, Props, Sample
from .test_lifecycle import ALL, carry_out, nodes, told

READS = (1, 5) if LONG else (5,)
LIVES = [(type_, reads) for reads in READS for type_ in sorted(SAMPLES)]
TRIES = 12
"""Plans until one knows everything: each listing and index lags by at most five reads."""


class Life:
    """One process after another on an account that lags."""

    def __init__(self, aws: Sandbox) -> None:
        self.aws = aws
        self.left: frozenset[Address] = frozenset()
        self.applied: dict[Address, Props] = {}
        self.sent: list[Event] = []

    def session(self) -> Session:
        clock = FakeClock()
        return Session(self.aws, clock=clock, limiter=Limiter(clock, unlimited=True))

    def planned(self, session: Session, *wanted: Node) -> tuple[Step, ...]:
        """A plan that knows everything; the ones before it said what they do not know."""
        graph, problems = build_graph(wanted)
        assert problems == []
        for _ in range(TRIES):
            live, found = observe(
                session, graph, load(), PLACE, left=self.left, applied=self.applied
            )
            draft = plan(graph, live, load(), PLACE, ALL)
            there = {step.address for step in draft.steps if step.action is Action.CREATE}
            assert not there & self.left, "what the last run left is not made again"
            gone = {step.address for step in draft.steps if step.action is Action.DELETE}
            assert not gone & graph.nodes.keys() or self.replaced(draft.steps)
            if {item.code for item in found} <= {"AWS004"}:
                assert [item for item in draft.diagnostics if item.is_error] == []
                return tuple(draft.steps)
            assert {item.code for item in found} <= {"AWS002", "AWS004"}
        raise AssertionError(found)

    @staticmethod
    def replaced(steps: list[Step]) -> bool:
        return any(step.action is Action.REPLACE for step in steps)

    def turn(self, *wanted: Node) -> tuple[Step, ...]:
        """Plan and apply; no call took effect twice.

        A listing that was older than the last apply makes a deletion that apply refuses, for what
        it sees is not what was planned: that is safe, and the next plan knows better.
        """
        steps, refused = self._turn(*wanted)
        if refused:
            again, refused = self._turn(*wanted)
            steps = (*steps, *again)
        assert not refused
        self.left = frozenset(node.address for node in wanted)
        self.applied = told(wanted)
        return steps

    def _turn(self, *wanted: Node) -> tuple[tuple[Step, ...], bool]:
        """What was planned, and whether a deletion of it was refused as out of date."""
        session = self.session()
        steps = self.planned(session, *wanted)
        events = carry_out(session, steps)
        failed = [event for event in events if isinstance(event, StepFailed)]
        deletes = {step.id for step in steps if step.action is Action.DELETE}
        stale = {each.step for each in failed if each.code == "APPLY001"} & deletes
        assert [each.message for each in failed if each.step not in stale] == []
        sent = [event.call for event in events if isinstance(event, CallSent)]
        planned = [call for step in steps for call in step.calls]
        assert Counter(call.method for call in sent) <= Counter(call.method for call in planned)
        return steps, bool(stale)

    def seen(self, *wanted: Node) -> None:
        """Until nothing lags any more, and nothing is left to do."""
        for _ in range(TRIES):
            steps = self.turn(*wanted)
            if not steps:
                break
            assert {step.action for step in steps} <= {Action.UPDATE, Action.DELETE}
        self.aws.lag(0)
        assert self.turn(*wanted) == ()


@pytest.mark.parametrize(("type_", "reads"), some(LIVES, 3), ids="{}".format)
def test_a_life_with_stale_reads_is_a_life_without(type_: str, reads: int, aws: Sandbox) -> None:
    sample, life = SAMPLES[type_], Life(aws)
    aws.lag(reads)
    full = nodes(sample, sample.full, team="fraud")
    assert {step.action for step in life.turn(*full)} == {Action.CREATE}
    edited: Props = sample.full
    for edit in sample.edits if LONG else sample.edits[:1]:
        edited = {**edited, **edit}
        if LONG:
            _changed(life, sample, *nodes(sample, edited, team="fraud"))
    _changed(life, sample, *nodes(sample, edited, team="risk"))
    life.turn()
    life.left = frozenset()
    life.seen()


def _changed(life: Life, sample: Sample, *wanted: Node) -> None:
    actions = {step.action for step in life.turn(*wanted) if step.address == sample.address}
    assert actions <= {Action.UPDATE}
