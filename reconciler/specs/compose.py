"""From a stream of YAML events to data with positions, in one pass and bounded memory.

It owns everything that is legal YAML and still refused: duplicate and non-text
keys, tags, merge keys, alias bombs, depth. Only scalars and small parts may be
repeated with aliases; repeated parts are shared, never copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.specs.position import SHIFT, Mark, Marks, Text, mark, start_of
from reconciler.specs.scalar import DIGITS, NULLS, WORDS, plain
from reconciler.specs.typed import QUOTE, STANDARD, refused, tagged, unfit

MAX_DEPTH = 100
MAX_ALIASED = 10_000
"""How many values the aliases of one file may repeat; 64 characters of text weigh one more."""
MAX_FOUND = 100
"""How many findings a file may have before the rest of it is left unread."""

_WEIGHT = 64
_END = (1 << SHIFT) - 1
_QUOTES = frozenset({"'", '"'})
_ANCHOR = re.compile(r"[\w.-]+\Z")
_NO_KEY, _DROPPED, _SEQUENCE = object(), object(), object()
Event = Any  # PyYAML has no types; events have start_mark and end_mark


class GiveUpError(Exception):
    """Stops reading a hopeless file; why is already recorded."""


class _Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "data", "key", "marks")

    def __init__(self, data: Json, start: Mark, anchor: str | None) -> None:
        self.data = data
        self.marks: list[Marks] = [start]
        self.key: object = _NO_KEY if isinstance(data, dict) else _SEQUENCE
        self.anchor = anchor


class Composer:
    """Builds the documents of one file out of events; findings gather in `found`."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.found: list[Diagnostic] = []
        self._frame: _Frame
        self._stack: list[_Frame]
        self._anchors: dict[str, tuple[Json, Marks] | None]
        self._aliased = 0
        self._reset()
        self.doubtful = False
        """Whether there is something that libyaml is known to misread."""

    def documents(self, next_event: Callable[[], Event]) -> Iterator[tuple[Json, Marks]]:
        """Every document of the stream, until its end or an exception of `next_event`."""
        others: dict[type, Callable[[Event], None]] = {
            yaml.MappingStartEvent: lambda event: self._start({}, event),
            yaml.SequenceStartEvent: lambda event: self._start([], event),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._reset,
            yaml.StreamStartEvent: self._reset,
        }
        scalar, source, breaks = yaml.ScalarEvent, self.text.text, self.text.text.find
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar:  # in line, because nine of ten events are scalars
                value = event.value
                start, end = event.start_mark.index, event.end_mark.index
                if event.anchor is not None or event.tag is not None:
                    value = self._decorated(event, start << SHIFT | end)
                elif not event.style:
                    if value[:1] in DIGITS or value in WORDS:
                        value = self._plain(value, start << SHIFT | end)
                elif event.style in _QUOTES and (
                    breaks("\n", start, end) >= 0 or source[end : end + 1] == "#"
                ):
                    self._check_quoted(start, end)
                self._place(value, start << SHIFT | end, event.style)
            elif kind in others:
                others[kind](event)
            elif kind is yaml.DocumentEndEvent:
                yield self._stack[0].data[0], self._stack[0].marks[1]
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
        return start_of(self._frame.marks) >> SHIFT if len(self._stack) > 1 else None

    def _reset(self, _: Event = None) -> None:
        self._frame = _Frame([], 0, None)
        self._stack = [self._frame]
        self._anchors = {}

    def _decorated(self, event: Event, at: Mark) -> Json:
        """A scalar with an anchor or a tag."""
        value = event.value
        if event.tag is not None:
            self.doubtful = True
            value, problem = tagged(event.tag, event.value)
            if problem is not None:
                self.report(*problem[:2], at, problem[2])
        elif not event.style:
            value = self._plain(value, at)
        if event.anchor is not None:
            self._open_anchor(event.anchor, at)
            self._anchors[event.anchor] = (value, at)
        return value

    def _plain(self, written: str, at: Mark) -> Json:
        value = plain(written)
        if type(value) is not str and (problem := unfit(written, value)) is not None:
            self.report(*problem[:2], at, problem[2])
            return written
        return value

    def _start(self, data: Json, event: Event) -> None:
        start = event.start_mark.index
        at = mark(start, max(start + 1, event.end_mark.index))
        if len(self._stack) > MAX_DEPTH:
            self.report(
                "YAML013", f"nested more than {MAX_DEPTH} levels deep", at, "split the document"
            )
            raise GiveUpError
        if event.tag is not None and event.tag != "!":
            expected = STANDARD + ("map" if isinstance(data, dict) else "seq")
            if event.tag != expected:
                code, message, help_ = refused(event.tag)
                self.report(code, message, at, help_)
        if event.anchor is not None:
            self._open_anchor(event.anchor, at)
            self._anchors[event.anchor] = None
        self._frame = _Frame(data, at, event.anchor)
        self._stack.append(self._frame)

    def _end(self, event: Event) -> None:
        frame = self._stack.pop()
        self._frame = self._stack[-1]
        start = start_of(frame.marks) >> SHIFT
        end = event.end_mark.index
        if event.start_mark.index < end:
            frame.marks[0] = at = mark(start, end)
            self._check_lines(at)
        elif len(frame.marks) > 1:
            first = start_of(frame.marks[1])
            if first >> SHIFT == start and frame.key is not _SEQUENCE:
                frame.marks[0] = first
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.data, frame.marks)
        self._place(frame.data, frame.marks)

    def _check_quoted(self, start: int, end: int) -> None:
        if self.text.text[end : end + 1] == "#":  # a comment that touches the quote
            self.doubtful = True
        self._check_lines(mark(start, end), closers="")

    def _check_lines(self, at: Mark, closers: str = "]}") -> None:
        """Quoted texts and brackets that go on in lines which are not indented enough.

        A closing bracket below its key is accepted, although YAML wants it deeper:
        everybody writes it there and nothing else could be meant.
        """
        source, begin, end = self.text.text, at >> SHIFT, at & _END
        line = source.find("\n", begin, end)
        if line < 0 or self.doubtful:
            return
        blocks = (start_of(frame.marks) >> SHIFT for frame in reversed(self._stack[1:]))
        parent = next((start for start in blocks if source[start] not in "[{"), None)
        if parent is None:
            return
        least = parent - source.rfind("\n", 0, parent)
        while 0 <= line < end - 1:
            following = source.find("\n", line + 1, end)
            written = source[line + 1 : following if following >= 0 else end]
            indentation = len(written) - len(written.lstrip(" "))
            if indentation < least and written.strip() and written.lstrip()[0] not in closers:
                self.doubtful = True
                return
            line = following

    def _open_anchor(self, name: str, at: Mark) -> None:
        self.doubtful = True
        if not _ANCHOR.match(name):
            help_ = "name it with letters, digits, '-', '_' and '.'; or quote the text"
            self.report("YAML024", f"'&{name[:40]}' is a strange name for an anchor", at, help_)
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
            value, marks = target
            self._aliased += _weight(value, MAX_ALIASED)
            if self._aliased > MAX_ALIASED:
                text = f"aliases repeat more than {MAX_ALIASED} values in this file"
                self.report("YAML007", text, at, "write the values out, or use fewer of them")
                raise GiveUpError
            marks = [at, *marks[1:]] if isinstance(marks, list) else at
        self._place(value, marks)

    def _place(self, value: Json, marks: Marks, style: str | None = None) -> None:
        """Put a finished value where the innermost open collection expects one."""
        frame = self._frame
        key = frame.key
        if key is _NO_KEY:
            if type(value) is str and value not in frame.data and (style or value != "<<"):
                frame.key = value
                frame.marks.append(marks)
            else:
                self._bad_key(frame, value, marks, style)
        elif key is _SEQUENCE:
            frame.data.append(value)
            frame.marks.append(marks)
        else:
            frame.key = _NO_KEY
            if key is not _DROPPED:
                frame.data[key] = value
                frame.marks.append(marks)

    def _bad_key(self, frame: _Frame, key: Json, marks: Marks, style: str | None) -> None:
        frame.key = _DROPPED
        at = start_of(marks)
        if key == "<<" and not style:
            help_ = "write the merged keys out"
            self.report("YAML008", "merge keys ('<<') are not read", at, help_)
        elif type(key) is str:
            first = self.text.span(start_of(frame.marks[2 * list(frame.data).index(key) + 1]))
            text = f"the key {key[:60]!r} is here twice (first at {first})"
            help_ = f"keep one of the two; the first is on line {first.line}"
            self.report("YAML004", text, at, help_)
        elif isinstance(key, dict | list):
            self.report("YAML010", "a key must be text, not a collection", at, "use a text key")
        elif (written := self.text.written(at)) in NULLS:
            self.report("YAML010", "a key is missing before ':'", at, "write the key")
        else:
            self.report("YAML010", f"the key {written[:40]} is not text", at, QUOTE)


def _weight(value: Json, limit: int) -> int:
    """How many values there are, the value itself included, counted up to a limit."""
    count = 0
    waiting = [value]
    while waiting and count <= limit:
        item = waiting.pop()
        count += 1
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str):
            count += len(item) // _WEIGHT
    return count
