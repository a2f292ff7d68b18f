"""The job that reads an offline store for a training: its statements, and one whole query."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.jobs import query
from reconciler.jobs.query import QueryError

GROUP = {
    "FeatureGroupName": "customer",
    "RecordIdentifierFeatureName": "id",
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": "id", "FeatureType": "String"},
        {"FeatureName": "at", "FeatureType": "String"},
    ],
    "NextToken": "more",
    "OfflineStoreConfig": {
        "DataCatalogConfig": {"Catalog": "c", "Database": "store", "TableName": "customer_17"}
    },
}
MORE = {"FeatureDefinitions": [{"FeatureName": "spend", "FeatureType": "Fractional"}]}


class Aws:
    """A feature group of two pages, a place with something in it, and a query of two looks."""

    def __init__(self, *states: str) -> None:
        self.states = [*states]
        self.sent: list[Any] = []
        self.deleted: list[str] = []

    def __call__(self, _service: str) -> Aws:
        return self

    def describe_feature_group(self, **given: str) -> dict[str, Any]:
        return MORE if "NextToken" in given else GROUP

    def get_paginator(self, _name: str) -> Aws:
        return self

    def paginate(self, **given: str) -> list[dict[str, Any]]:
        self.sent.append(given)
        return [{"Contents": [{"Key": "q/run/train/part-0"}]}, {}]

    def delete_object(self, **given: str) -> None:
        self.deleted.append(given["Key"])

    def start_query_execution(self, **given: Any) -> dict[str, str]:
        self.sent.append(given)
        return {"QueryExecutionId": "q-1"}

    def get_query_execution(self, **_given: str) -> dict[str, Any]:
        status = {"State": self.states.pop(0), "StateChangeReason": "no such column"}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 7}}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    output = {"S3Output": {"S3Uri": "s3://bucket/q/run/train"}}
    file = tmp_path / "processingjobconfig.json"
    file.write_text(json.dumps({"ProcessingOutputConfig": {"Outputs": [output]}}))
    return file


def words(*more: str) -> list[str]:
    return ["--group", "customer", "--workgroup", "w", "--format", "parquet", *more]


def test_the_last_records_up_to_a_moment_are_read(config: Path) -> None:
    aws = Aws("SUCCEEDED")
    query.main(words("--as-of", "2026-10-01"), aws, config)
    (listed, started) = aws.sent
    assert listed == {"Bucket": "bucket", "Prefix": "q/run/train/"}
    assert aws.deleted == ["q/run/train/part-0"]
    sql = started["QueryString"]
    assert sql.startswith('UNLOAD (SELECT "id", "at", "spend" FROM (SELECT *, row_number() OVER')
    assert 'FROM "store"."customer_17" WHERE' in sql
    moment = "from_iso8601_timestamp('2026-10-01T00:00:00Z')"
    assert f'from_iso8601_timestamp("at") <= {moment}' in sql
    assert 'AND NOT "is_deleted"' in sql
    assert "TO 's3://bucket/q/run/train/' WITH (format = 'PARQUET'" in sql
    assert started["QueryExecutionContext"]["Database"] == "store"


def test_a_statement_of_the_users_own_in_parts(config: Path) -> None:
    aws = Aws("SUCCEEDED")
    parts = ['--sql=SELECT \\"a\\" FROM {ta', "--sql=ble} WHERE at < {asOf};\\n"]
    query.main(words("--as-of", "2026-10-01T06:00:00Z", *parts), aws, config)
    assert (
        'UNLOAD (SELECT "a" FROM "store"."customer_17" WHERE at < \'2026-10-01T06:00:00Z\')'
        in aws.sent[-1]["QueryString"]
    )


def test_a_query_that_fails_is_an_error_with_its_reason(config: Path) -> None:
    with pytest.raises(QueryError, match="no such column"):
        query.main(words("--as-of", "2026-10-01"), Aws("FAILED"), config)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2026-10-01", "String", "'2026-10-01T00:00:00Z'"),
        ("2026-10-01T06:00:00Z", "String", "'2026-10-01T06:00:00Z'"),
        ("2026-10-01T06:00:00.123Z", "String", "'2026-10-01T06:00:00Z'"),
        ("2026-10-01T06:00:00+02:00", "String", "'2026-10-01T04:00:00Z'"),
        ("2026-10-01", "Fractional", "1790812800.0"),
    ],
)
def test_a_moment_is_written_as_the_event_time_is(text: str, kind: str, expected: str) -> None:
    assert query.moment(text, kind) == expected


@pytest.mark.parametrize(
    ("sql", "at", "why"),
    [
        ("SELECT 1", "", "does not say {table}"),
        ("SELECT 1 FROM {table}", "'x'", "does not say {asOf}"),
        ("SELECT 1 FROM {table} WHERE at < {asOf}", "", "there is no `asOf`"),
    ],
)
def test_a_statement_that_leaves_something_out_is_refused(sql: str, at: str, why: str) -> None:
    with pytest.raises(QueryError) as refused:
        query.statement(sql, "t", at)
    assert why in str(refused.value)


def test_a_moment_that_is_none_and_a_group_without_a_table_are_refused() -> None:
    with pytest.raises(QueryError, match="no moment"):
        query.moment("yesterday", "String")
    with pytest.raises(QueryError, match="no table"):
        query.table_of({**GROUP, "OfflineStoreConfig": {}})
    with pytest.raises(QueryError, match="more than"):
        query.unload("x" * query.LONGEST, "s3://b/k", "csv")


def test_a_name_with_a_quote_stays_a_name() -> None:
    assert query.quoted('a"b') == '"a""b"'
