"""Findings as text for people and as JSON for machines.

The text shows the source line with a caret under the fault. Columns are counted
in characters by `Span`; here they become terminal cells. Whatever comes from a
file is made harmless first: of control characters only line breaks of a message reach the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from reconciler.model.diagnostic import Diagnostic, Severity, Span, ordered
from reconciler.model.value import Json
from reconciler.render.vocabulary.fold import fold
from reconciler.render.vocabulary.ink import cells, harmless

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_BOLD, _BLUE = "1", "34"
_TAB = 4
_WIDTH = 100
"""Cells of a source line that are shown; a longer line is cut around the caret."""
_LEAST = 20
_BREAK = re.compile(r"\r\n|\r|\n")
_HINT = re.compile(r"; (did you mean .*\?)\Z")


def text(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    color: bool,
    files: int | None = None,
    width: int = 0,
) -> str:
    """All findings in order of place, and a summary; `files` is how many were read.

    `width` is how many cells a line has at most, 0 where it may have any number.
    """
    found = ordered(list(diagnostics))
    lines = {name: _BREAK.split(source) for name, source in sources.items()}
    blocks = [_block(each, lines, color=color, width=width) for each in found]
    if len(found) == 1 and found[0].at is None:  # one line says it all
        return fold(f"{blocks[0]}\n", width)
    said = [*blocks, summary(found, len(sources) if files is None else files), ""]
    return fold("\n".join(said), width)


def alone(diagnostics: Iterable[Diagnostic], *, color: bool) -> list[str]:
    """The lines of findings in order of place, without sources and without a summary."""
    blocks = [_block(each, {}, color=color, width=0) for each in ordered(list(diagnostics))]
    return "".join(f"{block}\n" for block in blocks).splitlines()


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """``2 errors in 1 of 14 files``."""
    counts = [
        _count(sum(each.severity is severity for each in diagnostics), str(severity))
        for severity in Severity
    ]
    said = " and ".join(filter(None, counts))
    if not said:
        return f"no errors in {_count(files, 'file') or 'no files'}"
    touched = len({each.at.file for each in diagnostics if each.at})
    if not touched:
        return said
    return f"{said} in {touched} of {_count(max(files, touched), 'file')}"


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Json]]:
    """All findings in order of place; absent values are null."""
    return [
        {
            "code": each.code,
            "severity": str(each.severity),
            "message": each.message,
            "help": each.help or None,
            "file": each.at.file if each.at else None,
            "line": each.at.line if each.at else None,
            "column": each.at.column if each.at else None,
            "length": each.at.length if each.at else None,
            "address": str(each.address) if each.address else None,
        }
        for each in ordered(list(diagnostics))
    ]


def _block(each: Diagnostic, lines: Mapping[str, list[str]], *, color: bool, width: int) -> str:
    def paint(words: str, *styles: str) -> str:
        return f"\x1b[{';'.join(styles)}m{words}\x1b[0m" if color and words else words

    main = _COLOURS[each.severity]
    message, *more = (harmless(line) for line in _BREAK.split(each.message))
    at = each.at
    source = lines.get(at.file, []) if at else []
    shown = at is not None and at.line <= len(source) and bool(source[at.line - 1].strip())
    hint = _HINT.search(message) if shown else None
    head = paint(f"{each.severity}[{each.code}]", _BOLD, main)
    said = message[: hint.start()] if hint else message
    out = [f"{head}{paint(f': {said}', _BOLD)}"]
    gutter = " " * (len(str(at.line)) if at else 1)
    out += [f"{gutter} {paint('|', _BLUE)} {line}".rstrip() for line in more]
    if each.address is not None:
        out.append(f"{gutter} {paint('@', _BLUE)} {harmless(str(each.address))}")
    if at is not None:
        out.append(f"{gutter}{paint('-->', _BLUE)} {harmless(str(at))}")
    if at is not None and shown:
        room = max(_LEAST, min(_WIDTH, width - len(gutter) - 3)) if width else _WIDTH
        line, offset, size = _excerpt(source[at.line - 1], at, room)
        carets = paint("^" * size + (f" {hint[1]}" if hint else ""), main)
        bar = paint("|", _BLUE)
        out.append(f"{gutter} {bar}")
        out.append(f"{paint(str(at.line), _BLUE)} {bar} {line}".rstrip())
        out.append(f"{gutter} {bar} {' ' * offset}{carets}")
    if each.help:
        first, *others = (harmless(line) for line in _BREAK.split(each.help))
        out.append(f"{gutter} {paint('=', _BLUE)} {paint('help:', _BOLD)} {first}")
        out += [f"{gutter}         {line}".rstrip() for line in others]
    return "\n".join(out)


def _excerpt(line: str, at: Span, room: int) -> tuple[str, int, int]:
    """The line as shown, and the offset and width of the carets, in cells."""
    start = min(at.column - 1, len(line))
    end = min(start + at.length, len(line))
    first = _cut_before(start, room)
    whole = _drawn(line[first:start], 0)
    before = _tail(whole, room - _ahead(room))  # tabs, escapes and wide characters
    marked = _drawn(line[start : min(end, start + room)], cells(before))
    rest = line[end : end + room]
    after = _drawn(rest, cells(before) + cells(marked))
    lead = "…" if first or before != whole else ""
    body, left = marked, room - cells(lead) - cells(before)
    if cells(marked) > left:
        body, after = _fit(marked, left - 1) + "…", ""
    elif cells(marked) + cells(after) > left or len(rest) < len(line) - end:
        after = _fit(after, max(0, left - cells(marked) - 1)) + "…"
    return lead + before + body + after, cells(lead + before), max(1, cells(body))


def _cut_before(start: int, room: int) -> int:
    """Where the shown part of a line begins: at 0 unless the fault would be off the screen."""
    return 0 if start <= room - _ahead(room) else start - _ahead(room)


def _ahead(room: int) -> int:
    """Cells in front of a fault that stay, where the line is cut there."""
    return room * 2 // 5


def _tail(drawn: str, room: int) -> str:
    """As much of the end of a text as fits in so many cells."""
    return _fit(drawn[::-1], room)[::-1]


def _drawn(part: str, column: int) -> str:
    """Source text as it is printed: tabs as spaces, control characters as escapes."""
    out = []
    for character in part:
        tab = character == "\t"
        drawn = " " * (_TAB - column % _TAB) if tab else harmless(character)
        column += cells(drawn)
        out.append(drawn)
    return "".join(out)


def _fit(drawn: str, room: int) -> str:
    """As much of a text as fits in so many cells."""
    used = 0
    for index, character in enumerate(drawn):
        used += cells(character)
        if used > room:
            return drawn[:index]
    return drawn


def _count(number: int, noun: str) -> str:
    if number == 0:
        return ""
    return f"{number} {noun}{'' if number == 1 else 's'}"
