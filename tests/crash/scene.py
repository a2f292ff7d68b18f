"""Platforms whose runs are cut off: what is declared, what AWS held before, what is killed.

`SMALL` has one resource of every type that Moorline knows. AWS is put back to a saved
state between two kills.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine import specs
from engine.platform import Platform, join, spec

from reconciler import engine
from reconciler.aws.apply import Outcome, apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.fresh import Earlier
from reconciler.aws.lookups import answer
from reconciler.compile import compiler
from reconciler.model.event import Event, StepFailed
from reconciler.model.graph import Graph
from reconciler.model.plan import Plan
from reconciler.resources import api as resources
from reconciler.sandbox.door.faults import Fault, Faults
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.state import snapshot

ANYTHING = "records, traffic, keys, history, access"
"""Nothing is protected: a destroy destroys."""
TRAINING = spec(
    "Training",
    "risk",
    """
  algorithm: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}
  inputs:
    train: {source: raw, path: sets/train}
  compute: {instanceType: ml.m5.xlarge}
  hyperparameters: {rounds: 100}
  output: {to: raw, path: models/risk}
""",
)
SMALL = join(specs.EVERYTHING, TRAINING)
"""One resource of every type, at least."""
EDITS = (
    ("Card data.", "Card and account data."),
    ("rotation: 180d", "rotation: 365d"),
    (
        "{lifecycle: {expireAfter: 90d",
        "{key: {security: core, key: data}, lifecycle: {expireAfter: 30d",
    ),
    ("n: integral", "n: integral, country: string"),
    ("online: {expireAfter: 30d}", "online: {expireAfter: 60d}"),
    ("fraud:1\n", "fraud:2\n"),
    ("above: 250ms", "above: 300ms"),
    (":oncall", ":night"),
    ("at: 80%", "at: 90%"),
    ("a@example.com", "b@example.com"),
    ("amount: 100", "amount: 200"),
    ("rounds: 100", "rounds: 200"),
)
CHANGED = SMALL
for _old, _new in EDITS:
    assert _old in CHANGED, _old
    CHANGED = CHANGED.replace(_old, _new)


class Killed(BaseException):
    """The process is gone; nobody catches this."""


@dataclass(slots=True)
class Axe:
    """Kills a run at its call number `nth` and lets nothing of it through afterwards."""

    nth: int
    after: bool = False
    """Whether AWS still carries the call out."""
    writes: bool = True
    """Count only calls that change something."""
    seen: int = 0
    fallen: str = ""

    def arm(self, faults: Faults) -> Axe:
        faults.add(Fault("*", kind="call", times=None, call=self._refuse))
        faults.add(Fault("*", kind="call", times=None, after=self.after, call=self._strike))
        return self

    def _refuse(self, call: str) -> None:
        if self.fallen:
            raise Killed(call)

    def _strike(self, call: str) -> None:
        self.seen += not self.writes or is_write(call)
        if self.seen == self.nth and not self.fallen:
            self.fallen = call
            raise Killed(call)


READING = ("Get", "List", "Describe", "Head")


def is_write(call: str) -> bool:
    """Whether a call, as service.Operation, may change something."""
    return not call.partition(".")[2].startswith(READING)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends that nobody disturbs."""

    failed: frozenset[str] = frozenset()
    """Steps that AWS refuses whatever happens, as the deletion of a bucket that logs go to."""
    refused: frozenset[str] = frozenset()
    """Steps that the plan refuses, as the deletion of a bucket that holds something."""
    left: tuple[str, ...] = ()
    """What the next plan has."""

    @property
    def well(self) -> bool:
        return not (self.failed or self.refused)


DONE = Ending()


class Scene(Platform):
    """A platform whose process can die; `workers` is how many steps it runs at a time."""

    workers = 1
    waited = False
    """Whether AWS was still at something when the last plan to carry out was made."""
    expected: frozenset[str] = frozenset()
    """Codes of findings that a plan with nothing to do still has."""
    earlier: Earlier = dict
    """What earlier runs have just changed, by their receipts."""

    def restart(self) -> None:
        self.clock = FakeClock()
        super().restart()

    def graph(self) -> Graph:
        """What is declared now, by the model files and versions that are there."""
        request = self.request()
        facts, _ = answer(self.session, compiler.questions(request.specs, request.view))
        return compiler.build(request.specs, request.view, facts)[0]

    def carry_out(self, plan: Plan, events: list[Event] | None = None) -> Outcome:
        sink = (lambda _: None) if events is None else events.append
        place = compiler.place_of(self.request().view)
        known, earlier = resources.load(), self.earlier
        return apply(
            plan,
            self.session,
            known,
            place,
            sink,
            workers=self.workers,
            earlier=earlier,
            assets=self.repository.data,
        )

    def settled_plan(self, *, destroy: bool = False) -> Plan:
        """The plan, made again while AWS is busy, as the command `apply` does."""
        plan = self.plan(destroy=destroy)
        self.waited = bool(engine.busy(plan))
        for _ in range(60):
            if not engine.busy(plan):
                break
            self.clock.sleep(10)
            plan = self.plan(destroy=destroy)
        return plan

    def run(self, *, destroy: bool = False) -> Outcome:
        """Plan and apply once."""
        return self.carry_out(self.settled_plan(destroy=destroy))

    def finish(self, *, destroy: bool = False, runs: int = 1, ends: Ending = DONE) -> None:
        """A new process gets it done within so many runs, and then has nothing to do."""
        self.recover(destroy=destroy, runs=runs, ends=ends)
        self.restart()
        left = self.plan(destroy=destroy)
        assert [step.id for step in left.steps] == [*ends.left]
        assert {found.code for found in left.diagnostics} <= self.expected, left.diagnostics

    def recover(self, *, destroy: bool = False, runs: int = 1, ends: Ending = DONE) -> None:
        """A new process ends as a run that nobody disturbs."""
        for _ in range(runs):
            self.restart()
            plan = self.settled_plan(destroy=destroy)
            assert plan.errors == ()
            outcome = self.carry_out(plan, events := [])
            if outcome.ok:
                break
        failed = {event.step: event for event in events if isinstance(event, StepFailed)}
        assert failed.keys() == ends.failed, failed
        assert all(event.code and event.message for event in failed.values())
        assert outcome.ok == ends.well

    def dies(self, axe: Axe, *, destroy: bool = False) -> bool:
        """Run until the axe falls; False when the run ends before."""
        self.restart()
        plan = self.plan(destroy=destroy)
        axe.arm(self.aws.faults)
        try:
            self.carry_out(plan)
        except Killed:
            return True
        finally:
            self.aws.faults.clear()
        return False


class Saved:
    """A state of AWS to go back to, kept in memory."""

    def __init__(self, aws: Sandbox) -> None:
        self._aws, self._content = aws, snapshot.take()

    def back(self) -> None:
        durations = self._aws.durations
        self._aws.reset()
        snapshot.put_back(self._content)
        assert self._aws.durations == durations


def small(aws: Sandbox, text: str = SMALL) -> Scene:
    """The platform with one of everything."""
    return Scene(aws, text=text, allow=ANYTHING)


def given(scene: Scene, bucket: str, *files: str) -> None:
    """A bucket of another team with some files, if it is not there."""
    s3 = scene.client("s3")
    if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        here = {"LocationConstraint": scene.site.region}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=here)
        for file in files:
            s3.put_object(Bucket=bucket, Key=file, Body=b"a file")


def spread(total: int, every: int, start: int = 1) -> list[int]:
    """A sample of the numbers up to `total`, first and last included."""
    return sorted({*range(start, total + 1, every), 1, total})
