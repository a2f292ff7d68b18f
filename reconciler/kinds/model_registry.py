"""kind: ModelRegistry. The versions of one model, and who may use them."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import DESCRIPTION, Kind, Maybe, Reference, Scope, Section, register
from reconciler.kinds.terms.account import Account
from reconciler.kinds.terms.bucket import bucket_arn
from reconciler.kinds.terms.location import S3Path, inside
from reconciler.kinds.terms.name import EntityName, named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

TYPE = "AWS::SageMaker::ModelPackageGroup"


class Artifacts(Section):
    """Where the model files of all versions are."""

    source: Annotated[str, Reference("DataSource")]
    """The DataSource that holds them."""
    path: Maybe[S3Path] = None
    """The prefix they share."""


class Approval(Section):
    """How versions get approved; for people."""

    approvers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Teams or people, one of whom has to agree."""
    note: str = ""
    """What they look at."""


class ModelRegistry(Section):
    """The versions of one model, and who may use them."""

    aws_name: Maybe[EntityName] = None
    """The name of the group of versions in AWS. By default it is made of platform, environment and
    spec."""
    artifacts: Maybe[Artifacts] = None
    """Where the model files are, so that endpoints may read them."""
    readers: tuple[Account, ...] = ()
    """Other accounts that may look at the versions and deploy them. They may also read the model
    files, and decrypt them, where this platform makes the bucket and the key. Repositories of
    images of your own need a policy for these accounts, which Moorline does not make."""
    approval: Maybe[Approval] = None


def exports(spec: ModelRegistry, scope: Scope) -> Mapping[str, Json]:
    group = scope.address(TYPE)
    found: dict[str, Json] = {
        "group": Ref(group, "ModelPackageGroupName"),
        "groupName": group.name,
        "groupArn": scope.arn("sagemaker", f"model-package-group/{group.name}"),
        "packageArns": scope.arn("sagemaker", f"model-package/{group.name}/*"),
        **dict.fromkeys(("uri", "bucketArn", "keyArn", "prefix")),
    }
    if spec.artifacts is None:
        return found
    spot = inside(scope, "DataSource", spec.artifacts.source, spec.artifacts.path or "")
    base = scope.export("DataSource", spec.artifacts.source, "prefix")
    prefix = "/".join(filter(None, (base, spec.artifacts.path)))
    where = {"uri": spot.uri, "bucketArn": spot.bucket, "keyArn": spot.key, "prefix": prefix}
    return {**found, **where}


def build(spec: ModelRegistry, scope: Scope) -> Iterator[Node]:
    given = exports(spec, scope)  # also where nobody asks: what cannot hold models is said here
    if spec.readers and spec.artifacts is not None:
        _let_read(spec.readers, given, scope)
    yield scope.node(
        scope.address(TYPE),
        {
            "ModelPackageGroupDescription": scope.description or ...,
            "ModelPackageGroupPolicy": _policy(spec.readers, scope),
        },
        lines={
            ("ModelPackageGroupDescription",): DESCRIPTION,
            ("ModelPackageGroupPolicy",): ("readers",),
        },
    )


def _policy(readers: tuple[str, ...], scope: Scope) -> Props:
    """Readers see the group and its versions, and make models of them."""
    if not readers:
        return {}
    name = scope.address(TYPE).name
    shared = _allow(readers, scope)
    group = scope.arn("sagemaker", f"model-package-group/{name}")
    versions = scope.arn("sagemaker", f"model-package/{name}/*")
    use = ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadGroup",
                **shared,
                "Action": ["sagemaker:DescribeModelPackageGroup"],
                "Resource": group,
            },
            {"Sid": "UseVersions", **shared, "Action": use, "Resource": versions},
        ],
    }


def _allow(readers: tuple[str, ...], scope: Scope) -> Props:
    roots = sorted(f"arn:{scope.place.partition}:iam::{account}:root" for account in set(readers))
    return {"Effect": "Allow", "Principal": {"AWS": roots}}


def _let_read(readers: tuple[str, ...], where: Mapping[str, Json], scope: Scope) -> None:
    """Whoever deploys a version elsewhere reads the model file, through S3 also from its key.

    Source: SageMaker developer guide, "Deploy a model version from a different account".
    """
    sid = "Readers" + "".join(part.title() for part in scope.name.split("-"))
    shared = {"Sid": sid, **_allow(readers, scope)}
    bucket, prefix = where["bucketArn"], where["prefix"]
    if isinstance(bucket, Ref):
        objects = f"{bucket_arn(scope, bucket.target.name)}/{prefix and prefix + '/'}*"
        read = {**shared, "Action": "s3:GetObject", "Resource": objects}
        scope.admit(bucket, "BucketPolicy", read)
    via = {"StringEquals": {"kms:ViaService": f"s3.{scope.place.region}.amazonaws.com"}}
    decrypt = {**shared, "Action": "kms:Decrypt", "Resource": "*", "Condition": via}
    scope.admit(where["keyArn"], "KeyPolicy", decrypt)


register(
    Kind(
        name="ModelRegistry",
        model=ModelRegistry,
        summary="The versions of one model, and who may use them.",
        build=build,
        named=lambda spec: named(TYPE, spec.aws_name),
        exports=exports,
        stage="model",
        example="""\
readers: ["210987654321"]
approval: {approvers: [fraud-risk], note: AUC and false positives by segment.}
""",
    )
)
