"""Changed properties in columns: path, what happens, and the spec line at the right edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.render.vocabulary.difference import Row
from reconciler.render.vocabulary.ink import Ink, cells, cut, spread
from reconciler.render.vocabulary.value import brief, under
from reconciler.render.vocabulary.words import NOTES

INDENT = " " * 6
MOST = 12
"""Lines of one step that are shown unless everything was asked for."""
_COLUMN = 44
LINES = 4
"""Lines of one side of a difference that is long in itself."""
_ENDLESS = 1_000_000
_STYLES = {"+": "green", "-": "red"}


class Line(NamedTuple):
    """A row and the effect of its property, "" when it does not matter."""

    row: Row
    effect: str


def block(lines: Sequence[Line], ink: Ink, width: int, *, verbose: bool) -> Iterator[str]:
    """The rows of one step, indented under it."""
    shown = lines if verbose else lines[:MOST]
    column = widest((line.row.path for line in shown), width)
    above = ""
    for line in shown:
        path = "" if line.row.path == above and line.row.sign else line.row.path
        above = line.row.path
        yield from _lines(path, line, column, ink, width, verbose=verbose)
    if hidden := len(lines) - len(shown):
        yield f"{INDENT}{ink(f'… and {hidden} more; --verbose shows all', 'dim')}"


def widest(paths: Iterable[str], width: int) -> int:
    """The column that paths take of a line; one that is far too long does not count."""
    most = min(_COLUMN, max(width // 2 - len(INDENT), 0))
    return max((size for path in paths if (size := cells(path)) <= most), default=0)


def below(row: Row, width: int, ink: Ink) -> Iterator[str]:
    """Both sides, or the only one, in lines of their own: what differs is not cut."""
    room = width - len(INDENT) - len("  - ")
    sides = [(row.sign, brief(row.value))]
    if not row.sign:
        found = under(row.before, row.after, room * LINES)
        sides = [("-", found.one), ("+", found.other)]
    for sign, words in sides:
        lines = [*wrapped(words, room)]
        if len(lines) > LINES:
            rest = "; --verbose shows all"
            lines = [*lines[: LINES - 1], cut(lines[LINES - 1], room - len(rest) - 1) + "…" + rest]
        for number, line in enumerate(lines):
            lead = f"{sign} " if not number else "  "
            yield f"{INDENT}  {ink(lead + line, _STYLES.get(sign, ''))}"


def wrapped(words: str, room: int) -> Iterator[str]:
    """A text in lines of at most `room` cells."""
    while cells(words) > room:
        end = min(len(words), room)
        while end > 1 and cells(words[:end]) > room:
            end -= 1
        yield words[:end]
        words = words[end:]
    yield words


def shortened(path: str, room: int) -> str:
    """A path in at most `room` cells: its first name and its end stay."""
    if cells(path) <= room:
        return path
    head = cut(path.partition(".")[0], max(room // 3, 2))
    tail = path
    left = room - cells(head) - 1
    while tail and cells(tail) > left:
        tail = tail[1:]
    return f"{head.removesuffix('…')}…{tail}"


def _lines(  # noqa: PLR0913 - one row and where it goes
    path: str, line: Line, column: int, ink: Ink, width: int, *, verbose: bool
) -> Iterator[str]:
    """One row: on one line where all that differs has room there, else in lines below its path."""
    row, note = line.row, NOTES.get(line.effect, "")
    tail = f"  {note}" if note else ""
    if not verbose:
        path = shortened(path, width - len(INDENT) - 2)
    lead = f"{INDENT}{path}{' ' * (column - cells(path))}  "
    free = width - cells(lead) - cells(tail)
    right = row.at
    if not verbose and not row.fits(max(free, 0)):
        aside = f"  {right}" if right else ""
        head = f"{INDENT}{path or row.path}"
        if cells(head + tail + aside) > width:
            aside = ""
        gap = spread(head + tail, right, width) if aside else ""
        yield f"{head}{ink(tail, 'magenta')}{gap}{ink(right if aside else '', 'dim')}"
        yield from below(row, width, ink)
        return
    room = _ENDLESS if verbose else free
    beside = room - cells(right) - 2 if right else room
    body = row.text(beside if row.fits(beside) else room)
    if right and cells(body) + 2 + cells(right) > free:
        right = ""
    gap = spread(lead + body + tail, right, width)
    painted = ink(body, _STYLES.get(row.sign, ""))
    yield f"{lead}{painted}{ink(tail, 'magenta')}{gap}{ink(right, 'dim')}"
