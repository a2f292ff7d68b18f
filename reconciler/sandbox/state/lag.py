"""What of the sandbox's writes its reads do not show yet: AWS is eventually consistent.

After a write, each operation that names what was written is answered `reads` times as before
the write: not found after a creation, the old values after a change, still there after a
deletion. Counted by operation, so that a description, a list of tags and a part each lag; a
listing that names nothing counts for all that was written in its service. Off by default.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Thing = tuple[str, str]
"""A service, as its client is called, and a name in it."""
LONGEST = {"kms": 300.0}
"""Seconds after which a write is seen by everybody, asked or not, by service.

Source: KMS Developer Guide, Eventual consistency: in some cases several minutes.
"""
USUAL = 120.0
"""The same of every other service. Source: IAM User Guide and Terraform's waits (AWS_FACTS 6.4)."""
KEPT = 400
"""Writes that are remembered; a platform's own come to less before they are seen."""


@dataclass(slots=True, eq=False)
class Write:
    """One write that took effect: what it was about, and the state of its service before."""

    service: str
    operation: str
    things: frozenset[Thing]
    reads: int
    before: bytes
    at: float
    """When, in seconds of the sandbox's clock."""
    seen: Counter[str] = field(default_factory=Counter)
    """Stale answers given so far, by operation that asked."""

    def hides(self, asker: str) -> bool:
        """Whether this write is not visible yet to an operation, as service.Operation."""
        return self.seen[asker] < self.reads


class Lag:
    """How far reads lag, and the writes that they lag behind."""

    def __init__(self) -> None:
        """Nothing lags."""
        self._reads: dict[str, int] = {}
        self._writes: deque[Write] = deque(maxlen=KEPT)

    @property
    def on(self) -> bool:
        """Whether anything lags."""
        return any(self._reads.values())

    def configure(self, reads: int | Mapping[str, int]) -> None:
        """How many reads of each kind are stale, for all writes or by service.Operation.

        The last pattern (as of a shell) that fits a write counts, such as ``sagemaker.*Model``.

        Raises:
            ValueError: a number below zero.
        """
        given = {"*": reads} if isinstance(reads, int) else dict(reads)
        if any(int(number) < 0 for number in given.values()):
            msg = f"stale reads cannot be fewer than none: {given}"
            raise ValueError(msg)
        self._reads = {pattern: int(number) for pattern, number in given.items()}

    def clear(self) -> None:
        """Nothing lags from now on, and all is seen."""
        self._reads.clear()
        self._writes.clear()

    def of(self, operation: str) -> int:
        """For how many reads a write, as service.Operation, stays unseen."""
        found = [n for pattern, n in self._reads.items() if fnmatchcase(operation, pattern)]
        return found[-1] if found else 0

    def wrote(self, write: Write) -> None:
        """Remember a write."""
        self._writes.append(write)

    def passes(self, now: float) -> None:
        """Forget the writes that everybody sees by now."""
        left = [w for w in self._writes if w.at > now - LONGEST.get(w.service, USUAL)]
        if len(left) < len(self._writes):
            self._writes = deque(left, maxlen=KEPT)

    def due(self, asker: str, things: Iterable[Thing]) -> Write | None:
        """The oldest write to one of these things that the asker does not see yet; counted."""
        wanted = frozenset(things)
        return self._first(asker, (write for write in self._writes if write.things & wanted))

    def due_in(self, asker: str, services: Iterable[str]) -> list[Write]:
        """Of each service the oldest write that a listing does not see yet; counted."""
        found = []
        for service in services:
            of_it = (write for write in self._writes if write.service == service)
            first = self._first(f"{asker} {service}", of_it)
            found += [first] if first else []
        return found

    @staticmethod
    def _first(asker: str, writes: Iterator[Write]) -> Write | None:
        hidden = [write for write in writes if write.hides(asker)]
        for write in hidden:
            write.seen[asker] += 1
        return hidden[0] if hidden else None

    def denies(self, things: Iterable[Thing], guarded: Iterable[str]) -> bool:
        """Whether one of these things is refused still, after a write to its policy; counted."""
        wanted, operations = frozenset(things), frozenset(guarded)
        of_them = (w for w in self._writes if w.things & wanted and w.operation in operations)
        return self._first("any use", of_them) is not None

    def state(self) -> dict[str, Any]:
        """What the control API shows."""
        return {"reads": dict(self._reads), "writes": len(self._writes)}
