"""schema: the columns of the data as a versioned schema in a registry, and as a table.

The registry has the columns as Avro, without descriptions; the table of the catalog has all of
them. A version is a schema and a table of its own, so that old and new readers have what they know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts import avro
from reconciler.facts.evolution import edits, refused, way_out
from reconciler.kinds.api import Lacking, Maybe, Problem, Reference, Scope, Section, Shorthand
from reconciler.kinds.data_source.api import Column, Member, Source, register
from reconciler.kinds.data_source.layout import Partitions
from reconciler.kinds.data_source.table import FORMS, columns, table_input
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Path, Ref

DATABASE, TABLE = "AWS::Glue::Database", "AWS::Glue::Table"
REGISTRY, SCHEMA = "AWS::Glue::Registry", "AWS::Glue::Schema"
Version = Annotated[int, Field(ge=1, le=9999)]
MODES = {
    "none": "NONE",
    "disabled": "DISABLED",
    "backward": "BACKWARD",
    "backwardAll": "BACKWARD_ALL",
    "forward": "FORWARD",
    "forwardAll": "FORWARD_ALL",
    "full": "FULL",
    "fullAll": "FULL_ALL",
}


class Earlier(Section):
    """A version that is still read, beside the present one."""

    columns: Annotated[dict[str, Annotated[Column, Shorthand("type")]], Field(min_length=1)]
    """The columns that it has."""


class Schema(Section):
    """The columns as a versioned schema in a registry, and as a table in the catalog."""

    version: Version = 1
    """Part of the names: raise it for an edit that breaks readers, and name the old one under
    ``earlier`` as long as it is read."""
    earlier: dict[Annotated[str, Field(pattern=r"^[1-9]\d{0,3}$")], Earlier] = Field(
        default_factory=dict
    )
    """Versions that are still read, by their numbers, in quotes."""
    compatibility: Literal[
        "none",
        "disabled",
        "backward",
        "backwardAll",
        "forward",
        "forwardAll",
        "full",
        "fullAll",
    ] = "backward"
    """Which edits of the columns a version takes. ``backward``: columns may be added, widened, and
    become optional. In no mode but ``none`` may one go, be renamed or be narrowed."""
    in_: Maybe[Annotated[str, Reference("DataSource")]] = Field(None, alias="in")
    """Another DataSource with a schema, whose database and registry this one shares. By default it
    has its own."""
    table: bool = True
    """Whether a table is made, where the data is in S3."""


def versions(schema: Schema, spec: Source) -> dict[int, Mapping[str, Column]]:
    """The columns of each version, the oldest first."""
    found = {int(number): each.columns for number, each in schema.earlier.items()}
    return dict(sorted({**found, schema.version: spec.columns}.items()))


def check(schema: Schema, spec: Source) -> Iterator[Problem]:
    if not spec.columns:
        yield Problem(("schema",), "a schema needs columns", "add 'columns'")
    yield from _names(spec.columns, ("columns",))
    for number, each in schema.earlier.items():
        here = ("schema", "earlier", number)
        yield from _names(each.columns, (*here, "columns"))
        if int(number) >= schema.version:
            text = f"version {number} is not earlier than {schema.version}"
            yield Problem(here, text, "raise 'version', or remove it", on_key=True)
    if not schema.table:
        if spec.member("partitions") is not None:
            text = "partitions belong to a table"
            yield Problem(("schema", "table"), text, "remove it, or 'partitions'")
        return
    if spec.store == "s3" and spec.format not in {*FORMS, "iceberg"}:
        known = ", ".join(sorted([*FORMS, "iceberg"]))
        at = ("format",) if spec.format else ("schema",)
        text = "a table needs the format of the data"
        yield Problem(at, text, f"write 'format': {known}; or `table: false` in 'schema'")


def _names(found: Mapping[str, Column], path: Path) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name in found:
        if not avro.NAME.fullmatch(name) or len(name) > 255:  # noqa: PLR2004 - Glue's limit
            text = f"{name!r} is no name of a column"
            help_ = "use letters, digits and _, and begin with none of the digits"
            yield Problem((*path, name), text, help_, on_key=True)
        if (other := seen.setdefault(name.lower(), name)) != name:
            text = f"{name!r} and {other!r} are one column: the catalog knows lower case alone"
            yield Problem((*path, name), text, "rename one of them", on_key=True)


# -- resources


def database(schema: Schema, scope: Scope) -> Address:
    """The database of the tables."""
    return _home(schema, scope, "database", DATABASE)


def registry(schema: Schema, scope: Scope) -> Address:
    """The registry of the schemas."""
    return _home(schema, scope, "registry", REGISTRY)


def _home(schema: Schema, scope: Scope, what: str, type_: str) -> Address:
    if schema.in_ is None or schema.in_ == scope.name:
        return scope.address(type_)
    found: Ref = scope.export("DataSource", schema.in_, what)
    return found.target


def within(parent: Address, own: Address) -> Address:
    """An address below another one's."""
    return Address(own.type, f"{parent.name}/{own.name}")


def table(schema: Schema, scope: Scope, number: int) -> Address:
    """The table of a version."""
    return within(database(schema, scope), scope.address(TABLE, f"v{number}"))


def has_table(schema: Schema, spec: Source) -> bool:
    """Whether there is one."""
    return schema.table and spec.store == "s3"


def build(schema: Schema, spec: Source, scope: Scope) -> Iterator[Node]:
    if schema.in_ == scope.name:
        scope.problem(("schema", "in"), "a schema in itself", help="remove it")
    about = scope.description or f"DataSource {scope.name}"
    if schema.in_ is None:
        props: dict[str, Json] = {"DatabaseInput": {"Description": about[:2048]}}
        if has_table(schema, spec):
            yield scope.node(scope.address(DATABASE), props, lines={(): ("schema",)})
        text = f"Schemas of {scope.name}."
        yield scope.node(scope.address(REGISTRY), {"Description": text}, lines={(): ("schema",)})
    for number, found in versions(schema, spec).items():
        yield _schema(schema, scope, number, found, about)
        if has_table(schema, spec):
            yield _table(schema, spec, scope, number, found, about)


def _line(schema: Schema, number: int) -> Path:
    return ("columns",) if number == schema.version else ("schema", "earlier", str(number))


def _schema(
    schema: Schema, scope: Scope, number: int, found: Mapping[str, Column], about: str
) -> Node:
    home = registry(schema, scope)
    own = scope.address(SCHEMA, f"v{number}")
    return scope.node(
        within(home, own),
        {
            "Name": own.name,
            "Registry": {"Name": Ref(home, "Name")},
            "DataFormat": "AVRO",
            "Compatibility": MODES[schema.compatibility],
            "Description": about[:1000],
            "SchemaDefinition": JsonText(avro.definition(scope.name, fields(found))),
        },
        lines={
            (): ("schema",),
            ("Compatibility",): ("schema", "compatibility"),
            ("SchemaDefinition",): _line(schema, number),
            **{("SchemaDefinition", each): (*_line(schema, number), each) for each in found},
        },
    )


def _table(  # noqa: PLR0913 - what it is of, and what is said of it
    schema: Schema,
    spec: Source,
    scope: Scope,
    number: int,
    found: Mapping[str, Column],
    about: str,
) -> Node:
    address = table(schema, scope, number)
    uri = scope.export("DataSource", scope.name, "uri")
    name = address.name.rpartition("/")[2]
    body = table_input(spec, found, name=name, description=about[:2048], uri=uri)
    partitions: Partitions | None = spec.member("partitions")
    props: dict[str, Json] = {
        "DatabaseName": Ref(database(schema, scope), "DatabaseName"),
        "TableInput": body,
    }
    if spec.format == "iceberg":
        props["OpenTableFormatInput"] = {
            "IcebergInput": {"MetadataOperation": "CREATE", "Version": "2"}
        }
    if partitions is not None and not partitions.projection:
        props["PartitionIndexes"] = [
            {"IndexName": f"by_{'_'.join(keys)}"[:255], "Keys": [*keys]}
            for keys in partitions.indexes
        ]
    storage = ("TableInput", "StorageDescriptor")
    line = _line(schema, number)
    return scope.node(
        address,
        props,
        lines={
            (): ("schema",),
            (*storage, "Columns"): line,
            **{(*storage, "Columns", each.lower()): (*line, each) for each in found},
            ("TableInput", "PartitionKeys"): ("partitions", "by"),
            ("TableInput", "Parameters"): ("partitions",) if partitions else ("schema",),
            ("PartitionIndexes",): ("partitions", "indexes"),
        },
    )


def fields(found: Mapping[str, Column]) -> list[avro.Field]:
    """Columns as readers see them."""
    return [avro.Field(name, each.parsed, each.required) for name, each in found.items()]


def evolves(was: Schema, before: Source, now: Schema, after: Source) -> Iterator[Problem]:
    """Edits of the columns of one version that its mode does not take."""
    old, new = versions(was, before), versions(now, after)
    for number in sorted(old.keys() & new.keys()):
        mode = MODES[now.compatibility]
        broken = refused(edits(fields(old[number]), fields(new[number])), mode)
        if not broken:
            continue
        line = _line(now, number)
        here = next(((*line, each.column) for each in broken if each.column in new[number]), line)
        told = "; ".join(map(str, broken))
        text = f"version {number} of the schema is {now.compatibility}: {told}"
        yield Problem(here, text, way_out(broken, now.version), "SCHEMA001")


_NONE = Lacking("has no schema", "add 'schema: {}' to it")


def exports(schema: Schema, spec: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    found: dict[str, Json | Lacking] = {
        "registry": Ref(registry(schema, scope), "Name"),
        "schema": Ref(
            within(registry(schema, scope), scope.address(SCHEMA, f"v{schema.version}")), "Name"
        ),
        "columns": columns(spec.columns),
        "definition": avro.definition(scope.name, fields(spec.columns)),
    }
    if has_table(schema, spec):
        here = table(schema, scope, schema.version)
        found["database"] = Ref(database(schema, scope), "DatabaseName")
        found["table"] = Ref(here, "Name")
        return found
    why = Lacking(f"is {spec.store} and has no table", "name a DataSource in S3 with 'schema'")
    if spec.store == "s3":
        why = Lacking("has no table", "remove 'table: false' from its schema")
    return {**found, "database": why, "table": why}


register(
    Member(
        name="schema",
        model=Schema,
        summary="The columns as a versioned schema in a registry, and as a table in the catalog.",
        check=check,
        build=build,
        exports=exports,
        evolves=evolves,
        without=dict.fromkeys(
            ("registry", "schema", "columns", "definition", "database", "table"), _NONE
        ),
    )
)
