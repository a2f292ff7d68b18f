"""Time as a value that is passed in, so that tests never sleep."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since some fixed moment, and waiting."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; may return early when the run is interrupted."""
        ...


class RealClock:
    """The machine's clock. `wake` ends every sleep at once, for a clean Ctrl-C.

    `speed` divides every wait: the embedded sandbox settles faster than AWS.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._woken = threading.Event()

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self._woken.wait(seconds / self._speed)

    def wake(self) -> None:
        """End all waiting, now and from now on."""
        self._woken.set()


class Faster:
    """A clock on which more time passes, for one that sleeps less than it is told by `speed`."""

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock = clock
        self._speed = speed

    def now(self) -> float:
        return self._clock.now() * self._speed

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


class FakeClock:
    """A clock for tests: sleeping moves it on and takes no time."""

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
