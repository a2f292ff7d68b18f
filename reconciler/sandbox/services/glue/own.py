"""Jobs of Moorline's own, done here on real rows when they begin: they need no Spark.

They are no code of a repository, so runs by schedules and events do them too. Records are put as
the job's role, IAM included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.jobs import ingest
from reconciler.sandbox.services.glue.quality import job as quality, rows, store
from reconciler.sandbox.services.stepfunctions import acting

PRINCIPAL = "glue.amazonaws.com"
RUNTIME = "sagemaker-featurestore-runtime"
INGEST = ("in", "failed", "group", "features", "record_id", "event_time", "max_failed", "counts")


class _ServiceError(Exception):
    """As botocore has it."""

    def __init__(self, error: acting.RefusedError) -> None:
        super().__init__(str(error))
        self.response = {"Error": {"Code": error.code, "Message": error.message}}


def attempt(arguments: Mapping[str, str], role: str, account: str, region: str) -> str | None:
    """Do a job of ours: why it fails, "" where it ends well; nothing where it is none of ours."""
    if quality.is_ours(arguments):
        return quality.attempt(arguments, account, region)
    if not all(f"--{name}" in arguments for name in INGEST):
        return None
    given = {name.removeprefix("--"): str(value) for name, value in arguments.items()}
    try:
        return _ingested(given, role, account, region)
    except (FileNotFoundError, rows.UnreadableError, acting.RefusedError) as error:
        return str(error)


def _ingested(given: Mapping[str, str], role: str, account: str, region: str) -> str:
    key = acting.take(role, PRINCIPAL, region, "GlueJobRunnerSession", account).key

    def send(**record: Any) -> None:  # noqa: ANN401 - PutRecord's parameters
        try:
            acting.call(key, region, RUNTIME, "PutRecord", record)
        except acting.RefusedError as error:
            raise _ServiceError(error) from error

    features = {name.lower(): name for name in json.loads(given["features"])}
    found = rows.read(store.read(given["in"], account, region), given.get("format") or "parquet")
    named = ({features.get(key, key): item for key, item in row.items()} for row in found)
    refused: list[dict[str, Any]] = []
    counts = ingest.load(
        named, given, send, lambda row, why: refused.append({**row, "reason": why}), pause=_no_pause
    )
    if refused:
        at = f"{given['failed'].rstrip('/')}/{given.get('run', 'run')}/part-0.json"
        store.write(at, rows.write(refused, "json"), account, region)
    store.write(given["counts"], json.dumps(counts).encode(), account, region)
    if counts["failed"] > ingest.most(given["max_failed"], counts["rows"]):
        return f"{counts['failed']} of {counts['rows']} rows were not put: {counts}"
    return ""


def _no_pause(_: float) -> None:
    """The sandbox's clock is not the one that a job waits by."""
