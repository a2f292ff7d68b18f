"""Columns of values as they were written, and as numbers or categories.

Types are declared by the reference or the configuration, never by the window that is judged: a
broken window would else decide what is asked of it.
"""

from __future__ import annotations

import math
from typing import Any, Iterable, Mapping, Sequence

import numpy as np

from .settings import written

NUMBER, CATEGORY, TEXT = "number", "category", "text"
TYPES = (NUMBER, CATEGORY, TEXT)
MISSING = ("", "nan", "NaN", "null", "NULL")
"""What stands for no value, beside an absent one. ``NA`` is a country too: say it if it is none."""
_NUMBERS, _ONCE, _SMALL = 0.9, 0.5, 50
_DIGITS = frozenset("0123456789+-.eE")
_ENDS = "0123456789."


class Numbers:
    """A column as numbers: those that are there, which rows have them, and what is wrong."""

    def __init__(self, values: Any, mask: Any, missing: int, invalid: int, infinite: int) -> None:
        self.values, self.mask = values, mask
        self.missing, self.invalid, self.infinite = missing, invalid, infinite


class Table:
    """Rows by column. A value is a text, a number, or nothing."""

    def __init__(self, columns: Mapping[str, list[Any]], missing: Iterable[str] = MISSING) -> None:
        lengths = {len(each) for each in columns.values()}
        if len(lengths) > 1:
            raise ValueError("columns differ in length")
        self.columns: dict[str, list[Any]] = dict(columns)
        self.rows = lengths.pop() if lengths else 0
        self.missing = frozenset(missing)
        self._odd = any(each and each[-1] in _ENDS for each in self.missing)
        """Whether a number stands for no value, such as -999."""

    def texts(self, name: str) -> list[str | None]:
        """A column as texts, nothing where there is no value."""
        return [self.text(each) for each in self.columns[name]]

    def text(self, value: Any) -> str | None:
        """One value as a text."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        said = value.strip() if isinstance(value, str) else written(value)
        return None if said in self.missing else said

    def numbers(self, name: str) -> Numbers:
        """A column as finite numbers; what is none is counted."""
        if not self._odd and all(type(each) is float for each in self.columns[name]):
            return _floats(self.columns[name])
        found: list[float] = []
        mask = np.zeros(self.rows, dtype=bool)
        missing = invalid = infinite = 0
        for index, value in enumerate(self.columns[name]):
            number = self._number(value)
            if number is None:
                if self.text(value) is None:
                    missing += 1
                else:
                    invalid += 1
            elif not math.isfinite(number):
                infinite += 1
            else:
                found.append(number)
                mask[index] = True
        return Numbers(np.asarray(found, dtype=float), mask, missing, invalid, infinite)

    def _number(self, value: Any) -> float | None:
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, (int, float)):
            return None if self._odd and self.text(value) is None else _double(value)
        said = self.text(value)
        return None if said is None else _parsed(said)

    def only(self, keep: Sequence[bool]) -> Table:
        """The rows that are marked."""
        kept = [index for index, each in enumerate(keep) if each]
        columns = {name: [each[i] for i in kept] for name, each in self.columns.items()}
        table = Table(columns, self.missing)
        table.rows = len(kept)
        return table

    def joined(self, others: Mapping[str, list[Any]]) -> Table:
        """With further columns."""
        return Table({**self.columns, **others}, self.missing)


def _double(value: float) -> float | None:
    try:
        return None if value != value else float(value)  # noqa: PLR0124 - not a number
    except OverflowError:
        return math.inf


def _parsed(said: str) -> float | None:
    """A number that is written as data has them: no ``1_000``, and no digits of other scripts."""
    if said in {"true", "false"}:
        return float(said == "true")
    if not _DIGITS.issuperset(said) and said.lstrip("+-").lower() not in {"inf", "infinity"}:
        return None
    try:
        return float(said)
    except ValueError:
        return None


def _floats(values: list[float]) -> Numbers:
    """A column that has nothing but floats, as from Parquet, at once."""
    every = np.asarray(values, dtype=float)
    mask = np.isfinite(every)
    missing = int(np.sum(np.isnan(every)))
    infinite = int(every.size - np.sum(mask)) - missing
    return Numbers(every[mask], mask, missing, 0, infinite)


def of_rows(
    rows: Iterable[Mapping[str, Any]], missing: Iterable[str] = MISSING, names: Sequence[str] = ()
) -> Table:
    """A table of records; what a record lacks is nothing. `names` keeps some columns alone."""
    kept = [*rows]
    seen: dict[str, None] = dict.fromkeys(names)
    if not names:
        for row in kept:
            seen.update(dict.fromkeys(row))
    table = Table({name: [row.get(name) for row in kept] for name in seen}, missing)
    table.rows = len(kept)
    return table


def type_of(table: Table, name: str, most: int) -> tuple[str, str]:
    """The type that a column of a reference seems to have, and why it is no category if it is not.

    A number is what nine of ten values are; a category has at most `most` different values, and
    fewer than half as many as rows (above fifty), since an identifier is none.
    """
    numbers = table.numbers(name)
    there = table.rows - numbers.missing
    if there and (numbers.values.size + numbers.infinite) / there >= _NUMBERS:
        return NUMBER, ""
    distinct = len({*table.texts(name)} - {None})
    if distinct > most:
        return TEXT, f"it has more than {most} different values"
    if distinct > _SMALL and distinct > there * _ONCE:
        return TEXT, "most of its values come once"
    return CATEGORY, ""
