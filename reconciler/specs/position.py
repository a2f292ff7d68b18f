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
from functools import cached_property
from typing import TypeAlias, cast

from reconciler.model.diagnostic import Span
from reconciler.model.value import Json, Path

Mark: TypeAlias = int
Marks: TypeAlias = "Mark | list[Marks]"

SHIFT = 21
"""Offsets must fit in it, so it bounds the size of a file (`source.MAX_CHARACTERS`)."""
_END = (1 << SHIFT) - 1
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

    __slots__ = ("_data", "_marks", "_text")

    def __init__(self, text: Text, data: Json, marks: Marks) -> None:
        self._text = text
        self._data = data
        self._marks = marks

    def __getitem__(self, path: Path) -> Span:
        return self._text.span(start_of(self._find(path)))

    def __iter__(self) -> Iterator[Path]:
        return (path for path, _, _ in self._walk())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, path: Path) -> Marks:
        data, marks = self._data, self._marks
        for step in path:
            if isinstance(data, dict) and step in data:
                marks = cast("list[Marks]", marks)[2 * list(data).index(step) + 2]
                data = data[step]
            elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
                marks = cast("list[Marks]", marks)[int(step) + 1]
                data = data[int(step)]
            else:
                raise KeyError(path)
        return marks

    def _walk(self) -> Iterator[tuple[Path, Json, Marks]]:
        waiting: list[tuple[Path, Json, Marks]] = [((), self._data, self._marks)]
        while waiting:
            path, data, marks = waiting.pop()
            yield path, data, marks
            if isinstance(data, dict):
                inner = cast("list[Marks]", marks)[2::2]
                pairs = zip(data.items(), inner, strict=True)
                found = [((*path, key), value, at) for (key, value), at in pairs]
            elif isinstance(data, list):
                items = zip(data, cast("list[Marks]", marks)[1:], strict=True)
                found = [((*path, str(i)), value, at) for i, (value, at) in enumerate(items)]
            else:
                continue
            waiting.extend(reversed(found))


class KeyPositions(Positions):
    """The span of every key of a document, by the path of its value."""

    __slots__ = ()

    def __getitem__(self, path: Path) -> Span:
        if not path:
            raise KeyError(path)
        data, marks = self._data, self._marks
        for step in path[:-1]:
            inner = Positions(self._text, data, marks)
            marks = inner._find((step,))  # noqa: SLF001 its own class
            data = data[step] if isinstance(data, dict) else data[int(step)]
        if not isinstance(data, dict) or path[-1] not in data:
            raise KeyError(path)
        place = 2 * list(data).index(path[-1]) + 1
        return self._text.span(start_of(cast("list[Marks]", marks)[place]))

    def __iter__(self) -> Iterator[Path]:
        return (
            (*path, key) for path, data, _ in self._walk() if isinstance(data, dict) for key in data
        )
