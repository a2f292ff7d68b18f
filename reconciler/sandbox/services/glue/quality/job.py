"""The job of a quality step, done here on real rows: Spark is not needed for what it does.

Its arguments are those of `reconciler.jobs.quality`. Objects are read and written in the sandbox's
S3, and metrics are put into its CloudWatch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from moto.cloudwatch.models import cloudwatch_backends

from reconciler.facts.dqdl import DqdlError
from reconciler.sandbox.services.glue.quality import rows, store
from reconciler.sandbox.services.glue.quality.split import Split, split
from reconciler.sandbox.state.world import WORLD

NEEDED = ("in", "good", "bad", "rules", "on_violation")
NAMESPACE = "Moorline/Quality"


def is_ours(arguments: Mapping[str, str]) -> bool:
    """Whether a job with these arguments is one of a quality step."""
    return all(f"--{name}" in arguments for name in NEEDED)


def attempt(arguments: Mapping[str, str], account: str, region: str) -> str:
    """Do the job; why it fails, "" where it ends well."""
    given = {name.removeprefix("--"): str(value) for name, value in arguments.items()}
    try:
        return _done(given, account, region)
    except (DqdlError, FileNotFoundError, rows.UnreadableError) as error:
        return str(error)


def _done(given: Mapping[str, str], account: str, region: str) -> str:
    form = given.get("format") or "parquet"
    others = {
        name.removeprefix("ref_"): rows.read(store.read(uri, account, region), form)
        for name, uri in given.items()
        if name.startswith("ref_")
    }
    found = split(
        given["rules"],
        rows.read(store.read(given["in"], account, region), form),
        WORLD.clock.now(),
        others,
    )
    bad, run, mode = len(found.bad), given.get("run", "run"), given["on_violation"]
    if mode != "warn" and found.bad:
        at = f"{given['bad'].rstrip('/')}/{run}/part-0.json"
        store.write(at, rows.write(found.bad, "json"), account, region)
    counts = found.counts()
    if "counts" in given:
        store.write(given["counts"], json.dumps(counts).encode(), account, region)
    _metrics(given.get("context", "quality"), found, account, region)
    if (found.broken and mode == "fail") or (found.of_all and mode == "quarantine"):
        told = sorted(found.broken) if mode == "fail" else sorted(found.of_all)
        return f"{bad} of {counts['rows']} rows are bad: {told}"
    keep = [*found.good, *found.bad] if mode == "warn" else found.good
    kept = [{k: v for k, v in row.items() if k != "failed_rules"} for row in keep]
    out = given.get("write_format") or form
    at = f"{given['good'].rstrip('/')}/part-0.{out}"
    store.write(at, rows.write(kept, out), account, region)
    return ""


def _metrics(ruleset: str, found: Split, account: str, region: str) -> None:
    numbers = {
        "RulesFailed": len(found.broken),
        "RowsFailed": len(found.bad),
        "RowsPassed": len(found.good),
        "RowsSkipped": found.skipped,
    }
    dimensions = [{"Name": "Ruleset", "Value": ruleset}]
    data = [
        {
            "MetricName": name,
            "Dimensions": dimensions,
            "Value": float(value),
            "Unit": "Count",
            "Timestamp": WORLD.clock.today(),
        }
        for name, value in numbers.items()
    ]
    cloudwatch_backends[account][region].put_metric_data(NAMESPACE, data)
