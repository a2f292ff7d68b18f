"""Registers model versions and uploads model files for demos and tests.

Through plain boto3 calls, as a pipeline or a person would.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

IMAGE = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1.7-1"
CHOSEN = "sandbox:id"
"""The tag with which the sandbox's EC2 takes the id of what is made; see `services.ec2`."""
MODEL_DATA = "s3://models/model.tar.gz"


def register_package(  # noqa: PLR0913  (a version has that many parts, all optional)
    client: Any,  # noqa: ANN401  (a boto3 SageMaker client)
    group: str,
    *,
    approved: bool = True,
    image: str = IMAGE,
    model_data: str = MODEL_DATA,
    metrics: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> str:
    """Register one more version in `group`, made when missing; returns the version's ARN.

    `metrics` is the S3 URI of a model quality report, `metadata` are customer properties.
    """
    _ensure_group(client, group)
    more: dict[str, Any] = {}
    if metrics:
        quality = {"Statistics": {"ContentType": "application/json", "S3Uri": metrics}}
        more["ModelMetrics"] = {"ModelQuality": quality}
    if metadata:
        more["CustomerMetadataProperties"] = dict(metadata)
    answer = client.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved" if approved else "PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": model_data}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
            "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large", "ml.m5.xlarge"],
        },
        **more,
    )
    return str(answer["ModelPackageArn"])


def release(sagemaker: Any, s3: Any, group: str, bucket: str, *, auc: float = 0.97) -> str:  # noqa: ANN401  (boto3 clients)
    """Register a version with its evaluation, and approve it on the record; returns its ARN.

    What `moorline registry approve` writes, in the call that registers.
    """
    metrics = report(s3, bucket, f"evaluations/{group}/evaluation.json", auc=auc)
    record = {
        "moorline:approved-by": "arn:aws:iam::123456789012:user/alice",
        "moorline:approved-at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return register_package(sagemaker, group, approved=True, metrics=metrics, metadata=record)


def report(s3: Any, bucket: str, key: str, **metrics: float) -> str:  # noqa: ANN401  (a boto3 S3 client)
    """Put an evaluation into a bucket that is there; returns its URI."""
    found = {"metrics": {name: {"value": value} for name, value in metrics.items()}}
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(found).encode())
    return f"s3://{bucket}/{key}"


def upload(client: Any, bucket: str, key: str) -> str:  # noqa: ANN401  (a boto3 S3 client)
    """Put a model file into a bucket that is there; returns its URI. No model is in it."""
    client.put_object(Bucket=bucket, Key=key, Body=b"a model")
    return f"s3://{bucket}/{key}"


def _ensure_group(client: Any, group: str) -> None:  # noqa: ANN401  (a boto3 SageMaker client)
    try:
        client.describe_model_package_group(ModelPackageGroupName=group)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        client.create_model_package_group(ModelPackageGroupName=group)


def network(client: Any, vpc: str, subnets: Iterable[str], block: str = "10.20.0.0/16") -> None:  # noqa: ANN401  (a boto3 EC2 client)
    """Make a network with these ids, a subnet in each zone in turn, as specs name them.

    `block` is the addresses of the network; each subnet has 256 of them.
    """
    zones = [each["ZoneName"] for each in client.describe_availability_zones()["AvailabilityZones"]]
    said = {"ResourceType": "vpc", "Tags": [{"Key": CHOSEN, "Value": vpc}]}
    client.create_vpc(CidrBlock=block, TagSpecifications=[said])
    stem = ".".join(block.split(".")[:2])
    for number, id_ in enumerate(subnets):
        client.create_subnet(
            VpcId=vpc,
            CidrBlock=f"{stem}.{number}.0/24",
            AvailabilityZone=zones[number % len(zones)],
            TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": CHOSEN, "Value": id_}]}],
        )
