"""From a stream of YAML events to data with positions, in one pass and bounded memory.

It owns everything that is legal YAML and still refused: duplicate and non-text
keys, tags, merge keys, alias bombs, depth. Only scalars and small parts may be
repeated with aliases; repeated parts are shared, never copied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.value import Json
from reconciler.specs.position import SHIFT, Mark, Marks, Text, mark, start_of
from reconciler.specs.scalar import FIRST, NULLS, plain

MAX_DEPTH = 100
MAX_ALIASED = 10_000
"""How many values the aliases of one file may repeat; 64 characters of text weigh one more."""
MAX_FOUND = 100
"""How many findings a file may have before the rest of it is left unread."""

MIN_INTEGER, MAX_INTEGER = -(1 << 63), (1 << 63) - 1
_WEIGHT = 64
_END = (1 << SHIFT) - 1
_STANDARD = "tag:yaml.org,2002:"
_NO_KEY, _DROPPED, _SEQUENCE = object(), object(), object()
Event = Any  # PyYAML has no types; events have start_mark and end_mark


class GiveUpError(Exception):
    """Stops reading a hopeless file; why is already recorded."""


class _Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "data", "key", "marks", "weight")

    def __init__(self, data: Json, start: Mark, anchor: str | None, weight: int) -> None:
        self.data = data
        self.marks: list[Marks] = [start]
        self.key: object = _NO_KEY if isinstance(data, dict) else _SEQUENCE
        self.anchor = anchor
        self.weight = weight


class Composer:
    """Builds the documents of one file out of events; findings gather in `found`."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.found: list[Diagnostic] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Json, Marks, int] | None] = {}
        self._root: tuple[Json, Marks] = (None, 0)
        self._weight = 0
        self._aliased = 0
        self.doubtful = False
        """Whether there is something that libyaml is known to misread."""

    def documents(self, next_event: Callable[[], Event]) -> Iterator[tuple[Json, Marks]]:
        """Every document of the stream, until its end or an exception of `next_event`."""
        scalar, take = yaml.ScalarEvent, self._scalar
        others: dict[type, Callable[[Event], None]] = {
            yaml.MappingStartEvent: lambda event: self._start({}, event),
            yaml.SequenceStartEvent: lambda event: self._start([], event),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._reset,
            yaml.StreamStartEvent: self._reset,
        }
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar:
                take(event)
            elif kind in others:
                others[kind](event)
            elif kind is yaml.DocumentEndEvent:
                yield self._root
            else:
                return

    def report(self, code: str, message: str, at: Mark, help_: str) -> None:
        """Record an error at a place of this file."""
        self.found.append(Diagnostic(code, message, self.text.span(at), help_))
        if len(self.found) >= MAX_FOUND:
            raise GiveUpError

    @property
    def opened(self) -> int | None:
        """Where the innermost collection starts that is still open."""
        return start_of(self._stack[-1].marks) >> SHIFT if self._stack else None

    def _reset(self, _: Event) -> None:
        self._stack.clear()
        self._anchors.clear()
        self._root = (None, 0)

    def _scalar(self, event: Event) -> None:
        value = event.value
        at = event.start_mark.index << SHIFT | event.end_mark.index
        self._weight += 1 + len(value) // _WEIGHT
        if event.implicit[0] and event.tag is None:
            if value[:1] in FIRST:
                value = self._checked(value, plain(value), at)
            elif value == "<<" and self._wants_key():
                self._refuse_merge(at)
                return
        elif event.tag is not None:
            value = self._tagged(event, at)
        elif event.style in {"'", '"'}:
            self._check_lines(at)
        if event.anchor is not None:
            self._open_anchor(event.anchor, at)
            self._anchors[event.anchor] = (value, at, 1 + len(event.value) // _WEIGHT)
        self._place(value, at)

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].key is _NO_KEY

    def _refuse_merge(self, at: Mark) -> None:
        self.report("YAML008", "merge keys ('<<') are not read", at, "write the merged keys out")
        self._stack[-1].key = _DROPPED

    def _checked(self, written: str, value: Json, at: Mark) -> Json:
        """The value, unless JSON cannot hold it."""
        if isinstance(value, int):
            if not MIN_INTEGER <= value <= MAX_INTEGER:
                self.report("YAML012", "this integer does not fit in 64 bits", at, _QUOTE)
                return written
        elif isinstance(value, float) and not math.isfinite(value):
            self.report("YAML011", f"{written[:40]!r} is a number that JSON cannot hold", at, _QUOTE)
            return written
        return value

    def _tagged(self, event: Event, at: Mark) -> Json:
        tag, written = event.tag, event.value
        if tag in {"!", _STANDARD + "str"}:
            return written
        value = plain(written)
        types: dict[str, type | tuple[type, ...]] = {
            "int": int, "float": (int, float), "bool": bool, "null": type(None),
        }  # fmt: skip
        wanted = types.get(tag.removeprefix(_STANDARD)) if tag.startswith(_STANDARD) else None
        if wanted is None:
            self._refuse_tag(tag, at)
            return written
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            name = "!!" + tag.removeprefix(_STANDARD)
            self.report("YAML009", f"{written[:40]!r} is not a value of {name}", at, "drop the tag")
        return self._checked(written, value, at)

    def _refuse_tag(self, tag: str, at: Mark) -> None:
        shown = "!!" + tag.removeprefix(_STANDARD) if tag.startswith(_STANDARD) else tag
        help_ = "remove the tag; specs are plain YAML, without tags such as !Ref or !!python"
        self.report("YAML009", f"the tag {shown[:60]!r} is not read", at, help_)

    def _start(self, data: Json, event: Event) -> None:
        start = event.start_mark.index
        at = mark(start, max(start + 1, event.end_mark.index))
        if len(self._stack) >= MAX_DEPTH:
            self.report(
                "YAML013", f"nested more than {MAX_DEPTH} levels deep", at, "split the document"
            )
            raise GiveUpError
        if event.tag is not None and event.tag != "!":
            expected = _STANDARD + ("map" if isinstance(data, dict) else "seq")
            if event.tag != expected:
                self._refuse_tag(event.tag, at)
        if event.anchor is not None:
            self._open_anchor(event.anchor, at)
            self._anchors[event.anchor] = None
        self._weight += 1
        self._stack.append(_Frame(data, at, event.anchor, self._weight))

    def _end(self, event: Event) -> None:
        frame = self._stack.pop()
        start = start_of(frame.marks) >> SHIFT
        end = event.end_mark.index
        if event.start_mark.index < end:
            frame.marks[0] = mark(start, end)
            self._check_lines(frame.marks[0])
        elif len(frame.marks) > 1:
            first = start_of(frame.marks[1])
            if first >> SHIFT == start and frame.key is not _SEQUENCE:
                frame.marks[0] = first
        if frame.anchor is not None:
            weight = self._weight - frame.weight + 1
            self._anchors[frame.anchor] = (frame.data, frame.marks, weight)
        self._place(frame.data, frame.marks)

    def _check_lines(self, at: Mark) -> None:
        """Quoted texts and brackets that go on in lines which are not indented enough."""
        source, begin, end = self.text.text, at >> SHIFT, at & _END
        line = source.find("\n", begin, end)
        if line < 0 or self.doubtful:
            return
        blocks = (start_of(frame.marks) >> SHIFT for frame in reversed(self._stack))
        parent = next((start for start in blocks if source[start] not in "[{"), None)
        if parent is None:
            return
        least = parent - source.rfind("\n", 0, parent)
        while 0 <= line < end - 1:
            following = source.find("\n", line + 1, end)
            written = source[line + 1 : following if following >= 0 else end]
            indentation = len(written) - len(written.lstrip(" "))
            if indentation < least and written.strip():
                self.doubtful = True
                return
            line = following

    def _open_anchor(self, name: str, at: Mark) -> None:
        self.doubtful = True
        if name in self._anchors:
            self.report("YAML019", f"the anchor '&{name}' is set twice", at, "rename one of them")

    def _alias(self, event: Event) -> None:
        name = event.anchor
        self.doubtful = True
        at = mark(event.start_mark.index, event.end_mark.index)
        value: Json = None
        marks: Marks = at
        if name not in self._anchors:
            help_ = f"define '&{name}' above, or quote the text if it should start with '*'"
            self.report("YAML005", f"nothing is called '&{name}'", at, help_)
        elif (target := self._anchors[name]) is None:
            self.report("YAML006", f"'*{name}' would contain itself", at, "write the value out")
        else:
            value, marks, weight = target
            self._weight += weight
            self._aliased += weight
            if self._aliased > MAX_ALIASED:
                text = f"aliases repeat more than {MAX_ALIASED} values in this file"
                self.report("YAML007", text, at, "write the values out, or use fewer of them")
                raise GiveUpError
            if isinstance(marks, list):
                marks = [at, *marks[1:]]
            else:
                marks = at
        self._place(value, marks)


    def _place(self, value: Json, marks: Marks) -> None:
        """Put a finished value where the innermost open collection expects one."""
        if not self._stack:
            self._root = (value, marks)
            return
        frame = self._stack[-1]
        key = frame.key
        if key is _SEQUENCE:
            frame.data.append(value)
            frame.marks.append(marks)
        elif key is _NO_KEY:
            self._key(frame, value, marks)
        else:
            frame.key = _NO_KEY
            if key is not _DROPPED:
                frame.data[key] = value
                frame.marks.append(marks)

    def _key(self, frame: _Frame, key: Json, marks: Marks) -> None:
        if type(key) is str and key not in frame.data:
            frame.key = key
            frame.marks.append(marks)
            return
        frame.key = _DROPPED
        at = start_of(marks)
        if type(key) is str:
            first = self.text.span(start_of(frame.marks[2 * list(frame.data).index(key) + 1]))
            text = f"the key {key[:60]!r} is here twice (first at {first})"
            self.report("YAML004", text, at, f"keep one of the two; the first is on line {first.line}")
            return
        written = self.text.written(at)
        if isinstance(key, dict | list):
            self.report("YAML010", "a key must be text, not a collection", at, "use a text key")
        elif written in NULLS:
            self.report("YAML010", "a key is missing before ':'", at, "write the key")
        else:
            self.report("YAML010", f"the key {written[:40]} is not text", at, _QUOTE)


_QUOTE = 'if it is meant as text, put it in quotes: "…"'


def empty(text: Text, at: Mark, what: str) -> Diagnostic:
    """The warning for a file or a document without content."""
    help_ = "remove it, or write a spec: apiVersion, kind, metadata, spec"
    return Diagnostic("YAML018", f"this {what} is empty", text.span(at), help_, Severity.WARNING)
