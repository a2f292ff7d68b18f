"""Where each key and value of a document was written.

Positions are kept as integers (start and end offset in one) in lists that mirror
the data, and become `Span`s only when somebody asks: most never are. A mapping
is ``[self, key, value, key, value, …]`` in the order of the data, a list is
``[self, item, …]``, and a scalar is one integer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias, cast

from reconciler.model.diagnostic import Span
from reconciler.model.value import Json, Path

Mark: TypeAlias = int
Marks: TypeAlias = "Mark | list[Marks]"

SHIFT = 21
"""Offsets must fit in it, so it bounds the size of a file (`source.MAX_CHARACTERS`)."""
_END = (1 << SHIFT) - 1
_SMALL = 16
LEAVES = 12
"""Single values of a block whose places are told with that of the block."""
_BREAK = re.compile(r"\r\n|\r|\n")


def mark(start: int, end: int) -> Mark:
    """A stretch of text as one integer."""
    return start << SHIFT | end


class Text:
    """The text of a file, and the translation from offsets to lines and columns."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def span(self, mark: Mark) -> Span:
        """The place of a mark; what goes past the end of its first line is cut."""
        start, end = mark >> SHIFT, mark & _END
        line = bisect_right(self._starts, start) - 1
        first = self._starts[line]
        following = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        eol = first + len(self.text[first:following].rstrip("\r\n"))
        return Span(self.file, line + 1, start - first + 1, max(1, min(end, eol) - start))

    def written(self, mark: Mark) -> str:
        """The characters under a mark."""
        return self.text[mark >> SHIFT : mark & _END]


def start_of(marks: Marks) -> Mark:
    """The mark of a value itself."""
    while isinstance(marks, list):
        marks = marks[0]
    return marks


class Positions(Mapping[Path, Span]):
    """The span of every value of a document, by path."""

    __slots__ = ("_data", "_marks", "_orders", "_text")

    def __init__(self, text: Text, data: Json, marks: Marks) -> None:
        self._text = text
        self._data = data
        self._marks = marks
        self._orders: dict[int, dict[str, int]] = {}

    def __getitem__(self, path: Path) -> Span:
        data, marks = self._find(path)
        inside = self._leaves(path, data) if len(path) > 1 else ()
        return replace(
            self._text.span(start_of(marks)), path=path, says=_single(data), inside=inside
        )

    def _leaves(self, path: Path, data: Json) -> tuple[Span, ...]:
        """The places of the single values of a block; of one that has many, none."""
        if not isinstance(data, dict | list) or len(data) > LEAVES:
            return ()
        found: list[Span] = []
        waiting = [(path, data)]
        while waiting:
            place, value = waiting.pop()
            if isinstance(value, dict | list):
                if len(value) + len(waiting) > LEAVES:
                    return ()
                named = value.items() if isinstance(value, dict) else enumerate(value)
                waiting += [((*place, str(key)), item) for key, item in named]
            elif (says := _single(value)) is not None:
                span = self._text.span(start_of(self._find(place)[1]))
                found.append(replace(span, path=place, says=says))
        return tuple(sorted(found)) if len(found) <= LEAVES else ()

    def __iter__(self) -> Iterator[Path]:
        return (path for path, _ in self._walk())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, path: Path) -> tuple[Json, Marks]:
        """The value at a path, and its marks."""
        data, marks = self._data, self._marks
        for step in path:
            inner = cast("list[Marks]", marks)
            if isinstance(data, dict) and step in data:
                marks = inner[2 * self._order(data, step) + 2]
                data = data[step]
            elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
                marks = inner[int(step) + 1]
                data = data[int(step)]
            else:
                raise KeyError(path)
        return data, marks

    def _order(self, data: dict[str, Json], key: str) -> int:
        """Which key of its mapping a key is; remembered for large mappings."""
        if len(data) <= _SMALL:
            return list(data).index(key)
        order = self._orders.get(id(data))
        if order is None:
            order = self._orders[id(data)] = {each: index for index, each in enumerate(data)}
        return order[key]

    def _walk(self) -> Iterator[tuple[Path, Json]]:
        waiting: list[tuple[Path, Json]] = [((), self._data)]
        while waiting:
            path, data = waiting.pop()
            yield path, data
            if isinstance(data, dict):
                waiting += [((*path, key), value) for key, value in reversed(data.items())]
            elif isinstance(data, list):
                last = len(data) - 1
                waiting += [((*path, str(last - i)), v) for i, v in enumerate(reversed(data))]


def _single(data: Json) -> Json:
    return data if isinstance(data, str | int | float | bool) else None


class KeyPositions(Positions):
    """The span of every key of a document, by the path of its value."""

    __slots__ = ()

    def __getitem__(self, path: Path) -> Span:
        data, marks = self._find(path[:-1])
        if not path or not isinstance(data, dict) or path[-1] not in data:
            raise KeyError(path)
        place = 2 * self._order(data, path[-1]) + 1
        return self._text.span(start_of(cast("list[Marks]", marks)[place]))

    def __iter__(self) -> Iterator[Path]:
        return (
            (*path, key) for path, data in self._walk() if isinstance(data, dict) for key in data
        )
