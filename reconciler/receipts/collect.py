"""The sink that makes a receipt of a run: events in, a `Receipt` out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Reason
from reconciler.model.event import (
    HANDED_OVER,
    REFUSED,
    CallFailed,
    CallSent,
    Event,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StepWaiting,
)
from reconciler.model.plan import SUFFIX, Plan, Step
from reconciler.model.receipt import (
    CallRecord,
    Receipt,
    ResourceRecord,
    Result,
    StepRecord,
    WaitRecord,
)
from reconciler.model.value import Props
from reconciler.plan.undeclared import beside
from reconciler.plan.written import asked, seen
from reconciler.resources.api import Resource
from reconciler.resources.generic import model_of

_GOES_ON = frozenset({HANDED_OVER, "APPLY006", "APPLY010"})
"""Codes of steps that AWS is still at."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a receipt says about an apply that no event does."""

    id: str
    who: str
    started: str
    commit: str = ""
    changed: bool = False
    resumes: str = ""
    reverts: str = ""
    specs: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Collector:
    """Hears a run. `before` is the receipt of the last apply, for what this one does not touch.

    Before each wait `note` is given what is known by then; `now` is the time in ISO form.
    """

    plan: Plan
    run: Run
    resources: Mapping[str, Resource]
    before: Receipt | None = None
    note: Callable[[Receipt], object] = bool
    now: Callable[[], str] = str
    carried: tuple[StepRecord, ...] = ()
    """What an earlier run left undone, and this one has nothing to do with."""
    _waits: dict[str, WaitRecord] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)
    _ended: dict[str, StepRecord] = field(default_factory=dict)
    _calls: list[CallRecord] = field(default_factory=list)
    _left: dict[Address, ResourceRecord | None] = field(default_factory=dict)
    _steps: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._steps = {step.id: step for step in self.plan.steps}

    def __call__(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._begun[event.step] = event.at
            case CallSent() | CallFailed():
                self._calls.append(self._call(event))
            case StepWaiting():
                self._wait(event)
            case StepFinished():
                self._waits.pop(event.step, None)
                self._end(event, Result.DONE)
                self._leave(event)
            case StepFailed():
                self._fail(event)
            case StepSkipped():
                self._end(event, Result.SKIPPED, cause=event.cause)
            case _:
                pass

    def receipt(self, ended: str, *, interrupted: bool = False) -> Receipt:
        """What is known by now; steps that could begin and did not end are `unfinished`."""
        held = self.plan.held
        own = (self._ended.get(step.id) or _open(step, held) for step in self.plan.steps)
        steps = (*own, *self.carried)
        plan, run = self.plan, self.run
        return Receipt(
            id=run.id,
            environment=plan.environment,
            platform=plan.platform,
            account=plan.account,
            region=plan.region,
            who=run.who,
            started=run.started,
            ended=ended,
            plan=plan.digest,
            result=_result(steps, interrupted=interrupted),
            commit=run.commit,
            changed=run.changed,
            resumes=run.resumes,
            reverts=run.reverts,
            steps=steps,
            calls=tuple(self._calls),
            resources=self._resources(),
            specs=run.specs,
            waits=tuple(self._waits.values()),
        )

    def _wait(self, event: StepWaiting) -> None:
        """The first look of a wait is noted; what AWS says later changes nothing."""
        if event.step in self._waits:
            return
        step = self._steps.get(event.step)
        action = str(step.action) if step else ""
        at = self.now()
        self._waits[event.step] = WaitRecord(event.step, event.address, action, event.state, at)
        self.note(replace(self.receipt(""), result=Result.UNFINISHED))

    def _fail(self, event: StepFailed) -> None:
        """A step that failed is over; one that was handed over, or left at work, is not."""
        if event.code not in _GOES_ON:
            self._waits.pop(event.step, None)
        how = Result.HANDED_OVER if event.handed_over else Result.FAILED
        self._end(event, how, code=event.code)

    def _call(self, event: CallSent | CallFailed) -> CallRecord:
        step = self._steps.get(event.step)
        return CallRecord(
            event.step,
            event.call.service,
            event.call.method,
            step.address.name if step else "",
            round(event.seconds, 3),
            event.attempts,
            event.code if isinstance(event, CallFailed) else "",
        )

    def _end(
        self,
        event: StepFinished | StepFailed | StepSkipped,
        result: Result,
        *,
        code: str = "",
        cause: str = "",
    ) -> None:
        step = self._steps.get(event.step)
        self._ended[event.step] = StepRecord(
            event.step,
            event.address,
            str(event.action),
            step.spec if step else "",
            result,
            code,
            cause,
            round(event.at - self._begun.get(event.step, event.at), 3),
        )

    def _leave(self, event: StepFinished) -> None:
        """What a finished step left. The old half of a replacement says nothing of the new one."""
        if event.action is Action.DELETE:
            if event.step.endswith(SUFFIX) and event.step.removesuffix(SUFFIX) in self._steps:
                return
            self._left[event.address] = None
        elif event.desired is not None:
            resource = self.resources[event.address.type]
            applied = asked(event.desired, resource)
            observed = seen(event.desired, event.live, resource) if event.live else None
            observed = None if observed == applied else observed
            step = self._steps.get(event.step)
            sent = step.sent if step else {}
            others = self._beside(event, resource)
            self._left[event.address] = ResourceRecord(applied, self.run.id, observed, sent, others)

    @staticmethod
    def _beside(event: StepFinished, resource: Resource) -> Props | None:
        """What is live beside what was asked for, where it was read."""
        if not event.live or event.desired is None or not model_of(event.live):
            return None
        change = Change(event.address, event.action, Reason.IN_SYNC, event.desired, event.live)
        return beside(change, resource)

    def _resources(self) -> dict[Address, ResourceRecord]:
        """Everything that is known to be ours: from before, as it is, and as this run left it."""
        out = dict(self.before.resources) if self.before else {}
        for address, props in self.plan.same.items():
            applied = asked(props, self.resources[address.type])
            if address not in out or out[address].applied != applied:
                last = out.get(address)
                sent, others = (last.sent, last.beside) if last else ({}, None)
                out[address] = ResourceRecord(applied, self.run.id, sent=sent, beside=others)
            if out[address].beside is None and address in self.plan.beside:
                out[address] = replace(out[address], beside=self.plan.beside[address])
        for address, left in self._left.items():
            if left is None:
                out.pop(address, None)
            else:
                out[address] = left
        return dict(sorted(out.items()))


def _open(step: Step, held: Mapping[str, str]) -> StepRecord:
    """A step that did not end: what is refused, and what needs that, does not begin either."""
    cause = held.get(step.id, "")
    how = Result.SKIPPED if cause else Result.UNFINISHED
    cause = REFUSED if cause == step.id else cause
    return StepRecord(step.id, step.address, str(step.action), step.spec, how, cause=cause)


def _result(steps: tuple[StepRecord, ...], *, interrupted: bool) -> Result:
    results = {step.result for step in steps}
    if Result.HANDED_OVER in results:
        return Result.HANDED_OVER
    if interrupted:
        return Result.INTERRUPTED
    if results & {Result.FAILED, Result.SKIPPED}:
        return Result.FAILED
    return Result.UNFINISHED if Result.UNFINISHED in results else Result.DONE
