"""Ask for many things at once: what cannot be read is unknown, contradictions are asked again.

AWS's answers come from several places that follow a write each in its own time: a role is
described, and its policies are said to be of no role. That passes within seconds (see
`reconciler.aws.lag`), so it is asked again for a while before it is taken for unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from reconciler.aws import lag
from reconciler.aws.clock import Clock
from reconciler.aws.errors import AwsError, Gone, Retry
from reconciler.aws.survey import Progress, unreadable
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic

SECONDS = 60.0
"""How long in all what contradicts itself is asked again, at each turn: as for IAM, halved."""
T = TypeVar("T")
R = TypeVar("R")


class Unknown:
    """Stands for something whose state could not be found out."""


UNKNOWN = Unknown()


class Asker:
    """Reads in parallel; `found` takes a finding for each read that failed."""

    def __init__(self, clock: Clock, progress: Progress, found: list[Diagnostic]) -> None:
        self._clock = clock
        self._progress = progress
        self._found = found
        self._until: float | None = None
        """When asking again ends; nothing as long as nothing has contradicted itself."""

    def all(
        self,
        pool: ThreadPoolExecutor,
        what: str,
        items: list[T],
        read: Callable[[T], R],
        address: Callable[[T], Address],
    ) -> list[R | Unknown]:
        """Read every item; one that fails becomes a finding and is unknown."""
        out: list[R | Unknown] = []
        self._until = None
        futures = [(item, pool.submit(self.patiently, lambda it=item: read(it))) for item in items]
        for done, (item, future) in enumerate(futures, 1):
            try:
                out.append(future.result())
            except AwsError as error:
                self._found.append(unreadable(error, address(item)))
                out.append(UNKNOWN)
            self._progress(what, done, len(items))
        return out

    def patiently(self, read: Callable[[], R]) -> R:
        """What is read, asked again as long as the answers contradict each other.

        Raises:
            AwsError: they still do, or it failed otherwise.
        """
        pauses = lag.pauses()
        while True:
            try:
                return read()
            except AwsError as error:
                if not contradicts(error):
                    raise
                now = self._clock.now()
                if self._until is None:
                    self._until = now + SECONDS
                if now >= self._until:
                    raise
            self._clock.sleep(min(next(pauses), self._until - now))


def contradicts(error: AwsError) -> bool:
    """Whether AWS says of something that is there that it is not, or the other way round."""
    return isinstance(error, Gone) or (isinstance(error, Retry) and error.contradicts)
