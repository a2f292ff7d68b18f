"""Texts that stand where a person is to write something, and say nothing."""

from __future__ import annotations

import re

ASKS = ("<why>", "<who>", "<last day, YYYY-MM-DD>")
"""What an approval that a plan offers leaves open: its reason, its name, its day."""
_OPEN = re.compile(r"<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}|\$\{?\w*\}?")
_LATER = re.compile(r"(?i)(todo|tbd|tba|fixme|xxx+|changeme|change[ -_]me|placeholder)\b")
_NOTHING = frozenset(
    {"n/a", "na", "nil", "none", "null", "unknown", "why", "reason", "by", "who", "name",
     "somebody", "someone", "your name", "until", "x", "xx", "asdf", "lorem ipsum"}
)  # fmt: skip


def blank(text: str) -> bool:
    """Whether a text says nothing: it is empty, only signs, a placeholder, or a note to come back.

    Brackets around all of it, ``TODO`` at its beginning, and words such as ``reason`` alone are
    such.
    """
    said = text.strip()
    if not any(each.isalnum() for each in said):
        return True
    if _OPEN.fullmatch(said) or _LATER.match(said):
        return True
    return said.strip(" .…-_?!").casefold() in _NOTHING
