"""Reads an offline store by a statement of Athena, into a place of one execution.

A processing job of a training; see the package. Which table the store has, SageMaker says when the
job runs: its name has the moment at which the feature group was made. What was left in the place by
an attempt that was broken off is removed first, since UNLOAD wants it empty.

Sources: SageMaker developer guide, "Query examples for offline store" (snapshots at a moment);
Athena user guide, "UNLOAD"; Athena API, StartQueryExecution (QueryString, at most 262144 bytes).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

Client = Any
FORMATS = {
    "parquet": "format = 'PARQUET', compression = 'SNAPPY'",
    "csv": "format = 'TEXTFILE', field_delimiter = ',', compression = 'NONE'",
    "json": "format = 'JSON', compression = 'NONE'",
}
OWN = ("api_invocation_time", "write_time", "is_deleted")
"""Columns that Feature Store adds."""
TABLE, MOMENT = "{table}", "{asOf}"
LONGEST = 262_144
PAUSE = 2.0
CONFIG = Path("/opt/ml/config/processingjobconfig.json")
"""Source: SageMaker developer guide, "Build your own processing container"."""
_FRACTION = re.compile(r"\.\d+")
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class QueryError(Exception):
    """Why there is no data."""


def moment(text: str, kind: str) -> str:
    """A moment as the event time of a feature group is written, as SQL.

    Args:
        text: A day or a second, in ISO 8601; without a zone in UTC.
        kind: ``String``, or ``Fractional`` for seconds since 1970.

    Raises:
        QueryError: it is no moment.
    """
    try:
        plain = _FRACTION.sub("", text.strip())
        found = datetime.fromisoformat(f"{plain[:-1]}+00:00" if plain.endswith("Z") else plain)
    except ValueError:
        raise QueryError(f"{text!r} is no moment in ISO 8601") from None
    utc = timezone.utc  # noqa: UP017 - the image's Python has no `datetime.UTC`
    found = found.replace(tzinfo=utc) if found.tzinfo is None else found.astimezone(utc)
    if kind == "String":
        return "'" + found.strftime("%Y-%m-%dT%H:%M:%SZ") + "'"
    return repr(found.timestamp())


def snapshot(columns: Sequence[str], id_: str, time_: str, kind: str) -> str:
    """The last record of each id up to a moment, without those that are deleted.

    Times of a text are compared as moments: a record may have fractions of a second.
    """
    names = ", ".join(quoted(each) for each in columns)
    when, until = quoted(time_), MOMENT
    if kind == "String":
        when, until = (f"from_iso8601_timestamp({each})" for each in (when, until))
    order = f"{when} DESC, {quoted(OWN[0])} DESC, {quoted(OWN[1])} DESC"
    return (  # of names that SageMaker says, in quotes
        f"SELECT {names} FROM (SELECT *, row_number() OVER (PARTITION BY {quoted(id_)}"  # noqa: S608
        f" ORDER BY {order}) AS moorline_row FROM {TABLE} WHERE {when} <= {until})"
        f" WHERE moorline_row = 1 AND NOT {quoted(OWN[2])}"
    )


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def statement(sql: str, table: str, at: str) -> str:
    """The statement of a user with the table and the moment put in.

    Raises:
        QueryError: it has no place for one that is given.
    """
    if TABLE not in sql:
        raise QueryError("the statement does not say {table}, so it reads something else")
    if at and MOMENT not in sql:
        raise QueryError("there is an `asOf`, and the statement does not say {asOf}")
    if MOMENT in sql and not at:
        raise QueryError("the statement says {asOf}, and there is no `asOf`")
    return re.sub(r";\s*$", "", sql.strip()).replace(TABLE, table).replace(MOMENT, at)


def unload(sql: str, to: str, form: str) -> str:
    """The statement that writes what another one finds.

    Raises:
        QueryError: it is longer than Athena takes.
    """
    place = to.replace("'", "''").rstrip("/") + "/"
    found = f"UNLOAD ({sql}) TO '{place}' WITH ({FORMATS[form]})"
    if len(found.encode()) > LONGEST:
        raise QueryError(f"the statement has more than {LONGEST} bytes")
    return found


def table_of(described: dict[str, Any]) -> tuple[str, str, str]:
    """The database, the table and the type of the event time of a feature group.

    Raises:
        QueryError: it has no table.
    """
    catalog = (described.get("OfflineStoreConfig") or {}).get("DataCatalogConfig")
    if not catalog:
        name = described.get("FeatureGroupName")
        raise QueryError(f"feature group {name} has no table in the Glue catalog")
    event = described["EventTimeFeatureName"]
    kinds = {each["FeatureName"]: each["FeatureType"] for each in described["FeatureDefinitions"]}
    return str(catalog["Database"]), str(catalog["TableName"]), str(kinds[event])


def described_group(sagemaker: Client, group: str) -> dict[str, Any]:
    """A feature group with all of its features, which come in pages."""
    found: dict[str, Any] = sagemaker.describe_feature_group(FeatureGroupName=group)
    features, more = [*found["FeatureDefinitions"]], found.get("NextToken")
    while more:
        page = sagemaker.describe_feature_group(FeatureGroupName=group, NextToken=more)
        features += page["FeatureDefinitions"]
        more = page.get("NextToken")
    return {**found, "FeatureDefinitions": features}


def clear(s3: Client, to: str) -> None:
    """Remove what an attempt left in the place, which is this execution's alone."""
    bucket, _, key = to[len("s3://") :].partition("/")
    given = {"Bucket": bucket, "Prefix": key.rstrip("/") + "/"}
    for page in s3.get_paginator("list_objects_v2").paginate(**given):
        for each in page.get("Contents") or ():
            s3.delete_object(Bucket=bucket, Key=each["Key"])


def run(athena: Client, sql: str, given: argparse.Namespace, database: str) -> dict[str, Any]:
    """Run a statement and wait for its end; what Athena counted.

    Raises:
        QueryError: it failed.
    """
    asked = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=given.workgroup,
        QueryExecutionContext={"Database": database, "Catalog": "AwsDataCatalog"},
    )
    id_ = asked["QueryExecutionId"]
    while True:
        found = athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
        state = found["Status"]["State"]
        if state in ENDED:
            break
        time.sleep(PAUSE)
    if state != "SUCCEEDED":
        why = found["Status"].get("StateChangeReason") or "Athena gives no reason"
        raise QueryError(f"query {id_} has {state.lower()}: {why}")
    return found.get("Statistics") or {}


def place(config: dict[str, Any]) -> str:
    """Where the job's output belongs.

    It is no argument, which would be another one in each execution: the step would never be found
    in the cache.
    """
    (output,) = config["ProcessingOutputConfig"]["Outputs"]
    return str(output["S3Output"]["S3Uri"])


def main(words: Sequence[str], clients: Client, config: Path = CONFIG) -> None:
    """Query, as the arguments say.

    Args:
        words: The arguments.
        clients: What makes a client of a service by its name.
        config: What SageMaker says of the job in its container.
    """
    parser = argparse.ArgumentParser()
    for name in ("group", "workgroup", "format"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("as-of", "file"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--sql", action="append", default=[])
    given = parser.parse_args(words)
    described = described_group(clients("sagemaker"), given.group)
    database, table, kind = table_of(described)
    at = moment(given.as_of, kind) if given.as_of else ""
    sql = json.loads('"' + "".join(given.sql) + '"')
    if given.file:
        sql = Path(given.file).read_text(encoding="utf-8")
    if not sql:
        columns = [each["FeatureName"] for each in described["FeatureDefinitions"]]
        id_, event = described["RecordIdentifierFeatureName"], described["EventTimeFeatureName"]
        sql = snapshot(columns, id_, event, kind)
    whole = statement(sql, f"{quoted(database)}.{quoted(table)}", at)
    to = place(json.loads(config.read_text(encoding="utf-8")))
    clear(clients("s3"), to)
    counted = run(clients("athena"), unload(whole, to, given.format), given, database)
    scanned = counted.get("DataScannedInBytes", 0)
    when = given.as_of or "now"
    sys.stdout.write(f"read {database}.{table} as of {when}, {scanned} bytes scanned\n")


if __name__ == "__main__":
    import boto3

    try:
        main(sys.argv[1:], boto3.client)
    except QueryError as why:
        sys.exit(f"error: {why}")
