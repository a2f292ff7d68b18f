"""Compares what an evaluation says with the version of the model that is in production.

A processing job of a training; see the package. It writes `comparison.json`, whose ``margin`` of a
metric is 0 or more where the new model is as good: a condition of the pipeline reads it. Where no
version is in production there is nothing to be worse than. What cannot be read is an error, never a
pass. Source: SageMaker API, ListModelPackages, ModelLifeCycle, ModelMetrics.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Client = Any
PRODUCTION = "production"


class CompareError(Exception):
    """Why there is no comparison."""


def value(evaluation: Mapping[str, Any], metric: str, whose: str) -> float:
    """A metric of an evaluation.

    Raises:
        CompareError: it has none.
    """
    found: Any = ((evaluation.get("metrics") or {}).get(metric) or {}).get("value")
    number = isinstance(found, (int, float)) and not isinstance(found, bool)
    if not number or not math.isfinite(found):
        raise CompareError(f"the evaluation of {whose} has no value of {metric!r}")
    return float(found)


def margin(new: float, old: float, goal: str) -> float:
    """How much better the new one is; below 0 where it is worse."""
    return new - old if goal == "maximize" else old - new


def comparison(
    new: Mapping[str, Any], old: Mapping[str, Any] | None, goals: Mapping[str, str], version: str
) -> dict[str, Any]:
    """What is written: of each metric its value, that in production, and the margin.

    Raises:
        CompareError: a metric is missing on one side.
    """
    rows: dict[str, Any] = {}
    for metric, goal in goals.items():
        mine = value(new, metric, "the new model")
        row: dict[str, Any] = {"value": mine, "margin": 0.0}
        if old is not None:
            theirs = value(old, metric, version)
            row = {"value": mine, "production": theirs, "margin": margin(mine, theirs, goal)}
        rows[metric] = row
    return {"production": version or None, "metrics": rows}


def in_production(versions: Sequence[Mapping[str, Any]]) -> str:
    """The ARN of the version in production; "" for none.

    Raises:
        CompareError: there are several.
    """
    found = [
        str(each["ModelPackageArn"])
        for each in versions
        if str((each.get("ModelLifeCycle") or {}).get("Stage", "")).lower() == PRODUCTION
    ]
    if len(found) > 1:
        raise CompareError(f"several versions are in production: {', '.join(sorted(found))}")
    return found[0] if found else ""


def listed(sagemaker: Client, group: str) -> Iterator[Mapping[str, Any]]:
    """All versions of a group. Without its name only packages outside of groups are listed."""
    pages = sagemaker.get_paginator("list_model_packages")
    for page in pages.paginate(ModelPackageGroupName=group):
        yield from page["ModelPackageSummaryList"]


def evaluation_of(clients: Client, version: str) -> Mapping[str, Any]:
    """What the evaluation of a version said when it was registered.

    Raises:
        CompareError: it was registered without one.
    """
    told = clients("sagemaker").describe_model_package(ModelPackageName=version)
    source = ((told.get("ModelMetrics") or {}).get("ModelQuality") or {}).get("Statistics") or {}
    if not source.get("S3Uri"):
        raise CompareError(f"{version}, which is in production, was registered without metrics")
    bucket, _, key = str(source["S3Uri"])[len("s3://") :].partition("/")
    body = clients("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    found: Mapping[str, Any] = json.loads(body)
    return found


def main(words: Sequence[str], clients: Client) -> None:
    """Compare, as the arguments say.

    Args:
        words: The arguments.
        clients: What makes a client of a service by its name.
    """
    parser = argparse.ArgumentParser()
    for name in ("group", "evaluation", "to"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--metric", action="append", default=[])
    given = parser.parse_args(words)
    goals = dict(each.rsplit("=", 1) for each in given.metric)
    new = json.loads(Path(given.evaluation).read_text(encoding="utf-8"))
    version = in_production([*listed(clients("sagemaker"), given.group)])
    old = evaluation_of(clients, version) if version else None
    found = comparison(new, old, goals, version)
    Path(given.to).parent.mkdir(parents=True, exist_ok=True)
    Path(given.to).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    import boto3

    try:
        main(sys.argv[1:], boto3.client)
    except CompareError as why:
        sys.exit(f"error: {why}")
