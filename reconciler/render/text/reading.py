"""Progress of looking at AWS, for people who wait longer than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeAlias

from reconciler.render.vocabulary.ink import harmless

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

__all__ = ["reading"]

QUIET = 2.0
"""Seconds in which nothing is shown."""
Told: TypeAlias = Callable[[str, int, int], None]
"""What is being read, how many reads are done, and how many there are."""


@contextmanager
def reading(
    *,
    terminal: bool,
    console: Console | None = None,
    write: Callable[[str], object] | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Told]:
    """Yields what an observer reports to.

    A terminal gets a status line that vanishes at the end, anything else one
    line on standard error; both only when reading takes more than two seconds.
    """
    with ExitStack() as stack:
        yield _terminal(console, stack, now) if terminal else _line(write or _error, now)


def _error(line: str) -> None:
    sys.stderr.write(line + "\n")


def _line(write: Callable[[str], object], now: Callable[[], float]) -> Told:
    start, said = now(), False

    def told(what: str, done: int, total: int) -> None:
        nonlocal said
        if not said and now() - start >= QUIET:
            said = True
            write(f"reading AWS: {harmless(what)}, {done} of {total}")

    return told


def _terminal(console: Console | None, stack: ExitStack, now: Callable[[], float]) -> Told:
    start = now()
    status: Status | None = None

    def told(what: str, done: int, total: int) -> None:
        nonlocal status
        if now() - start < QUIET:
            return
        from rich.text import Text  # noqa: PLC0415 - only for those who wait

        said = Text(f"reading AWS: {harmless(what)}, {done} of {total}")
        if status is None:
            status = stack.enter_context((console or _console()).status(said))
        status.update(said)

    return told


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - only for those who wait

    return Console(stderr=True)
