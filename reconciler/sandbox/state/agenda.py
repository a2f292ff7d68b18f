"""What is due of several services, one after another in the order of its moments.

A schedule that fires at two o'clock starts its run before one that was started at three goes on,
however far the clock has moved since somebody last asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from reconciler.sandbox.state.world import WORLD


class Due(NamedTuple):
    """The next thing of a service: when, and what does it."""

    at: float
    do: Callable[[], None]


SOURCES: list[Callable[[], Due | None]] = []
"""What says the next thing of each service."""
_BUSY: list[bool] = []


def settle() -> None:
    """Do all that is due by now. What it does itself asks for no more of it."""
    if _BUSY:
        return
    _BUSY.append(True)
    try:
        while (due := first()) is not None and due.at <= WORLD.clock.now():
            with WORLD.clock.at(due.at):
                due.do()
    finally:
        _BUSY.clear()


def first() -> Due | None:
    """The next thing of all."""
    found = [due for each in SOURCES if (due := each()) is not None]
    return min(found, key=lambda due: due.at) if found else None


def busy() -> bool:
    """Whether something is being done right now."""
    return bool(_BUSY)
