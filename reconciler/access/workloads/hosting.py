"""What the role of a model does behind an endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.access.workloads.pipelines import registered
from reconciler.access.workloads.site import (
    DEPUTY,
    ROLES,
    Site,
    Thing,
    Work,
    attach,
    disks,
    logs,
    metrics,
    place,
    pull,
    sealed,
    takes,
)

_PACKAGE = "SageMaker API, CreateModelPackage: a version is one archive or what is under a prefix"
_MANY = "SageMaker developer guide, Multi-model endpoints: permissions"
_CAPTURE = "SageMaker developer guide, Capture data from real-time endpoint"
_ALARMS = "SageMaker developer guide, Auto-rollback configuration and monitoring, note"
_ASYNC = "SageMaker developer guide, Asynchronous inference: prerequisites"


def hosting(site: Site) -> Iterator[Work]:
    """A model, its configurations, and the endpoints that are on them."""
    for model in site.of("Model"):
        role = str(model.props["ExecutionRoleArn"])
        # The literal asterisk is what SageMaker sends here; AWS_FACTS 8.1.
        yield takes(site, role, DEPUTY, site.arn("sagemaker", "*"))
        yield from _container(site, role, model.props["PrimaryContainer"])
        yield from attach(site, role, model.props.get("VpcConfig"))
        for config in site.of("EndpointConfig"):
            names = [each.get("ModelName") for each in config.props["ProductionVariants"]]
            if model.name in names:
                yield from _config(site, role, config)


def _container(site: Site, role: str, container: Mapping[str, Any]) -> Iterator[Work]:
    if package := container.get("ModelPackageName"):
        for version in registered(site, str(package).split("/")[1]):
            bucket, key = place(version.artifact)
            yield site.does(role, ROLES, "s3.GetObject", Bucket=bucket, Key=key)
            prefix = {"Bucket": bucket, "Prefix": key}
            yield site.does(role, _PACKAGE, "s3.ListObjectsV2", **prefix)
            yield from pull(site, role, version.image)
        return
    yield from pull(site, role, str(container["Image"]))
    bucket, key = place(str(container["ModelDataUrl"]))
    if container.get("Mode") == "MultiModel":
        yield site.does(role, _MANY, "s3.GetObject", Bucket=bucket, Key=f"{key}/e.tar.gz")
        yield site.does(role, _MANY, "s3.ListObjectsV2", Bucket=bucket, Prefix=f"{key}/")
        return
    yield site.does(role, ROLES, "s3.GetObject", Bucket=bucket, Key=key)


def _config(site: Site, role: str, config: Thing) -> Iterator[Work]:
    yield from disks(site, role, config.props.get("KmsKeyId"))
    capture = config.props.get("DataCaptureConfig") or {}
    if capture:
        bucket, key = place(str(capture["DestinationS3Uri"]))
        put = {"Bucket": bucket, "Key": f"{key}/e/primary/2030/01/01/00/0.jsonl"}
        yield site.does(role, _CAPTURE, "s3.PutObject", **put, **sealed(capture.get("KmsKeyId")))
    yield from _later(site, role, config.props.get("AsyncInferenceConfig") or {})
    for endpoint in site.of("Endpoint"):
        if endpoint.props["EndpointConfigName"] == config.name:
            yield from _endpoint(site, role, endpoint)


def _later(site: Site, role: str, config: Mapping[str, Any]) -> Iterator[Work]:
    """Answers that are fetched later, and who is told of them."""
    output = config.get("OutputConfig") or {}
    for name in ("S3OutputPath", "S3FailurePath"):
        if uri := output.get(name):
            bucket, key = place(str(uri))
            put = {"Bucket": bucket, "Key": f"{key}/0.out", **sealed(output.get("KmsKeyId"))}
            yield site.does(role, _ASYNC, "s3.PutObject", **put)
    told = output.get("NotificationConfig") or {}
    for topic in sorted({str(each) for name in ("SuccessTopic", "ErrorTopic")
                         if (each := told.get(name))}):  # fmt: skip
        yield site.does(role, _ASYNC, "sns.Publish", TopicArn=topic)


def _endpoint(site: Site, role: str, endpoint: Thing) -> Iterator[Work]:
    yield from logs(site, role, f"/aws/sagemaker/Endpoints/{endpoint.name}")
    yield from metrics(site, role, "/aws/sagemaker/Endpoints")
    deployment = endpoint.props.get("DeploymentConfig") or {}
    watched = (deployment.get("AutoRollbackConfiguration") or {}).get("Alarms") or ()
    if watched:
        names = [str(each["AlarmName"]) for each in watched]
        yield site.does(role, _ALARMS, "cloudwatch.DescribeAlarms", AlarmNames=names)
