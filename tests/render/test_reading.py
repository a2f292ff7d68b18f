"""Progress of looking at AWS: nothing for two seconds, then little."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from rich.console import Console

from reconciler.render.text.reading import reading


def clock(*times: float) -> Callable[[], float]:
    ticks: Iterator[float] = iter(times)
    return lambda: next(ticks)


def test_a_quick_reading_says_nothing():
    said: list[str] = []
    with reading(terminal=False, write=said.append, now=clock(0, 1.0, 1.9)) as told:
        told("listings", 1, 9)
        told("listings", 2, 9)
    assert said == []


def test_a_slow_reading_says_one_line_in_ci():
    said: list[str] = []
    with reading(terminal=False, write=said.append, now=clock(0, 1.0, 2.5, 9.0)) as told:
        for done in (1, 2, 3):
            told("listings", done, 9)
    assert said == ["reading AWS: listings, 2 of 9"]


def test_a_terminal_gets_a_line_that_vanishes():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with reading(terminal=True, console=console, now=clock(0, 1.0, 3.0, 4.0)) as told:
        told("listings", 1, 9)
        assert not console.file.getvalue()
        told("listings", 2, 9)
        told("details", 3, 9)
    assert "details, 3 of 9" in console.file.getvalue()
    assert console.file.getvalue().endswith("\x1b[2K")
