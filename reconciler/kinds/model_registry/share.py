"""What another account needs to look at versions and to deploy them, and what the group refuses.

A reader's model names the version, and its role reads the model file, decrypts it and pulls the
image, each of which has a policy of its own. AWS RAM is not needed: it shows groups in the reader's
console, and opens neither files nor images. Source: SageMaker developer guide, "Deploy a Model
Version from a Different Account", "Cross-account discoverability".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope, Severity
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.kinds.terms.bucket import bucket_arn
from reconciler.model.value import Json, Props, Ref

REPOSITORY = "AWS::ECR::Repository"
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
GROUP = ("sagemaker:DescribeModelPackageGroup",)
USE = ("sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages")


def readers(spec: ModelRegistry, scope: Scope) -> list[str]:
    """The other accounts, each once; this one needs no policy.

    SageMaker refuses a principal that is there twice.
    """
    return sorted(set(spec.readers) - {scope.place.account})


def statements(spec: ModelRegistry, group: str, versions: str, scope: Scope) -> Iterator[Props]:
    """What the policy of the group allows readers."""
    if not (found := readers(spec, scope)):
        return
    shared = _allow(found, scope)
    yield {"Sid": "ReadGroup", **shared, "Action": [*GROUP], "Resource": group}
    yield {"Sid": "UseVersions", **shared, "Action": [*USE], "Resource": versions}


def open_files(spec: ModelRegistry, where: Mapping[str, Json], scope: Scope) -> None:
    """Whoever deploys a version elsewhere reads the model file, through S3 also from its key."""
    found = readers(spec, scope)
    if not found or spec.artifacts is None:
        return
    shared = {"Sid": sid("Readers", scope), **_allow(found, scope)}
    if isinstance(where["bucketArn"], Ref):
        read = {**shared, "Action": "s3:GetObject", "Resource": objects(where, scope)}
        scope.admit(where["bucketArn"], "BucketPolicy", read)
    else:
        _unmade("artifacts", "bucket", {**shared, "Action": "s3:GetObject", "Resource": "…/*"},
                scope)  # fmt: skip
    via = {"StringEquals": {"kms:ViaService": f"s3.{scope.place.region}.amazonaws.com"}}
    decrypt = {**shared, "Action": "kms:Decrypt", "Resource": "*", "Condition": via}
    if isinstance(where["keyArn"], str):
        _unmade("artifacts", "key", decrypt, scope)
    scope.admit(where["keyArn"], "KeyPolicy", decrypt)


def open_images(spec: ModelRegistry, scope: Scope) -> None:
    """Whoever deploys pulls the image, by the policy of its repository."""
    if not (found := readers(spec, scope)):
        return
    pull = {"Sid": sid("Readers", scope), **_allow(found, scope), "Action": [*PULL]}
    for index, name in enumerate(spec.repositories):
        arn = scope.peer("Resource", name).get("Arn")
        if isinstance(arn, Ref) and arn.target.type == REPOSITORY:
            scope.admit(arn, "RepositoryPolicyText", pull)
        else:
            text = f"Resource {name!r} is no repository of images"
            help_ = f"name one of the type {REPOSITORY}"
            scope.problem(("repositories", str(index)), text, help=help_)
    for index, repository in enumerate(spec.existing_repositories):
        _unmade(f"existingRepositories.{index}", f"repository {repository}", pull, scope)


def objects(where: Mapping[str, Json], scope: Scope, folder: str = "") -> str:
    """The ARN pattern of the model files, in a bucket that this platform makes."""
    bucket = where["bucketArn"]
    prefix = "".join(f"{each}/" for each in (where["prefix"], folder) if each)
    return f"{bucket_arn(scope, bucket.target.name)}/{prefix}*"


def sid(word: str, scope: Scope) -> str:
    """The id of a statement in a policy that several specs write to."""
    return word + "".join(part.title() for part in scope.name.split("-"))


def _allow(accounts: list[str], scope: Scope) -> Props:
    roots = [f"arn:{scope.place.partition}:iam::{account}:root" for account in accounts]
    return {"Effect": "Allow", "Principal": {"AWS": roots}}


def _unmade(at: str, what: str, statement: Props, scope: Scope) -> None:
    scope.problem(
        tuple(at.split(".")),
        f"the {what} is not of this platform, so its policy has to let the readers in",
        help=f"add to its policy: {json.dumps(statement)}",
        code="MODEL002",
        severity=Severity.WARNING,
    )
