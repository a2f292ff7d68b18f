"""Two texts as short as their difference allows. Pure.

What both have in common may be left out, and an ellipsis stands for it; what differs is never
left out where it fits at all, and both sides never come out the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

__all__ = ["Contrast", "Piece", "around", "beside", "contrast", "pieces", "shared", "stacked"]

GAP = "…"
TOKENS = 400
"""Words of either side that are aligned; a difference of more words is one piece."""
_CONTEXTS = (96, 64, 48, 32, 24, 16, 12, 8, 5, 3, 2, 1, 0)
"""Characters of what is common that stay beside each difference, where there is room for them."""
_LEAD = 8
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Measure: TypeAlias = Callable[[str], int]


class Piece(NamedTuple):
    """A stretch of two texts that is the same in both, or is not."""

    equal: bool
    one: str
    other: str


class Contrast(NamedTuple):
    """Two texts as they are shown. `whole` says that all that differs is in them.

    `context` is how much of what is common stays beside it at the most; -1 where nothing is cut.
    """

    one: str
    other: str
    whole: bool = True
    context: int = -1


def contrast(one: str, other: str, width: int, measure: Measure = len) -> Contrast:
    """Two texts side by side: together at most `width` cells, where both can be told apart so."""
    if measure(one) + measure(other) <= width:
        return Contrast(one, other)
    found = _elided(one, other, lambda left, right: measure(left) + measure(right) <= width)
    if found:
        return found
    half = max(width // 2, 2)
    left = max(half, width - measure(other))
    right = max(width - half, width - measure(one), 2)
    return _begun(one, other, (left, right), measure)


def stacked(one: str, other: str, width: int, measure: Measure = len) -> Contrast:
    """Two texts below each other: each of at most `width` cells."""
    if max(measure(one), measure(other)) <= width:
        return Contrast(one, other)
    found = _elided(one, other, lambda left, right: max(measure(left), measure(right)) <= width)
    return found or _begun(one, other, (max(width, 2), max(width, 2)), measure)


def beside(text: str, others: Sequence[str], width: int, measure: Measure = len) -> str:
    """A text of at most `width` cells that cannot be taken for one of the others cut likewise."""
    if measure(text) <= width:
        return text
    rest = [each for each in others if each != text]
    nearest = max(rest, key=lambda each: shared(text, each), default="")
    return stacked(text, nearest, width, measure).one


def shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def around(one: str, other: str) -> tuple[int, int]:
    """How many characters two texts begin and end with alike; no character counts twice."""
    start = shared(one, other)
    most = min(len(one), len(other)) - start
    return start, shared(one[: -most - 1 : -1], other[: -most - 1 : -1]) if most else 0


def pieces(one: str, other: str) -> list[Piece]:
    """What two texts have in common and what not, in order; joined, each side is the text."""
    start, end = around(one, other)
    found = [Piece(equal=True, one=one[:start], other=other[:start])]
    found += _aligned(one[start : len(one) - end], other[start : len(other) - end])
    if end:
        found.append(Piece(equal=True, one=one[-end:], other=other[-end:]))
    return [each for each in found if each.one or each.other]


def _aligned(one: str, other: str) -> Iterator[Piece]:
    """The pieces of two texts that differ at both ends, word by word."""
    left, right = _WORDS.findall(one), _WORDS.findall(other)
    if not (left and right) or max(len(left), len(right)) > TOKENS:
        yield Piece(equal=False, one=one, other=other)
        return
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield Piece(tag == "equal", "".join(left[a:b]), "".join(right[c:d]))


def _elided(one: str, other: str, fits: Callable[[str, str], bool]) -> Contrast | None:
    """All that differs, with as much of what is common beside it as fits."""
    found = pieces(one, other)
    for context in _CONTEXTS:
        left, right = (_joined(found, side, context) for side in (0, 1))
        if left != right and fits(left, right):
            return Contrast(left, right, context=context)
    return None


def _joined(found: Sequence[Piece], side: int, context: int) -> str:
    out = []
    for index, piece in enumerate(found):
        text = piece.other if side else piece.one
        head = context if index else 0
        tail = context if index < len(found) - 1 else 0
        if piece.equal and len(text) > head + tail + 1:
            text = f"{text[:head]}{GAP}{text[len(text) - tail :]}"
        out.append(text)
    return "".join(out)


def _begun(one: str, other: str, rooms: tuple[int, int], measure: Measure) -> Contrast:
    """Where more differs than there is room for: as much of it as fits, from its beginning."""
    start = shared(one, other)
    lead = min(_LEAD, max(min(rooms) // 2 - 2, 0))
    first = max(0, start - lead)
    mark = GAP if first else ""
    left, right = (
        _cut(mark + text[first:], room, measure)
        for text, room in zip((one, other), rooms, strict=True)
    )
    if left == right:  # no room for a single character that differs
        return Contrast(one, other)
    return Contrast(left, right, whole=False, context=lead)


def _cut(text: str, room: int, measure: Measure) -> str:
    if measure(text) <= room:
        return text
    shown = text[:room]
    while shown and measure(shown) > room - 1:
        shown = shown[:-1]
    return shown + GAP
