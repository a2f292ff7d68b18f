"""partitions: where in the data what belongs to a day or a region lies.

Table and writers follow from one layout. Source: Athena user guide, "Set up partition projection";
Glue developer guide, "Working with partition indexes".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts.projection import unit, written
from reconciler.kinds.api import Lacking, Problem, Scope
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.layout import SLOT, By, Partitions, layout_of, writer
from reconciler.model.value import Json

MOST = 3
"""Indexes of a table. Source: Glue quotas, "Number of partition indexes per table"."""
_FITS = {
    "date": {"string", "date", "timestamp", "int", "bigint", "varchar", "char"},
    "values": {"string", "varchar", "char", "int", "bigint"},
    "numbers": {"tinyint", "smallint", "int", "bigint", "string"},
    "given": {"string", "varchar", "char", "int", "bigint", "tinyint", "smallint", "date"},
}


def check(partitions: Partitions, spec: Source) -> Iterator[Problem]:
    here = ("partitions",)
    if spec.member("schema") is None:
        yield Problem(here, "partitions belong to a table", "add 'schema: {}'")
    for name, how in partitions.by.items():
        yield from _column(name, how, spec)
    yield from _layout(partitions)
    yield from _indexes(partitions)
    if spec.format == "iceberg":
        text = "an Iceberg table keeps its partitions itself"
        yield Problem(here, text, "remove it; an engine partitions it as it writes")


def _column(name: str, how: By, spec: Source) -> Iterator[Problem]:
    here = ("partitions", "by", name)
    column = spec.columns.get(name)
    if column is None:
        known = ", ".join(spec.columns) or "none"
        text = f"the partition column {name!r} is not in 'columns'"
        yield Problem(here, text, f"add it there; there are: {known}", on_key=True)
    if not how.kind:
        help_ = "such as `{date: {format: yyyy-MM-dd}}`"
        yield Problem(here, "give exactly one of 'date', 'values', 'numbers' and 'given'", help_)
        return
    if column is not None and column.parsed.name not in _FITS[how.kind]:
        fits = ", ".join(sorted(_FITS[how.kind]))
        text = f"a column of type {column.type} cannot have such values"
        yield Problem((*here, how.kind), text, f"it may be {fits}")
    elif column is not None and how.date and column.parsed.name in {"date", "timestamp"}:
        wanted = {"date": "yyyy-MM-dd"}.get(column.parsed.name)
        if wanted and how.date.format != wanted:
            text = f"a date is written as {wanted}"
            yield Problem((*here, "date", "format"), text, "or make the column a string")
    if how.date is not None and not how.date.since.startswith("NOW"):
        try:
            written(how.date.format, how.date.since)
        except ValueError:
            yield Problem((*here, "date", "since"), f"there is no day {how.date.since!r}")
    if how.numbers is not None and how.numbers.first > how.numbers.last:
        yield Problem((*here, "numbers", "from"), "'from' is greater than 'to'")


def _layout(partitions: Partitions) -> Iterator[Problem]:
    if partitions.layout is None:
        return
    here = ("partitions", "layout")
    used = [slot[1] for slot in SLOT.finditer(partitions.layout)]
    for name in sorted({*used} - partitions.by.keys()):
        known = ", ".join(partitions.by)
        text = f"the layout names {name!r}, which is no partition column"
        yield Problem(here, text, f"partition columns are: {known}")
    for name in partitions.by:
        if used.count(name) != 1:
            how = "does not name" if name not in used else "names more than once"
            yield Problem(here, f"the layout {how} {name!r}", f"write {{{name}}} once")
    rest = SLOT.sub("", partitions.layout)
    if "{" in rest or "}" in rest or "//" in partitions.layout or "$" in rest:
        yield Problem(
            here, f"{partitions.layout!r} is no layout", "such as `region={region}/{day}`"
        )


def _indexes(partitions: Partitions) -> Iterator[Problem]:
    here = ("partitions", "indexes")
    if partitions.indexes and partitions.projection:
        text = "with projection no partition is registered, and an index finds none"
        yield Problem(here, text, "remove 'indexes', or write `projection: false`")
    if len(partitions.indexes) > MOST:
        yield Problem(here, f"a table has at most {MOST} indexes", "remove some")
    seen: list[tuple[str, ...]] = []
    for number, keys in enumerate(partitions.indexes):
        at = (*here, str(number))
        for name in keys:
            if name not in partitions.by:
                known = ", ".join(partitions.by)
                text = f"{name!r} is no partition column"
                yield Problem(at, text, f"partition columns are: {known}")
        if keys in seen:
            yield Problem(at, "two indexes have the same columns", "remove one of them")
        if len(set(keys)) < len(keys):
            yield Problem(at, "an index names a column twice", "name it once")
        seen.append(keys)


def exports(partitions: Partitions, _: Source, __: Scope) -> Mapping[str, Json | Lacking]:
    firehose: Json | Lacking = writer(partitions.by, layout_of(partitions))
    if firehose is None:
        why = "has partitions by more than times, which a stream cannot write"
        firehose = Lacking(why, "partition it by dates alone")
    return {
        "partitionKeys": [*partitions.by],
        "partitionLayout": layout_of(partitions),
        "partitionUnits": {
            name: unit(how.date.format) for name, how in partitions.by.items() if how.date
        },
        "writerPrefix": firehose,
    }


register(
    Member(
        name="partitions",
        model=Partitions,
        summary="Where in the data what belongs to a day or a region lies.",
        check=check,
        exports=exports,
        without={
            "partitionKeys": [],
            "partitionLayout": "",
            "partitionUnits": {},
            "writerPrefix": "",
        },
    )
)
