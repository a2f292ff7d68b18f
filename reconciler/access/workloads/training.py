"""What the roles of a pipeline's jobs do; tuning starts training jobs with the same role."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.access.workloads.pipelines import JOB, Step, steps, training_of
from reconciler.access.workloads.processing import processed
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
    place,
    pull,
    sealed,
    seals,
    takes,
)
from reconciler.access.workloads.transforms import transformed

_TUNING = (
    "SageMaker developer guide, Cross-service confused deputy prevention, names no tuning:"
    " either job's ARN may be sent"
)
_SCRIPT = "SageMaker training toolkit: the container itself downloads sagemaker_submit_directory"
_CHECKPOINTS = "SageMaker developer guide, Use checkpoints: the folder is synchronised with S3"
_MULTIPART = "S3 user guide, Multipart upload API and permissions"


def training(site: Site) -> Iterator[Work]:
    """Every training job that a pipeline makes."""
    for pipeline in site.of("Pipeline"):
        for step in steps(pipeline):
            yield from trained(site, step)


def trained(site: Site, step: Step) -> Iterator[Work]:
    """What the jobs do that one step starts, as the role that they are given."""
    yield from processed(site, step)
    yield from transformed(site, step)
    job = training_of(step)
    if job is None:
        return
    role = str(job["RoleArn"])
    yield takes(site, role, DEPUTY, site.arn("sagemaker", f"training-job/{JOB}"))
    if step.type == "Tuning":
        tuning = site.arn("sagemaker", f"hyper-parameter-tuning-job/{JOB}")
        yield takes(site, role, _TUNING, tuning)
    yield from _job(site, role, job)


def _job(site: Site, role: str, job: Mapping[str, Any]) -> Iterator[Work]:
    yield from logs(site, role, "/aws/sagemaker/TrainingJobs")
    yield from metrics(site, role, "/aws/sagemaker/TrainingJobs")
    yield from pull(site, role, str(job["AlgorithmSpecification"]["TrainingImage"]))
    for channel in job["InputDataConfig"]:
        uri = str(channel["DataSource"]["S3DataSource"]["S3Uri"])
        yield from _read(site, role, ROLES, uri)
    yield from _script(site, role, job)
    output = job["OutputDataConfig"]
    bucket, key = place(str(output["S3OutputPath"]))
    model = {"Bucket": bucket, "Key": f"{key}/{JOB}/output/model.tar.gz"}
    own = output.get("KmsKeyId")
    yield from _write(site, role, model, own)
    yield from seals(site, role, own)
    if kept := job.get("CheckpointConfig"):
        yield from _read(site, role, _CHECKPOINTS, str(kept["S3Uri"]))
        bucket, key = place(str(kept["S3Uri"]))
        yield from _write(site, role, {"Bucket": bucket, "Key": f"{key}/1/model"}, None)
    yield from disks(site, role, job["ResourceConfig"].get("VolumeKmsKeyId"))
    yield from attach(site, role, job.get("VpcConfig"))


def _script(site: Site, role: str, job: Mapping[str, Any]) -> Iterator[Work]:
    given = job.get("HyperParameters") or job.get("StaticHyperParameters") or {}
    if written := given.get("sagemaker_submit_directory"):
        bucket, key = place(str(json.loads(written)))
        yield site.does(role, _SCRIPT, "s3.GetObject", Bucket=bucket, Key=key)


def _read(site: Site, role: str, source: str, uri: str) -> Iterator[Work]:
    bucket, prefix = place(uri)
    yield site.does(role, source, "s3.ListObjectsV2", Bucket=bucket, Prefix=prefix)
    yield site.does(role, source, "s3.GetObject", Bucket=bucket, Key=f"{prefix}/part-0")


def _write(site: Site, role: str, at: Mapping[str, str], key: str | None) -> Iterator[Work]:
    """A model of more than 5 GB comes in parts, for which S3 also decrypts."""
    yield site.does(role, ROLES, "s3.PutObject", **at, **sealed(key))
    yield site.does(role, f"{_MULTIPART}; {SSE}", "s3.CreateMultipartUpload", **at, **sealed(key))
