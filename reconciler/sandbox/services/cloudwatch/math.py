"""Metric math: a part of AWS's expressions, calculated over series and numbers.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics". Where one of two
series has no value there is none of both, nor of a division by zero. A function that is not here
is refused; SEARCH and SELECT are others' work.
"""

from __future__ import annotations

import itertools
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from reconciler.sandbox.services.cloudwatch.series import Series

Value: TypeAlias = "float | Series | list[Series]"
TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)"
    r"|(<=|>=|==|!=|&&|\|\||[-+*/^(),<>\[\]])|\"([^\"]*)\"|$)"
)
COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le,
    ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
EACH: dict[str, Callable[[float], float]] = {
    "ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor, "LOG": math.log, "LOG10": math.log10,
}  # fmt: skip
OF_ALL: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum, "AVG": lambda found: sum(found) / len(found), "MIN": min, "MAX": max,
}  # fmt: skip


class MathError(ValueError):
    """An expression that cannot be calculated."""


class Grid(NamedTuple):
    """The periods that an expression is calculated for."""

    starts: list[float]
    period: int


def calculated(text: str, known: Mapping[str, Series], grid: Grid) -> Series:
    """The series that an expression makes.

    Raises:
        MathError: the expression is none, or makes a number.
    """
    found = _Reader(text, known, grid).whole()
    if isinstance(found, dict):
        return {at: found[at] for at in sorted(found)}
    kind = "a number" if isinstance(found, float) else "a list of series"
    raise MathError(f"The expression makes {kind} and no time series")


def names(text: str) -> set[str]:
    """The names in an expression that are no functions."""
    return {word for word in re.findall(r"\b[a-z][A-Za-z0-9_]*\b", text) if word != "e"}


class _Reader:
    """Reads and calculates at once: AWS's precedence is that of most languages."""

    def __init__(self, text: str, known: Mapping[str, Series], grid: Grid) -> None:
        self._tokens = [*_tokens(text)]
        self._at = 0
        self._known, self._grid = known, grid

    def whole(self) -> Value:
        found = self._either()
        if self._at < len(self._tokens):
            raise MathError(f"Unexpected '{self._tokens[self._at]}'")
        return found

    def _next(self, *wanted: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return ""

    def _need(self, token: str) -> None:
        if not self._next(token):
            raise MathError(f"'{token}' is missing")

    def _either(self) -> Value:
        left = self._both()
        while self._next("||", "OR"):
            left = _pairs(left, self._both(), lambda a, b: float(bool(a) or bool(b)))
        return left

    def _both(self) -> Value:
        left = self._compared()
        while self._next("&&", "AND"):
            left = _pairs(left, self._compared(), lambda a, b: float(bool(a) and bool(b)))
        return left

    def _compared(self) -> Value:
        left = self._sum()
        while sign := self._next(*COMPARED):
            test = COMPARED[sign]
            left = _pairs(left, self._sum(), lambda a, b, test=test: float(test(a, b)))  # type: ignore[misc]
        return left

    def _sum(self) -> Value:
        left = self._product()
        while sign := self._next("+", "-"):
            act = operator.add if sign == "+" else operator.sub
            left = _pairs(left, self._product(), act)
        return left

    def _product(self) -> Value:
        left = self._power()
        while sign := self._next("*", "/"):
            left = _pairs(left, self._power(), operator.mul if sign == "*" else _divided)
        return left

    def _power(self) -> Value:
        left = self._signed()
        return _pairs(left, self._power(), _raised) if self._next("^") else left

    def _signed(self) -> Value:
        if self._next("-"):
            return _pairs(-1.0, self._signed(), operator.mul)
        return self._single()

    def _single(self) -> Value:
        if self._next("("):
            found = self._either()
            self._need(")")
            return found
        if self._next("["):
            return self._listed()
        if self._at >= len(self._tokens):
            raise MathError("The expression ends too early")
        token = self._tokens[self._at]
        self._at += 1
        if token[0].isdigit() or token[0] == ".":
            return float(token)
        if self._next("("):
            return self._called(token)
        if token not in self._known:
            raise MathError(f"The id '{token}' is not among the queries")
        return dict(self._known[token])

    def _listed(self) -> list[Series]:
        found: list[Series] = []
        while not self._next("]"):
            each = self._either()
            found += each if isinstance(each, list) else [_series(each)]
            if not self._next(","):
                self._need("]")
                break
        return found

    def _called(self, name: str) -> Value:
        given: list[Value | str] = []
        while not self._next(")"):
            given.append(self._next("REPEAT", "LINEAR") or self._either())
            if not self._next(","):
                self._need(")")
                break
        return self._applied(name, given)

    def _applied(self, name: str, given: list[Value | str]) -> Value:
        values = [each for each in given if not isinstance(each, str)]
        if name == "METRICS" and not given:
            return [dict(each) for each in self._known.values()]
        if name == "FILL" and len(given) == 2:  # noqa: PLR2004
            return self._filled(_series(values[0]), given[1])
        if name == "IF" and len(values) in (2, 3):
            return _chosen(values)
        if len(values) != 1 or len(given) != 1:
            raise MathError(f"{name} with {len(given)} parameters is not supported")
        return self._of_one(name, values[0])

    def _of_one(self, name: str, value: Value) -> Value:
        if name in OF_ALL:
            return _joined(value, OF_ALL[name])
        if name in EACH:
            return _each(value, EACH[name])
        if name == "PERIOD":
            return float(self._grid.period)
        series = _series(value)
        if name == "DATAPOINT_COUNT":
            return float(len(series))
        if name in ("DIFF", "RATE", "RUNNING_SUM"):
            return self._moving(name, series)
        raise MathError(f"The function {name} is not supported")

    def _moving(self, name: str, series: Series) -> Series:
        ordered, total = sorted(series.items()), 0.0
        if name == "RUNNING_SUM":
            return {at: (total := total + value) for at, value in ordered}
        seconds = self._grid.period if name == "RATE" else 1
        pairs = itertools.pairwise(ordered)
        return {at: (value - before) / seconds for (_, before), (at, value) in pairs}

    def _filled(self, series: Series, filler: Value | str) -> Series:
        if filler == "LINEAR":
            raise MathError("FILL with LINEAR is not supported")
        found: Series = {}
        last: float | None = None
        for at in self._grid.starts:
            last = series.get(at, last)
            if at in series:
                found[at] = series[at]
            elif isinstance(filler, dict):
                found |= {at: filler[at]} if at in filler else {}
            elif filler == "REPEAT":
                found |= {} if last is None else {at: last}
            else:
                found[at] = float(filler)  # type: ignore[arg-type]  # a number
        return found


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if match is None or match.end() == at:
            raise MathError(f"Cannot read '{text[at:]}'")
        found.append(next(each for each in match.groups() if each is not None))
        at = match.end()
    return found


def _series(value: Value | str) -> Series:
    if isinstance(value, dict):
        return value
    raise MathError("A time series is needed where there is a number or a list")


def _pairs(left: Value, right: Value, act: Callable[[float, float], float | None]) -> Value:
    """An operation on two values; a list is taken series by series."""
    if isinstance(left, list):
        return [_series(_pairs(each, right, act)) for each in left]
    if isinstance(right, list):
        return [_series(_pairs(left, each, act)) for each in right]
    if isinstance(left, float) and isinstance(right, float):
        found = act(left, right)
        if found is None:
            raise MathError("Division by zero")
        return float(found)
    one, other = left, right
    times = one.keys() if isinstance(one, dict) else other.keys()  # type: ignore[union-attr]
    if isinstance(one, dict) and isinstance(other, dict):
        times &= other.keys()

    def at_time(value: float | Series, at: float) -> float:
        return value[at] if isinstance(value, dict) else value

    made = {at: act(at_time(one, at), at_time(other, at)) for at in times}
    return {at: float(value) for at, value in made.items() if value is not None}


def _divided(left: float, right: float) -> float | None:
    return left / right if right else None


def _raised(left: float, right: float) -> float | None:
    found = left**right if left or right >= 0 else None
    return found if isinstance(found, float) else None


def _each(value: Value, act: Callable[[float], float]) -> Value:
    if isinstance(value, list):
        return [_series(_each(each, act)) for each in value]
    if isinstance(value, float):
        return float(act(value))
    return {at: float(act(each)) for at, each in value.items()}


def _joined(value: Value, act: Callable[[list[float]], float]) -> Value:
    """Of a series a number, of a list of series one series."""
    if isinstance(value, float):
        return value
    if isinstance(value, dict):
        return float(act([*value.values()])) if value else {}
    times = {at for each in value for at in each}
    return {at: float(act([each[at] for each in value if at in each])) for at in times}


def _chosen(values: list[Value]) -> Value:
    """IF: where the condition has a value, one of the others, as far as it has one."""
    condition, then = values[0], values[1]
    other: Value | None = values[2] if len(values) > 2 else None  # noqa: PLR2004
    if isinstance(condition, float):
        return (then if condition else other) or {}
    found: Series = {}
    for at, true in _series(condition).items():
        chosen = then if true else other
        if isinstance(chosen, float):
            found[at] = chosen
        elif isinstance(chosen, dict) and at in chosen:
            found[at] = chosen[at]
    return found
