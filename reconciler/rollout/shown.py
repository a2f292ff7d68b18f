"""A rollout at one moment as JSON, for machines and for all texts and pages that show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.model.value import Json
from reconciler.rollout.phase import share
from reconciler.rollout.values import (
    Act,
    Finding,
    Live,
    Marks,
    Phase,
    Rollout,
    RolloutAction,
    Signals,
    Step,
)

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
"""It waits for a person as a paused one does, and nobody has paused it."""
_STATED = frozenset({Phase.ABORTING, Phase.PAUSED, Phase.FAILED, Phase.AMBIGUOUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of a rollout when it is shown. Nothing of `live`: there is no endpoint."""

    name: str
    environment: str
    endpoint: str
    now: float
    live: Live | None
    rollout: Rollout | None
    signals: Signals
    action: RolloutAction | None


def status(action: RolloutAction | None) -> str:
    """The word for machines."""
    if action is None:
        return STATUS[Phase.IDLE]
    if action.act is Act.HOLD and action.phase not in _STATED:
        return HELD
    return STATUS[action.phase]


def shown(found: Shown) -> dict[str, Json]:
    """All of it. Moments are ISO times in UTC, shares are of 1, bakes are seconds."""
    action, live = found.action, found.live
    marks = live.marks if live is not None else None
    steps = marks.steps if marks is not None else ()
    at = marks.step if marks is not None else 0
    word = status(action)
    return {
        "rollout": found.name,
        "environment": found.environment,
        "endpoint": found.endpoint,
        "at": iso(found.now),
        "status": word,
        "phase": str(action.phase if action is not None else Phase.IDLE),
        "why": action.why if action is not None else "no rollout runs",
        "step": at,
        "steps": [*_steps(steps, at, word)],
        "since": iso(marks.since) if marks is not None and marks.since else "",
        "version": marks.version if marks else "",
        "base": marks.base if marks else "",
        "middle": marks.middle if marks else "",
        "target": marks.target if marks else "",
        "attempt": marks.attempt if marks else 0,
        "word": marks.word if marks else "",
        "because": marks.why if marks else "",
        "ended": marks.ended if marks else "",
        "endpoint_status": live.status if live else "",
        "config": live.config if live else "",
        "moving_to": live.pending if live else "",
        "reason": live.reason if live else "",
        "variants": [*_variants(live)],
        "alarms": dict(sorted((live.alarms if live else {}).items())),
        "frozen": found.signals.frozen,
        "lacks": found.signals.lacks,
        "verdict": str(found.signals.verdict),
        "findings": [_finding(each) for each in found.signals.findings],
        "next": _next(action),
        "detail": dict(action.detail) if action is not None else {},
    }


def asked(rollout: Rollout | None, marks: Marks | None) -> dict[str, Json] | None:
    """What the spec asks for instead, or why nobody knows; nothing where it asks for this one."""
    if rollout is None or marks is None or marks.ended or marks.fault:
        return None
    unsure, other = rollout.left or rollout.unsure, rollout.target != marks.target
    if not other and not unsure:
        return None
    return {
        "target": rollout.target if other else "",
        "version": rollout.version if other else "",
        "unsure": unsure,
        "heeded": rollout.heeded,
    }


def _steps(steps: Iterable[Step], at: int, word: str) -> Iterator[dict[str, Json]]:
    for number, each in enumerate(steps, 1):
        state = "done" if number < at or word == "done" else "now" if number == at else "next"
        plain = {"share": each.share, "count": each.count, "bake": each.bake}
        yield {**plain, "gate": each.gate, "state": state}


def _variants(live: Live | None) -> Iterator[dict[str, Json]]:
    for each in live.variants if live is not None else ():
        yield {
            "name": each.name,
            "share": _share(live, each.name, asked=False),
            "asked_share": _share(live, each.name, asked=True),
            "count": each.count,
            "asked_count": each.asked_count,
            "status": each.status,
        }


def _share(live: Live | None, name: str, *, asked: bool) -> float | None:
    found = share(live, name, asked=asked) if live is not None else None
    return None if found is None else round(found, 6)


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


def iso(moment: float) -> str:
    """``2026-11-30T08:15:00Z``."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
