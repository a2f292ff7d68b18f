"""Look again and again, and say only what is new, has changed or is gone. Pure but for the clock.

What "differs" means is the caller's: a look gives a digest for each finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model.value import Json, digest

LONGEST = 3600.0
"""Seconds between two looks at most while looking fails, unless they are farther apart anyway."""


class LookError(Exception):
    """A look that failed; the next one may not."""


class Sleeper(Protocol):
    """Waits; may return early when it is woken to stop."""

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class News:
    """What a look says that the one before did not. Ids of findings."""

    fingerprint: str
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    first: bool = False


@dataclass(slots=True)
class Watcher:
    """`look` gives a digest by id; `tell` hears news; `failed` hears of a look that failed."""

    look: Callable[[], Mapping[str, str]]
    tell: Callable[[News], None]
    failed: Callable[[LookError, float], None]
    clock: Sleeper
    every: float
    stopped: Callable[[], bool]
    known: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0

    def run(self) -> None:
        """Until it is stopped."""
        first = True
        while not self.stopped():
            try:
                found = self.look()
            except LookError as error:
                self.failures += 1
                self.failed(error, self.pause)
            else:
                self.failures = 0
                news = compared(self.known, found, first=first)
                self.known, first = dict(found), False
                if news.first or news.new or news.changed or news.gone:
                    self.tell(news)
            if not self.stopped():
                self.clock.sleep(self.pause)

    @property
    def pause(self) -> float:
        """Until the next look: longer each time that one fails."""
        if not self.failures:
            return self.every
        longest = max(self.every, LONGEST)
        return float(min(self.every * 2 ** min(self.failures, 32), longest))


def compared(before: Mapping[str, str], now: Mapping[str, str], *, first: bool = False) -> News:
    """What is different between two looks."""
    return News(
        digest(sorted(now.items()), 16),
        tuple(sorted(now.keys() - before.keys())),
        tuple(sorted(id_ for id_ in now.keys() & before.keys() if now[id_] != before[id_])),
        tuple(sorted(before.keys() - now.keys())),
        first,
    )


def findings(report: Mapping[str, Json]) -> dict[str, str]:
    """The digest of each drifted resource of `drift --json`; who did it is no part of it."""
    return {
        f"{each['type']}/{each['name']}": digest(
            [each["kind"], [[f["path"], f["declared"], f["live"]] for f in each["fields"]]], 16
        )
        for each in report["drifted"]
    }
