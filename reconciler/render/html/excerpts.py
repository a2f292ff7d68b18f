"""The lines of the specs that a report points at, with some around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import cut, harmless

ABOVE, BELOW = 4, 5
WIDEST = 240


def excerpts(changes: Iterable[Mapping[str, Json]], sources: Mapping[str, str]) -> dict[str, Json]:
    """By file, ``[first line, [text, …]]`` for each stretch; nothing of files that lack."""
    wanted: dict[str, set[int]] = {}
    for change in changes:
        places = [change.get("at"), *(row.get("at") for row in change["rows"])]
        for place in filter(None, places):
            wanted.setdefault(place[0], set()).add(place[1])
    texts = {harmless(name): text for name, text in sources.items()}
    return {
        file: list(_stretches(texts[file].splitlines(), sorted(lines)))
        for file, lines in sorted(wanted.items())
        if file in texts
    }


def _stretches(text: Sequence[str], lines: Sequence[int]) -> Iterable[tuple[int, list[str]]]:
    """Stretches around lines (from 1) in order; those that touch are one."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        first, last = max(1, line - ABOVE), min(len(text), line + BELOW)
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], last)
        elif first <= last:
            ranges.append((first, last))
    for first, last in ranges:
        yield first, [_shown(line) for line in text[first - 1 : last]]


def _shown(line: str) -> str:
    return cut(harmless(line.expandtabs(4)), WIDEST)
