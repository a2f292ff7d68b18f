"""Plain, quoted and block scalars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.specs.yaml12.scanner import (
    FLOW_IN,
    FLOW_KEY,
    KEYS,
    Scanner,
    empty_lines,
    folded,
    line_prefix,
    rule,
)

_S = r" \t\r\n"
_FLOW = r",\[\]{}"
_FIRST = r"[^ \t\r\n\-?:,\[\]{}#&*!|>'\"%@`]"


def _plain(extra: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The first line of a plain scalar, and its further lines; `extra` is never part of one."""
    character = rf"(?:[^{_S}:#{extra}]|(?<=[^{_S}])#|:(?=[^{_S}{extra}]))"
    line = rf"(?:[ \t]*{character})*"
    first = rf"(?:{_FIRST}|[?:\-](?=[^{_S}{extra}]))"
    return re.compile(first + line), re.compile(character + line)


_OUTSIDE, _INSIDE = _plain(""), _plain(_FLOW)
_RUN = {"'": re.compile(r"[^ \t\r\n']+"), '"': re.compile(r"[^ \t\r\n\"\\]+")}
_BLANKS = re.compile(r"[ \t]*")
_ESCAPED_BREAK = re.compile(r"\\(?:\r\n|\r|\n)")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0abt\tnvfre \"/\\N_LP]))"
)
_NAMED = dict(
    zip(
        '0abt\tnvfre "/\\N_LP',
        '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029',
        strict=True,
    )
)
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


@rule
def plain(s: Scanner, n: int, c: str) -> bool:
    """ns-plain: over several lines unless it is a key."""
    start = s.at
    first, further = _INSIDE if c in {FLOW_IN, FLOW_KEY} else _OUTSIDE
    found = s.match(first)
    if found is None:
        return False
    parts = [found[0]]
    while c not in KEYS:
        end = s.at
        fold = folded(s, n)
        found = s.match(further) if fold is not None else None
        if fold is None or found is None:
            s.at = end
            break
        parts += [fold, found[0]]
    return s.emit("scalar", start, "".join(parts))


@rule
def quoted(s: Scanner, n: int, c: str) -> bool:
    """c-single-quoted and c-double-quoted."""
    start, quote = s.at, s.peek()
    if quote not in {"'", '"'}:
        return False
    s.at += 1
    parts: list[str] = []
    while True:
        if found := s.match(_RUN[quote]):
            parts.append(found[0])
        before = s.at
        blank = s.match(_BLANKS)
        following = s.peek()
        if following and following in "\r\n":
            s.at = before
            said = folded(s, n) if c not in KEYS else None
        else:
            parts.append(blank[0] if blank else "")
            said = _special(s, n, c, quote)
        if said is None:
            closed = following == quote
            return closed and s.emit("scalar", start, "".join(parts), quote)
        parts.append(said)


def _special(s: Scanner, n: int, c: str, quote: str) -> str | None:
    """Quotes and escapes inside a quoted scalar; None at its end, or where it goes wrong."""
    if s.take(quote):
        return "'" if quote == "'" and s.take("'") else None
    if quote == '"' and s.peek() == "\\":
        return _escape(s, n, c)
    return "" if s.peek() else None


def _escape(s: Scanner, n: int, c: str) -> str | None:
    """What an escape in double quotes stands for."""
    if s.match(_ESCAPED_BREAK):
        if c in KEYS:
            return None
        lines = empty_lines(s, n)
        return "\n" * lines if line_prefix(s, n) else None
    found = s.match(_ESCAPE)
    if found is None:
        return None
    if found[4]:
        return _NAMED[found[4]]
    number = int(found[1] or found[2] or found[3], 16)
    return None if number > _LAST or number in _SURROGATES else chr(number)


_HEADER = re.compile(
    r"([|>])(?:([1-9])([-+]?)|([-+])([1-9]?))?(?:[ \t]+(?:#[^\r\n]*)?)?(?:\r\n|\r|\n|\Z)"
)
_LINE = re.compile(r"( *)([^\r\n]*)(\r\n|\r|\n|\Z)")


@rule
def block_scalar_content(s: Scanner, n: int, _: str) -> bool:
    """c-l+literal and c-l+folded, with the comments that may follow."""
    start = s.at
    header = s.match(_HEADER)
    if header is None:
        return False
    given = header[2] or header[5]
    chomp = header[3] or header[4] or ""
    margin = n + int(given) if given else _margin(s, n)
    if margin is None:
        return False
    lines = list(_lines(s, margin))
    text = "".join(lines) if header[1] == "|" else _fold(lines)
    body = text.rstrip("\n") if any(line != "\n" for line in lines) else ""
    if chomp == "":
        text = text[: len(body) + 1] if body else ""
    return s.emit("scalar", start, body if chomp == "-" else text, header[1])


def _margin(s: Scanner, n: int) -> int | None:
    """The indentation of the first line with content; None if a blank line before it is deeper."""
    deepest, at = 0, s.at
    while at < s.end:
        line = _LINE.match(s.text, at, s.end)
        if line is None:
            break
        width = len(line[1])
        if line[2]:
            if width <= n:
                break
            return width if deepest <= width else None
        deepest, at = max(deepest, width), line.end()
    return max(deepest, n + 1)


def _lines(s: Scanner, margin: int) -> Iterator[str]:
    """The lines of a block scalar without their margin, each with its line feed."""
    while s.at < s.end:
        line = _LINE.match(s.text, s.at, s.end)
        if line is None:
            return
        spaces, rest = len(line[1]), line[2]
        if spaces < margin and rest:
            return
        s.at = line.end()
        if spaces >= margin and (rest or spaces > margin):
            yield " " * (spaces - margin) + rest + ("\n" if line[3] else "")
        else:
            yield "\n"


def _fold(lines: list[str]) -> str:
    """Join lines as '>' does: a single break between two texts becomes a space."""
    out: list[str] = []
    waiting = 0
    previous = ""
    for line in lines:
        if line == "\n":
            waiting += 1
            continue
        if previous:
            spaced = line[0] in " \t" or previous[0] in " \t"
            out.append("\n" * (waiting + 1) if spaced else "\n" * waiting or " ")
        else:
            out.append("\n" * waiting)
        out.append(line.removesuffix("\n"))
        waiting, previous = 0, line
    return "".join(out) + "\n" * (waiting + previous.endswith("\n"))
