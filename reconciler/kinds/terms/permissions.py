"""What SageMaker workloads may do, as narrow as AWS documents it.

Source: AWS_FACTS 8.2 (the documented "job base" and what each workload adds). What calls these
permissions are for is in `reconciler.access.workloads`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.facts.registry import image_in
from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.location import Spot
from reconciler.model.value import Json

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_WRITE_LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def allow_base(scope: Scope, role: Role, log_group: str, namespace: str) -> None:
    """Write logs into one group and metrics into one namespace.

    A group is asked for as its ARN with `:log-stream:` and a name behind it.
    """
    scope.grant(role, _WRITE_LOGS, on=(scope.arn("logs", f"log-group:{log_group}:*"),))
    scope.grant(
        role,
        ("cloudwatch:PutMetricData",),
        on=("*",),
        when={"StringEquals": {"cloudwatch:namespace": namespace}},
    )


def allow_images(scope: Scope, role: Role, images: Iterable[str]) -> None:
    """Pull container images; without a known one, any image of the region."""
    place = scope.place
    anywhere = f"arn:{place.partition}:ecr:{place.region}:*:repository/*"
    repositories = sorted({_repository(scope, image) for image in images}) or [anywhere]
    scope.grant(role, _PULL, on=repositories)
    scope.grant(role, ("ecr:GetAuthorizationToken",), on=("*",))


def allow_read(scope: Scope, role: Role, spot: Spot) -> None:
    """Read objects that are known by name, and decrypt them."""
    scope.grant(role, ("s3:GetObject",), on=(spot.objects,))
    if spot.key is not None:
        scope.grant(role, ("kms:Decrypt",), on=(spot.key,))


def allow_find(scope: Scope, role: Role, spot: Spot) -> None:
    """Read whatever is under a prefix, which has to be listed first."""
    allow_read(scope, role, spot)
    scope.grant(role, ("s3:ListBucket",), on=(spot.bucket,))


def allow_write(scope: Scope, role: Role, spot: Spot, *, large: bool = True) -> None:
    """Write objects, and encrypt them. Large ones come in parts, for which S3 decrypts too."""
    scope.grant(role, ("s3:PutObject",), on=(spot.objects,))
    if spot.key is not None:
        also = ("kms:Decrypt",) if large else ()
        scope.grant(role, ("kms:GenerateDataKey", *also), on=(spot.key,))


def allow_seal(scope: Scope, role: Role, key: Json) -> None:
    """Give SageMaker an output key. Source: SageMaker API, OutputDataConfig.KmsKeyId."""
    if key is not None:
        scope.grant(role, ("kms:Encrypt",), on=(key,))


def allow_network(scope: Scope, role: Role) -> None:
    """Attach to a VPC. These calls take no narrower resource."""
    scope.grant(role, _INTERFACES, on=("*",))


def _repository(scope: Scope, image: str) -> str:
    """The ARN of the repository of an image.

    Raises:
        ValueError: the image is in no registry of ECR, which the shape of a spec excludes.
    """
    found = image_in(image)
    if found is None:
        raise ValueError(f"{image!r} is in no registry of ECR")
    partition = scope.place.partition
    return f"arn:{partition}:ecr:{found.region}:{found.account}:repository/{found.repository}"
