"""JSON files with positions: RFC 8259 to the letter, plus the limits that YAML files have."""

from __future__ import annotations

import json
import math
import re

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.specs.compose import (
    MAX_DEPTH,
    MAX_FOUND,
    GiveUpError,
)
from reconciler.specs.position import Marks, Text, mark
from reconciler.specs.typed import MAX_INTEGER, MIN_INTEGER

_BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_DIGITS = 400


def read(text: Text) -> tuple[Json, Marks, list[Diagnostic]]:
    """The value of a file, its positions and what is wrong with it."""
    reader = _Reader(text)
    if not text.text.strip(" \t\r\n"):
        return None, 0, [Diagnostic("YAML020", "the file is empty", text.span(0), "write a spec")]
    try:
        value, marks = reader.value(0)
        reader.blank()
        if reader.at < len(text.text):
            reader.fail("the document ends here, but more follows", "remove what follows")
    except GiveUpError:
        return None, 0, reader.found
    return value, marks, reader.found


class _Reader:
    """A cursor over the text; `at` is an offset."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.source = text.text
        self.at = 0
        self.found: list[Diagnostic] = []

    def blank(self) -> str:
        """Skip blanks and say which character follows."""
        self.at = _BLANK.match(self.source, self.at).end()  # type: ignore[union-attr] # may be empty
        return self.source[self.at : self.at + 1]

    def fail(self, message: str, help_: str, code: str = "YAML020") -> GiveUpError:
        """Record an error here and stop."""
        self.report(code, message, self.at, self.at + 1, help_)
        raise GiveUpError

    def report(self, code: str, message: str, start: int, end: int, help_: str) -> None:
        """Record an error and go on."""
        self.found.append(Diagnostic(code, message, self.text.span(mark(start, end)), help_))
        if len(self.found) >= MAX_FOUND:
            raise GiveUpError

    def value(self, depth: int) -> tuple[Json, Marks]:
        """Any value."""
        character = self.blank()
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep"
            raise self.fail(message, "split the document", "YAML013")
        if character == "{":
            return self._mapping(depth)
        if character == "[":
            return self._list(depth)
        start = self.at
        if character == '"':
            return self._string(), mark(start, self.at)
        if found := _WORD.match(self.source, start):
            self.at = found.end()
            return _WORDS[found[0]], mark(start, self.at)
        return self._number(), mark(start, self.at)

    def _string(self) -> str:
        start = self.at
        found = _STRING.match(self.source, start)
        if found is None:
            raise self.fail(*_unfinished(self.source, start))
        self.at = found.end()
        value = str(json.loads(found[0]))
        if _SURROGATE.search(value):
            message = "this text has half a surrogate pair"
            self.report(
                "YAML017", message, start, self.at, r"write both halves, as in \ud83d\ude00"
            )
            return ""
        return value

    def _number(self) -> Json:
        start = self.at
        found = _NUMBER.match(self.source, start)
        if found is None:
            if start >= len(self.source):
                raise self.fail("the file ends where a value should be", "complete the document")
            shown = re.split(r"[\s,\]}]", self.source[start : start + 30], maxsplit=1)[0]
            message = f"{shown or self.source[start]!r} is not a JSON value"
            raise self.fail(message, "write a value; text needs double quotes")
        self.at = found.end()
        if found[1] or found[2]:
            return self._finite(float(found[0]), start)
        number = int(found[0][:_MAX_DIGITS])
        if not MIN_INTEGER <= number <= MAX_INTEGER:
            message = "this integer does not fit in 64 bits"
            self.report("YAML012", message, start, self.at, "put it in quotes")
        return number

    def _finite(self, number: float, start: int) -> float:
        if not math.isfinite(number):
            message = "this number is too large"
            self.report("YAML011", message, start, self.at, "write a smaller one, or quote it")
        return number

    def _list(self, depth: int) -> tuple[Json, Marks]:
        start = self.at
        items: list[Json] = []
        marks: list[Marks] = [0]
        self.at += 1
        if self.blank() == "]":
            self.at += 1
            return items, [mark(start, self.at)]
        while True:
            item, at = self.value(depth + 1)
            items.append(item)
            marks.append(at)
            if self._closed("]"):
                marks[0] = mark(start, self.at)
                return items, marks

    def _mapping(self, depth: int) -> tuple[Json, Marks]:
        start = self.at
        data: dict[str, Json] = {}
        marks: list[Marks] = [0]
        self.at += 1
        if self.blank() == "}":
            self.at += 1
            return data, [mark(start, self.at)]
        while True:
            if self.blank() != '"':
                raise self.fail("a key in double quotes is missing here", 'write "key": value')
            begin = self.at
            key = self._string()
            at = mark(begin, self.at)
            if self.blank() != ":":
                raise self.fail("a ':' is missing here", 'write "key": value')
            self.at += 1
            value, inner = self.value(depth + 1)
            if key in data:
                first = self.text.span(marks[2 * list(data).index(key) + 1])  # type: ignore[arg-type]
                message = f"the key {key[:60]!r} is here twice (first at {first})"
                self.report("YAML004", message, begin, begin + len(key) + 2, "keep one of the two")
            else:
                data[key] = value
                marks += [at, inner]
            if self._closed("}"):
                marks[0] = mark(start, self.at)
                return data, marks

    def _closed(self, closer: str) -> bool:
        character = self.blank()
        if character == closer:
            self.at += 1
            return True
        if character == ",":
            self.at += 1
            return False
        raise self.fail(f"',' or '{closer}' is missing here", "separate entries with commas")


def _unfinished(source: str, start: int) -> tuple[str, str]:
    rest = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+').match(
        source, start
    )
    stop = rest.end() if rest else start
    if source[stop : stop + 1] == "\\":
        return "this text has an escape that JSON does not know", r"write \\ for a backslash"
    if stop < len(source) and source[stop] not in "\r\n":
        return "this text holds a control character", r"write it as an escape, as in \t"
    return "the quote that opens here is never closed", "close it with '\"'"
