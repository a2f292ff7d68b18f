"""Values of rows: what they can be read as, and whether a condition holds of one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from reconciler.facts.dqdl import Condition, Span, Value, Word

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "!=": lambda one, other: bool(one != other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
}


def holds(value: Any, condition: Condition, now: float) -> bool:  # noqa: ANN401
    """Whether a condition holds. `now` is in seconds since the epoch."""
    found = _plainly(value, condition, now)
    return not found if condition.negated else found


def _plainly(value: Any, condition: Condition, now: float) -> bool:  # noqa: ANN401
    if condition.op == "matches":
        return value is not None and bool(re.fullmatch(str(condition.values[0]), str(value)))
    if condition.op == "in":
        return any(_compare(value, "=", each, now) for each in condition.values)
    if condition.op == "between":
        low, high = condition.values
        return _compare(value, ">", low, now) and _compare(value, "<", high, now)
    return _compare(value, condition.op, condition.values[0], now)


def _compare(value: Any, op: str, other: Value, now: float) -> bool:  # noqa: ANN401
    if isinstance(other, Word):
        return _is_word(value, other.name) is (op == "=")
    if value is None:
        return False
    left: Any
    right: Any
    if isinstance(other, Span):
        left = as_time(value) if other.ago else as_number(value)
        right = now - other.seconds if other.ago else other.seconds
    elif isinstance(other, str):
        left, right = str(value), other
    else:
        left, right = as_number(value), other
    return bool(left is not None and _COMPARED[op](left, right))


def _is_word(value: Any, word: str) -> bool:  # noqa: ANN401
    if word == "NULL":
        return value is None
    if word == "EMPTY":
        return bool(value == "")
    return isinstance(value, str) and bool(value) and not value.strip()


def as_number(value: Any) -> float | None:  # noqa: ANN401
    """A number; nothing where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def as_time(value: Any) -> float | None:  # noqa: ANN401
    """Seconds since the epoch: of a number, or of a date or time in ISO 8601; UTC where silent."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
    else:
        return as_number(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _whole(value: Any, bits: int) -> bool:  # noqa: ANN401
    try:
        return -(1 << bits) <= int(str(value)) < 1 << bits
    except ValueError:
        return False


READ: dict[str, Callable[[Any], bool]] = {
    "Boolean": lambda value: str(value).lower() in {"true", "false"},
    "Integer": lambda value: _whole(value, 31),
    "Long": lambda value: _whole(value, 63),
    "Float": lambda value: as_number(value) is not None,
    "Double": lambda value: as_number(value) is not None,
    "Date": lambda value: as_time(value) is not None and not isinstance(value, int | float),
    "Timestamp": lambda value: as_time(value) is not None,
}
