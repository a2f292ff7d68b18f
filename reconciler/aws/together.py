"""One request for several resources, where an operation takes several and steps ask at once.

Nobody waits for others to come: while a request is on its way, those who want the same queue up,
and the next request is for all of them. What AWS refuses is asked again by each for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from reconciler.aws.errors import AwsError

T = TypeVar("T")
MOST = 100
"""What one request takes at most. Source: DeleteAlarms (CloudWatch API)."""


@dataclass(slots=True)
class _Ask:
    values: list[str]
    turn: threading.Event = field(default_factory=threading.Event)
    over: bool = False
    taken: bool = False


class Together:
    """Requests of a run that may be sent as one, by what they ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[str, list[_Ask]] = {}
        self._busy: set[str] = set()

    def ask(
        self,
        what: str,
        values: list[str],
        alone: Callable[[], T],
        several: Callable[[list[str]], object],
    ) -> T | None:
        """Ask with whoever asks now: what `alone` gives, or nothing where `several` was enough.

        Raises:
            AwsError: AWS refused it alone.
        """
        mine = _Ask(values)
        with self._lock:
            self._queues.setdefault(what, []).append(mine)
            leads = what not in self._busy
            self._busy.add(what)
        if not leads:
            mine.turn.wait()
        if not mine.over:
            return self._lead(what, mine, alone, several)
        return None if mine.taken else alone()

    def _lead(
        self,
        what: str,
        mine: _Ask,
        alone: Callable[[], T],
        several: Callable[[list[str]], object],
    ) -> T | None:
        with self._lock:
            queue = self._queues[what]
            queue.remove(mine)
            batch = [mine, *queue[: MOST - 1]]
            del queue[: MOST - 1]
        taken = False
        try:
            if len(batch) == 1:
                return alone()
            several([value for each in batch for value in each.values])
            taken = True
        except AwsError:
            if len(batch) == 1:
                raise
        finally:
            self._hand_on(what, batch, taken=taken)
        return None if taken else alone()

    def _hand_on(self, what: str, batch: list[_Ask], *, taken: bool) -> None:
        with self._lock:
            for each in batch:
                each.over, each.taken = True, taken
                each.turn.set()
            queue = self._queues[what]
            if queue:
                queue[0].turn.set()
            else:
                self._busy.discard(what)
