"""Stores that are no buckets: what a spec may say, what it becomes, and how it meets a lake."""

from __future__ import annotations

from typing import Any

import pytest
from engine.platform import environment, join, spec

from reconciler.compile import compiler
from reconciler.facts.columns import parse as type_of
from reconciler.kinds.data_source.lake import typed
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.policy import delivery, demand
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .specs import (
    CLICKS,
    CLICKS_LAKE,
    EXPORT,
    ORDERS as TABLE_OF_ORDERS,
    ORDERS_LAKE,
    SECURITY,
    SHOPS_LAKE,
    VIEWS,
)
from .world import World, named, problems

ORDERS = TABLE_OF_ORDERS.replace("columns:", f"{EXPORT.strip(chr(10))}\ncolumns:", 1)
TABLE, STREAM = "AWS::DynamoDB::Table", "AWS::Kinesis::Stream"
DELIVERY = "AWS::KinesisFirehose::DeliveryStream"
S3 = "ExtendedS3DestinationConfiguration"

# -- what a spec may say

ID = "columns: {id: string, n: bigint, at: timestamp, on: boolean, tags: array<string>}\n"
WRONG: dict[str, tuple[str, tuple[str, ...], str]] = {
    "no key": ("dynamodb: {}", ("dynamodb",), "give 'partitionKey', or 'existing'"),
    "a key and an existing one": (
        "dynamodb: {partitionKey: id, existing: there}", ("dynamodb", "partitionKey"),
        "does not manage an existing table",
    ),
    "a name of an existing one": (
        "dynamodb: {existing: there}\nawsName: other", ("awsName",), "has its name",
    ),
    "a key that is no column": (
        "dynamodb: {partitionKey: other}", ("dynamodb", "partitionKey"), "not in 'columns'",
    ),
    "a key of a type that is no key": (
        "dynamodb: {partitionKey: on}", ("dynamodb", "partitionKey"), "boolean is no key",
    ),
    "an index by no column": (
        "dynamodb: {partitionKey: id, indexes: {by-x: {partitionKey: x}}}",
        ("dynamodb", "indexes", "by-x", "partitionKey"), "not in 'columns'",
    ),
    "an index of no column": (
        "dynamodb: {partitionKey: id, indexes: {by-n: {partitionKey: n, has: [x]}}}",
        ("dynamodb", "indexes", "by-n", "has", "0"), "no column 'x'",
    ),
    "a capacity for the table alone": (
        "dynamodb: {partitionKey: id, capacity: {read: 1, write: 1}, indexes: {by-n: BY_N}}",
        ("dynamodb", "indexes", "by-n", "capacity"), "where its table has one",
    ),
    "a local index without an order": (
        "dynamodb: {partitionKey: id, localIndexes: {by-n: n}}",
        ("dynamodb", "localIndexes", "by-n"), "needs a table with 'sortKey'",
    ),
    "a time in text": (
        "dynamodb: {partitionKey: id, expireBy: at}", ("dynamodb", "expireBy"),
        "deletes by a number of seconds",
    ),
    "a time that is no column": (
        "dynamodb: {partitionKey: id, expireBy: x}", ("dynamodb", "expireBy"), "not in 'columns'",
    ),
    "back too far": (
        "dynamodb: {partitionKey: id, recovery: 36d}", ("dynamodb", "recovery", "window"),
        "up to 35 days ago",
    ),
    "an export without recovery": (
        "dynamodb: {partitionKey: id, recovery: false, export: {to: lake}}",
        ("dynamodb", "export"), "only tables that can be had back",
    ),
    "a schedule that is none": (
        "dynamodb: {partitionKey: id, export: {to: lake, schedule: daily}}",
        ("dynamodb", "export", "schedule"), "it has to be cron",
    ),
    "a schedule that never fires": (
        'dynamodb: {partitionKey: id, export: {to: lake, schedule: "cron(0 0 31 2 ? *)"}}',
        ("dynamodb", "export", "schedule"), "never fires",
    ),
    "nobody's time": (
        'dynamodb: {partitionKey: id, export: {to: lake, schedule: "rate(1 day)", timezone: Mars}}',
        ("dynamodb", "export", "timezone"), "Mars",
    ),
    "shards of an existing stream": (
        "kinesis: {existing: there, shards: 2}", ("kinesis", "shards"), "does not manage",
    ),
    "kept for a part of an hour": ("kinesis: {retention: 90m}", ("kinesis", "retention"), "whole"),
    "kept for too short": ("kinesis: {retention: 12h}", ("kinesis", "retention"), "24 hours to"),
    "kept for too long": ("kinesis: {retention: 366d}", ("kinesis", "retention"), "24 hours to"),
    "a reader twice": ("kinesis: {readers: [a, a]}", ("kinesis", "readers", "1"), "there twice"),
    "gathered for too long": (
        "kinesis: {deliver: {to: lake, every: 16m}}", ("kinesis", "deliver", "every"), "15 minutes",
    ),
    "gathered for too short": (
        "kinesis: {deliver: {to: lake, every: 30s, partitionBy: {shop: .shop}}}",
        ("kinesis", "deliver", "every"), "a minute at least",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_a_problem_at_its_line(case: str) -> None:
    text, path, words = WRONG[case]
    text = text.replace("BY_N", "{partitionKey: n}")
    found = [each for each in problems("DataSource", f"{ID}{text}\n") if each.path == path]
    assert [words in each.message for each in found] == [True], problems("DataSource", text)


def test_a_map_by_numbers_cannot_come_out_of_a_table() -> None:
    text = (
        "dynamodb: {partitionKey: id, export: {to: lake}}\ncolumns: {id: string, m: 'map<int,int>'}"
    )
    (found,) = problems("DataSource", text)
    assert (found.path, "keys of a map are text" in found.message) == (("columns", "m"), True)


# -- how they meet a lake


def built(kind: str, text: str, **lakes: str) -> tuple[list[Node], list[Diagnostic]]:
    specs = {
        ("Security", "platform"): SECURITY,
        ("DataSource", "clicks-lake"): CLICKS_LAKE,
        ("DataSource", "shops-lake"): SHOPS_LAKE,
        ("DataSource", "orders-lake"): ORDERS_LAKE,
        **{("DataSource", name.replace("_", "-")): lake for name, lake in lakes.items()},
        ("DataSource", kind): text,
    }
    world = World(specs)
    return world.build("DataSource", kind), world.found


DISAGREE: dict[str, tuple[str, str, str, tuple[str, ...], str]] = {
    "a column less in the lake": (
        CLICKS.replace('amount: "', 'size: int, amount: "'), CLICKS_LAKE, "clicks",
        ("columns", "size"), "has no column 'size'",
    ),
    "a column less in the stream": (
        CLICKS.replace(", shop: string", ""), CLICKS_LAKE, "clicks",
        ("kinesis", "deliver", "to"), "nothing fills the column 'shop'",
    ),
    "another type": (
        CLICKS.replace("decimal(12,2)", "double"), CLICKS_LAKE, "clicks",
        ("columns", "amount"), "'amount' is double here, and decimal(12,2)",
    ),
    "a table whose column became another one": (
        ORDERS, ORDERS_LAKE.replace("ends: bigint", "ends: int"), "orders",
        ("columns", "ends"), "'ends' is bigint here, and int",
    ),
    "another form": (
        CLICKS, CLICKS_LAKE.replace("parquet", "json"), "clicks",
        ("kinesis", "deliver", "to"), "holds json, and not Parquet",
    ),
    "no day": (
        ORDERS, ORDERS_LAKE.replace("{snapshot: {date: {}}}", "{customer: {given: true}}"),
        "orders",
        ("dynamodb", "export", "to"), "is not partitioned by one day",
    ),
    "errors among the rows": (
        CLICKS.replace("failed/clicks", "clicks/failed"), CLICKS_LAKE, "clicks",
        ("kinesis", "deliver", "errors"), "among the rows",
    ),
    "a bucket that is all rows": (
        CLICKS, CLICKS_LAKE.replace("prefix: clicks, ", ""), "clicks",
        ("kinesis", "deliver", "errors"), "the table reads the whole bucket",
    ),
    "exports among the rows": (
        ORDERS, ORDERS_LAKE.replace("prefix: orders", "prefix: exports"), "orders",
        ("dynamodb", "export", "to"), "exports would lie among the rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DISAGREE)
def test_what_arrives_and_the_table_agree_or_nothing_is_made(case: str) -> None:
    text, lake, name, path, words = DISAGREE[case]
    nodes, found = built(name, text, **{f"{name}_lake": lake})
    at = "/".join((f"DataSource/{name}", *path))
    assert at in [each.at.file for each in found if each.at], found
    assert any(words in each.message for each in found), found
    assert named(nodes, DELIVERY) == named(nodes, "AWS::StepFunctions::StateMachine") == []


def test_a_stream_without_columns_takes_those_of_the_table() -> None:
    nodes, found = built("clicks", CLICKS.partition("columns:")[0])
    assert found == []
    assert len(named(nodes, DELIVERY)) == 1


@pytest.mark.scenario("D59")
def test_writer_and_table_have_one_layout() -> None:
    nodes, _ = built("clicks", CLICKS)
    (writer,) = named(nodes, DELIVERY)
    assert writer.props[S3]["Prefix"] == "clicks/!{timestamp:yyyy-MM-dd}/"
    lake = World({("Security", "platform"): SECURITY, ("DataSource", "clicks-lake"): CLICKS_LAKE})
    (table,) = named(lake.build("DataSource", "clicks-lake"), "AWS::Glue::Table")
    parts = table.props["TableInput"]["Parameters"]["storage.location.template"].parts
    assert parts[-1] == "/clicks/${day}/"
    assert table.props["TableInput"]["Parameters"]["projection.day.format"] == "yyyy-MM-dd"


@pytest.mark.scenario("D70")
def test_with_a_bucket_key_s3_names_the_bucket() -> None:
    nodes, _ = built("clicks", CLICKS)
    (role,) = named(nodes, "AWS::IAM::Role")
    statements = role.props["Policies"][0]["PolicyDocument"]["Statement"]
    (found,) = (it for it in statements if "kms:GenerateDataKey" in it["Action"])
    contexts = found["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
    (writer,) = named(nodes, DELIVERY)
    assert contexts[0] == writer.props[S3]["BucketARN"]
    assert contexts[1].parts == (contexts[0], "/*")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("{shop: .shop.id}", "{town: .town}"), "'town' is no partition column"),
        ((", partitionBy: {shop: .shop.id}", ""), "nothing says which 'shop' a record belongs to"),
    ],
    ids=str,
)
def test_a_key_comes_from_the_record_or_the_clock(change: tuple[str, str], words: str) -> None:
    _, found = built("views", VIEWS.replace(*change))
    assert any(words in each.message for each in found), found
    nodes, found = built("views", VIEWS)
    (writer,) = named(nodes, DELIVERY)
    assert found == []
    assert (
        "shop=!{partitionKeyFromQuery:shop}/day=!{timestamp:yyyy-MM-dd}/"
        in (writer.props[S3]["Prefix"])
    )


def test_a_line_that_goes_is_said_to_be_absent() -> None:
    """What nobody asks for stands there as null, or a plan would leave it alone."""
    nodes, _ = built("bare", "dynamodb: {partitionKey: id, recovery: false}\ncolumns: {id: string}")
    (table,) = named(nodes, TABLE)
    blocks = ("SSESpecification", "StreamSpecification", "TimeToLiveSpecification")
    blocks += ("PointInTimeRecoverySpecification",)
    assert {name: table.props[name] for name in blocks} == dict.fromkeys(blocks)
    assert table.props["GlobalSecondaryIndexes"] == []
    nodes, _ = built("bare", "kinesis: {}")
    (stream,) = named(nodes, STREAM)
    assert (stream.props["StreamEncryption"], "ShardCount" in stream.props) == (None, False)


# -- types

INTS = (
    "COALESCE(transform(a.l, e0 -> CAST(e0.n AS integer)),"
    " transform(a.ns, e0 -> CAST(e0 AS integer)))"
)
TEXTS = (
    "transform_values(a.m, (k0, e0) -> COALESCE(transform(e0.l, e1 -> e1.s),"
    " transform(e0.ss, e1 -> e1)))"
)
TYPES = {
    "string": ("struct<s:string>", "a.s"),
    "decimal(12,2)": ("struct<n:string>", "CAST(a.n AS decimal(12,2))"),
    "float": ("struct<n:string>", "CAST(a.n AS real)"),
    "date": ("struct<s:string>", "CAST(a.s AS date)"),
    "varchar(3)": ("struct<s:string>", "CAST(a.s AS varchar(3))"),
    "boolean": ("struct<bool:boolean>", "a.bool"),
    "binary": ("struct<b:string>", "from_base64(a.b)"),
    "array<int>": (
        "struct<l:array<struct<n:string>>,ns:array<string>>",
        INTS,
    ),
    "array<boolean>": ("struct<l:array<struct<bool:boolean>>>", "transform(a.l, e0 -> e0.bool)"),
    "map<string,array<string>>": (
        "struct<m:map<string,struct<l:array<struct<s:string>>,ss:array<string>>>>",
        TEXTS,
    ),
    "struct<x:int>": (
        "struct<m:struct<x:struct<n:string>>>",
        'IF(a.m IS NULL, NULL, CAST(ROW(CAST(a.m."x".n AS integer)) AS row("x" integer)))',
    ),
}


@pytest.mark.parametrize("text", TYPES)
def test_an_attribute_becomes_a_value_of_its_column(text: str) -> None:
    raw, sql = TYPES[text]
    assert (typed.raw(type_of(text)), typed.value("a", type_of(text))) == (raw, sql)
    type_of(typed.raw(type_of(text)))  # the catalog takes it


# -- rules


def graph(type_: str, **props: Any) -> Graph:
    from reconciler.model.address import Address

    return build_graph([Node(Address(type_, "x"), props)])[0]


BOUND = {
    "a small buffer": {"BufferingHints": {"SizeInMBs": 5}},
    "two compressions": {"CompressionFormat": "GZIP"},
    "keys from records": {"Prefix": "a/!{partitionKeyFromQuery:k}/", "ErrorOutputPrefix": "e/"},
    "no place for errors": {"Prefix": "a/!{timestamp:yyyy}/"},
    "an error where there is none": {"Prefix": "!{firehose:error-output-type}/"},
}


@pytest.mark.scenario("D22")
@pytest.mark.parametrize("case", BOUND)
def test_what_firehose_refuses_is_found_before_it_is_asked(case: str) -> None:
    on = {"DataFormatConversionConfiguration": {"Enabled": True}}
    assert [*delivery.check(graph(DELIVERY, **{S3: {**on, **BOUND[case]}}))]
    fine = {"BufferingHints": {"SizeInMBs": 64}, "Prefix": "a/!{timestamp:yyyy}/"}
    good = {**on, **fine, "ErrorOutputPrefix": "e/", "CompressionFormat": "UNCOMPRESSED"}
    assert [*delivery.check(graph(DELIVERY, **{S3: good}))] == []
    small = {"BufferingHints": {"SizeInMBs": 5}, "CompressionFormat": "GZIP"}
    assert [*delivery.check(graph(DELIVERY, **{S3: small}))] == []


@pytest.mark.scenario("D18")
def test_a_number_of_shards_on_demand_is_a_fault() -> None:
    on, off = ({"StreamMode": it} for it in ("ON_DEMAND", "PROVISIONED"))
    (found,) = demand.check(graph(STREAM, StreamModeDetails=on, ShardCount=4))
    assert found.code == "GRAPH041"
    assert [*demand.check(graph(STREAM, StreamModeDetails=on))] == []
    assert [*demand.check(graph(STREAM, StreamModeDetails=off, ShardCount=4))] == []


# -- what they cannot give

ORDERS_TABLE = spec(
    "DataSource", "orders", "\n  dynamodb: {partitionKey: id}\n  columns: {id: string}\n"
)
CLICKS_STREAM = spec("DataSource", "clicks", "\n  kinesis: {}\n")
LAKE = spec("DataSource", "lake", "\n  s3: {}\n")
TRAINING = """
  algorithm: {framework: xgboost, version: "1.7-1"}
  inputs:
    train: {source: SOURCE, path: train}
  compute: {instanceType: ml.m5.large}
  output: {to: lake}
"""
GROUP = """
  recordId: id
  eventTime: at
  features: {id: string, at: string}
  offline: {to: SOURCE}
"""
LACKS = [
    (kind, body, source, store)
    for kind, body in (("Training", TRAINING), ("FeatureGroup", GROUP))
    for source, store in (("orders", "dynamodb"), ("clicks", "kinesis"))
]


@pytest.mark.parametrize(
    ("kind", "body", "source", "store"), LACKS, ids=[f"{it[0]}-{it[2]}" for it in LACKS]
)
def test_who_needs_a_bucket_is_told_where_he_names_none(
    kind: str, body: str, source: str, store: str
) -> None:
    asks = spec(kind, "fraud", body.replace("SOURCE", source))
    text = join(environment(), ORDERS_TABLE, CLICKS_STREAM, LAKE, asks)
    documents = parse(text, "platform.yaml")
    view, found = overlay.resolve(documents.documents, "dev")
    assert view is not None, found
    specs, found = compiler.read(documents.documents, view)
    assert found == []
    _, told = compiler.build(specs, view)
    (fault,) = [each for each in told if each.is_error]
    assert (fault.code, fault.message) == (
        "SPEC030", f"DataSource {source!r} is {store} and has no bucket",
    )  # fmt: skip
    assert fault.at is not None
    assert (
        text.splitlines()[fault.at.line - 1]
        .rstrip()
        .endswith(
            f"{{source: {source}, path: train}}" if kind == "Training" else f"{{to: {source}}}"
        )
    )
