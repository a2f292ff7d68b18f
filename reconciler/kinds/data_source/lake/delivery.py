"""A stream's way into the lake: Firehose, which writes Parquet by the table's own columns.

Where a record lies follows from the layout of the DataSource that it goes to, so that who writes
and who reads have the same paths. Sources: Firehose developer guide, "Grant Firehose access to an
Amazon S3 destination", "Grant Firehose access to AWS Glue for data format conversion", "Grant
Firehose access to a Kinesis data stream", "Enable record format conversion" (buffers of at least
64 MB, no compression of its own), "Enable dynamic partitioning", "Understand custom prefixes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from reconciler.kinds.api import (
    Duration,
    Maybe,
    Problem,
    Reference,
    Role,
    Scope,
    Section,
    seconds,
)
from reconciler.kinds.data_source.api import Source
from reconciler.kinds.data_source.lake.agree import agree
from reconciler.kinds.terms.location import S3Path, Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE, SERVICE = "AWS::KinesisFirehose::DeliveryStream", "firehose.amazonaws.com"
AT: Path = ("kinesis", "deliver")
DESTINATION = "ExtendedS3DestinationConfiguration"
LEAST, MOST, LONGEST = 64, 128, 900
KEYS = 50
"""Keys of dynamic partitioning. Source: Firehose guide, "Quotas"."""
ERROR_TYPE = "!{firehose:error-output-type}"
_SLOT = re.compile(r"\{([^{}]*)\}")
_READ = (
    "kinesis:DescribeStream",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
_WRITE = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_TABLE = ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions")
JsonQuery = Annotated[
    str, Field(pattern=r"^\.[A-Za-z_][A-Za-z0-9_.]*$", max_length=128, examples=[".shop", ".a.b"])
]


class Deliver(Section):
    """Records in the lake: JSON that comes in, Parquet that lies there."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource in S3 in Parquet, with a schema of these columns."""
    every: Duration = "5m"
    """How long records are gathered at most, up to 15 minutes."""
    buffer: Annotated[int, Field(ge=LEAST, le=MOST)] = MOST
    """How many MB are gathered at most; fewer than 64 AWS does not turn into Parquet."""
    errors: Maybe[S3Path] = None
    """Where in the bucket records go that do not fit. By default ``errors/`` and its own name."""
    partition_by: Annotated[dict[str, JsonQuery], Field(max_length=KEYS)] = Field(
        default_factory=dict
    )
    """Partition columns that come from a record, each with its place in it (dynamic
    partitioning). It is for a new delivery only; all others are the time of arrival."""


class Stream(NamedTuple):
    """Where records come from."""

    name: str
    arn: Json


def check(deliver: Deliver) -> Iterator[Problem]:
    if seconds(deliver.every) > LONGEST:
        yield Problem((*AT, "every"), "Firehose gathers records for 15 minutes at most", "use 15m")
    if deliver.partition_by and seconds(deliver.every) < 60:  # noqa: PLR2004 - a minute
        said = "with keys from records, Firehose gathers for a minute at least"
        yield Problem((*AT, "every"), said, "use 1m or more")


def build(
    deliver: Deliver, spec: Source, stream: Stream, key: Json, scope: Scope
) -> Iterator[Node]:
    """The delivery stream. `key` is the ARN of the key of the stream's records, or nothing."""
    agree(spec.columns, deliver.to, scope, (*AT, "to"))
    prefix = _prefix(deliver, scope)
    errors = f"{(deliver.errors or f'errors/{scope.name}').strip('/')}/{ERROR_TYPE}/"
    _apart(errors, deliver, scope)
    if scope.problems:
        return
    lake = inside(scope, "DataSource", deliver.to, tree=True)
    role = scope.role("delivery", SERVICE)
    scope.grant(role, _READ, on=(stream.arn,))
    if key is not None:
        scope.grant(role, ("kms:Decrypt",), on=(key,), when=_via("kinesis", scope))
    scope.grant(role, _BUCKET, on=(lake.bucket,))
    failed = text(lake.bucket, f"/{errors.partition('!')[0]}*")
    scope.grant(role, _WRITE, on=(lake.objects, failed))
    _allow_key(role, lake, scope)
    database: Ref = scope.export("DataSource", deliver.to, "database")
    table: Ref = scope.export("DataSource", deliver.to, "table")
    called = table.target.name
    found = ("catalog", f"database/{database.target.name}", f"table/{called}")
    scope.grant(role, _TABLE, on=[scope.arn("glue", each) for each in found])
    props = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {
            "KinesisStreamARN": stream.arn,
            "RoleARN": role.arn,
        },
        DESTINATION: {
            "BucketARN": lake.bucket,
            "RoleARN": role.arn,
            "Prefix": prefix,
            "ErrorOutputPrefix": errors,
            "BufferingHints": {
                "IntervalInSeconds": seconds(deliver.every),
                "SizeInMBs": deliver.buffer,
            },
            "CompressionFormat": "UNCOMPRESSED",
            "S3BackupMode": "Disabled",
            "DataFormatConversionConfiguration": _parquet(database, table, role.arn, scope),
            **_dynamic(deliver),
        },
    }
    yield scope.node(scope.address(TYPE), props, lines=_LINES)


def _via(service: str, scope: Scope) -> Props:
    where = f"{service}.{scope.place.region}.amazonaws.com"
    return {"StringEquals": {"kms:ViaService": where}}


def _allow_key(role: Role, lake: Spot, scope: Scope) -> None:
    """Encrypt what is written. With a bucket key, S3 names the bucket and not the object."""
    if lake.key is None:
        return
    context = {"kms:EncryptionContext:aws:s3:arn": [lake.bucket, text(lake.bucket, "/*")]}
    when = {**_via("s3", scope), "StringLike": context}
    scope.grant(role, ("kms:Decrypt", "kms:GenerateDataKey"), on=(lake.key,), when=when)


def _prefix(deliver: Deliver, scope: Scope) -> str:
    """The prefix of objects, as the table looks for them."""
    layout: str = scope.export("DataSource", deliver.to, "partitionLayout")
    dates: Mapping[str, str] = scope.export("DataSource", deliver.to, "partitionDates")
    keys: list[str] = scope.export("DataSource", deliver.to, "partitionKeys")
    for name in deliver.partition_by:
        here = (*AT, "partitionBy", name)
        if name not in keys:
            known = ", ".join(keys) or "none"
            said = f"{name!r} is no partition column of DataSource {deliver.to!r}"
            scope.problem(here, said, help=f"its partition columns are: {known}")
    for name in keys:
        if name not in dates and name not in deliver.partition_by:
            said = f"nothing says which {name!r} a record belongs to"
            help_ = f"add `{name}: .PLACE_IN_THE_RECORD` to 'partitionBy'"
            scope.problem((*AT, "to"), said, help=help_)

    def one(slot: re.Match[str]) -> str:
        if slot[1] in deliver.partition_by:
            return f"!{{partitionKeyFromQuery:{slot[1]}}}"
        return f"!{{timestamp:{dates.get(slot[1], '')}}}"

    base: str = scope.export("DataSource", deliver.to, "prefix")
    path = _SLOT.sub(one, layout)
    return "".join(f"{each}/" for each in (base, path) if each)


def _apart(errors: str, deliver: Deliver, scope: Scope) -> None:
    """What does not fit must not lie where rows are read."""
    base: str = scope.export("DataSource", deliver.to, "prefix")
    if errors.startswith(f"{base}/" if base else ""):
        where = f"'{base}/'" if base else "the whole bucket"
        said = f"records that do not fit would lie among the rows: the table reads {where}"
        help_ = f"choose another place, or give DataSource {deliver.to!r} a 'prefix'"
        at = (*AT, "errors") if deliver.errors else (*AT, "to")
        scope.problem(at, said, help=help_)


def _parquet(database: Ref, table: Ref, role: Json, scope: Scope) -> Props:
    return {
        "Enabled": True,
        "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
        "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "SNAPPY"}}},
        "SchemaConfiguration": {
            "CatalogId": scope.place.account,
            "DatabaseName": database,
            "Region": scope.place.region,
            "RoleARN": role,
            "TableName": table,
            "VersionId": "LATEST",
        },
    }


def _dynamic(deliver: Deliver) -> Props:
    """What takes keys out of records; said to be absent where nothing does."""
    if not deliver.partition_by:
        return {"DynamicPartitioningConfiguration": None, "ProcessingConfiguration": None}
    query = ", ".join(f"{name}: {at}" for name, at in deliver.partition_by.items())
    parameters = {"JsonParsingEngine": "JQ-1.6", "MetadataExtractionQuery": f"{{{query}}}"}
    return {
        "DynamicPartitioningConfiguration": {"Enabled": True},
        "ProcessingConfiguration": {
            "Enabled": True,
            "Processors": [
                {
                    "Type": "MetadataExtraction",
                    "Parameters": [
                        {"ParameterName": name, "ParameterValue": value}
                        for name, value in sorted(parameters.items())
                    ],
                }
            ],
        },
    }


_LINES: Mapping[Path, Path] = {
    (): AT,
    (DESTINATION, "BufferingHints", "IntervalInSeconds"): (*AT, "every"),
    (DESTINATION, "BufferingHints", "SizeInMBs"): (*AT, "buffer"),
    (DESTINATION, "ErrorOutputPrefix"): (*AT, "errors"),
    (DESTINATION, "Prefix"): (*AT, "to"),
    (DESTINATION, "BucketARN"): (*AT, "to"),
    (DESTINATION, "DataFormatConversionConfiguration"): (*AT, "to"),
    (DESTINATION, "DynamicPartitioningConfiguration"): (*AT, "partitionBy"),
    (DESTINATION, "ProcessingConfiguration"): (*AT, "partitionBy"),
}
