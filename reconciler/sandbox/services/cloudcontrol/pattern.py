"""A text that fits a schema's pattern, always the same for the same dice."""

from __future__ import annotations

import importlib
import re
import string
from random import Random
from typing import Any

what: Any = importlib.import_module("re._constants")  # the parse tree has no other door
tree: Any = importlib.import_module("re._parser")
MOST = 24
"""Characters of an open repetition."""
_USUAL = string.ascii_lowercase + string.digits
_CATEGORIES = {
    what.CATEGORY_DIGIT: string.digits,
    what.CATEGORY_WORD: _USUAL,
    what.CATEGORY_NOT_SPACE: _USUAL,
    what.CATEGORY_NOT_DIGIT: string.ascii_lowercase,
    what.CATEGORY_SPACE: " ",
    what.CATEGORY_NOT_WORD: "-",
}
_CHARS = _USUAL + string.ascii_uppercase + "-_.:/+=@ "


def text(pattern: str, dice: Random, least: int = 0, most: int = 0) -> str | None:
    """A text that fits, of so many characters; none where the pattern cannot be followed."""
    try:
        parsed, fits = tree.parse(pattern), re.compile(pattern)
    except re.error:  # a pattern of another language than Python's
        return None
    for wanted in (max(least, min(most or MOST, 12)), least or 1, most or MOST, 1, 0):
        found = _all(parsed, dice, wanted)
        if fits.search(found) and least <= len(found) <= (most or len(found)):
            return found
    return None


def _all(parsed: Any, dice: Random, wanted: int) -> str:  # noqa: ANN401  (re's tree)
    return "".join(_one(op, argument, dice, wanted) for op, argument in parsed)


def _one(op: Any, argument: Any, dice: Random, wanted: int) -> str:  # noqa: ANN401
    if op is what.LITERAL:
        return chr(argument)
    if op is what.ANY:
        return dice.choice(_USUAL)
    if op is what.NOT_LITERAL:
        return next(char for char in _USUAL if ord(char) != argument)
    if op is what.IN:
        return dice.choice(_set(argument))
    if op in {what.MAX_REPEAT, what.MIN_REPEAT, what.POSSESSIVE_REPEAT}:
        low, high, inner = argument
        count = min(int(high), max(int(low), wanted))
        return "".join(_all(inner, dice, 1) for _ in range(count))
    if op is what.SUBPATTERN:
        return _all(argument[3], dice, wanted)
    if op is what.BRANCH:
        return _all(argument[1][0], dice, wanted)
    return ""  # anchors and looks ahead say nothing themselves


def _set(members: Any) -> str:  # noqa: ANN401  (re's tree)
    """The characters of a set, the plain ones where there are any."""
    inside = "".join(_member(op, argument) for op, argument in members)
    if members[0][0] is what.NEGATE:
        inside = "".join(char for char in _CHARS if char not in inside)
    plain = "".join(char for char in inside if char in _USUAL)
    return plain or inside or "a"


def _member(op: Any, argument: Any) -> str:  # noqa: ANN401  (re's tree)
    if op is what.LITERAL:
        return chr(argument)
    if op is what.RANGE:
        return "".join(chr(code) for code in range(argument[0], min(argument[1], 0x17F) + 1))
    if op is what.CATEGORY:
        return _CATEGORIES.get(argument, "")
    return ""
