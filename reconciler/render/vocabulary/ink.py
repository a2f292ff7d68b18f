"""Colour, width and padding for text that is written to a terminal.

Text is `harmless` before it comes here, so the only
escape sequences in an output are the ones made by `Ink`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

__all__ = ["Ink", "cells", "cut", "harmless", "spread"]

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "alarm": "1;31",
}


@dataclass(frozen=True, slots=True)
class Ink:
    """Paints words, or leaves them alone when the output takes no colour."""

    color: bool

    def __call__(self, words: str, style: str) -> str:
        if not (self.color and words and style):
            return words
        return f"\x1b[{_STYLES[style]}m{words}\x1b[0m"


def cells(words: str) -> int:
    """How many terminal cells an unpainted text takes."""
    if words.isascii():
        return len(words)
    return sum(_cell(character) for character in words)


def cut(words: str, width: int) -> str:
    """At most `width` cells of a text; what is cut ends in an ellipsis."""
    if len(words) * 2 <= width or cells(words) <= width:
        return words
    used, room = 0, max(width, 1) - 1
    for index, character in enumerate(words):
        used += _cell(character)
        if used > room:
            return words[:index] + "…"
    return words


def spread(left: str, right: str, width: int) -> str:
    """Unpainted spaces that put `right` at the right edge; at least two, "" without `right`."""
    return " " * max(2, width - cells(left) - cells(right)) if right else ""


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def harmless(words: str) -> str:
    """Control, format and bidirectional characters, and unusual blanks, as visible escapes."""
    if words.isascii() and words.isprintable():
        return words
    return "".join(character if _is_plain(character) else _escape(character) for character in words)


_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def _is_plain(character: str) -> bool:
    return character == " " or unicodedata.category(character) not in _UNSAFE


def _escape(character: str) -> str:
    number = ord(character)
    if number <= 0xFF:  # noqa: PLR2004 one byte
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004
