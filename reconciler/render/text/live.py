"""A run on a terminal: one bar, the steps that run now, and finished ones above as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.model.event import (
    CallSent,
    Event,
    Sink,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StepWaiting,
)
from reconciler.render.vocabulary.fold import fold
from reconciler.render.vocabulary.ink import cut, harmless
from reconciler.render.vocabulary.words import SIGNS, count, duration

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.text import Text

__all__ = ["live"]

_BESIDE = 30
"""Cells of a running step's line that are not its name: spinner, state and time."""
_LEAST = 20
_MARKS = {"done": ("✓", "green"), "failed": ("✗", "bold red")}
STOPPED_CODE = "APPLY010"
"""Of a step that was in flight when the run was interrupted."""


@contextmanager
def live(console: Console, total: int, changes: Mapping[str, str] | None = None) -> Iterator[Sink]:
    """Yields the sink; the display is gone at the end and the lines stay.

    `total` is the number of changes, and `changes` has the change of each step (`tally.mains`),
    so that both halves of a replacement count as one.
    """
    from rich.console import Group  # noqa: PLC0415 - rich is for terminals only
    from rich.live import Live  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    words, state = (
        TextColumn(form, markup=False) for form in ("{task.description}", "{task.fields[state]}")
    )
    overall = Progress(words, BarColumn(bar_width=24), state, TimeElapsedColumn(), console=console)
    running = Progress(SpinnerColumn(), words, state, TimeElapsedColumn(), console=console)
    with Live(Group(overall, running), console=console, transient=True):
        yield _Live(overall, running, total, changes or {})


class _Live:
    def __init__(
        self, overall: Progress, running: Progress, total: int, changes: Mapping[str, str]
    ) -> None:
        self.overall = overall
        self.running = running
        self.total = total
        self.whole = overall.add_task("apply", total=total, state=f"0/{total}")
        self.tasks: dict[str, TaskID] = {}
        self.started: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.changes = changes
        self.open = {main: {*halves} for main, halves in _halves(changes).items()}
        """By change: its steps that have not ended."""
        self.ended: set[str] = set()

    def __call__(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._start(event)
            case CallSent():
                self.calls[event.step] = self.calls.get(event.step, 0) + 1
            case StepWaiting() if event.step in self.tasks:
                self.running.update(self.tasks[event.step], state=harmless(event.state))
            case StepFinished():
                spent = duration(event.at - self.started.get(event.step, event.at))
                calls = self.calls.get(event.step, 0)
                how = count(calls, "call") if calls else "it is so already, nothing sent"
                self._end(event, "done", f"{how}, {spent}")
            case StepFailed() if event.code == STOPPED_CODE:
                self._over(event)
            case StepFailed():
                how = "handed over: " if event.handed_over else ""
                self._end(event, "failed", f"{how}{event.code}: {event.message}")
            case StepSkipped():
                self._over(event)
            case _:
                pass

    def _start(self, event: StepStarted) -> None:
        short = harmless(event.address.type).rpartition(":")[2]
        room = max(_LEAST, self.running.console.width - _BESIDE)
        said = f"{SIGNS[event.action].symbol} {short} {harmless(event.address.name)}"
        self.started[event.step] = event.at
        task = self.running.add_task(cut(said, room), total=None, state=str(event.action))
        self.tasks[event.step] = task

    def _over(self, event: StepFinished | StepFailed | StepSkipped) -> None:
        """A step runs no more; its change has ended with the last of its steps."""
        if (task := self.tasks.pop(event.step, None)) is not None:
            self.running.remove_task(task)
        main = self.changes.get(event.step, event.step)
        left = self.open.setdefault(main, set())
        left.discard(event.step)
        if not left:
            self.ended.add(main)
        state = f"{len(self.ended)}/{self.total}"
        self.overall.update(self.whole, completed=len(self.ended), state=state)

    def _end(self, event: StepFinished | StepFailed, how: str, said: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - loaded by `live` already

        self._over(event)
        mark, style = _MARKS[how]
        line = Text.assemble(
            (f"{mark} ", style),
            f"{event.action!s:<7} {harmless(event.address.type)} ",
            (harmless(event.address.name), "bold"),
            (f"  {harmless(said)}", "dim" if how == "done" else style),
        )
        console = self.overall.console
        for piece in _lines(line, console.width):
            console.print(piece, soft_wrap=True, highlight=False)


def _lines(line: Text, width: int) -> Iterator[Text]:
    """A painted line in pieces that a terminal has room for, broken where `fold` breaks it."""
    from rich.text import Text  # noqa: PLC0415 - loaded by `live` already

    at = 0
    for piece in fold(line.plain, width).split("\n"):
        said = piece.lstrip(" ")
        at = line.plain.index(said, at)
        yield Text(" " * (len(piece) - len(said))) + line[at : at + len(said)]
        at += len(said)


def _halves(changes: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step, main in changes.items():
        found.setdefault(main, []).append(step)
    return found
