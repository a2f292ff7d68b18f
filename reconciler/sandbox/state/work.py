"""Jobs of AWS's that the sandbox does not do: how long they take, and how they end.

Spark does not run here. A job ends well after a while, or as a script says; it has read and written
nothing. Where a caller has said that a program of his stands in for it, it ends when that has.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.state.outcomes import OK
from reconciler.sandbox.state.world import WORLD

RUNNING, GOOD, BAD, STOPPED, LATE = "running", "good", "bad", "stopped", "late"
SIMULATED = "simulated: the sandbox runs no Spark, so nothing was read or written"
NO_SQL = "simulated: the sandbox has no SQL engine, so nothing was read or written"


@dataclass(slots=True)
class Work:
    """One run of a job."""

    id: str
    began: float
    ends: float | None
    """When it ends by itself; none where a stand-in says so."""
    limit: float
    """When its time is over."""
    reason: str = ""
    """Why it fails; empty where it ends well."""
    state: str = RUNNING
    ended: float | None = None
    told: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> str:
        """Its state by now."""
        now = WORLD.clock.now()
        if self.state != RUNNING:
            return self.state
        end = WORLD.machines.ended.get(self.id)
        if end is not None and end["at"] <= min(now, self.limit):
            WORLD.machines.ended.pop(self.id)
            self._end(GOOD if end["ok"] else BAD, end["at"])
            self.reason = "" if end["ok"] else str(end.get("error") or "the stand-in failed")
        elif self.ends is not None and self.ends <= min(now, self.limit):
            self._end(BAD if self.reason else GOOD, self.ends)
        elif self.limit <= now:
            self._end(LATE, self.limit)
        return self.state

    def stop(self) -> None:
        """Somebody stops it."""
        if self.settle() == RUNNING:
            self._end(STOPPED, WORLD.clock.now())

    def _end(self, state: str, at: float) -> None:
        self.state, self.ended = state, at
        WORLD.machines.held.pop(self.id, None)


def begin(
    name: str, head: str, seconds: float, limit: float, asked: Mapping[str, Any] | None = None
) -> Work:
    """A run of a job that begins now.

    Args:
        name: What scripts of outcomes know it by.
        head: What its id begins with.
        seconds: How long it takes if no stand-in does it.
        limit: Seconds after which AWS ends it.
        asked: What a stand-in has to know: service, job, script, arguments, role, region; nothing
            where none can stand in.
    """
    from moto.moto_api._internal import mock_random  # noqa: PLC0415  (moto's, at the first job)

    now = WORLD.clock.now()
    made = f"{head}{uuid.UUID(int=mock_random.getrandbits(128)).hex}"
    asking = WORLD.machines.asking
    if asked is not None and asking and _stood_in(asking, asked):
        WORLD.machines.held[made] = {
            "id": made, "execution": asking[0], "state": asking[1], "seconds": limit, **asked,
        }  # fmt: skip
        return Work(made, now, None, now + limit)
    end = WORLD.outcomes.take(name)
    if end.mode == "stuck":
        return Work(made, now, None, now + limit)
    reason = "" if end is OK or end.mode == "ok" else end.reason or "The job failed."
    return Work(made, now, now + seconds, now + limit, reason)


def _stood_in(asking: tuple[str, str], asked: Mapping[str, Any]) -> bool:
    """Whether a stand-in was announced: by the state, the job, or the application that it is of."""
    names = WORLD.machines.stood_in.get(asking[0], frozenset())
    return bool(names & {asking[1], str(asked["job"]), str(asked.get("application", ""))})
