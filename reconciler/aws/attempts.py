"""How often and how long one call is tried."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.aws.errors import INCOMPLETE
from reconciler.aws.limiter import Ticket


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often and how patiently a call is tried. Pauses are seconds, doubled each time."""

    most: int = 8
    """For a throttled call: tries since AWS has last taken one of its family."""
    first_pause: float = 0.5
    longest_pause: float = 20.0
    longest: float = 1800.0
    """Seconds after which a throttled call is given up although others get through."""
    spreading: int = 12
    """Tries while a new role or policy may not have reached every service yet."""
    incomplete: int = 3
    """Tries of a read whose answer was not whole; a write is not sent again."""


@dataclass(slots=True)
class Budget:
    """What is left of one call's budget. Pauses are seconds, and nothing where it is spent."""

    attempts: Attempts
    began: float
    tried: int = 0
    failures: int = 0
    starved: int = 0
    """Throttled answers since AWS has last taken a call of the family."""
    seen: int = -1
    """Calls of the family that AWS had taken at the last throttled answer."""

    def throttled(self, ticket: Ticket, now: float) -> float | None:
        """After AWS asked to slow down. The limiter's own wait is enough while others get through.

        A call that is behind others in a long queue has not failed, however often it was tried.
        """
        self.starved = 1 if ticket.served != self.seen else self.starved + 1
        self.seen = ticket.served
        if self.starved >= self.attempts.most or now - self.began >= self.attempts.longest:
            return None
        pauses = self.starved - 1 if ticket.paced else self.starved
        return self._pause(pauses) if pauses else 0.0

    def failed(self, code: str) -> float | None:
        """After another failure that may pass."""
        self.failures += 1
        return None if self.failures >= self._most(code) else self._pause(self.failures)

    def _pause(self, number: int) -> float:
        grown: float = self.attempts.first_pause * 2 ** (number - 1)
        return min(self.attempts.longest_pause, grown)

    def _most(self, code: str) -> int:
        """How often a call is tried that fails with this code."""
        if code == INCOMPLETE:
            return self.attempts.incomplete
        spreading = code in {"ValidationException", "InvalidParameterValue"}
        return self.attempts.spreading if spreading else self.attempts.most
