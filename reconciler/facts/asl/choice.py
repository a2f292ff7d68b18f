"""Rules of a Choice state. Source: Amazon States Language, "Choice State"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reconciler.facts.asl import QueryError, path

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
COMBINED = ("And", "Or", "Not")


def _number(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, int | float) and not isinstance(value, bool)


def _string(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str)


def is_time(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is a moment as the language writes it."""
    return isinstance(value, str) and _RFC3339.fullmatch(value) is not None


def moment(value: str) -> datetime:
    """The moment in a text."""
    return datetime.fromisoformat(value)


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda one, two: one == two,
    "LessThan": lambda one, two: one < two,
    "LessThanEquals": lambda one, two: one <= two,
    "GreaterThan": lambda one, two: one > two,
    "GreaterThanEquals": lambda one, two: one >= two,
}
_KINDS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "String": (_string, lambda value: value),
    "Numeric": (_number, lambda value: value),
    "Timestamp": (is_time, moment),
}
COMPARING = {f"{kind}{sign}": (kind, sign) for kind in _KINDS for sign in _SIGNS} | {
    "BooleanEquals": ("Boolean", "Equals")
}
ASKING: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": _number,
    "IsString": _string,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": is_time,
}
OPERATORS = frozenset(
    {*COMPARING, *(f"{name}Path" for name in COMPARING), *ASKING, "IsPresent", "StringMatches"}
)


def holds(
    rule: Mapping[str, Any],
    data: Any,
    context: Any = None,
    variables: Mapping[str, Any] | None = None,
) -> bool:
    """Whether a rule fits.

    Raises:
        QueryError: a path finds nothing.
    """
    if "And" in rule:
        return all(holds(each, data, context, variables) for each in rule["And"])
    if "Or" in rule:
        return any(holds(each, data, context, variables) for each in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data, context, variables)
    name = next((key for key in rule if key in OPERATORS), None)
    if name is None:
        raise QueryError("States.Runtime", f"no comparison in {json.dumps(rule)[:200]}")
    wanted = rule[name]
    try:
        found = path.find(rule["Variable"], data, context, variables)
    except QueryError as missing:
        if name == "IsPresent":
            return wanted is False
        raise QueryError(
            "States.Runtime",
            f"Invalid path '{rule['Variable']}': The choice state's condition path references an"
            " invalid value.",
        ) from missing
    if name == "IsPresent":
        return wanted is True
    if name in ASKING:
        return ASKING[name](found) is wanted
    if name == "StringMatches":
        return isinstance(found, str) and _matches(wanted, found)
    if name.endswith("Path"):
        wanted, name = path.find(wanted, data, context, variables), name.removesuffix("Path")
    kind, sign = COMPARING[name]
    if kind == "Boolean":
        return isinstance(found, bool) and isinstance(wanted, bool) and found is wanted
    fits, read = _KINDS[kind]
    return fits(found) and fits(wanted) and _SIGNS[sign](read(found), read(wanted))


def _matches(pattern: str, value: str) -> bool:
    parts = re.findall(r"\\.|\*|[^*\\]+", pattern)
    made = "".join(
        ".*" if part == "*" else re.escape(part[1:] if part[0] == "\\" else part) for part in parts
    )
    return re.fullmatch(made, value, re.DOTALL) is not None
