"""Takes the place of `customer_features.py` in a sandbox, where Spark does not run.

It reads lines of JSON instead of Parquet, and computes the same with plain Python.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import boto3

WEEK, MONTH, NIGHT = 7, 30, 5
S3 = boto3.client("s3")


def place(uri: str) -> tuple[str, str]:
    """The bucket and the key of a URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key.rstrip("/")


def read(uri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row below a place, with the day that its path says."""
    bucket, prefix = place(uri)
    pages = S3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/day=")
    for each in (found for page in pages for found in page.get("Contents", ())):
        day = each["Key"].partition("day=")[2].partition("/")[0]
        body = S3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        yield from ((day, json.loads(line)) for line in body.splitlines() if line)


def features(customer: str, rows: list[tuple[int, dict[str, Any]]], day: str) -> dict[str, Any]:
    """The record of one customer; `rows` are its authorizations with their ages in days."""
    hours = [datetime.fromisoformat(row["authorized_at"]).hour for _, row in rows]
    return {
        "customer_id": customer,
        "event_time": f"{day}T23:59:59Z",
        "txn_count_7d": sum(age < WEEK for age, _ in rows),
        "txn_count_30d": len(rows),
        "avg_amount_30d": sum(float(row["amount"]) for _, row in rows) / len(rows),
        "distinct_merchants_30d": len({row["merchant_id"] for _, row in rows}),
        "night_share_30d": sum(hour < NIGHT for hour in hours) / len(hours),
    }


def main() -> None:
    """Read the days, and write a record for each customer."""
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    day = given["--out"].rstrip("/").rpartition("day=")[2]
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for of, row in read(given["--days"]):
        age = (date.fromisoformat(day) - date.fromisoformat(of)).days
        if age in range(MONTH):
            rows[row["customer_id"]].append((age, row))
    lines = [json.dumps(features(customer, found, day)) for customer, found in sorted(rows.items())]
    bucket, key = place(given["--out"])
    S3.put_object(Bucket=bucket, Key=f"{key}/part-0.json", Body="\n".join(lines).encode())
    print(f"{len(lines)} customers on {day}")


main()
