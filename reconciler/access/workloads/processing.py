"""What the role of a processing job does: any job, and those of Moorline's own in a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.access.workloads.definitions import JOB, Step
from reconciler.access.workloads.queries import query, sees
from reconciler.access.workloads.site import (
    DEPUTY,
    ROLES,
    SSE,
    Site,
    Work,
    attach,
    disks,
    logs,
    metrics,
    name_of,
    place,
    pull,
    sealed,
    seals,
    takes,
)
from reconciler.access.workloads.written import UNKNOWN

_GROUP = "/aws/sagemaker/ProcessingJobs"
_INPUT = "SageMaker API, ProcessingS3Input: what a prefix selects is listed and read"
_OUTPUT = "SageMaker API, ProcessingS3Output"
_MULTIPART = "S3 user guide, Multipart upload API and permissions"
_STORE = "SageMaker API, DescribeFeatureGroup: the table of an offline store"
_RESULTS = "Athena user guide, Control access to Amazon S3 from Athena"
_MLFLOW = "SageMaker developer guide, Set up IAM permissions for MLflow"
_CLEARED = "Athena user guide, UNLOAD: the place has to be empty, so what was left there is removed"
_VERSIONS = "SageMaker API, ListModelPackages and DescribeModelPackage"
QUERY = frozenset({"group", "workgroup"})
RECORD = frozenset({"mlflow", "experiment", "job"})
COMPARE = frozenset({"group", "evaluation", "to"})


def processed(site: Site, step: Step) -> Iterator[Work]:
    """What the job of a Processing step does, as the role that it is given."""
    if step.type != "Processing":
        return
    job = step.arguments
    role = str(job["RoleArn"])
    yield takes(site, role, DEPUTY, site.arn("sagemaker", f"processing-job/{JOB}"))
    yield from logs(site, role, _GROUP)
    yield from metrics(site, role, _GROUP)
    yield from pull(site, role, str(job["AppSpecification"]["ImageUri"]))
    for each in job.get("ProcessingInputs") or ():
        yield from _reads(site, role, each)
    config = job.get("ProcessingOutputConfig") or {}
    for output in config.get("Outputs") or ():
        uri = str(output["S3Output"]["S3Uri"])
        yield from _writes(site, role, uri, config.get("KmsKeyId"))
    yield from seals(site, role, config.get("KmsKeyId"))
    cluster = job["ProcessingResources"]["ClusterConfig"]
    yield from disks(site, role, cluster.get("VolumeKmsKeyId"))
    yield from attach(site, role, (job.get("NetworkConfig") or {}).get("VpcConfig"))
    given = told(job["AppSpecification"].get("ContainerArguments") or ())
    if given.keys() >= QUERY:
        (output,) = config["Outputs"]
        yield from _queries(site, role, given, str(output["S3Output"]["S3Uri"]))
    elif given.keys() >= COMPARE:
        yield from _compares(site, role, given)
    elif given.keys() >= RECORD:
        yield from _records(site, role, given)


def told(words: Sequence[Any]) -> dict[str, str]:
    """Arguments by name: each ``--name`` with the word after it."""
    found: dict[str, str] = {}
    name = ""
    for word in map(str, words):
        if name:
            found.setdefault(name, word)
            name = ""
        elif word.startswith("--"):
            name = "" if "=" in word else word[2:]
    return found


def _queries(site: Site, role: str, given: Mapping[str, str], to: str) -> Iterator[Work]:
    """The group is described, the place emptied, and the statement run as the role."""
    name = given["group"]
    yield site.does(role, _STORE, "sagemaker.DescribeFeatureGroup", FeatureGroupName=name)
    bucket, key = place(to)
    yield site.does(role, _CLEARED, "s3.ListObjectsV2", Bucket=bucket, Prefix=f"{key}/")
    yield site.does(role, _CLEARED, "s3.DeleteObject", Bucket=bucket, Key=f"{key}/0")
    yield from query(site, role, given["workgroup"], f"UNLOAD TO '{to}'")
    for group in site.of("FeatureGroup"):
        if name in {group.name, site.arn("sagemaker", f"feature-group/{group.name}")}:
            store = group.props.get("OfflineStoreConfig") or {}
            uri = str((store.get("S3StorageConfig") or {}).get("S3Uri", ""))
            if uri:
                bucket, prefix = place(uri)
                own = f"{site.account}/sagemaker/{site.region}/offline-store/{group.name}-0/data"
                at = "/".join(filter(None, (prefix, own)))
                yield from _found(site, role, bucket, at)
                yield site.does(role, _RESULTS, "s3.GetBucketLocation", Bucket=bucket)
                yield from _tables(site, role, group.name, store.get("DataCatalogConfig") or {})


def _tables(site: Site, role: str, group: str, catalog: Mapping[str, Any]) -> Iterator[Work]:
    """Source: DataCatalogConfig; without one SageMaker names the table by group and moment."""
    database = str(catalog.get("Database", "sagemaker_featurestore"))
    table = str(catalog.get("TableName", f"{group.replace('-', '_')}_{UNKNOWN}"))
    yield from sees(site, role, database, table)


def _compares(site: Site, role: str, given: Mapping[str, str]) -> Iterator[Work]:
    group = given["group"]
    yield site.does(role, _VERSIONS, "sagemaker.ListModelPackages", ModelPackageGroupName=group)
    version = {"ModelPackageName": f"{group}/1"}
    yield site.does(role, _VERSIONS, "sagemaker.DescribeModelPackage", **version)


def _records(site: Site, role: str, given: Mapping[str, str]) -> Iterator[Work]:
    """The training job is looked at; MLflow's own interface is none of the API's operations."""
    looks = site.call(role, "sagemaker.DescribeTrainingJob", TrainingJobName=JOB)
    calls = ("CreateExperiment", "CreateRun", "GetExperimentByName", "LogBatch", "UpdateRun")
    besides = tuple(f"sagemaker-mlflow:{each}" for each in calls)
    if ":mlflow-app/" in given["mlflow"]:
        besides = ("sagemaker:CallMlflowAppApi",)
    yield Work(name_of(role), looks, _MLFLOW, besides=besides, at=given["mlflow"])


def _reads(site: Site, role: str, given: Mapping[str, Any]) -> Iterator[Work]:
    bucket, key = place(str(given["S3Input"]["S3Uri"]))
    name = key.rpartition("/")[2]
    yield from _found(site, role, bucket, key, "" if "." in name else "/part-0")


def _found(site: Site, role: str, bucket: str, key: str, below: str = "/part-0") -> Iterator[Work]:
    yield site.does(role, _INPUT, "s3.ListObjectsV2", Bucket=bucket, Prefix=key)
    yield site.does(role, f"{_INPUT}; {ROLES}", "s3.GetObject", Bucket=bucket, Key=f"{key}{below}")


def _writes(site: Site, role: str, uri: str, key: str | None) -> Iterator[Work]:
    """A file of more than 5 GB comes in parts, for which S3 also decrypts."""
    bucket, prefix = place(uri)
    at = {"Bucket": bucket, "Key": f"{prefix}/part-0", **sealed(key)}
    yield site.does(role, _OUTPUT, "s3.PutObject", **at)
    yield site.does(role, f"{_MULTIPART}; {SSE}", "s3.CreateMultipartUpload", **at)
