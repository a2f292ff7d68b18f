"""Flow nodes: aliases, properties, [sequences], {mappings} and scalars."""

from __future__ import annotations

import re

from reconciler.specs.yaml12.scalars import plain, quoted
from reconciler.specs.yaml12.scanner import (
    BLOCK_KEY,
    FLOW_IN,
    FLOW_KEY,
    KEYS,
    Scanner,
    comments,
    rule,
    separate,
    separate_in_line,
)

_ALIAS = re.compile(r"\*([^ \t\r\n,\[\]{}]+)")
_ANCHOR = re.compile(r"&([^ \t\r\n,\[\]{}]+)")
_HEX = r"%[0-9a-fA-F]{2}"
_TAG_CHARACTER = rf"(?:{_HEX}|[0-9A-Za-z\-#;/?:@&=+$_.~*'()])"
_URI_CHARACTER = rf"(?:{_HEX}|[0-9A-Za-z\-#;/?:@&=+$,_.!~*'()\[\]])"
_TAG = re.compile(
    rf"!<({_URI_CHARACTER}+)>|(!(?:[0-9A-Za-z-]*!)?)({_TAG_CHARACTER}+)|!(?![0-9A-Za-z-]*!)"
)
_SAFE_OUT = re.compile(r"[^ \t\r\n]")
_SAFE_IN = re.compile(r"[^ \t\r\n,\[\]{}]")
_SPACES = re.compile(r" *")
_LONGEST_KEY = 1024
Properties = tuple[str | None, str | None, int]
"""An anchor, a tag, and where they start."""


def properties(s: Scanner, n: int, c: str, *, both: bool = True) -> Properties | None:
    """An anchor, a tag, or both in either order (only the first unless `both`)."""
    start, anchor, tag = s.at, _anchor(s), None
    if anchor is None and (tag := _tag(s)) is None:
        return None
    end = s.at
    if both and separate(s, n, c):
        if anchor is None:
            anchor = _anchor(s)
            more = anchor
        else:
            more = tag = _tag(s)
        if more is not None:
            return anchor, tag, start
    s.at = end
    return anchor, tag, start


def _anchor(s: Scanner) -> str | None:
    found = s.match(_ANCHOR)
    return found[1] if found else None


def _tag(s: Scanner) -> str | None:
    start = s.at
    found = s.match(_TAG)
    if found is None:
        return None
    if found[1]:
        return found[1]
    if found[2] is None:
        return "!"
    if found[2] in s.handles:
        return s.handles[found[2]] + found[3]
    s.at = start
    return None


def decorate(s: Scanner, at: int, with_: Properties) -> None:
    """Give the node whose first event is number `at` its anchor and tag, and their place."""
    anchor, tag, start = with_
    first = s.events[at]
    end = max(first.end, start)
    s.events[at] = first._replace(
        start=start, end=end, anchor=anchor or first.anchor, tag=tag or first.tag
    )


@rule
def alias(s: Scanner, _n: int, _c: str) -> bool:
    """c-ns-alias-node."""
    start = s.at
    found = s.match(_ALIAS)
    return found is not None and s.emit("alias", start, found[1])


@rule
def flow_node(s: Scanner, n: int, c: str) -> bool:
    """ns-flow-node: any node in flow style."""
    return alias(s, n, c) or _content(s, n, c) or _with_properties(s, n, c, _content)


@rule
def flow_yaml_node(s: Scanner, n: int, c: str) -> bool:
    """ns-flow-yaml-node: an alias or a plain scalar."""
    return alias(s, n, c) or plain(s, n, c) or _with_properties(s, n, c, plain)


@rule
def flow_json_node(s: Scanner, n: int, c: str) -> bool:
    """c-flow-json-node: a node that shows its end: quoted or bracketed."""
    before = len(s.events)
    found = properties(s, n, c)
    if found is not None and not separate(s, n, c):
        return False
    if not _json_content(s, n, c):
        return False
    if found is not None:
        decorate(s, before, found)
    return True


def _with_properties(s: Scanner, n: int, c: str, content: object) -> bool:
    before = len(s.events)
    found = properties(s, n, c)
    if found is None:
        return False
    end = s.at
    if not (separate(s, n, c) and callable(content) and content(s, n, c)):
        s.at = end
        s.empty()
    decorate(s, before, found)
    return True


@rule
def _content(s: Scanner, n: int, c: str) -> bool:
    return plain(s, n, c) or _json_content(s, n, c)


@rule
def _json_content(s: Scanner, n: int, c: str) -> bool:
    return _sequence(s, n, c) or _mapping(s, n, c) or quoted(s, n, c)


def _inside(c: str) -> str:
    return FLOW_KEY if c in KEYS else FLOW_IN


@rule
def _sequence(s: Scanner, n: int, c: str) -> bool:
    return _collection(s, n, c, "[]")


@rule
def _mapping(s: Scanner, n: int, c: str) -> bool:
    return _collection(s, n, c, "{}")


def _collection(s: Scanner, n: int, c: str, brackets: str) -> bool:
    start = s.at
    opener, closer = brackets[0], brackets[1]
    entry = _sequence_entry if opener == "[" else _mapping_entry
    if not s.take(opener):
        return False
    s.emit(opener, start)
    separate(s, n, c)
    inner = _inside(c)
    while entry(s, n, inner):
        separate(s, n, c)
        if not s.take(","):
            break
        separate(s, n, c)
    return (s.take(closer) or _outdented(s, c, closer)) and s.emit(closer, start)


def _outdented(s: Scanner, c: str, closer: str) -> bool:
    """The closing bracket at the start of a line, which the specification wants indented."""
    if c in KEYS or not comments(s):
        return False
    s.match(_SPACES)
    return s.take(closer)


@rule
def _sequence_entry(s: Scanner, n: int, c: str) -> bool:
    return _pair(s, n, c) or flow_node(s, n, c)


@rule
def _pair(s: Scanner, n: int, c: str) -> bool:
    """ns-flow-pair: a single `key: value` in a sequence, which is a mapping of its own."""
    start = s.at
    s.emit("{", start)
    found = _explicit(s, n, c) or _pair_json(s, n, c) or _pair_yaml(s, n, c) or _empty_key(s, n, c)
    return found and s.emit("}", start)


@rule
def _mapping_entry(s: Scanner, n: int, c: str) -> bool:
    return _explicit(s, n, c) or _implicit(s, n, c)


@rule
def _explicit(s: Scanner, n: int, c: str) -> bool:
    if not (s.take("?") and separate(s, n, c)):
        return False
    return _implicit(s, n, c) or (s.empty() and s.empty())


@rule
def _implicit(s: Scanner, n: int, c: str) -> bool:
    return _json_key(s, n, c) or _yaml_key(s, n, c) or _empty_key(s, n, c)


@rule
def _yaml_key(s: Scanner, n: int, c: str) -> bool:
    return flow_yaml_node(s, n, c) and _value(s, n, c, _separate_value)


@rule
def _json_key(s: Scanner, n: int, c: str) -> bool:
    return flow_json_node(s, n, c) and _value(s, n, c, _adjacent_value)


def _value(s: Scanner, n: int, c: str, value: object) -> bool:
    end = s.at
    separate(s, n, c)
    if callable(value) and value(s, n, c):
        return True
    s.at = end
    return s.empty()


@rule
def _empty_key(s: Scanner, n: int, c: str) -> bool:
    return s.empty() and _separate_value(s, n, c)


@rule
def _separate_value(s: Scanner, n: int, c: str) -> bool:
    """c-ns-flow-map-separate-value: `: value`."""
    safe = _SAFE_IN if c in {FLOW_IN, FLOW_KEY} else _SAFE_OUT
    if not s.take(":") or safe.match(s.text, s.at, s.end):
        return False
    end = s.at
    if separate(s, n, c) and flow_node(s, n, c):
        return True
    s.at = end
    return s.empty()


@rule
def _adjacent_value(s: Scanner, n: int, c: str) -> bool:
    """c-ns-flow-map-adjacent-value: `:value`, allowed after a key that shows its end."""
    if not s.take(":"):
        return False
    end = s.at
    separate(s, n, c)
    if flow_node(s, n, c):
        return True
    s.at = end
    return s.empty()


@rule
def _pair_yaml(s: Scanner, n: int, c: str) -> bool:
    return implicit_yaml_key(s, 0, FLOW_KEY) and _separate_value(s, n, c)


@rule
def _pair_json(s: Scanner, n: int, c: str) -> bool:
    return implicit_json_key(s, 0, FLOW_KEY) and _adjacent_value(s, n, c)


@rule
def implicit_yaml_key(s: Scanner, n: int, c: str) -> bool:
    """ns-s-implicit-yaml-key: at most 1024 characters on one line."""
    start = s.at
    return flow_yaml_node(s, n, c) and _key_end(s, start)


@rule
def implicit_json_key(s: Scanner, n: int, c: str) -> bool:
    """c-s-implicit-json-key."""
    start = s.at
    return flow_json_node(s, n, c) and _key_end(s, start)


def _key_end(s: Scanner, start: int) -> bool:
    separate_in_line(s)
    return s.at - start <= _LONGEST_KEY


def implicit_key(s: Scanner) -> bool:
    """ns-s-block-map-implicit-key."""
    return implicit_json_key(s, 0, BLOCK_KEY) or implicit_yaml_key(s, 0, BLOCK_KEY)
