"""Sinks of a run's events: lines for CI, JSON for machines, a display for terminals.

A sink is called by one thread at a time, in the order in which things happen.
Times in events are seconds of the run's clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.model.event import (
    CallFailed,
    CallSent,
    Event,
    RunFinished,
    Sink,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StepWaiting,
)
from reconciler.model.value import Json
from reconciler.render.text.live import STOPPED_CODE, live
from reconciler.render.text.outcome import outcome_text
from reconciler.render.text.reading import reading
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.words import SIGNS, count

__all__ = ["json_lines", "live", "outcome_text", "plain", "reading", "tee"]

Write: TypeAlias = Callable[[str], object]
"""Takes one line, without its newline."""
AGAIN = 30.0
"""Seconds after which a wait that goes on is reported again."""
_EVENTS: Mapping[type, str] = {
    StepStarted: "step_started",
    CallSent: "call_sent",
    CallFailed: "call_failed",
    StepWaiting: "step_waiting",
    StepFinished: "step_finished",
    StepFailed: "step_failed",
    StepSkipped: "step_skipped",
    RunFinished: "run_finished",
}


def plain(write: Write, *, clock_start: float, color: bool = False) -> Sink:
    """One line for each step that ends, and for each wait when it begins and every 30 s.

    What was not tried, and what an interruption left open, is told by the outcome alone.
    """
    return _Plain(write, clock_start, Ink(color))


def json_lines(write: Write) -> Sink:
    """One JSON object for each event. Parameters of calls are left out: they may be secret."""

    def sink(event: Event) -> None:
        write(json.dumps(event_json(event), separators=(",", ":")))

    return sink


def tee(*sinks: Sink) -> Sink:
    """Hands every event to each sink, in order."""

    def sink(event: Event) -> None:
        for each in sinks:
            each(event)

    return sink


def event_json(event: Event) -> dict[str, Json]:
    """The JSON form of an event."""
    out: dict[str, Json] = {"event": _EVENTS[type(event)], "at": round(event.at, 3)}
    if isinstance(event, RunFinished):
        return {**out, "done": event.done, "failed": event.failed, "skipped": event.skipped}
    out["step"] = event.step
    if isinstance(event, CallSent | CallFailed):
        out |= {"service": event.call.service, "method": event.call.method}
        out |= {"seconds": round(event.seconds, 3), "attempts": event.attempts}
        return {**out, "code": event.code} if isinstance(event, CallFailed) else out
    out |= {"type": event.address.type, "name": event.address.name}
    match event:
        case StepWaiting():
            return {**out, "state": event.state}
        case StepFailed():
            out |= {"code": event.code, "message": event.message, "help": event.help}
        case StepSkipped():
            out["cause"] = event.cause
    return {**out, "action": str(event.action)}


@dataclass(slots=True)
class _Plain:
    write: Write
    start: float
    ink: Ink
    calls: dict[str, int] = field(default_factory=dict)
    waits: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The state that was last reported for a step, and when."""

    def __call__(self, event: Event) -> None:
        match event:
            case CallSent():
                self.calls[event.step] = self.calls.get(event.step, 0) + 1
            case StepWaiting():
                self._waiting(event)
            case StepFinished():
                calls = self.calls.get(event.step, 0)
                how = count(calls, "call") if calls else "it is so already: nothing was sent"
                self._say(event, f"{self.ink('done', 'green')} ({how})")
            case StepFailed() if event.code == STOPPED_CODE:
                return  # the outcome names what was in flight, and what was not tried
            case StepFailed():
                said = harmless(f"{event.code}: {event.message}")
                how = "handed over" if event.handed_over else "failed"
                self._say(event, f"{self.ink(how, 'alarm')} {said}")
            case _:
                return

    def _waiting(self, event: StepWaiting) -> None:
        state, since = self.waits.get(event.step, ("", 0.0))
        if event.state == state and event.at - since < AGAIN:
            return
        self.waits[event.step] = (event.state, event.at)
        type_, name = harmless(event.address.type), harmless(event.address.name)
        self._line(event.at, f"{'wait':<7} {type_} {name} {harmless(event.state)}")

    def _say(self, event: StepFinished | StepFailed, said: str) -> None:
        verb = self.ink(f"{event.action!s:<7}", SIGNS[event.action].style)
        where = f"{harmless(event.address.type)} {harmless(event.address.name)}"
        self._line(event.at, f"{verb} {where} {said}")

    def _line(self, at: float, said: str) -> None:
        self.write(f"[{max(0.0, at - self.start):6.1f}s] {said}")
