"""Samples of Glue: catalog, registry, rules."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model.value import Ref

from .sample import Sample

BASE, TABLE = "acme_test_orders", "acme_test_orders/acme_test_orders_v1"
COLUMNS = [{"Name": "id", "Type": "string"}, {"Name": "price", "Type": "int", "Comment": "Net."}]


def avro(*columns: str) -> str:
    """A definition with optional texts."""
    fields: list[Any] = [
        {"name": each, "type": ["null", "string"], "default": None} for each in columns
    ]
    return json.dumps({"type": "record", "name": "orders", "fields": fields})


def body(**more: Any) -> dict[str, Any]:
    """A table of objects."""
    return {
        "Name": "acme_test_orders_v1",
        "Description": "Orders.",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", "projection.enabled": "false"},
        "PartitionKeys": [{"Name": "day", "Type": "string"}, {"Name": "land", "Type": "string"}],
        "StorageDescriptor": {"Location": "s3://acme/orders/", "Columns": COLUMNS},
        **more,
    }


database = Sample(
    "AWS::Glue::Database",
    BASE,
    minimal={"DatabaseInput": {"Name": BASE}, "CatalogId": "123456789012"},
    full={
        "DatabaseInput": {"Name": BASE, "Description": "Orders.", "Parameters": {"team": "a"}},
        "CatalogId": "123456789012",
    },
    edits=({"DatabaseInput": {"Name": BASE, "Description": "All.", "Parameters": {"team": "a"}}},),
)
NAMES = {
    "DatabaseName": Ref(database.address, "DatabaseName"),
    "CatalogId": "123456789012",
}
table = Sample(
    "AWS::Glue::Table",
    TABLE,
    minimal={**NAMES, "TableInput": {"Name": "acme_test_orders_v1"}},
    full={
        **NAMES,
        "TableInput": body(),
        "PartitionIndexes": [{"IndexName": "by_day", "Keys": ["day"]}],
    },
    edits=(
        {"TableInput": body(Description="New.")},
        {
            "PartitionIndexes": [
                {"IndexName": "by_land", "Keys": ["land"]},
                {"IndexName": "by_both", "Keys": ["day", "land"]},
            ]
        },
        {
            "TableInput": body(
                StorageDescriptor={
                    "Location": "s3://acme/orders/",
                    "Columns": [*COLUMNS, {"Name": "note", "Type": "string"}],
                }
            )
        },
    ),
    needs=(database,),
)
other = Sample(
    "AWS::Glue::Table",
    f"{BASE}/acme_test_other_v1",
    minimal={},
    full={**NAMES, "TableInput": {"Name": "acme_test_other_v1"}},
    needs=(database,),
)
registry = Sample(
    "AWS::Glue::Registry",
    "acme-test-orders",
    minimal={},
    full={"Description": "Schemas of orders."},
    edits=({"Description": "All."},),
)
schema = Sample(
    "AWS::Glue::Schema",
    "acme-test-orders/orders-v1",
    minimal={
        "Name": "orders-v1",
        "Registry": {"Name": Ref(registry.address, "Name")},
        "DataFormat": "AVRO",
        "Compatibility": "NONE",
    },
    full={
        "Name": "orders-v1",
        "Registry": {"Name": Ref(registry.address, "Name")},
        "DataFormat": "AVRO",
        "Compatibility": "BACKWARD",
        "Description": "Orders.",
        "SchemaDefinition": avro("id"),
    },
    edits=(
        {"SchemaDefinition": avro("id", "note"), "Compatibility": "NONE"},
        {"Description": "All.", "Compatibility": "FULL"},
    ),
    breaks=({"DataFormat": "JSON"},),
    needs=(registry,),
)
ruleset = Sample(
    "AWS::Glue::DataQualityRuleset",
    "acme-test-orders",
    minimal={"Ruleset": "Rules = [RowCount > 0]"},
    full={
        "Ruleset": 'Rules = [\n    IsComplete "id"\n]',
        "Description": "Checks.",
        "TargetTable": {
            "DatabaseName": Ref(database.address, "DatabaseName"),
            "TableName": Ref(table.address, "Name"),
        },
    },
    edits=({"Ruleset": 'Rules = [IsComplete "id", RowCount > 0]'}, {"Description": "All."}),
    breaks=(
        {
            "TargetTable": {
                "DatabaseName": Ref(database.address, "DatabaseName"),
                "TableName": Ref(other.address, "Name"),
            }
        },
    ),
    needs=(
        database,
        table,
        other,
    ),
)
