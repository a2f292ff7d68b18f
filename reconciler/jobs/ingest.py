"""Puts rows into a feature group of SageMaker. A Glue job; see the package.

A value that is missing is left out of the record. A row without its id or its time, and one that
Feature Store refuses, goes to the place of failed rows with the reason. What is busy is tried
again; what is wrong is not. More failures than the step allows fail the run, and putting a row
again is safe, since its id and its time are the same.

Sources: Feature Store runtime API, PutRecord (its errors); SageMaker developer guide, "Create
feature groups" (event times: ISO 8601 in UTC, or seconds).
"""

import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Json = Any
Row = Mapping[str, Any]

MISSING = frozenset({"", "na", "n/a", "nan", "nat", "none", "null"})
"""Texts that stand for no value where a number is wanted."""
BUSY = frozenset(
    {"InternalFailure", "InternalServerError", "ServiceUnavailable", "ThrottlingException"}
)
TRIES = 8
APPEARS = 120.0
"""Seconds for which a group that is there may be said not to be."""
MILLISECOND = 1000


class RefusedError(Exception):
    """Why a row is not put."""


def missing(value: Json, kind: str = "String") -> bool:
    """Whether a value is none: NaN and NaT are not equal to themselves."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    if isinstance(value, str):
        return value == "" or (kind != "String" and value.strip().lower() in MISSING)
    return str(value) == "NaT"


def moment(value: Json, kind: str) -> str:
    """An event time as Feature Store takes it: a text in UTC, or seconds."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str) and kind == "String":
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise RefusedError(f"event time {value!r} is not in ISO 8601") from None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        if kind == "Fractional":
            return repr(value.timestamp())
        part = value.microsecond // MILLISECOND
        tail = f".{part:03d}Z" if part else "Z"
        return f"{value:%Y-%m-%dT%H:%M:%S}{tail}"
    if kind == "String":
        raise RefusedError(f"event time {value!r} is no moment")
    return number(value, "Fractional")


def number(value: Json, kind: str) -> str:
    """A number as text: whole ones without a point."""
    try:
        found = Decimal(str(value).strip()) if not isinstance(value, bool) else Decimal(int(value))
    except ArithmeticError:
        raise RefusedError(f"{value!r} is no number") from None
    if not found.is_finite():
        raise RefusedError(f"{value!r} is no number")
    if kind == "Integral":
        if found != found.to_integral_value():
            raise RefusedError(f"{value!r} is not whole")
        return str(int(found))
    return repr(float(found))


def plain(value: Json, kind: str) -> str:
    """A value of a feature as text."""
    if kind != "String":
        return number(value, kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str) else str(value)


def record(
    row: Row, features: Mapping[str, str], record_id: str, event_time: str
) -> list[dict[str, Any]]:
    """The record of a row; `features` are types by name.

    Raises:
        RefusedError: it has no id or no time, or a value that its feature cannot have.
    """
    values: list[dict[str, Any]] = []
    for name, kind in features.items():
        value = row.get(name)
        if isinstance(value, list | tuple):
            if all(not missing(each, kind) for each in value):
                texts = [plain(each, kind) for each in value]
                values.append({"FeatureName": name, "ValueAsStringList": texts})
                continue
            raise RefusedError(f"{name} has an empty place in its list")
        if missing(value, "Integral" if name == event_time else kind):
            if name in (record_id, event_time):
                raise RefusedError(f"{name} is missing")
            continue
        try:
            text = moment(value, kind) if name == event_time else plain(value, kind)
        except RefusedError as error:
            raise RefusedError(f"{name}: {error}") from None
        values.append({"FeatureName": name, "ValueAsString": text})
    return values


def put(
    send: Callable[..., Any],
    group: str,
    values: list[dict[str, Any]],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Put one record; `send` is PutRecord.

    Raises:
        RefusedError: it was refused, or still is after all tries.
    """
    began, wait = clock(), 0.2
    tries = 0
    while True:
        try:
            send(FeatureGroupName=group, Record=values)
        except Exception as error:
            response = getattr(error, "response", None)
            if response is None:
                raise
            code = response["Error"]["Code"]
            text = response["Error"].get("Message", "")
            absent = "not found" in text.lower() or code == "ResourceNotFound"
            again = absent and clock() - began < APPEARS
            if not again and (code not in BUSY or tries >= TRIES):
                raise RefusedError(f"{code}: {text}") from None
            tries += 1
            sleep(random.uniform(0, wait))  # noqa: S311 - nothing secret
            wait = min(wait * 2, 20.0)
        else:
            return


def most(allowed: str, rows: int) -> int:
    """How many rows may fail: a number, or a share of all with its sign."""
    if allowed.endswith("%"):
        return math.floor(rows * float(allowed[:-1]) / 100)
    return int(allowed)


def load(
    rows: Iterable[Row],
    args: Mapping[str, str],
    send: Callable[..., Any],
    failed: Callable[[Row, str], None],
    *,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, int]:
    """Put rows in; the counts. `failed` gets a row that was not put, and why."""
    features = json.loads(args["features"])
    counts = {"rows": 0, "put": 0, "failed": 0, "left_out": 0}
    for row in rows:
        counts["rows"] += 1
        try:
            values = record(row, features, args["record_id"], args["event_time"])
            put(send, args["group"], values, sleep=pause)
        except RefusedError as error:
            counts["failed"] += 1
            failed(row, str(error))
        else:
            counts["put"] += 1
            counts["left_out"] += len(features) - len(values)
    return counts


def options(argv: Sequence[str]) -> dict[str, str]:
    """Arguments by name: ``--name value``."""
    pairs = zip(argv[::2], argv[1::2], strict=False)
    return {name.removeprefix("--"): value for name, value in pairs if name.startswith("--")}


def main(argv: Sequence[str]) -> None:
    """The job, on Spark."""
    import boto3  # noqa: PLC0415 - Glue has them
    from pyspark.sql import SparkSession  # type: ignore[import-not-found]  # noqa: PLC0415
    from pyspark.sql.types import (  # type: ignore[import-not-found]  # noqa: PLC0415
        LongType,
        MapType,
        StringType,
        StructField,
        StructType,
    )

    args = options(argv)
    spark = SparkSession.builder.getOrCreate()
    reader = spark.read.option("header", "true") if args["format"] == "csv" else spark.read
    frame = reader.format(args["format"]).load(args["in"])

    def part(rows: Iterable[Any]) -> Iterator[tuple[str, str, dict[str, int]]]:
        send = boto3.client("sagemaker-featurestore-runtime").put_record
        refused: list[tuple[str, str]] = []
        found = load(
            (row.asDict(recursive=True) for row in rows),
            args,
            send,
            lambda row, why: refused.append((json.dumps(row, default=str), why)),
        )
        yield from ((row, why, {}) for row, why in refused)
        yield ("", "", found)

    shape = StructType(
        [
            StructField("row", StringType()),
            StructField("reason", StringType()),
            StructField("counts", MapType(StringType(), LongType())),
        ]
    )
    made = spark.createDataFrame(frame.rdd.mapPartitions(part), shape).cache()
    counts = {"rows": 0, "put": 0, "failed": 0, "left_out": 0}
    for row in made.where("reason = ''").select("counts").collect():
        for name, value in row["counts"].items():
            counts[name] += value
    bad = made.where("reason != ''").select("row", "reason")
    if counts["failed"]:
        bad.write.mode("overwrite").json(f"{args['failed']}/{args['run']}")
    bucket, _, key = args["counts"].removeprefix("s3://").partition("/")
    body = json.dumps(counts).encode()
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    if counts["failed"] > most(args["max_failed"], counts["rows"]):
        raise SystemExit(f"{counts['failed']} of {counts['rows']} rows were not put: {counts}")


if __name__ == "__main__":
    main(sys.argv[1:])
