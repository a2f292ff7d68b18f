"""How fast AWS is called: a token bucket for each family of operations, shared by all workers.

The rates come from `facts.rates`. A documented one is kept to; a guess is where the search for the
real one begins. When AWS throttles, the rate falls once for all calls that were under way, returns
quickly to near the one at which that happened, stays about there, and then looks for more: the
curve of CUBIC (RFC 9438), as in botocore's adaptive mode. It is drawn over calls that got through
instead of seconds, so that an idle minute teaches nothing and slow services are treated as fast
ones are.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from reconciler.aws.clock import Clock
from reconciler.facts.rates import Family, family

FALL = 0.8
"""What is left of the rate when AWS throttles. RFC 9438 says 0.7; with 0.8 a bucket that takes no
burst is used better, and the others as well."""
PLATEAU = 50
"""Calls from the fall until the rate is what it was before; the flat part of the curve."""
GROWTH = 1.0 / 8
"""What a call adds to a guess while AWS has not throttled yet."""
FLOOR = 0.5
"""Calls per second at the least."""
CEILING = 200.0
"""Calls per second that a guess grows to at the most."""


@dataclass(slots=True)
class _Bucket:
    family: Family
    rate: float
    tokens: float
    at: float
    burst: float
    peak: float = 0.0
    """The rate at which AWS throttled last; zero until it did."""
    through: int = 0
    """Calls since then that waited for the bucket and got through."""
    falls: int = 0
    served: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: float) -> float:
        """One token; the seconds until it is there."""
        self._fill(now)
        self.tokens -= 1
        return max(0.0, -self.tokens / self.rate)

    def _fill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now

    def fall(self, now: float) -> None:
        """AWS throttles at this rate."""
        self._fill(now)
        self.peak = self.rate
        self.rate = max(FLOOR, self.rate * FALL)
        self.burst = max(1.0, self.burst / 2)
        self.tokens = min(self.tokens, 0.0)
        self.through = 0
        self.falls += 1

    def grow(self) -> None:
        """A call that had to wait got through."""
        self.through += 1
        if self.peak:
            bend = 1 - self.through / PLATEAU
            grown = self.peak * (1 - (1 - FALL) * bend**3)
        else:
            grown = self.rate * (1 + GROWTH)
        most = max(CEILING, self.family.rate) if self.family.guess else self.family.rate
        self.rate = max(FLOOR, min(most, grown))


@dataclass(frozen=True, slots=True)
class Ticket:
    """The leave to send one call, handed back with what came of it."""

    bucket: _Bucket | None
    falls: int = 0
    """How often the rate had fallen when the call got its place in the queue."""
    waited: bool = False

    @property
    def paced(self) -> bool:
        """Whether the limiter spaces such calls out."""
        return self.bucket is not None

    @property
    def served(self) -> int:
        """How many calls of the family AWS has taken so far."""
        return self.bucket.served if self.bucket else 0


class Limiter:
    """Token buckets by Region and family; ``SERVICE@REGION`` is a service in another Region."""

    def __init__(self, clock: Clock, *, unlimited: bool = False) -> None:
        self._clock = clock
        self._unlimited = unlimited
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._lock = threading.Lock()

    def acquire(self, service: str, method: str) -> Ticket:
        """Wait until an operation may be called once more."""
        if self._unlimited:
            return Ticket(None)
        bucket = self._bucket(service, method)
        with bucket.lock:
            wait = bucket.take(self._clock.now())
            ticket = Ticket(bucket, bucket.falls, wait > 0)
        if wait:
            self._clock.sleep(wait)
        return ticket

    def throttled(self, ticket: Ticket) -> None:
        """AWS asked to slow down; calls that were under way together count once."""
        bucket = ticket.bucket
        if bucket is None:
            return
        with bucket.lock:
            if ticket.falls == bucket.falls:
                bucket.fall(self._clock.now())

    def served(self, ticket: Ticket) -> None:
        """AWS took the call, whatever it answered."""
        bucket = ticket.bucket
        if bucket is None:
            return
        with bucket.lock:
            bucket.served += 1
            if ticket.waited:
                bucket.grow()

    def _bucket(self, service: str, method: str) -> _Bucket:
        kind = family(service.partition("@")[0], method)
        key = service, kind.name
        with self._lock:
            if key not in self._buckets:
                now = self._clock.now()
                self._buckets[key] = _Bucket(kind, kind.rate, kind.burst, now, kind.burst)
            return self._buckets[key]
