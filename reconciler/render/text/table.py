"""Changed properties in columns: path, what happens, and the spec line at the right edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.render.vocabulary.difference import Row
from reconciler.render.vocabulary.ink import Ink, cells, spread
from reconciler.render.vocabulary.words import NOTES

INDENT = " " * 6
MOST = 12
"""Lines of one step that are shown unless everything was asked for."""
_COLUMN = 44
_NARROW = 24
_ENDLESS = 1_000_000
_STYLES = {"+": "green", "-": "red"}


class Line(NamedTuple):
    """A row and the effect of its property, "" when it does not matter."""

    row: Row
    effect: str


def block(lines: Sequence[Line], ink: Ink, width: int, *, verbose: bool) -> Iterator[str]:
    """The rows of one step, indented under it."""
    shown = lines if verbose else lines[:MOST]
    column = widest(line.row.path for line in shown)
    above = ""
    for line in shown:
        path = "" if line.row.path == above and line.row.sign else line.row.path
        above = line.row.path
        yield _line(path, line, column, ink, width, verbose=verbose)
    if hidden := len(lines) - len(shown):
        yield f"{INDENT}{ink(f'… and {hidden} more; --verbose shows all', 'dim')}"


def widest(paths: Iterable[str]) -> int:
    """The width of a column of paths; one that is far too long does not count."""
    return max((size for path in paths if (size := cells(path)) <= _COLUMN), default=0)


def _line(  # noqa: PLR0913 - one line and where it goes
    path: str, line: Line, column: int, ink: Ink, width: int, *, verbose: bool
) -> str:
    row, note = line.row, NOTES.get(line.effect, "")
    lead = f"{INDENT}{path}{' ' * (column - cells(path))}  "
    tail = f"  {note}" if note else ""
    free = width - cells(lead) - cells(tail)
    right = row.at
    room = _ENDLESS if verbose else max(free - cells(right) - 2 if right else free, _NARROW)
    body = row.text(room)
    if right and cells(body) + 2 + cells(right) > free:
        right, body = "", row.text(max(room, free))
    gap = spread(lead + body + tail, right, width)
    painted = ink(body, _STYLES.get(row.sign, ""))
    return f"{lead}{painted}{ink(tail, 'magenta')}{gap}{ink(right, 'dim')}"
