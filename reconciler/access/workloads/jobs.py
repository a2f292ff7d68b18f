"""What a Spark job of AWS Glue does as its role, by what a machine starts it with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.access.workloads.site import Site, Thing, Work, name_of, place

_ROLE = "Glue developer guide, Create an IAM role for AWS Glue"
_LOGS = "Glue developer guide, Logging for AWS Glue jobs"
_METRICS = "Glue developer guide, Monitoring AWS Glue using Amazon CloudWatch metrics"
_S3 = "S3 user guide, Multipart upload API and permissions; Hadoop S3A: commits delete and list"
_RECORDS = "SageMaker API, PutRecord"
_QUALITY = "Service Authorization Reference, AWS Glue, PublishDataQuality"
_FORMAT = re.compile(r"States\.Format\('((?:[^'\\]|\\.)*)'")
WRITES = frozenset({"bad", "counts", "failed", "good", "out"})
"""What jobs of Moorline's own write; all other places they read."""


def filled(params: Mapping[str, Any], name: str) -> str:
    """A text of a state's parameters, with something for what only a run knows; "" for none."""
    if name in params:
        return str(params[name])
    found = _FORMAT.search(str(params.get(f"{name}.$", "")))
    return re.sub(r"\\(.)", r"\1", found[1]).replace("{}", "0") if found else ""


def started(site: Site, name: str, given: Mapping[str, Any]) -> Iterator[Work]:
    """A run of a job with these arguments, where the job is one of the resources.

    Of a job of Moorline's own it is known what it reads and writes. A script of people's means to
    do with each place what its role may.
    """
    for job in site.of("Job"):
        if job.name == name and job.type.startswith("AWS::Glue"):
            yield from _begun(site, job)
            role = str(job.props["Role"])
            said = {each.removesuffix(".$").removeprefix("--") for each in given}
            own = {"group", "max_failed"} <= said or {"rules", "good"} <= said
            for each in sorted(said):
                if (at := filled(given, f"--{each}")).startswith("s3://"):
                    whole = at.endswith(".json")
                    yield from _reads(site, role, at, own=own and each not in WRITES)
                    yield from writes(site, role, at, own=own and each in WRITES, whole=whole)
            if own:
                yield from _does(site, role, given)


def _begun(site: Site, job: Thing) -> Iterator[Work]:
    """It gets its script, and tells how it is."""
    role = str(job.props["Role"])
    bucket, key = place(str(job.props["Command"]["ScriptLocation"]))
    yield site.does(role, _ROLE, "s3.GetObject", Bucket=bucket, Key=key)
    for group in ("/aws-glue/jobs/error", "/aws-glue/jobs/output"):
        stream = {"logGroupName": group, "logStreamName": "0"}
        yield site.does(role, _LOGS, "logs.CreateLogGroup", logGroupName=group)
        yield site.does(role, _LOGS, "logs.CreateLogStream", **stream)
        yield site.does(role, _LOGS, "logs.PutLogEvents", **stream)
    if (job.props.get("DefaultArguments") or {}).get("--enable-metrics") == "true":
        yield site.does(role, _METRICS, "cloudwatch.PutMetricData", Namespace="Glue")


def _reads(site: Site, role: str, at: str, *, own: bool) -> Iterator[Work]:
    bucket, key = place(at)
    for operation, params in (
        ("ListObjectsV2", {"Bucket": bucket}),
        ("GetObject", {"Bucket": bucket, "Key": f"{key}/part-0"}),
    ):
        call = site.call(role, f"s3.{operation}", **params)
        yield Work(name_of(role), call, _S3, granted=not own)


def writes(site: Site, role: str, at: str, *, own: bool, whole: bool = False) -> Iterator[Work]:
    """Objects below a place, or the `whole` of one; where it is not our `own` job, as it may."""
    bucket, key = place(at)
    spot = {"Bucket": bucket, "Key": key if whole else f"{key}/part-0"}
    rows: list[tuple[str, dict[str, str]]] = [
        ("GetBucketLocation", {"Bucket": bucket}),
        ("ListObjectsV2", {"Bucket": bucket}),
        ("PutObject", spot),
        ("GetObject", spot),
        ("CreateMultipartUpload", spot),
        ("ListParts", {**spot, "UploadId": "0"}),
        ("AbortMultipartUpload", {**spot, "UploadId": "0"}),
        ("DeleteObject", spot),
    ]
    for operation, params in rows:
        call = site.call(role, f"s3.{operation}", **params)
        yield Work(name_of(role), call, _S3, granted=not own)


def _does(site: Site, role: str, given: Mapping[str, Any]) -> Iterator[Work]:
    """What a job of Moorline's own does besides."""
    if group := filled(given, "--group"):
        put = {"FeatureGroupName": group}
        yield site.does(role, _RECORDS, "sagemaker-featurestore-runtime.PutRecord", **put)
        return
    ruleset = site.arn("glue", f"dataQualityRuleset/{filled(given, '--context')}")
    call = site.call(role, "cloudwatch.PutMetricData", Namespace="Moorline/Quality")
    yield Work(name_of(role), call, _QUALITY, besides=("glue:PublishDataQuality",), at=ruleset)
