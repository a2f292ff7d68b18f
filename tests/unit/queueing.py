"""A service that throttles, and workers that call it, on a clock that takes no time."""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from reconciler.aws.session import Session

from .fakes import refusal


class Turns:
    """A clock for several threads: one runs at a time, the one whose moment comes next."""

    def __init__(self) -> None:
        self._now = 0.0
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._number = count()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        mine = threading.Semaphore(0)
        heapq.heappush(self._waiting, (self._now + seconds, next(self._number), mine))
        self._next()
        mine.acquire()

    def _next(self) -> None:
        if self._waiting:
            self._now, _, who = heapq.heappop(self._waiting)
            who.release()

    def run(self, jobs: list[Callable[[], None]]) -> None:
        """Start a thread for each job, and wait for all; the first failure is raised."""
        failures: list[BaseException] = []

        def live(gate: threading.Semaphore, job: Callable[[], None]) -> None:
            gate.acquire()
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - raised again below
                failures.append(error)
            self._next()

        threads = []
        for job in jobs:
            gate = threading.Semaphore(0)
            heapq.heappush(self._waiting, (self._now, next(self._number), gate))
            threads.append(threading.Thread(target=live, args=(gate, job), daemon=True))
        for thread in threads:
            thread.start()
        self._next()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]


@dataclass
class Service:
    """A token bucket of AWS's kind behind a network; a refused call takes nothing.

    After `turn` calls the rate is `then`.
    """

    clock: Turns
    rate: float
    burst: float
    latency: float
    seed: int
    turn: int | None = None
    then: float = 0.0
    served: int = 0
    refused: int = 0
    methods: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._left, self._at = self.burst, 0.0
        self._random = random.Random(self.seed)

    def client(self, _service: str) -> Any:
        return self

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_") or method == "meta":
            raise AttributeError(method)
        return self._call

    def _call(self, **_params: Any) -> Any:
        there = self.latency * self._random.uniform(0.25, 0.75)
        back = self.latency * self._random.uniform(0.25, 0.75)
        self.clock.sleep(there)
        now = self.clock.now()
        self._left = min(self.burst, self._left + (now - self._at) * self.rate)
        self._at = now
        taken = self._left >= 1
        if taken:
            self._left -= 1
            self.served += 1
            if self.served == self.turn:
                self.rate = self.then
        else:
            self.refused += 1
        self.clock.sleep(back)
        if not taken:
            raise refusal("ThrottlingException", "Rate exceeded")
        return {}


@dataclass(frozen=True)
class Load:
    """Calls that several workers share, against one service."""

    rate: float = 10.0
    burst: float = 1.0
    calls: int = 1000
    workers: int = 10
    latency: float = 0.05
    turns_to: float | None = None
    service: str = "made"
    method: str = "get_it"

    @property
    def ideal(self) -> float:
        """Seconds that a client needs which knows everything."""
        flights = self.calls * self.latency / self.workers
        if self.turns_to is None:
            return max((self.calls - self.burst) / self.rate, flights, self.latency)
        half = self.calls // 2
        first = max((half - self.burst) / self.rate, 0)
        return max(first + (self.calls - half) / self.turns_to, flights)


@dataclass(frozen=True)
class Ran:
    """How it went."""

    seconds: float
    served: int
    refused: int


def run(load: Load, seed: int = 0) -> Ran:
    """Send everything.

    Raises:
        AwsError: a call was given up.
    """
    clock = Turns()
    turn = load.calls // 2 if load.turns_to is not None else None
    service = Service(
        clock, load.rate, load.burst, load.latency, seed, turn, load.turns_to or load.rate
    )
    session = Session(service, clock=clock, _random=random.Random(seed))
    left = iter(range(load.calls))

    def work() -> None:
        for _ in left:
            session.send(load.service, load.method, {})

    clock.run([work] * load.workers)
    return Ran(clock.now(), service.served, service.refused)
