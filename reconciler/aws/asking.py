"""Ask for many things at once: what cannot be read is unknown, contradictions are asked again.

AWS's answers come from several places that follow a write each in its own time: a role is
described, and its policies are said to be of no role. That passes within seconds (see
`reconciler.aws.lag`), so it is asked again for a while before it is taken for unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from reconciler.aws import lag, offered
from reconciler.aws.clock import Clock
from reconciler.aws.errors import AwsError, Gone, Retry
from reconciler.aws.survey import Progress, unreadable
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic

SECONDS = 60.0
"""How long what contradicts itself is asked again: half as long as IAM's writes may not show."""
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
        self._over = False
        """Whether one thing has contradicted itself all the time: others are not waited for."""

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
        self._over = False
        futures = [(item, pool.submit(self.patiently, lambda it=item: read(it))) for item in items]
        try:
            for done, (item, future) in enumerate(futures, 1):
                try:
                    out.append(future.result())
                except AwsError as error:
                    told = offered.refused(error, address(item))
                    self._found.append(told or unreadable(error, address(item)))
                    out.append(UNKNOWN)
                self._progress(what, done, len(items))
        finally:
            self._over = True  # whoever interrupts this does not wait for what is asked again
        return out

    def patiently(self, read: Callable[[], R]) -> R:
        """What is read, asked again as long as the answers contradict each other.

        Raises:
            AwsError: they still do, or it failed otherwise.
        """
        pauses, waited = lag.pauses(), 0.0
        while True:
            try:
                return read()
            except AwsError as error:
                if not contradicts(error) or self._over:
                    raise
                if waited >= SECONDS:
                    self._over = True
                    raise
            pause = min(next(pauses), SECONDS - waited)
            self._clock.sleep(pause)
            waited += pause


def contradicts(error: AwsError) -> bool:
    """Whether AWS says of something that is there that it is not, or the other way round."""
    told = isinstance(error, Retry) and error.contradicts
    return told or isinstance(error, Gone) or lag.missing(error)
