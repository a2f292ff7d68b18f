"""Where partitions of data lie: one layout, from which reader and writer get the same paths.

The reader is Athena, by partition projection: nothing has to register a partition. Source: Athena
user guide, "Supported types for partition projection", "Specifying custom S3 storage locations";
Firehose developer guide, "Understand custom prefixes for Amazon S3 objects".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.projection import TEMPLATE, unit, written
from reconciler.kinds.api import Maybe, Section

DateFormat = Annotated[
    str,
    Field(
        pattern=r"^yyyy(([-/_]?)MM(([-/_]?)dd(([-/_]?)HH)?)?)?$",
        examples=["yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMddHH"],
    ),
]
Since = Annotated[
    str,
    Field(
        pattern=r"^(\d{4}-\d{2}-\d{2}|NOW-[1-9]\d{0,3}(YEARS|MONTHS|DAYS|HOURS))$",
        examples=["2024-01-01", "NOW-2YEARS"],
    ),
]
Values = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[^,/\s]+$")], ...], Field(min_length=1, max_length=1000)
]
SLOT = re.compile(r"\{([^{}]*)\}")


class Dates(Section):
    """Values that are times."""

    format: DateFormat = "yyyy-MM-dd"
    """How a value is written: ``yyyy``, ``MM``, ``dd``, ``HH``; ``-``, ``/`` or ``_`` between."""
    since: Since = "NOW-3YEARS"
    """The first day that there is, or how long ago."""


class Numbers(Section):
    """Values that are whole numbers."""

    at_least: Annotated[int, Field(ge=0)] = 0
    """The least."""
    at_most: Annotated[int, Field(ge=0)]
    """The greatest."""
    digits: Maybe[Annotated[int, Field(ge=1, le=18)]] = None
    """How many digits each has, zeros in front."""


class By(Section):
    """How the values of one partition column go: exactly one of these."""

    needs = ("date", "values", "numbers", "given")

    date: Maybe[Dates] = None
    """Times."""
    values: Maybe[Values] = None
    """One of these."""
    numbers: Maybe[Numbers] = None
    """Whole numbers."""
    given: Maybe[Literal[True]] = None
    """Values that nobody can list: each query has to name one."""

    @property
    def kind(self) -> str:
        """Which of them; "" where not exactly one is given."""
        said = [
            name
            for name in ("date", "values", "numbers", "given")
            if getattr(self, name) is not None
        ]
        return said[0] if len(said) == 1 else ""


Index = Annotated[tuple[str, ...], Field(min_length=1)]


class Partitions(Section):
    """Where what belongs together lies."""

    by: Annotated[dict[str, By], Field(min_length=1, max_length=20)]
    """The columns that tell where a row lies, in order, and how their values go."""
    layout: Maybe[
        Annotated[str, Field(pattern=r"^[^/].*[^/]$", examples=["{day}", "region={region}/{day}"])]
    ] = None
    """The path below the data, with each column in braces. By default ``column={column}``."""
    projection: bool = True
    """Whether queries compute the places of partitions. Else a crawler or a job registers each."""
    indexes: tuple[Index, ...] = ()
    """Columns by which registered partitions are found quickly, each a list."""


def layout_of(partitions: Partitions) -> str:
    """The layout, said or not."""
    return partitions.layout or default(partitions.by)


def default(names: Mapping[str, By]) -> str:
    """The layout that Hive and Spark write: ``day={day}/region={region}``."""
    return "/".join(f"{name}={{{name}}}" for name in names)


def parameters(by: Mapping[str, By], layout: str, base: str) -> dict[str, str]:
    """The parameters of a table. `base` is its location, without a slash at the end."""
    found = {"projection.enabled": "true"}
    for name, how in by.items():
        found |= {f"projection.{name}.{key}": value for key, value in _one(how)}
    path = SLOT.sub(lambda slot: f"${{{slot[1]}}}", layout)
    return {**found, TEMPLATE: f"{base}/{path}/"}


def _one(how: By) -> Iterator[tuple[str, str]]:
    if how.date is not None:
        date = how.date
        yield "type", "date"
        yield "format", date.format
        first = date.since if date.since.startswith("NOW") else written(date.format, date.since)
        yield "range", f"{first},NOW"
        yield "interval", "1"
        yield "interval.unit", unit(date.format)
    elif how.values is not None:
        yield "type", "enum"
        yield "values", ",".join(how.values)
    elif how.numbers is not None:
        numbers = how.numbers
        yield "type", "integer"
        yield "range", f"{numbers.at_least},{numbers.at_most}"
        if numbers.digits is not None:
            yield "digits", str(numbers.digits)
    else:
        yield "type", "injected"


def writer(by: Mapping[str, By], layout: str) -> str | None:
    """The prefix that Firehose takes; nothing where a value is no time of arrival."""
    if any(how.date is None for how in by.values()):
        return None

    def one(slot: re.Match[str]) -> str:
        date = by[slot[1]].date
        return f"!{{timestamp:{date.format}}}" if date else ""

    return SLOT.sub(one, layout) + "/"
