"""The sandbox's own time, so that a 90-second endpoint deployment needs no 90 seconds.

In `auto` mode virtual time is real time multiplied by a speed, and each description of a busy
resource adds a step: a poller with a fake `sleep` still sees its endpoint finish. In `manual` mode
time moves by `advance` only.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Mode = Literal["auto", "manual"]
DEFAULT_SPEED = 1.0
DEFAULT_POLL_STEP = 15.0


class Clock:
    """Virtual seconds since the epoch; callers hold the sandbox's lock."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """Start in `auto` mode at the wall clock's time; `wall` returns seconds since the epoch."""
        self._wall = wall
        self.reset()

    def reset(self) -> None:
        """Go back to the wall clock's time, `auto` mode and the default speed and step."""
        self.mode: Mode = "auto"
        self.speed = DEFAULT_SPEED
        self.poll_step = DEFAULT_POLL_STEP
        self._anchor = self._wall()
        self._virtual = self._anchor
        self._held: float | None = None

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        if self._held is not None:
            return self._held
        if self.mode == "manual":
            return self._virtual
        return self._virtual + (self._wall() - self._anchor) * self.speed

    def today(self) -> datetime:
        """Virtual time as an aware datetime, in the millisecond precision of AWS timestamps."""
        return moment(self.now())

    def advance(self, seconds: float) -> float:
        """Move virtual time forward; returns the new time. Raises ValueError for a step back."""
        if seconds < 0:
            msg = f"The sandbox clock cannot go back by {seconds} s; give a positive number."
            raise ValueError(msg)
        self._virtual += seconds
        return self.now()

    @contextmanager
    def at(self, seconds: float) -> Iterator[None]:
        """Let it be a moment that has passed: for work that was due then and is done now."""
        before, self._held = self._held, seconds
        try:
            yield
        finally:
            self._held = before

    def polled(self) -> None:
        """Tell the clock that somebody looked at a busy resource."""
        if self.mode == "auto" and self._held is None:
            self._virtual += self.poll_step

    def configure(
        self,
        *,
        mode: Mode | None = None,
        speed: float | None = None,
        poll_step: float | None = None,
    ) -> None:
        """Change the mode, the speed (virtual per real second) or the step, keeping the time."""
        if mode not in (None, "auto", "manual"):
            msg = f"Unknown clock mode {mode!r}; use 'auto' or 'manual'."
            raise ValueError(msg)
        self._virtual, self._anchor = self.now(), self._wall()
        self.mode = mode or self.mode
        self.speed = self.speed if speed is None else float(speed)
        self.poll_step = self.poll_step if poll_step is None else float(poll_step)

    def state(self) -> dict[str, Any]:
        """What a snapshot or the control API shows."""
        return {
            "mode": self.mode,
            "now": self.now(),
            "speed": self.speed,
            "poll_step": self.poll_step,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a saved `state`; time never runs backwards across a restart."""
        now = float(state["now"])
        self.configure(mode=state["mode"], speed=state["speed"], poll_step=state["poll_step"])
        self._virtual = now if self.mode == "manual" else max(now, self._wall())
        self._anchor = self._wall()


def moment(seconds: float) -> datetime:
    """An aware datetime in the millisecond precision that AWS's JSON protocols carry."""
    return datetime.fromtimestamp(round(seconds, 3), tz=UTC)
