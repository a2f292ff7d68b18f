"""Lines that a terminal has room for: what is too long goes on below, and nothing is left out.

A line is broken at a space, else after a sign that parts the words of an address or a path,
else where the room ends. What goes on is indented beneath its beginning. Colours take no room.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import TextIO

from reconciler.render.vocabulary.ink import cells

__all__ = ["LAYOUT", "LEAST", "broken", "fold", "room"]

LAYOUT = 100
"""Cells for which a page is laid out where no terminal says how many it has."""
LEAST = 40
"""Cells below which nothing is laid out, whatever a terminal says."""
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)")
_PAINT = re.compile(r"\x1b\[[0-9;]*m")
_HANG = 2
_STRONG = frozenset("/,;|")
_WEAK = frozenset(".:-_=)]}@+&?")


def room(stream: TextIO) -> int:
    """Cells of a line of the terminal that a stream is; 0 where it is none."""
    if not stream.isatty():
        return 0
    return max(LEAST, shutil.get_terminal_size((LAYOUT, 24)).columns)


def fold(text: str, width: int) -> str:
    """Every line in at most `width` cells, all of them; 0 leaves the text as it is."""
    if width <= 0:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _folded(line, width))


def broken(line: str, width: int, indent: str = "") -> list[str]:
    """A line without blanks at its end as several, each but the last with a backslash at its end.

    A shell outside of quotes puts them together again, where `indent` is empty, and so does YAML
    within double quotes. No escape is broken, and no line begins with a blank.
    """
    out: list[str] = []
    while cells(line) > width:
        inside = {
            at for each in _ESCAPE.finditer(line) for at in range(each.start() + 1, each.end())
        }
        rooms = range(min(width, len(line)) - 1, len(indent) + 1, -1)
        fits = (at for at in rooms if cells(line[:at]) < width)
        whole = [at for at in fits if line[at] != " " and at not in inside]
        parted = (at for at in whole if line[at - 1] in _STRONG | _WEAK and at > width // 2)
        end = next(parted, 0) or next(iter(whole), 0)
        if not end:
            break
        out.append(f"{line[:end]}\\")
        line = indent + line[end:]
    return [*out, line]


def _folded(line: str, width: int) -> Iterator[str]:
    plain = _PAINT.sub("", line)
    if cells(plain) <= width:
        yield line
        return
    plain = plain.rstrip(" ")
    start = len(plain) - len(plain.lstrip(" "))
    first, rest = min(start, width // 2), min(start + _HANG, width // 2)
    paint = _painted(line)
    lead = first
    while start < len(plain):
        end = _end(plain, start, width - lead)
        body = len(plain[start:end].rstrip(" "))
        yield " " * lead + _between(plain, paint, start, start + body)
        start, lead = _next(plain, end), rest


def _painted(line: str) -> dict[int, str]:
    """The colours of a line, by how many characters stand before them."""
    found: dict[int, str] = {}
    dropped = 0
    for each in _PAINT.finditer(line):
        at = each.start() - dropped
        found[at] = found.get(at, "") + each[0]
        dropped += len(each[0])
    return found


def _between(plain: str, paint: dict[int, str], start: int, end: int) -> str:
    """A part of a line in its colours; those that stood where the line broke are not lost."""
    out, last = [], start
    for at in [each for each in sorted(paint) if each <= end or end == len(plain)]:
        here = max(at, start)
        out += [plain[last:here], paint.pop(at)]
        last = here
    return "".join([*out, plain[last:end]])


def _next(plain: str, end: int) -> int:
    """Where the next line begins: the spaces at a break are its own."""
    while end < len(plain) and plain[end] == " ":
        end += 1
    return end


def _end(plain: str, start: int, space: int) -> int:
    """Where a line that begins at `start` ends, at most `space` cells on."""
    stop = start
    while stop < len(plain) and cells(plain[start : stop + 1]) <= space:
        stop += 1
    if stop == len(plain) or plain[stop] == " ":
        return stop
    least = start + (stop - start) // 2
    found = {"space": 0, "strong": 0, "weak": 0}
    for at in range(start + 1, stop + 1):
        if at < stop and plain[at] == " ":
            found["space"] = at
        elif plain[at - 1] in _STRONG:
            found["strong"] = at
        elif plain[at - 1] in _WEAK and plain[at] not in _WEAK:
            found["weak"] = at
    enough = (at for at in found.values() if at >= least)
    return next(enough, 0) or max(found.values()) or max(stop, start + 1)
