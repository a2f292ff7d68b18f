"""What the role of a model does in a transform job: reads model and rows, writes answers."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.access.workloads.definitions import Step
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

_GROUP = "/aws/sagemaker/TransformJobs"
_JOB = "SageMaker API, CreateTransformJob: it is done as the role of the model"
_MULTIPART = "S3 user guide, Multipart upload API and permissions"


def transformed(site: Site, step: Step) -> Iterator[Work]:
    """A model, as its role; and a transform job, as the role of the model that a step made."""
    if step.type == "Model":
        role = str(step.arguments["ExecutionRoleArn"])
        yield takes(site, role, DEPUTY, site.arn("sagemaker", "*"))
        container = step.arguments["PrimaryContainer"]
        yield from pull(site, role, str(container["Image"]))
        yield from _read(site, role, str(container["ModelDataUrl"]))
        yield from attach(site, role, step.arguments.get("VpcConfig"))
        return
    if step.type != "Transform" or not step.role:
        return
    role, job = step.role, step.arguments
    yield from logs(site, role, _GROUP)
    yield from metrics(site, role, _GROUP)
    source = job["TransformInput"]["DataSource"]["S3DataSource"]
    yield from _read(site, role, f"{source['S3Uri']}/part-0")
    output = job["TransformOutput"]
    bucket, key = place(str(output["S3OutputPath"]))
    at = {"Bucket": bucket, "Key": f"{key}/part-0.out", **sealed(output.get("KmsKeyId"))}
    yield site.does(role, _JOB, "s3.PutObject", **at)
    yield site.does(role, f"{_MULTIPART}; {SSE}", "s3.CreateMultipartUpload", **at)
    yield from seals(site, role, output.get("KmsKeyId"))
    yield from disks(site, role, job["TransformResources"].get("VolumeKmsKeyId"))


def _read(site: Site, role: str, uri: str) -> Iterator[Work]:
    bucket, key = place(uri)
    yield site.does(role, _JOB, "s3.ListObjectsV2", Bucket=bucket, Prefix=key)
    yield site.does(role, ROLES, "s3.GetObject", Bucket=bucket, Key=key)
