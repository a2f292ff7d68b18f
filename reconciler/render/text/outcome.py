"""What a run did, what failed and what is left, from the plan and the run's events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from reconciler.model import tally
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.event import (
    ENDED,
    INTERRUPTED,
    REFUSED,
    CallSent,
    Event,
    StepFailed,
    StepFinished,
    StepSkipped,
)
from reconciler.model.plan import Plan, Step
from reconciler.model.waiting import waiting_to_json
from reconciler.render.text import diagnostics
from reconciler.render.vocabulary import waiting
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.words import ORDER, SIGNS, count, duration
from reconciler.resources import api as resources

__all__ = ["outcome_text"]

STOPPED = frozenset({INTERRUPTED, ENDED})
_AGAIN = "Run `moorline apply` again"
_BLOCKED = "What is refused, and what needs it, waits until that is approved or undone."


class Outcome(Protocol):
    """Ids of the steps of a run, by how they ended (`reconciler.aws.apply.Outcome`)."""

    @property
    def done(self) -> Sequence[str]: ...
    @property
    def failed(self) -> Sequence[str]: ...
    @property
    def skipped(self) -> Sequence[str]: ...
    @property
    def interrupted(self) -> bool: ...


def outcome_text(plan: Plan, outcome: Outcome, events: Iterable[Event], *, color: bool) -> str:
    """Failures with their codes, what remains, and one line that sums it up."""
    ink, seen = Ink(color), list(events)
    steps = {step.id: step for step in plan.steps}
    lines: list[str] = []
    failures = [event for event in seen if isinstance(event, StepFailed)]
    if failures:
        lines += ["", *diagnostics.alone(map(_diagnostic, failures), color=color)]
    causes = {event.step: event.cause for event in seen if isinstance(event, StepSkipped)}
    left = [steps[id_] for id_ in _once(outcome.skipped, steps, apart=frozenset(outcome.failed))]
    if left:
        lines += ["", ink("Not tried:", "bold"), *_left(left, causes, ink)]
    lines += ["", _summary(steps, outcome, seen, ink)]
    lines += _begun(steps, outcome, ink)
    held = plan.held
    if held:
        lines.append(_BLOCKED)
    if outcome.failed or {*outcome.skipped} - held.keys():
        handed = any(event.handed_over for event in failures)
        again = "Log in again and run `moorline apply --resume`" if handed else _AGAIN
        lines.append(f"{again}: it goes on from what is live.")
    lines += _waits(plan, ink)
    return "\n".join(lines)


def _begun(steps: dict[str, Step], outcome: Outcome, ink: Ink) -> Iterator[str]:
    """What has only begun, and goes on without this run."""
    known = resources.load()
    for id_ in outcome.done:
        step = steps[id_]
        if step.desired and (said := known[step.address.type].aside.begun(step.desired)):
            where = f"{harmless(step.address.type)} {harmless(step.address.name)}"
            yield f"{ink('Begun:', 'bold')} {where}: {harmless(said)}"


def _waits(plan: Plan, ink: Ink) -> Iterator[str]:
    """What is not made yet, and what somebody has to do for it."""
    if plan.waiting:
        yield ink("Waits:", "bold")
    for spec, why, next_ in waiting.told([*map(waiting_to_json, plan.waiting)]):
        yield f"  {ink(spec, 'bold')}: {why}"
        yield f"      {next_}"


def _diagnostic(event: StepFailed) -> Diagnostic:
    return Diagnostic(harmless(event.code), event.message, None, event.help, address=event.address)


def _left(left: Iterable[Step], causes: dict[str, str], ink: Ink) -> Iterator[str]:
    for step in left:
        sign = SIGNS[step.action]
        cause = causes.get(step.id, "")
        said = f"needs {cause}" if cause and cause not in STOPPED else cause
        if cause == REFUSED:
            said = f"refused: {step.refused}"
        lead = ink(f"{sign.symbol} {step.action!s:<8}", sign.style)
        where = f"{harmless(step.address.type)} {ink(harmless(step.address.name), 'bold')}"
        yield f"  {lead} {where}   {ink(harmless(said), 'dim')}".rstrip()


def _summary(steps: dict[str, Step], outcome: Outcome, seen: Sequence[Event], ink: Ink) -> str:
    """``Applied: 2 created, 1 updated. 1 failed, 2 not tried. 14 calls, 1 min 32 s``."""
    sent = {event.step for event in seen if isinstance(event, CallSent)}
    idle = {event.step for event in seen if isinstance(event, StepFinished)} - sent
    done = [*_once(outcome.done, steps, apart=frozenset((*outcome.failed, *outcome.skipped)))]
    past = Counter(steps[id_].action for id_ in done if id_ not in idle)
    did = ", ".join(f"{past[action]} {SIGNS[action].past}" for action in ORDER if past[action])
    line = f"{ink('Applied:', 'bold')} {did or 'nothing'}."
    if so := len(done) - past.total():
        line += f" {count(so, 'step')} found it so already."
    bad = []
    over = {e.step for e in seen if isinstance(e, StepFailed) and e.handed_over}
    handed = sum(id_ in over for id_ in _once(outcome.failed, steps))
    if handed:
        bad.append(f"{handed} handed over")
    failed = [*_once(outcome.failed, steps)]
    if number := len(failed) - handed:
        bad.append(f"{number} failed")
    if skipped := [*_once(outcome.skipped, steps, apart=frozenset(outcome.failed))]:
        bad.append(f"{len(skipped)} not tried")
    if bad:
        line += " " + ink(f"{', '.join(bad)}.", "alarm")
    if outcome.interrupted and not handed:
        line += " " + ink("Interrupted.", "yellow")
    calls = count(sum(isinstance(event, CallSent) for event in seen), "call")
    spent = seen[-1].at - seen[0].at if seen else 0.0
    return f"{line} {calls}, {duration(spent)}."


def _once(
    ids: Iterable[str], steps: dict[str, Step], apart: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Each change once: a replacement counts as what its worst half came to.

    `apart` has the steps that ended worse; what is a half of their changes is told there.
    """
    actions = {id_: str(step.action) for id_, step in steps.items()}
    seen = {tally.main_of(id_, actions) for id_ in apart}
    known = dict.fromkeys(id_ for id_ in ids if id_ in steps)
    for id_ in known:
        main = tally.main_of(id_, actions)
        if main not in seen:
            seen.add(main)
            yield main if main in known else id_
