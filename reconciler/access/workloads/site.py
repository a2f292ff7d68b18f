"""A platform as workloads see it, and what all of them do: take a role, log, pull an image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.access.request import Call
from reconciler.access.table import vouches

SAGEMAKER = "sagemaker.amazonaws.com"
ROLES = "SageMaker developer guide, How to use SageMaker execution roles"
DEPUTY = "SageMaker developer guide, Cross-service confused deputy prevention"
SSE = "S3 user guide, server-side encryption with KMS keys, permissions"
_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+/([^:@]+)")
_INTERFACES = (
    "DescribeDhcpOptions", "DescribeNetworkInterfaces", "DescribeSecurityGroups",
    "DescribeSubnets", "DescribeVpcs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource, with its references resolved."""

    type: str
    """As CloudFormation names it."""
    name: str
    props: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """One call of a workload."""

    by: str
    """The role or service principal that sends it; of a role its name."""
    call: Call
    source: str
    """AWS's page that says so."""
    meant: Call | None = None
    """What shows that it is meant, where nothing but its role says so: a call that it may send."""
    besides: tuple[str, ...] = ()
    """Actions that are asked on `at` because of the call, though no operation is named so; with
    the context of the call as it is."""
    at: str = "*"


@dataclass(frozen=True, slots=True)
class Site:
    """The resources of a platform, and where they are."""

    region: str
    account: str
    partition: str
    things: tuple[Thing, ...]

    def of(self, kind: str) -> Iterator[Thing]:
        """The resources of a type, by the end of its name: `Model` or `Bucket`."""
        return (each for each in self.things if each.type.rsplit("::", 1)[1] == kind)

    def arn(self, service: str, rest: str, *, regional: bool = True) -> str:
        region = self.region if regional else ""
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{rest}"

    def call(
        self,
        by: str,
        method: str,
        /,
        *,
        context: Mapping[str, str] | None = None,
        **params: Any,  # noqa: ANN401 - whatever the operation takes
    ) -> Call:
        """A call, written `service.Operation`, of a role by its ARN or of a service."""
        service, _, operation = method.partition(".")
        who, account = by, self.account
        if ":role/" in by:
            account = by.split(":")[4]
            name = by.rsplit("/", 1)[1]
            who = f"arn:{self.partition}:sts::{account}:assumed-role/{name}/workload"
        given = {key: (value,) for key, value in (context or {}).items()}
        return Call(service, operation, params, self.region, account, who, given)

    def does(self, by: str, source: str, method: str, /, **params: Any) -> Work:  # noqa: ANN401
        """A call and its source."""
        return Work(name_of(by), self.call(by, method, **params), source)


def name_of(role: str) -> str:
    """The name in a role's ARN; a service principal stays."""
    return role.rsplit("/", 1)[1] if ":role/" in role else role


def place(uri: str) -> tuple[str, str]:
    """The bucket and the key of an S3 URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key.rstrip("/")


def sender(site: Site, service: str, arn: str, *, taking: bool = False) -> dict[str, str]:
    """What a service says of whom it acts for, where AWS documents that it says so."""
    if not vouches(service, taking=taking):
        return {}
    return {"aws:sourceaccount": site.account, "aws:sourcearn": arn}


def takes(site: Site, role: str, source: str, at: str = "", service: str = SAGEMAKER) -> Work:
    """A service takes a role for a resource, whose ARN it sends; without one it may send none."""
    context = sender(site, service, at, taking=True) if at else {}
    return site.does(
        service, source, "sts.AssumeRole", RoleArn=role, RoleSessionName="w", context=context
    )


def logs(site: Site, role: str, group: str) -> Iterator[Work]:
    """Source: the execution roles' policies list these four."""
    stream = {"logGroupName": group, "logStreamName": "primary/i-0"}
    yield site.does(role, ROLES, "logs.CreateLogGroup", logGroupName=group)
    yield site.does(role, ROLES, "logs.DescribeLogStreams", logGroupName=group)
    yield site.does(role, ROLES, "logs.CreateLogStream", **stream)
    yield site.does(role, ROLES, "logs.PutLogEvents", **stream)


def metrics(site: Site, role: str, namespace: str) -> Iterator[Work]:
    yield site.does(role, ROLES, "cloudwatch.PutMetricData", Namespace=namespace)


def pull(site: Site, role: str, image: str) -> Iterator[Work]:
    """Source: ECR user guide, "Private repository policies", what a pull needs."""
    found = _IMAGE.match(image)
    if not found:
        return
    account, region, name = found.groups()
    at = f"arn:{site.partition}:ecr:{region}:{account}:repository/{name}"
    yield site.does(role, ROLES, "ecr.GetAuthorizationToken")
    for operation in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"):
        yield site.does(role, ROLES, f"ecr.{operation}", repositoryName=at)


def attach(site: Site, role: str, network: Mapping[str, Any] | None) -> Iterator[Work]:
    """A VPC: what is made there is asked for on ``*``, which is how AWS says to allow it."""
    if not network:
        return
    for operation in _INTERFACES:
        yield site.does(role, ROLES, f"ec2.{operation}")
    made = tuple(
        f"ec2:{verb}NetworkInterface{what}"
        for verb in ("Create", "Delete")
        for what in ("", "Permission")
    )
    call = site.call(role, "ec2.DescribeVpcs")
    at = site.arn("ec2", "network-interface/*")
    yield Work(name_of(role), call, ROLES, besides=made, at=at)


def disks(site: Site, role: str, key: str | None) -> Iterator[Work]:
    """An encrypted volume is attached by a grant that SageMaker makes with the role.

    Source: the execution roles' page, "volume KMS key"; a grant for an AWS resource says so.
    """
    if not key:
        return
    via = {"kms:viaservice": f"sagemaker.{site.region}.amazonaws.com"}
    yield site.does(role, ROLES, "kms.DescribeKey", KeyId=key, context=via)
    granted = {**via, "kms:grantisforawsresource": "true"}
    yield site.does(role, ROLES, "kms.CreateGrant", KeyId=key, context=granted)


def seals(site: Site, role: str, key: str | None) -> Iterator[Work]:
    """What a job is asked for an output key beside its writes.

    "The SageMaker execution role must include permissions to call kms:Encrypt": so it is said of
    training jobs; of processing and transform jobs the page of execution roles lists it too.
    """
    if key:
        via = {"kms:viaservice": f"s3.{site.region}.amazonaws.com"}
        source = f"SageMaker API, OutputDataConfig.KmsKeyId; {ROLES}"
        yield site.does(role, source, "kms.Encrypt", KeyId=key, context=via)


def sealed(key: str | None) -> dict[str, str]:
    """The members of a put that name the key it is encrypted with."""
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
