"""Too many resources for a line each: numbers by what happens to them, then addresses.

The numbers are always those of all. Addresses stand one to a line, as many as
there is room for, and what is left is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from reconciler.render.markdown.escape import fence, size
from reconciler.render.markdown.view import View, address, many
from reconciler.render.vocabulary.entries import Entry

_TAIL = 400
"""Bytes kept for the frame of the addresses and the count of the rest."""


def crowd(view: View, found: Sequence[Entry], label: Callable[[Entry], str], room: int) -> str:
    """All of `found` in at most `room` bytes."""
    counts = Counter(map(label, found)).most_common()
    lines: list[str] = []
    left = (room - _TAIL) // 2
    told = 0
    for said, number in counts:
        line = f"- {number:,} × {said}"
        left -= size(line) + 1
        if left < 0:
            break
        lines.append(line)
        told += number
    if others := len(found) - told:
        lines.append(f"- {others:,} × other, {view.where}")
    text = "\n".join(lines)
    names = _names(found, room - size(text) - _TAIL)
    if not names:
        return text
    rest = len(found) - len(names)
    more = f"\n\n{view.rest(rest, 'address')}" if rest else ""
    summary = f"<summary>{len(names):,} of {many(len(found), 'resource')}, by address</summary>"
    return f"{text}\n\n<details>{summary}\n\n{fence(names, 'text')}\n\n</details>{more}"


def _names(found: Sequence[Entry], room: int) -> list[str]:
    names: list[str] = []
    for entry in found:
        name = address(entry.step)
        room -= size(name) + 1
        if room < 0:
            break
        names.append(name)
    return names
