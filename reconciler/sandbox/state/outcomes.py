"""Scripted endings: how the next deployment of a named endpoint or feature group will end.

A script is queued per name and used up by the next create, update or re-scale of that name.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, Literal, get_args

Mode = Literal["ok", "rollback", "stuck", "failed", "update-rollback-failed"]
MODES: tuple[str, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deployment ends; `reason` becomes the FailureReason, an empty one is left out."""

    mode: Mode = "ok"
    reason: str = ""


OK = Outcome()


class Outcomes:
    """The queues of scripted endings, by resource name."""

    def __init__(self) -> None:
        """Start without any script: everything succeeds."""
        self._queues: defaultdict[str, deque[Outcome]] = defaultdict(deque)

    def script(self, name: str, mode: str, reason: str = "") -> None:
        """Queue an ending for `name`; raises ValueError for an unknown mode."""
        if mode not in MODES:
            msg = f"Unknown outcome {mode!r} for {name!r}; use one of {', '.join(MODES)}."
            raise ValueError(msg)
        self._queues[name].append(Outcome(mode, reason))  # type: ignore[arg-type]  # checked above

    def take(self, name: str) -> Outcome:
        """The next scripted ending of `name`, or success."""
        queue = self._queues.get(name)
        return queue.popleft() if queue else OK

    def clear(self) -> None:
        """Forget every script."""
        self._queues.clear()

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """What is queued, for the control API and snapshots."""
        return {
            name: [{"mode": outcome.mode, "reason": outcome.reason} for outcome in queue]
            for name, queue in sorted(self._queues.items())
            if queue
        }

    def restore(self, state: dict[str, list[dict[str, Any]]]) -> None:
        """Take over a saved `state`."""
        self.clear()
        for name, queue in state.items():
            for item in queue:
                self.script(name, item["mode"], item["reason"])
