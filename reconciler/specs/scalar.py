"""What an unquoted YAML scalar means: the YAML 1.2 core schema, nothing of YAML 1.1.

`no`, `on` and `12:30` are text. One deliberate difference from the core schema:
a number with a leading zero (`012`) is text, because AWS account ids start with
zeros and must not lose them.
"""

from __future__ import annotations

import re

from reconciler.model.value import Json

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
WORDS: dict[str, Json] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf")},
    **{sign + ".INF": float(sign + "inf") for sign in ("", "+", "-")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
"""The scalars that are words: the booleans, null, infinities and not-a-number."""

DIGITS = frozenset("0123456789+-.")
"""The first characters of numbers."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_ENOUGH_DIGITS = 400
"""Longer integers are past every limit; CPython refuses to convert them past 4300 digits."""


def plain(text: str) -> Json:
    """The value of an unquoted scalar."""
    if text in WORDS:
        return WORDS[text]
    return number(text) if text[0] in DIGITS else text


def number(text: str) -> int | float | str:
    """The value of an unquoted scalar that starts as a number does."""
    if _INTEGER.match(text):
        return int(text[:_ENOUGH_DIGITS])
    if _BASED.match(text):
        return int(text[: _ENOUGH_DIGITS + 2], 0)
    if _FLOAT.match(text):
        return float(text)
    return text
