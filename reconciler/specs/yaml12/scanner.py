"""The cursor of the parser, its memory, and the productions for blanks and comments."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

BLOCK_OUT, BLOCK_IN, FLOW_OUT, FLOW_IN = "block-out", "block-in", "flow-out", "flow-in"
BLOCK_KEY, FLOW_KEY = "block-key", "flow-key"
KEYS = frozenset({BLOCK_KEY, FLOW_KEY})

_FUEL = 150_000
"""Rules tried before giving up: about half a second."""
_BREAK = r"(?:\r\n|\r|\n)"
_COMMENT_LINE = re.compile(rf"(?!\Z)[ \t]*(?:#[^\r\n]*)?(?:{_BREAK}|\Z)")
_LINE_END = re.compile(rf"(?:[ \t]+(?:#[^\r\n]*)?)?(?:{_BREAK}|\Z)")
_WHITE = re.compile(r"[ \t]+")
_FOLD = re.compile(rf"[ \t]*{_BREAK}")


class RefusedError(Exception):
    """The text is not YAML; `at` is the offset up to which it could be."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class NoVerdictError(Exception):
    """The text is too long, too deep or too twisted to decide."""


class Event(NamedTuple):
    """A parsing event; kinds are scalar, alias, and the brackets [ ] { } of collections."""

    kind: str
    start: int
    end: int
    value: str = ""
    style: str = ""
    anchor: str | None = None
    tag: str | None = None


class Scanner:
    """A cursor over the part of a text that holds one document."""

    def __init__(self, text: str, start: int, end: int, handles: dict[str, str]) -> None:
        self.text = text
        self.at = start
        self.end = end
        self.handles = handles
        self.events: list[Event] = []
        self.farthest = start
        self.memo: dict[tuple[object, ...], tuple[int, list[Event]] | None] = {}
        self.fuel = _FUEL

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Consume a pattern; lookaheads see nothing behind the document."""
        found = pattern.match(self.text, self.at, self.end)
        if found is not None:
            self.at = found.end()
        self.farthest = max(self.farthest, self.at)
        return found

    def take(self, character: str) -> bool:
        """Consume one given character."""
        if self.peek() != character:
            return False
        self.at += 1
        self.farthest = max(self.farthest, self.at)
        return True

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at] if self.at < self.end else ""

    def line_start(self) -> bool:
        """Whether the cursor is at the start of a line."""
        return self.at == 0 or self.text[self.at - 1] in "\r\n"

    def emit(self, kind: str, start: int, value: str = "", style: str = "") -> bool:
        """Add an event that ends here; always true, to end a rule with it."""
        self.events.append(Event(kind, start, self.at, value, style))
        return True

    def empty(self) -> bool:
        """An empty node: always there."""
        return self.emit("scalar", self.at)


Rule = Callable[[Scanner, int, str], bool]


def rule(production: Rule) -> Rule:
    """Make a production restore the cursor when it fails, and remember its result.

    The memory is what keeps the backtracking of nested brackets from being exponential.
    """

    def run(s: Scanner, n: int, c: str) -> bool:
        key = (production, s.at, n, c)
        if key in s.memo:
            known = s.memo[key]
            if known is None:
                return False
            s.at = known[0]
            s.events += known[1]
            return True
        s.fuel -= 1
        if s.fuel < 0:
            raise NoVerdictError
        start, before = s.at, len(s.events)
        if production(s, n, c):
            s.memo[key] = (s.at, s.events[before:])
            return True
        s.at = start
        del s.events[before:]
        s.memo[key] = None
        return False

    return run


def separate_in_line(s: Scanner) -> bool:
    """Blanks within a line; the start of a line counts."""
    return s.match(_WHITE) is not None or s.line_start()


def comments(s: Scanner) -> bool:
    """s-l-comments: the rest of this line is blank or comment, and so are the lines after it."""
    if s.line_start():
        s.farthest = max(s.farthest, s.at)
    elif s.match(_LINE_END) is None:
        return False
    while s.line_start() and s.match(_COMMENT_LINE):
        pass
    return True


@rule
def separate(s: Scanner, n: int, c: str) -> bool:
    """s-separate: blanks, or within values also comments and line breaks."""
    start = s.at
    if c not in KEYS:
        if comments(s) and s.match(_prefix(n)):
            return True
        s.at = start
    return separate_in_line(s)


def folded(s: Scanner, n: int) -> str | None:
    """s-flow-folded: a line break inside a flow scalar, as the text it stands for."""
    start = s.at
    if s.match(_FOLD):
        empty = empty_lines(s, n)
        if s.match(_prefix(n)):
            return "\n" * empty or " "
    s.at = start
    return None


def empty_lines(s: Scanner, n: int) -> int:
    """Consume l-empty(n, flow-in) lines and count them."""
    count = 0
    while s.match(_empty(n)):
        count += 1
    return count


def line_prefix(s: Scanner, n: int) -> bool:
    """s-flow-line-prefix: the indentation of a continued line."""
    return s.match(_prefix(n)) is not None


@cache
def _prefix(n: int) -> re.Pattern[str]:
    return re.compile(rf" {{{max(n, 0)}}}[ \t]*")


@cache
def _empty(n: int) -> re.Pattern[str]:
    return re.compile(rf"(?: {{{max(n, 0)}}}[ \t]*| {{0,{max(n - 1, 0)}}}){_BREAK}")


@cache
def indent(n: int) -> re.Pattern[str]:
    """Exactly n spaces, as far as the rule that follows them can tell."""
    return re.compile(rf" {{{max(n, 0)}}}")
