"""What the code of pipelines does as its own role: jobs of Glue and EMR, functions of Lambda.

What data a job has comes as arguments. Which of it is written, the arguments of Moorline's own jobs
say by their names; of a job that people write only its role does, so it writes where it may put.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.access.workloads.site import Site, Work, name_of, place
from reconciler.access.workloads.written import listed, members, told

_ROLE = "Glue developer guide, Create an IAM policy for the AWS Glue service"
_LOGS = "Glue developer guide, AWSGlueServiceRole: log groups below /aws-glue/"
_METRICS = "Glue developer guide, Monitoring with AWS Glue job metrics: namespace Glue"
_DATA = "Glue developer guide, Review IAM permissions needed for ETL jobs: sources and targets"
_COMMIT = "Glue developer guide, Use the EMRFS S3-optimized committer: output is uploaded in parts"
_QUALITY = "Glue developer guide, Configure IAM permissions for AWS Glue Data Quality"
_PUT = "SageMaker API, PutRecord"
_OWN = "CloudWatch API, PutMetricData"
_SERVERLESS = "EMR Serverless user guide, Job runtime roles"
_EMR_LOGS = "EMR Serverless user guide, Logging with Amazon CloudWatch, required permissions"
_FUNCTION = "Lambda developer guide, AWSLambdaBasicExecutionRole"
GROUPS = ("/aws-glue/jobs/error", "/aws-glue/jobs/output")
QUALITY = frozenset({"rules", "context", "good", "bad"})
INGEST = frozenset({"group", "features", "failed"})


def jobs(site: Site) -> Iterator[Work]:
    """Whatever a run is about: code, logs, metrics."""
    for each in site.of("Job"):
        role, given = str(each.props["Role"]), each.props.get("DefaultArguments") or {}
        code = [str(each.props["Command"]["ScriptLocation"])]
        code += [uri for uri in str(given.get("--extra-py-files", "")).split(",") if uri]
        for uri in code:
            yield _got(site, role, _ROLE, uri)
        for group in GROUPS:
            yield from _logs(site, role, _LOGS, group)
        if "--enable-metrics" in given or given.get("--enable-observability-metrics") == "true":
            yield site.does(role, _METRICS, "cloudwatch.PutMetricData", Namespace="Glue")
    for each in site.of("Function"):
        role, name = str(each.props["Role"]), each.name
        group = (each.props.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        made = any(log.name == group for log in site.of("LogGroup"))
        yield from _logs(site, role, _FUNCTION, str(group), made=made)


def job(site: Site, name: str, arguments: Mapping[str, Any]) -> Iterator[Work]:
    """The data of one run of a Glue job, as the state that starts it says."""
    given = {each.removeprefix("--"): value for each, value in members(arguments).items()}
    for each in site.of("Job"):
        if each.name == name:
            yield from _data(site, str(each.props["Role"]), given)


def application(site: Site, role: str, params: Mapping[str, Any]) -> Iterator[Work]:
    """One run on EMR Serverless: its code, its data and its log, as its runtime role."""
    submit = (params.get("JobDriver") or {}).get("SparkSubmit") or {}
    yield _got(site, role, _SERVERLESS, told(submit, "EntryPoint"))
    given, name = {}, ""
    for each in listed(submit, "EntryPointArguments"):
        if each.startswith("--"):
            name = each.removeprefix("--")
        else:
            given[name] = each
    yield from _data(site, role, given)
    watched = (params.get("ConfigurationOverrides") or {}).get("MonitoringConfiguration") or {}
    group = (watched.get("CloudWatchLoggingConfiguration") or {}).get("LogGroupName")
    if group:
        made = any(log.name == group for log in site.of("LogGroup"))
        yield site.does(role, _EMR_LOGS, "logs.DescribeLogGroups")
        yield site.does(role, _EMR_LOGS, "logs.DescribeLogStreams", logGroupName=str(group))
        yield from _logs(site, role, _EMR_LOGS, str(group), made=made)


def function(site: Site, name: str, payload: Mapping[str, Any]) -> Iterator[Work]:
    """What a function does with the data that it is told of: it reads some, and writes some."""
    for each in site.of("Function"):
        if name not in {each.name, site.arn("lambda", f"function:{each.name}")}:
            continue
        role = str(each.props["Role"])
        for uri in members(payload.get("reads") or {}).values():
            yield from _reads(site, role, uri)
        for uri in members(payload.get("writes") or {}).values():
            yield from _writes(site, role, uri)


def _data(site: Site, role: str, given: Mapping[str, str]) -> Iterator[Work]:
    if given.keys() >= QUALITY:
        yield from _checks(site, role, given)
    elif given.keys() >= INGEST:
        yield from _ingests(site, role, given)
    else:
        for uri in given.values():
            if uri.startswith("s3://"):
                yield from _reads(site, role, uri)
                yield from _writes(site, role, uri, meant=True)


def _checks(site: Site, role: str, given: Mapping[str, str]) -> Iterator[Work]:
    """Rows by rules: what compares and is compared, and where it tells what it found.

    The transform publishes its result under the name of its context, and its metrics.
    """
    for name, uri in given.items():
        if name == "in" or name.startswith("ref_"):
            yield from _reads(site, role, uri)
    for name in ("good", "bad", "counts"):
        if given.get(name, "").startswith("s3://"):
            yield from _writes(site, role, given[name])
    metrics = site.call(role, "cloudwatch.PutMetricData", Namespace="Glue Data Quality")
    at = site.arn("glue", f"dataQualityRuleset/{given['context']}")
    yield Work(name_of(role), metrics, _QUALITY, besides=("glue:PublishDataQuality",), at=at)
    yield site.does(role, _OWN, "cloudwatch.PutMetricData", Namespace="Moorline/Quality")


def _ingests(site: Site, role: str, given: Mapping[str, str]) -> Iterator[Work]:
    """Rows into a feature group; those that are refused are kept apart."""
    yield from _reads(site, role, given["in"])
    for name in ("failed", "counts"):
        if given.get(name, "").startswith("s3://"):
            yield from _writes(site, role, given[name])
    method = "sagemaker-featurestore-runtime.PutRecord"
    yield site.does(role, _PUT, method, FeatureGroupName=given["group"])


def _logs(site: Site, role: str, source: str, group: str, *, made: bool = False) -> Iterator[Work]:
    """A log; of a group that is `made`, only its streams."""
    stream = {"logGroupName": group, "logStreamName": "jr_0"}
    if not made:
        yield site.does(role, source, "logs.CreateLogGroup", logGroupName=group)
    yield site.does(role, source, "logs.CreateLogStream", **stream)
    yield site.does(role, source, "logs.PutLogEvents", **stream)


def _got(site: Site, role: str, source: str, uri: str) -> Work:
    bucket, key = place(uri)
    return site.does(role, source, "s3.GetObject", Bucket=bucket, Key=key)


def _reads(site: Site, role: str, uri: str) -> Iterator[Work]:
    """All that is below a place, which is listed first."""
    bucket, key = place(uri)
    yield site.does(role, _DATA, "s3.ListObjectsV2", Bucket=bucket, Prefix=key)
    yield site.does(role, _DATA, "s3.GetObject", Bucket=bucket, Key=f"{key}/0".lstrip("/"))


def _writes(site: Site, role: str, uri: str, *, meant: bool = False) -> Iterator[Work]:
    """Below a place: beside it first, then copied to where it belongs, and removed there.

    `meant` says that nothing tells whether it is written but the role.
    """
    bucket, key = place(uri)
    at = {"Bucket": bucket, "Key": f"{key}/0".lstrip("/")}
    put = site.does(role, _DATA, "s3.PutObject", **at)
    found = [put, site.does(role, _DATA, "s3.DeleteObject", **at)]
    found += [site.does(role, _DATA, "s3.GetObject", **at)]
    found += [site.does(role, _ROLE, "s3.GetBucketLocation", Bucket=bucket)]
    found += [site.does(role, _DATA, "s3.ListObjectsV2", Bucket=bucket, Prefix=key)]
    found += [site.does(role, _COMMIT, "s3.CreateMultipartUpload", **at)]
    for operation in ("AbortMultipartUpload", "ListParts"):
        found += [site.does(role, _COMMIT, f"s3.{operation}", **at, UploadId="0")]
    yield from (replace(each, meant=put.call if meant else None) for each in found)
