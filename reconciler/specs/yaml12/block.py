"""Block nodes: sequences and mappings by indentation, and block scalars."""

from __future__ import annotations

import re

from reconciler.specs.yaml12.flow import decorate, flow_node, implicit_key, properties
from reconciler.specs.yaml12.scalars import block_scalar_content
from reconciler.specs.yaml12.scanner import (
    BLOCK_IN,
    BLOCK_OUT,
    FLOW_OUT,
    Rule,
    Scanner,
    comments,
    indent,
    rule,
    separate,
)

_SPACES = re.compile(r" *")
_DASH = re.compile(r"-(?=[ \t\r\n]|\Z)")
_QUESTION = re.compile(r"\?(?=[ \t\r\n]|\Z)")
_COLON = re.compile(r":(?=[ \t\r\n]|\Z)")


@rule
def block_node(s: Scanner, n: int, c: str) -> bool:
    """s-l+block-node: any node where block style is allowed."""
    return _scalar(s, n, c) or _collection(s, n, c) or _flow_in_block(s, n, c)


@rule
def _flow_in_block(s: Scanner, n: int, _: str) -> bool:
    return separate(s, n + 1, FLOW_OUT) and flow_node(s, n + 1, FLOW_OUT) and comments(s)


@rule
def _scalar(s: Scanner, n: int, c: str) -> bool:
    before = len(s.events)
    if not separate(s, n + 1, c):
        return False
    found = properties(s, n + 1, c)
    if found is not None and not separate(s, n + 1, c):
        return False
    if not block_scalar_content(s, n, c):
        return False
    if found is not None:
        decorate(s, before, found)
    return comments(s)


@rule
def _collection(s: Scanner, n: int, c: str) -> bool:
    """s-l+block-collection; the properties before a line break belong to the collection."""
    start, before = s.at, len(s.events)
    for both in (True, False):
        found = properties(s, n + 1, c, both=both) if separate(s, n + 1, c) else None
        if found is not None and comments(s) and _either(s, n, c):
            decorate(s, before, found)
            return True
        s.at = start
        del s.events[before:]
    return comments(s) and _either(s, n, c)


def _either(s: Scanner, n: int, c: str) -> bool:
    return _sequence(s, n - 1 if c == BLOCK_OUT else n, c) or _mapping(s, n, c)


@rule
def _sequence(s: Scanner, n: int, _: str) -> bool:
    return _entries(s, n, "[]", _sequence_entry)


@rule
def _mapping(s: Scanner, n: int, _: str) -> bool:
    return _entries(s, n, "{}", _mapping_entry)


def _entries(s: Scanner, n: int, brackets: str, entry: Rule) -> bool:
    """All entries at the indentation of the first, which is more than n."""
    if not s.line_start():
        return False
    spaces = s.match(_SPACES)
    width = len(spaces[0]) if spaces else 0
    return width > n and _compact(s, width, brackets, entry)


def _compact(s: Scanner, n: int, brackets: str, entry: Rule) -> bool:
    """Entries at indentation n; the cursor is at the first."""
    start = s.at
    s.emit(brackets[0], start)
    s.events[-1] = s.events[-1]._replace(end=start)
    if not entry(s, n, ""):
        return False
    while True:
        end = s.at
        if not (s.line_start() and s.match(indent(n)) and entry(s, n, "")):
            s.at = end
            s.emit(brackets[1], end)
            return True


@rule
def _sequence_entry(s: Scanner, n: int, _: str) -> bool:
    return s.match(_DASH) is not None and _indented(s, n, BLOCK_IN)


@rule
def _mapping_entry(s: Scanner, n: int, _: str) -> bool:
    return _explicit(s, n, "") or _implicit(s, n, "")


@rule
def _explicit(s: Scanner, n: int, _: str) -> bool:
    if not (s.match(_QUESTION) and _indented(s, n, BLOCK_OUT)):
        return False
    return _explicit_value(s, n, "") or s.empty()


@rule
def _explicit_value(s: Scanner, n: int, _: str) -> bool:
    if not (s.line_start() and s.match(indent(n)) and s.match(_COLON)):
        return False
    return _indented(s, n, BLOCK_OUT)


@rule
def _implicit(s: Scanner, n: int, _: str) -> bool:
    if not (implicit_key(s) or s.empty()) or not s.take(":"):
        return False
    return block_node(s, n, BLOCK_OUT) or _nothing(s, n, "")


@rule
def _nothing(s: Scanner, _n: int, _c: str) -> bool:
    return s.empty() and comments(s)


@rule
def _indented(s: Scanner, n: int, c: str) -> bool:
    """s-l+block-indented: a collection on the same line, or any node."""
    return _in_line(s, n, c) or block_node(s, n, c) or _nothing(s, n, c)


@rule
def _in_line(s: Scanner, n: int, _: str) -> bool:
    start = s.at
    s.match(_SPACES)
    inner = n + 1 + s.at - start
    return _compact_sequence(s, inner, "") or _compact_mapping(s, inner, "")


@rule
def _compact_sequence(s: Scanner, n: int, _: str) -> bool:
    return _compact(s, n, "[]", _sequence_entry)


@rule
def _compact_mapping(s: Scanner, n: int, _: str) -> bool:
    return _compact(s, n, "{}", _mapping_entry)


def document(s: Scanner) -> bool:
    """The content of a document, up to its end."""
    return block_node(s, -1, BLOCK_IN) and s.at == s.end


def blank_document(s: Scanner) -> bool:
    """A document without content."""
    return _nothing(s, 0, "") and s.at == s.end
