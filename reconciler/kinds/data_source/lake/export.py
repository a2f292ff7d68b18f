"""A table's way into the lake: an export by AWS, and a query that makes rows of columns of it.

AWS exports DynamoDB's JSON or Ion, whole, into a folder of its own (ExportTableToPointInTime). A
table of the catalog lies over all these folders by the id of an export, which each query names
(partition projection, ``injected``); the query writes Parquet into the day's partition of the
table of the lake. A day is written once: UNLOAD refuses a place where something is.
Sources: DynamoDB guide, "DynamoDB data export to Amazon S3", "Exporting a table: permissions";
Athena user guide, "UNLOAD", "Dynamic ID partitioning"; Step Functions guide, "Call other AWS
services", "Run Athena queries".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from reconciler.facts.columns import DataType
from reconciler.facts.schedule import ScheduleError, firings, parse, zone
from reconciler.kinds.api import Maybe, Problem, Reference, Scope, Section
from reconciler.kinds.data_source.api import Source
from reconciler.kinds.data_source.lake import export_states, typed
from reconciler.kinds.data_source.lake.agree import agree
from reconciler.kinds.terms import machine as terms
from reconciler.kinds.terms.athena import allow_run, allow_table
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.machine import Machine
from reconciler.kinds.terms.permissions import allow_find, allow_write
from reconciler.kinds.terms.schedule import Timing, scheduled
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TABLE, GROUP = "AWS::Glue::Table", "AWS::Athena::WorkGroup"
AT: Path = ("dynamodb", "export")
LONGEST = 24 * 3600
"""Seconds of a run. AWS promises no time; a terabyte takes hours."""
POLL = 60
_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything that AWS starts."""
ID, DAY = "export_id", "yyyy-MM-dd"
_WHERE = f" WHERE {ID} = '"
_HIVE = "org.apache.hadoop"


class Export(Section):
    """The table in the lake, a snapshot a day, as rows of the columns."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource in S3 in Parquet, with a schema of these columns, and partitions by one day."""
    schedule: Maybe[Annotated[str, Field(examples=["cron(15 2 * * ? *)", "rate(1 day)"])]] = None
    """When, at most once a day. By default only ``moorline run`` starts it."""
    timezone: str = "UTC"
    """Whose time the schedule is in."""
    paused: bool = False
    """Whether the schedule starts nothing for now."""


def check(export: Export, spec: Source) -> Iterator[Problem]:
    if not spec.columns:
        yield Problem(AT, "an export needs columns", "add 'columns': they say what is typed how")
    for name, column in spec.columns.items():
        if why := typed.unfit(column.parsed):
            yield Problem(("columns", name), f"{name!r} cannot come out of DynamoDB: {why}")
    if export.schedule is None:
        return
    try:
        zone(export.timezone)
    except ScheduleError as error:
        yield Problem((*AT, "timezone"), str(error), "write one such as Europe/Berlin")
        return
    try:
        fires = next(firings(parse(export.schedule), _BEFORE, export.timezone), None)
    except ScheduleError as error:
        yield Problem((*AT, "schedule"), str(error), "write cron(15 2 * * ? *) or rate(1 day)")
        return
    if fires is None:
        yield Problem((*AT, "schedule"), "it never fires", "write cron(15 2 * * ? *)")


def build(export: Export, spec: Source, table: Json, name: str, scope: Scope) -> Iterator[Node]:
    """The machine, its schedule, and the table over what AWS exports. `table` is its ARN."""
    agree(spec.columns, export.to, scope, (*AT, "to"))
    day = _day(export, scope)
    base: str = scope.export("DataSource", export.to, "prefix")
    if f"exports/{scope.name}/".startswith(f"{base}/" if base else ""):
        said = f"exports would lie among the rows of DataSource {export.to!r}"
        scope.problem((*AT, "to"), said, help=f"give DataSource {export.to!r} a 'prefix'")
    if scope.problems:
        return
    columns = {it.lower(): each.parsed for it, each in spec.columns.items()}
    machine = terms.begin(scope, "export")
    raw = _raw(export, scope)
    lake = inside(scope, "DataSource", export.to, tree=True)
    yield terms.dead_letters(machine, scope)
    yield _over(raw, columns, export, scope)
    yield _workgroup(raw, scope)
    _grant(machine, table, name, raw, lake, export, scope)
    given = _given(columns, day, export, scope)
    asked = _asked(table, raw, export, scope)
    states = export_states.states(machine, given, asked, scope, scope.address(GROUP, "export"))
    definition = {"StartAt": "settings", "TimeoutSeconds": LONGEST, "States": states}
    yield from terms.finish(machine, definition, scope, lines={("DefinitionString",): AT})
    if export.schedule is not None:
        yield from scheduled(
            machine,
            scope,
            Timing(export.schedule, export.timezone, not export.paused),
            given={},
            lines={
                (): AT,
                ("ScheduleExpression",): (*AT, "schedule"),
                ("ScheduleExpressionTimezone",): (*AT, "timezone"),
                ("State",): (*AT, "paused"),
            },
        )


def _day(export: Export, scope: Scope) -> str:
    """What comes before a day in the paths of the lake."""
    keys: list[str] = scope.export("DataSource", export.to, "partitionKeys")
    dates: Mapping[str, str] = scope.export("DataSource", export.to, "partitionDates")
    if len(keys) != 1 or dates.get(keys[0]) != DAY:
        help_ = f"give DataSource {export.to!r} `partitions: {{by: {{snapshot: {{date: {{}}}}}}}}`"
        said = f"DataSource {export.to!r} is not partitioned by one day, written {DAY}"
        scope.problem((*AT, "to"), said, help=help_)
        return ""
    layout: str = scope.export("DataSource", export.to, "partitionLayout")
    return layout.partition(f"{{{keys[0]}}}")[0]


def _raw(export: Export, scope: Scope) -> Spot:
    """Where AWS puts what it exports: in the bucket of the lake, beside its prefix."""

    def get(what: str) -> Json:
        return scope.export("DataSource", export.to, what)

    path = f"exports/{scope.name}"
    uri = text("s3://", get("bucket"), f"/{path}")
    return Spot(uri, get("bucketArn"), text(get("bucketArn"), f"/{path}/*"), get("keyArn"))


def _over(raw: Spot, columns: dict[str, DataType], export: Export, scope: Scope) -> Node:
    """The table over the folders of all exports."""
    database: Ref = scope.export("DataSource", export.to, "database")
    place = text(raw.uri, "/AWSDynamoDB/")
    body: dict[str, Json] = {
        "Name": _own(scope),
        "Description": f"Exports of {scope.name} as AWS writes them.",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": ID, "Type": "string"}],
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "json",
            "projection.enabled": "true",
            f"projection.{ID}.type": "injected",
            "storage.location.template": text(place, f"${{{ID}}}/data/"),
        },
        "StorageDescriptor": {
            "Columns": [{"Name": "item", "Type": typed.item(columns)}],
            "Location": place,
            "InputFormat": f"{_HIVE}.mapred.TextInputFormat",
            "OutputFormat": f"{_HIVE}.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
        },
    }
    address = Address(TABLE, f"{database.target.name}/{body['Name']}")
    props = {"DatabaseName": database, "TableInput": body}
    lines: dict[Path, Path] = {
        (): AT,
        ("TableInput", "StorageDescriptor", "Columns"): ("columns",),
    }
    return scope.node(address, props, lines=lines)


def _workgroup(raw: Spot, scope: Scope) -> Node:
    encrypted: dict[str, Json] = {"EncryptionOption": "SSE_S3"}
    if raw.key is not None:
        encrypted = {"EncryptionOption": "SSE_KMS", "KmsKey": raw.key}
    config = {
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "ResultConfiguration": {
            "OutputLocation": text(raw.uri, "/queries/"),
            "EncryptionConfiguration": encrypted,
            "ExpectedBucketOwner": scope.place.account,
        },
    }
    address = scope.address(GROUP, "export")
    props = {"State": "ENABLED", "WorkGroupConfiguration": config, "RecursiveDeleteOption": True}
    return scope.node(address, props, lines={(): AT})


def _grant(  # noqa: PLR0913 - who may do what with what
    machine: Machine, table: Json, name: str, raw: Spot, lake: Spot, export: Export, scope: Scope
) -> None:
    role = machine.role
    scope.grant(role, ("dynamodb:ExportTableToPointInTime",), on=(table,))
    exports = scope.arn("dynamodb", f"table/{name}/export/*")
    scope.grant(role, ("dynamodb:DescribeExport",), on=(exports,))
    scope.grant(role, ("s3:PutObjectAcl",), on=(raw.objects,))
    parts = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
    for spot in (raw, lake):
        scope.grant(role, parts, on=(spot.objects,))
        allow_find(scope, role, spot)
        allow_write(scope, role, spot)
    scope.grant(role, ("s3:GetBucketLocation",), on=(raw.bucket,))
    allow_run(scope, role, scope.address(GROUP, "export").name)
    database: Ref = scope.export("DataSource", export.to, "database")
    allow_table(scope, role, database.target.name, _own(scope))


def _own(scope: Scope) -> str:
    """The table of the catalogue that has the exports as AWS writes them."""
    return scope.address(TABLE, "export").name.replace("-", "_")


def _given(columns: dict[str, DataType], day: str, export: Export, scope: Scope) -> Props:
    """What every run knows: the columns as SQL, from where, and to where."""
    database: Ref = scope.export("DataSource", export.to, "database")
    own = _own(scope)
    source = text('"', database, f'"."{own}"')
    to = text(scope.export("DataSource", export.to, "uri"), f"/{day}")
    return {
        "head": text("UNLOAD (SELECT ", typed.select(columns), " FROM ", source, _WHERE),
        "middle": text("') TO '", to),
        "tail": "/') WITH (format = 'PARQUET', compression = 'SNAPPY')",
        "day.$": "States.ArrayGetItem(States.StringSplit($$.Execution.StartTime, 'T'), 0)",
    }


def _asked(table: Json, raw: Spot, export: Export, scope: Scope) -> Props:
    key: dict[str, Json] = {"S3SseAlgorithm": "AES256"}
    if raw.key is not None:
        key = {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": raw.key}
    return {
        "TableArn": table,
        "S3Bucket": scope.export("DataSource", export.to, "bucket"),
        "S3Prefix": f"exports/{scope.name}",
        "S3BucketOwner": scope.place.account,
        "ExportFormat": "DYNAMODB_JSON",
        "ClientToken.$": "$$.Execution.Name",
        **key,
    }
