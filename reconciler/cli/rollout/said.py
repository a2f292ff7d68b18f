"""What the verbs of `moorline rollout` print and exit with."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.aws.rollout.driving import Look
from reconciler.aws.rollout.sending import Told
from reconciler.cli.frame.project import Exit
from reconciler.cli.rollout.scene import Scene
from reconciler.cli.world.rollouts import row
from reconciler.model.value import Json
from reconciler.rollout.shown import HELD, asked

BAD = frozenset({"aborting", "aborted", "rolled-back", "failed", "ambiguous"})
WAITS = frozenset({"paused", HELD})


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
    """A look at a rollout, and what its spec asks for now."""
    marks = found.reading.live.marks if found.reading is not None else None
    return {**row(scene.name, scene.world, found), "asked": asked(found.rollout, marks)}


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
