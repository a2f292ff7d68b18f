"""Rules of quality in Glue's language: those that are said, and those that follow from the columns.

Null is never left to a comparison: a rule about values says what becomes of rows without one. A
rule with a range is two, since ``between`` leaves out both ends (DQDL reference, "Expressions").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.dqdl import quoted
from reconciler.kinds.api import Duration, Maybe, Reference, Section, Share, percent, seconds
from reconciler.kinds.data_source.api import Column

Nulls = Literal["fail", "pass", "skip"]
Number = Annotated[float, Field(allow_inf_nan=False)]
_TYPES = {
    "boolean": "Boolean",
    "int": "Integer",
    "bigint": "Long",
    "float": "Float",
    "double": "Double",
    "date": "Date",
    "timestamp": "Timestamp",
}
"""Types that a column of text can be read as. Source: DQDL reference, ColumnDataType."""
_HOUR, _DAY = 3600, 86_400


class Range(Section):
    """Both ends belong to it."""

    needs = ("atLeast", "atMost")

    at_least: Maybe[Number] = None
    """The least."""
    at_most: Maybe[Number] = None
    """The greatest."""


class Length(Section):
    """Characters; both ends belong to it."""

    needs = ("atLeast", "atMost")

    at_least: Maybe[Annotated[int, Field(ge=0)]] = None
    """The least."""
    at_most: Maybe[Annotated[int, Field(ge=0)]] = None
    """The greatest."""


class Elsewhere(Section):
    """Values that another DataSource has."""

    source: Annotated[str, Reference("DataSource")]
    """A DataSource with a table."""
    column: str
    """Its column."""
    at_least: Share = "100%"
    """Of the rows, how many have a value that is there."""


class Check(Section):
    """What the values of a column are held to."""

    needs = ("complete", "between", "values", "matches")

    complete: Maybe[Literal[True] | Share] = None
    """Whether each row has it, or how many at least."""
    unique: Maybe[Literal[True] | Share] = None
    """Whether no value comes twice, or for how many rows at least."""
    between: Maybe[Range] = None
    """The range of its numbers."""
    values: Maybe[Annotated[tuple[str | int | float, ...], Field(min_length=1, max_length=500)]] = (
        None
    )
    """The values that it may have."""
    matches: Maybe[str] = None
    """A pattern that the whole text matches."""
    length: Maybe[Length] = None
    """How long the text is."""
    fresh: Maybe[Duration] = None
    """How old a time may be when the data is checked."""
    exists_in: Maybe[Elsewhere] = None
    """The DataSource that has its values too."""
    nulls: Maybe[Nulls] = None
    """What becomes of rows without a value in rules about values: they ``fail``, they ``pass``, or
    they are left out (``skip``) and counted. By default they fail where the column is required,
    and are left out where it is not."""

    @property
    def compares(self) -> bool:
        """Whether there is a rule about values."""
        said = (self.between, self.values, self.matches, self.length)
        return any(each is not None for each in said)


def of_column(name: str, check: Check, column: Column | None) -> Iterator[str]:
    """The rules that a check says."""
    own = quoted(name)
    nulls = check.nulls or ("fail" if column is not None and column.required else "skip")
    if check.complete is not None:
        yield _complete(own, check.complete)
    elif check.compares and nulls == "fail":
        yield f"IsComplete {own}"
    if check.unique is not None:
        share = check.unique
        yield f"IsUnique {own}" if share is True else f"Uniqueness {own} >= {_part(share)}"
    for rule in _values(own, check):
        if nulls == "pass":
            yield f"({rule}) or (ColumnValues {own} = NULL)"
        else:  # what fails does so by its own rule
            yield f"{rule} where {quoted(f'{name} is not null')}"
    if check.fresh is not None:
        yield f"DataFreshness {own} <= {_span(seconds(check.fresh))}"
    if check.exists_in is not None:
        other = f"{alias(check.exists_in.source)}.{check.exists_in.column}"
        part = _part(check.exists_in.at_least)
        yield f"ReferentialIntegrity {own} {quoted(other)} >= {part}"


def _complete(own: str, share: Literal[True] | str) -> str:
    return f"IsComplete {own}" if share is True else f"Completeness {own} >= {_part(share)}"


def _values(own: str, check: Check) -> Iterator[str]:
    if check.between is not None:
        for op, end in ((">=", check.between.at_least), ("<=", check.between.at_most)):
            if end is not None:
                yield f"ColumnValues {own} {op} {_number(end)}"
    if check.values is not None:
        listed = ", ".join(
            quoted(each) if isinstance(each, str) else _number(each) for each in check.values
        )
        yield f"ColumnValues {own} in [{listed}]"
    if check.matches is not None:
        yield f"ColumnValues {own} matches {quoted(check.matches)}"
    if check.length is not None:
        for op, end in ((">=", check.length.at_least), ("<=", check.length.at_most)):
            if end is not None:
                yield f"ColumnLength {own} {op} {end}"


def alias(source: str) -> str:
    """What a rule calls another DataSource."""
    return source.replace("-", "_")


def _number(value: float) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _part(share: str) -> str:
    return _number(percent(share) / 100)


def _span(length: int) -> str:
    if length % _DAY == 0:
        return f"{length // _DAY} days"
    if length % _HOUR == 0:
        return f"{length // _HOUR} hours"
    return f"{max(1, length // 60)} minutes"


def following(
    columns: Mapping[str, Column], form: str | None, checks: Mapping[str, Check]
) -> Iterator[str]:
    """The rules that follow from the columns, so that no list of rules is an empty check."""
    for name, column in columns.items():
        own, check = quoted(name), checks.get(name)
        yield f"ColumnExists {own}"
        said = check is not None and (
            check.complete is not None or (check.compares and check.nulls in (None, "fail"))
        )
        if column.required and not said:
            yield f"IsComplete {own}"
        type_ = column.parsed
        if type_.name in {"char", "varchar"}:
            yield f"ColumnLength {own} <= {type_.sizes[0]} where {quoted(f'{name} is not null')}"
        if form in {"csv", "json"} and type_.name in _TYPES:
            where = quoted(f"{name} is not null")
            yield f"ColumnDataType {own} = {quoted(_TYPES[type_.name])} where {where}"
