"""A run on a terminal: one bar, the steps that run now, and finished ones above as lines."""

from __future__ import annotations

from collections.abc import Iterator
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
from reconciler.render.ink import cut, harmless
from reconciler.render.words import SIGNS, count, duration

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

__all__ = ["live"]

_MARKS = {"done": ("✓", "green"), "failed": ("✗", "bold red"), "skipped": ("·", "yellow")}


@contextmanager
def live(console: Console, total: int) -> Iterator[Sink]:
    """Yields the sink; the display is gone at the end and the lines stay."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with progress:
        yield _Live(progress, total)


class _Live:
    def __init__(self, progress: Progress, total: int) -> None:
        self.progress = progress
        self.total = total
        self.overall = progress.add_task("apply", total=total, state=f"0/{total}")
        self.tasks: dict[str, TaskID] = {}
        self.started: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.ended = 0

    def __call__(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._start(event)
            case CallSent():
                self.calls[event.step] = self.calls.get(event.step, 0) + 1
            case StepWaiting() if event.step in self.tasks:
                self.progress.update(self.tasks[event.step], state=harmless(event.state))
            case StepFinished():
                spent = duration(event.at - self.started.get(event.step, event.at))
                calls = count(self.calls.get(event.step, 0), "call")
                self._end(event, "done", f"{calls}, {spent}")
            case StepFailed():
                self._end(event, "failed", f"{event.code}: {event.message}")
            case StepSkipped():
                self._end(event, "skipped", "not tried")
            case _:
                pass

    def _start(self, event: StepStarted) -> None:
        symbol = SIGNS[event.action].symbol
        room = max(20, self.progress.console.width - 60)
        said = cut(f"{symbol} {harmless(event.address.type)} {harmless(event.address.name)}", room)
        self.started[event.step] = event.at
        self.tasks[event.step] = self.progress.add_task(said, total=None, state=str(event.action))

    def _end(self, event: StepFinished | StepFailed | StepSkipped, how: str, said: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - loaded by `live` already

        if (task := self.tasks.pop(event.step, None)) is not None:
            self.progress.remove_task(task)
        self.ended += 1
        self.progress.update(self.overall, completed=self.ended, state=f"{self.ended}/{self.total}")
        mark, style = _MARKS[how]
        line = Text.assemble(
            (f"{mark} ", style),
            f"{event.action!s:<7} {harmless(event.address.type)} ",
            (harmless(event.address.name), "bold"),
            (f"  {harmless(said)}", "dim" if how == "done" else style),
        )
        self.progress.console.print(line, soft_wrap=True, highlight=False)
