"""A DataSource's schema, partitions and quality: what is refused, and what they become."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.explain.resource import partition
from reconciler.facts import dqdl
from reconciler.facts.projection import TEMPLATE
from reconciler.kinds.api import LackingError, load
from reconciler.kinds.terms import quality
from reconciler.model.address import Address
from reconciler.model.graph import build_graph
from reconciler.model.value import JsonText, Ref

from .world import World, good, problems

SOURCE = """
s3: {prefix: f1/f2}
format: parquet
columns:
  id: {type: string, required: true, description: Its number., classification: internal}
  price: {type: bigint, sensitive: true}
  land: string
  datepath: string
schema: {}
partitions:
  by: {datepath: {date: {format: yyyy/MM/dd, since: "2024-05-01"}}}
  layout: "{datepath}"
quality: {keys: [id]}
"""
TABLE, SCHEMA = "AWS::Glue::Table", "AWS::Glue::Schema"


def said(text: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """What is found in a spec after some edits: where, and what."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return [(".".join(each.path), each.message) for each in problems("DataSource", text)]


def test_the_spec_is_right() -> None:
    assert said(SOURCE) == []


BY = '  by: {datepath: {date: {format: yyyy/MM/dd, since: "2024-05-01"}}}'
WRONG = {
    "a partition column that is not there": (
        ("{datepath: {date", "{daypath: {date"), "partitions.by.daypath", "is not in 'columns'",
    ),
    "a day that is none": (
        ('"2024-05-01"', '"2024-02-30"'), "partitions.by.datepath.date.since", "there is no day",
    ),
    "a layout that names another column": (
        ('"{datepath}"', '"{datepath}/{land}"'), "partitions.layout", "no partition column",
    ),
    "a layout that lacks one": (
        ('"{datepath}"', '"a/b"'), "partitions.layout", "does not name 'datepath'",
    ),
    "a layout that names one twice": (
        ('"{datepath}"', '"{datepath}/{datepath}"'), "partitions.layout", "more than once",
    ),
    "a layout of no braces": (('"{datepath}"', '"{datepath}/}"'), "partitions.layout", "no layout"),
    "values of a type that has none": (
        (BY, '  by: {datepath: {values: [a]}, price: {values: ["1"]}}'),
        "partitions.layout", "does not name 'price'",
    ),
    "a time that is a number's": (
        ("datepath: string", "datepath: double"),
        "partitions.by.datepath.date", "cannot have such values",
    ),
    "a date that is written otherwise": (
        ("datepath: string", "datepath: date"),
        "partitions.by.datepath.date.format", "a date is written as yyyy-MM-dd",
    ),
    "numbers that go down": (
        (BY, "  by: {datepath: {numbers: {atLeast: 5, atMost: 2}}}"),
        "partitions.by.datepath.numbers.atLeast", "greater than 'atMost'",
    ),
    "nothing that says how": (
        (BY, "  by: {datepath: {}}"), "partitions.by.datepath", "exactly one of",
    ),
    "an index beside projection": (
        (BY, BY + "\n  indexes: [[datepath]]"), "partitions.indexes", "an index finds none",
    ),
    "no schema": (("schema: {}\n", ""), "partitions", "belong to a table"),
    "no format": (("format: parquet\n", ""), "schema", "the format of the data"),
    "another format": (("format: parquet", "format: other"), "format", "the format of the data"),
    "partitions of Iceberg": (
        ("format: parquet", "format: iceberg"), "partitions", "keeps its partitions itself",
    ),
    "no table for partitions": (
        ("schema: {}", "schema: {table: false}"), "schema.table", "belong to a table",
    ),
    "a version before itself": (
        ("schema: {}", 'schema: {earlier: {"2": {columns: {id: string}}}}'),
        "schema.earlier.2", "is not earlier than 1",
    ),
    "a column that is no name": (
        ("  land: string", '  "la nd": string'), "columns.la nd", "is no name of a column",
    ),
    "two columns that are one": (
        ("  land: string", "  land: string\n  Land: string"), "columns.Land", "are one column",
    ),
    "a key that is no column": (("[id]", "[ident]"), "quality.keys.0", "is not in 'columns'"),
    "a check of no column": (
        ("{keys: [id]}", "{columns: {ident: {unique: true}}}"),
        "quality.columns.ident", "is not in 'columns'",
    ),
    "a check of nothing": (
        ("{keys: [id]}", "{columns: {id: {nulls: skip}}}"), "quality.columns.id", "checks nothing",
    ),
    "nulls without values": (
        ("{keys: [id]}", "{columns: {id: {unique: true, nulls: skip}}}"),
        "quality.columns.id.nulls", "rules about values",
    ),
    "nulls that cannot be": (
        ("{keys: [id]}", "{columns: {id: {complete: true, matches: a, nulls: pass}}}"),
        "quality.columns.id.nulls", "cannot pass",
    ),
    "a range that goes down": (
        ("{keys: [id]}", "{columns: {price: {between: {atLeast: 2, atMost: 1}}}}"),
        "quality.columns.price.between", "greater than 'atMost'",
    ),
    "a range without ends": (
        ("{keys: [id]}", "{columns: {price: {between: {}}}}"),
        "quality.columns.price.between", "needs an end",
    ),
    "a pattern that is none": (
        ("{keys: [id]}", '{columns: {id: {matches: "("}}}'), "quality.columns.id", "is no pattern",
    ),
    "a rule that is none": (
        ("{keys: [id]}", "{rules: ['Completness \"id\" > 1']}"), "quality.rules.0", "is no rule",
    ),
    "a rule for AWS alone": (
        ("{keys: [id]}", "{rules: ['Entropy \"id\" > 1']}"), "quality.rules.0", "for AWS to judge",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_said_where_it_stands(name: str) -> None:
    change, path, text = WRONG[name]
    assert (path, True) in [(at, text in message) for at, message in said(SOURCE, change)]


@pytest.mark.scenario("D60")
@pytest.mark.parametrize(
    ("indexes", "at", "text"),
    [
        ("[[datepath], [land], [datepath, land], [land, datepath]]", "", "at most 3 indexes"),
        ("[[id]]", ".0", "'id' is no partition column"),
        ("[[land], [land]]", ".1", "the same columns"),
        ("[[land, land]]", ".0", "a column twice"),
    ],
)
def test_indexes_that_glue_refuses_are_refused_before(indexes: str, at: str, text: str) -> None:
    by = "  by: {datepath: {date: {}}, land: {values: [de]}}\n  projection: false\n"
    found = said(SOURCE, (BY, by + f"  indexes: {indexes}"), ('  layout: "{datepath}"\n', ""))
    assert any(where == f"partitions.indexes{at}" and text in what for where, what in found), found


@pytest.mark.scenario("D61")
def test_a_ruleset_that_is_too_long_is_refused() -> None:
    many = ", ".join(f"'RowCount > {each}'" for each in range(5000))
    found = said(SOURCE, ("{keys: [id]}", f"{{rules: [{many}]}}"))
    assert any("Glue takes 65,536" in what for _, what in found)


# -- what it becomes


def made(text: str = SOURCE, **others: str) -> World:
    specs = {("DataSource", "orders"): text}
    return World(specs | {("DataSource", name): it for name, it in others.items()})


@pytest.mark.scenario("D59")
def test_reader_and_writer_have_one_layout() -> None:
    world = made()
    nodes = {each.address: each for each in world.build_all()}
    (table,) = (each for each in nodes.values() if each.address.type == TABLE)
    body = table.props["TableInput"]
    parameters = body["Parameters"]
    assert parameters["projection.datepath.format"] == "yyyy/MM/dd"
    assert parameters["projection.datepath.range"] == "2024/05/01,NOW"
    assert parameters["projection.datepath.interval.unit"] == "DAYS"
    bucket = Ref(Address("AWS::S3::Bucket", "acme-test-orders-123456789012"), "BucketName")
    assert parameters[TEMPLATE].parts == ("s3://", bucket, "/f1/f2/${datepath}/")
    assert body["StorageDescriptor"]["Location"].parts == ("s3://", bucket, "/f1/f2/")
    assert [each["Name"] for each in body["PartitionKeys"]] == ["datepath"]
    assert "datepath" not in {each["Name"] for each in body["StorageDescriptor"]["Columns"]}
    assert body["StorageDescriptor"]["Columns"][0]["Comment"] == "Its number. [internal]"
    scope = world.scope("DataSource", "orders")
    assert scope.export("DataSource", "orders", "writerPrefix") == "!{timestamp:yyyy/MM/dd}/"
    graph, _ = build_graph(nodes.values())
    day = date(2026, 11, 29).isoformat()
    lies = partition(graph, table.address, day)
    assert str(lies["path"]).endswith("/f1/f2/2026/11/29/")
    assert partition(graph, Address("AWS::S3::Bucket", "acme-test-orders-123456789012"), day) == {}


def test_what_no_stream_can_write_says_so() -> None:
    by = "  by: {datepath: {date: {}}, land: {values: [de, fr]}}\n"
    text = SOURCE.replace(BY, by).replace('  layout: "{datepath}"\n', "")
    scope = made(text).scope("DataSource", "orders")
    with pytest.raises(LackingError, match="partitions by more than times"):
        scope.export("DataSource", "orders", "writerPrefix")
    assert (
        scope.export("DataSource", "orders", "partitionLayout") == "datepath={datepath}/land={land}"
    )


def test_each_version_is_a_schema_and_a_table() -> None:
    two = 'schema: {version: 2, compatibility: full, earlier: {"1": {columns: {id: int}}}}'
    nodes = made(SOURCE.replace("schema: {}", two)).build_all()
    tables = {each.address.name: each for each in nodes if each.address.type == TABLE}
    assert sorted(tables) == ["acme-test-orders/acme-test-orders-v1",
                              "acme-test-orders/acme-test-orders-v2"]  # fmt: skip
    schemas = {each.address.name: each for each in nodes if each.address.type == SCHEMA}
    one = schemas["acme-test-orders/acme-test-orders-v1"].props
    assert one["Compatibility"] == "FULL"
    assert one["SchemaDefinition"] == JsonText(
        {
            "type": "record",
            "name": "orders",
            "fields": [{"name": "id", "type": ["null", "int"], "default": None}],
        }
    )
    (rules,) = (each for each in nodes if each.address.type == quality.RULESET)
    target = rules.props["TargetTable"]["TableName"]
    assert target.target.name.endswith("-v2")


def test_one_source_may_lie_in_the_database_of_another() -> None:
    other = "s3: {}\nformat: json\ncolumns: {a: int}\nschema: {in: orders}\n"
    nodes = made(lines=other).build_all()
    names = [each.address.name for each in nodes if each.address.type == "AWS::Glue::Database"]
    assert names == ["acme-test-orders"]
    assert Address(TABLE, "acme-test-orders/acme-test-lines-v1") in {each.address for each in nodes}
    with pytest.raises(LackingError, match="has no schema"):
        made("s3: {}", lines=other).build_all()


def test_iceberg_says_nothing_of_what_engines_keep() -> None:
    text = "s3: {}\nformat: iceberg\ncolumns: {a: int}\nschema: {}\n"
    (table,) = (each for each in made(text).build_all() if each.address.type == TABLE)
    assert table.props["OpenTableFormatInput"]["IcebergInput"]["MetadataOperation"] == "CREATE"
    assert table.props["TableInput"]["Parameters"] == {}


def test_a_step_gets_the_rules_and_what_they_look_into() -> None:
    checks = "{columns: {land: {existsIn: {source: lands, column: code, atLeast: 99%}}}}"
    lands = "s3: {}\nformat: csv\ncolumns: {code: string}\nschema: {}\n"
    world = made(SOURCE.replace("{keys: [id]}", checks), lands=lands)
    scope = world.scope("DataSource", "orders")
    found = quality.of(scope, "orders")
    assert found.rows
    assert found.references["lands"].source == "lands"
    assert 'ReferentialIntegrity "land" "lands.code" >= 0.99' in found.text
    assert dqdl.ruleset(found.text)
    role = scope.role("x", "glue.amazonaws.com")
    quality.grant(scope, role, found)
    assert {each for actions, _, _ in role.statements for each in actions} >= {
        "cloudwatch:PutMetricData", "glue:PublishDataQuality", "s3:GetObject",
    }  # fmt: skip
    with pytest.raises(LackingError, match="has no rules of quality"):
        quality.of(scope, "lands")
    with pytest.raises(LackingError, match="has no schema"):
        made(SOURCE.replace("{keys: [id]}", checks), lands="s3: {}").build_all()


EVOLVES = load()["DataSource"].evolves


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("  land: string\n", ""), "'land' is dropped"),
        (("price: {type: bigint", "price: {type: int"), "narrowed from bigint to int"),
        (("  land: string", "  country: string"), "'land' is renamed to 'country'"),
        (("  land: string", "  land: {type: string, required: true}"), "'land' is now required"),
        (("  land: string", "  land: string\n  more: string"), ""),
        (("schema: {}", "schema: {version: 2}"), ""),
        (("  land: string", "  land: {type: string, description: Its land.}"), ""),
    ],
)
def test_an_edit_is_held_against_what_was_before(edit: tuple[str, str], says: str) -> None:
    after = SOURCE.replace(*edit)
    assert after != SOURCE
    found = [*EVOLVES(good("DataSource", SOURCE), good("DataSource", after))]
    assert [says in each.message for each in found] == ([True] if says else [])
    free = after.replace("schema: {", "schema: {compatibility: none")
    if "version" not in after:
        assert not [*EVOLVES(good("DataSource", SOURCE), good("DataSource", free))]
