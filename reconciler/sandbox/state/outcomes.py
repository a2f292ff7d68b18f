"""Scripted endings: how the next deployment of a named endpoint or feature group will end.

A script is queued per name and used up by the next create, update or re-scale of that name.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, Literal, get_args

Mode = Literal["ok", "rollback", "stuck", "failed", "update-rollback-failed", "capacity"]
MODES: tuple[str, ...] = get_args(Mode)
CAPACITY_TEXT = (
    "Unable to provision requested ML compute capacity. Please retry using a different ML instance"
    " type."
)
"""What is said of instances that AWS does not have, where a script says nothing else."""


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

    def take(self, name: str, *, grows: bool = True) -> Outcome:
        """The next scripted ending of `name`, or success.

        A lack of capacity waits for a change that needs instances, which `grows` says.
        """
        queue = self._queues.get(name)
        if not queue or (queue[0].mode == "capacity" and not grows):
            return OK
        return queue.popleft()

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
