"""The lease: at most one apply of an environment at a time, and who that is.

`acquire` takes it or waits for it, `Keeper` renews it while a run goes on. Where it is
kept is the business of `local` and `s3`. Guards of steps protect a run that has none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

import orjson

from reconciler.model.receipt import ReceiptError, iso
from reconciler.model.value import canonical

TERM = timedelta(minutes=5)
"""How long a lease holds that nobody renews. Longer than machines' clocks differ."""
BEAT = 60.0
"""Seconds between renewals."""
PAUSE = 5.0
"""Seconds between looks at a lease that someone else holds."""


class Time(Protocol):
    """The clock that waiting goes by."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Lease:
    """Who applies, in which run, since when. `expires` is "" where the system frees it."""

    environment: str
    owner: str
    run: str
    since: str
    expires: str = ""

    def renewed(self, now: datetime) -> Lease:
        """The same one, for another term."""
        return replace(self, expires=iso(now + TERM))

    def over(self, now: datetime) -> bool:
        """Whether it ended without being given back."""
        return bool(self.expires) and now > _moment(self.expires)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def to_bytes(lease: Lease) -> bytes:
    """The JSON form."""
    return canonical(
        {
            "environment": lease.environment,
            "owner": lease.owner,
            "run": lease.run,
            "since": lease.since,
            "expires": lease.expires,
        }
    )


def from_bytes(raw: bytes, name: str) -> Lease:
    """The inverse of `to_bytes`.

    Raises:
        ReceiptError: it is damaged.
    """
    try:
        lease = Lease(**orjson.loads(raw))
        lease.over(datetime.now(UTC))
    except (TypeError, ValueError) as error:
        raise ReceiptError(f"{name} is not a lease: {error}") from error
    return lease


class Leases(Protocol):
    """Where the lease of an environment is kept."""

    def take(self, lease: Lease) -> Lease | None:
        """Take it; answers who holds it when it is taken.

        Raises:
            ReceiptError: it could not be said who holds it.
        """
        ...

    def renew(self, lease: Lease) -> bool:
        """Hold it for another term; false when someone else holds it.

        Raises:
            ReceiptError: it could not be renewed this time.
        """
        ...

    def release(self, lease: Lease) -> None:
        """Give it back; nothing happens when someone else holds it.

        Raises:
            ReceiptError: it stays until it expires.
        """
        ...


class HeldError(Exception):
    """Someone else applies."""

    def __init__(self, holder: Lease) -> None:
        super().__init__(f"{holder.owner} applies {holder.environment!r} since {holder.since}")
        self.holder = holder


def acquire(
    leases: Leases,
    lease: Lease,
    clock: Time,
    *,
    wait: float = 0.0,
    told: Callable[[Lease], object] = lambda _holder: None,
) -> None:
    """Take the lease, waiting up to `wait` seconds; `told` hears once who holds it.

    Raises:
        HeldError: someone else holds it.
        ReceiptError: it could not be said who holds it.
    """
    deadline = clock.now() + wait
    heard = False
    while (holder := leases.take(lease)) is not None:
        left = deadline - clock.now()
        if left <= 0:
            raise HeldError(holder)
        if not heard:
            told(holder)
            heard = True
        clock.sleep(min(PAUSE, left))


class Keeper:
    """Holds a lease while a block runs. `lost` is called when it cannot be held any longer."""

    def __init__(
        self,
        leases: Leases,
        lease: Lease,
        lost: Callable[[], object],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._leases = leases
        self._lease = lease
        self._lost = lost
        self._now = now
        self._held_until = now() + TERM
        self._gone = False
        self._looking = threading.Lock()
        self._looker = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def beat(self) -> bool:
        """Renew once; false when the lease is lost. A failure that passes is none."""
        asked = self._now()
        try:
            held = self._leases.renew(self._lease)
        except ReceiptError:
            return self._now() < self._held_until
        self._held_until = asked + TERM
        return held

    def over(self) -> bool:
        """Whether it is lost. Asks where it is kept only when nobody renewed it for a term.

        A process that was suspended must find out before it goes on, not at the next beat.
        """
        late = self._now() >= self._held_until
        if self._gone or not late or self._looker == threading.get_ident():
            return self._gone  # a renewal may itself ask whether the run goes on
        with self._looking:
            return self._gone or (self._now() >= self._held_until and self._look())

    def _look(self) -> bool:
        """Renew; whether the lease is lost."""
        self._looker = threading.get_ident()
        try:
            self._gone = not self.beat()
        finally:
            self._looker = 0
        if self._gone:
            self._lost()
        return self._gone

    def _run(self) -> None:
        while not self._stop.wait(BEAT):
            with self._looking:
                if self._gone or self._look():
                    return
