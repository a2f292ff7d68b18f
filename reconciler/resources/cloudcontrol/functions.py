"""Operators and functions of JSONata that `propertyTransform` uses. Pure.

Source: JSONata, "Operators", "String functions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.value import Json

LEVELS: tuple[Mapping[str, Callable[[Any, Any], Json]], ...] = (
    {"or": lambda a, b: bool(a) or bool(b)},
    {"and": lambda a, b: bool(a) and bool(b)},
    {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "in": lambda a, b: a in (b if isinstance(b, list) else [b]),
    },
    {"&": lambda a, b: _text(a) + _text(b)},
    {"+": lambda a, b: a + b, "-": lambda a, b: a - b},
    {"*": lambda a, b: a * b},
)
"""Weakest first."""
WORDS: Mapping[str, Json] = {"true": True, "false": False, "null": None}


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _known(function: Callable[..., Json]) -> Callable[..., Json]:
    """Of nothing comes nothing."""
    return lambda first, *rest: None if first is None else function(first, *rest)


def _replace(text: str, what: str | re.Pattern[str], by: str) -> str:
    if isinstance(what, re.Pattern):
        return what.sub(re.sub(r"\$(\d)", r"\\\1", by), text)
    return text.replace(what, by)


def _split_text(text: str, by: str | re.Pattern[str], most: int | None = None) -> list[str]:
    parts = by.split(text) if isinstance(by, re.Pattern) else text.split(by)
    return parts[:most]


FUNCTIONS: Mapping[str, Callable[..., Json]] = {
    "$lowercase": _known(str.lower),
    "$uppercase": _known(str.upper),
    "$string": _known(_text),
    "$number": _known(float),
    "$join": _known(lambda parts, by="": by.join(_text(part) for part in parts)),
    "$split": _known(_split_text),
    "$replace": _known(_replace),
    "$contains": _known(lambda text, what: what in text),
    "$substringAfter": _known(lambda text, by: text.partition(by)[2] if by in text else text),
    "$substringBefore": _known(lambda text, by: text.partition(by)[0]),
    "$count": lambda found=None: (
        0 if found is None else len(found) if isinstance(found, list) else 1
    ),
    "$exists": lambda found=None: found is not None,
}
