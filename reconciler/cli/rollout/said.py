"""What the verbs of `moorline rollout` print: values as JSON, for machines and for the texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from reconciler.aws.rollout.driving import Look
from reconciler.aws.rollout.sending import Told
from reconciler.cli.frame.project import Exit
from reconciler.cli.rollout.scene import Scene
from reconciler.model.value import Json
from reconciler.rollout.values import Act, Finding, Phase, RolloutAction, Step, Variant

STATUS = {
    Phase.IDLE: "idle",
    Phase.STARTING: "in-progress",
    Phase.BAKING: "in-progress",
    Phase.SCALING: "in-progress",
    Phase.MOVING: "in-progress",
    Phase.PAUSED: "paused",
    Phase.PROMOTING: "in-progress",
    Phase.FINISHING: "in-progress",
    Phase.COMPLETED: "done",
    Phase.ABORTING: "aborting",
    Phase.ABORTED: "aborted",
    Phase.ROLLED_BACK: "rolled-back",
    Phase.FAILED: "failed",
    Phase.AMBIGUOUS: "ambiguous",
}
"""One word for machines for each phase; these words do not change."""
HELD = "held"
"""Of an analysis that is inconclusive: it waits for a person, as a paused one does."""
BAD = frozenset({"aborting", "aborted", "rolled-back", "failed", "ambiguous"})
WAITS = frozenset({"paused", HELD})


_STATED = frozenset({Phase.PAUSED, Phase.FAILED, Phase.AMBIGUOUS})


def status(action: RolloutAction | None) -> str:
    """The word for machines."""
    if action is None:
        return STATUS[Phase.IDLE]
    if action.act is Act.HOLD and action.phase not in _STATED:
        return HELD
    return STATUS[action.phase]


def code(word: str, *, detailed: bool) -> Exit:
    """The exit code of a status. What goes on by itself is no fault unless it is asked for."""
    if word in BAD:
        return Exit.ROLLED_BACK
    if not detailed:
        return Exit.OK
    if word in WAITS:
        return Exit.BLOCKED
    return Exit.CHANGES if word == "in-progress" else Exit.OK


def whole(scene: Scene, found: Look) -> dict[str, Json]:
    """A look at a rollout."""
    reading, action, rollout = found.reading, found.action, found.rollout
    live = reading.live if reading is not None else None
    marks = live.marks if live is not None else None
    steps = marks.steps if marks is not None else rollout.steps if rollout is not None else ()
    at = action.step if action is not None else marks.step if marks is not None else 0
    return {
        "rollout": scene.name,
        "environment": scene.view.name,
        "endpoint": found.endpoint,
        "at": iso(found.now),
        "status": status(action),
        "phase": str(action.phase) if action is not None else str(Phase.IDLE),
        "why": action.why if action is not None else "it goes to no other version",
        "step": at,
        "steps": [*_steps(steps, at, status(action))],
        "since": iso(marks.since) if marks is not None and marks.since else "",
        "version": marks.version if marks else rollout.version if rollout else "",
        "base": marks.base if marks else rollout.base if rollout else "",
        "middle": marks.middle if marks else rollout.middle if rollout else "",
        "target": marks.target if marks else rollout.target if rollout else "",
        "word": marks.word if marks else "",
        "because": marks.why if marks else "",
        "attempt": marks.attempt if marks else 0,
        "ended": marks.ended if marks else "",
        "endpoint_status": live.status if live else "",
        "config": live.config if live else "",
        "moving_to": live.pending if live else "",
        "reason": live.reason if live else "",
        "variants": [*_variants(live.variants if live else ())],
        "alarms": dict(sorted((live.alarms if live else {}).items())),
        "frozen": found.signals.frozen,
        "verdict": str(found.signals.verdict),
        "findings": [_finding(each) for each in found.signals.findings],
        "next": _next(action),
    }


def _steps(steps: Iterable[Step], at: int, word: str) -> Iterator[dict[str, Json]]:
    for number, each in enumerate(steps, 1):
        state = "done" if number < at or word == "done" else "now" if number == at else "next"
        plain = {"share": each.share, "count": each.count, "bake": each.bake}
        yield {**plain, "gate": each.gate, "state": state}


def _variants(variants: Iterable[Variant]) -> Iterator[dict[str, Json]]:
    known = [*variants]
    now, asked = ([each.weight for each in known], [each.asked_weight for each in known])
    for each in known:
        yield {
            "name": each.name,
            "share": _share(each.weight, now),
            "asked_share": _share(each.asked_weight, asked),
            "count": each.count,
            "asked_count": each.asked_count,
            "status": each.status,
        }


def _share(weight: float | None, every: list[float | None]) -> float | None:
    """The share of the traffic, which is a weight by the sum of all; nothing where one lacks."""
    numbers = [each for each in every if each is not None]
    if weight is None or len(numbers) != len(every) or not sum(numbers):
        return None
    return round(weight / sum(numbers), 6)


def _finding(found: Finding) -> dict[str, Json]:
    return {
        "name": found.name,
        "verdict": str(found.verdict),
        "said": found.said,
        "looks": list(found.looks),
        "points": list(found.points),
    }


def _next(action: RolloutAction | None) -> dict[str, Json] | None:
    if action is None:
        return None
    return {
        "act": str(action.act),
        "why": action.why,
        "shares": dict(action.shares),
        "counts": dict(action.counts),
        "config": action.config,
        "marks": dict(action.marks),
        "until": iso(action.until) if action.until is not None else "",
        "then": str(action.then) if action.then is not None else "",
    }


def calls(told: Iterable[Told]) -> list[Json]:
    """What was sent."""
    return [
        {
            "service": each.call.service,
            "method": each.call.method,
            "seconds": round(each.seconds, 3),
            "attempts": each.attempts,
            "error": each.error,
        }
        for each in told
    ]


def iso(moment: float) -> str:
    """``2026-11-30T08:15:00Z``."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
