"""AWS::SageMaker::ModelPackage, by AWS's own handlers.

A version of a group has a number from AWS and neither a name nor tags: those of its group are its
own ("the tags of the model package group"; CreateModelPackage refuses others). So it is found by
what cannot change of it, among the versions of its group, which no listing shows unless it is told
the group. Each creation is a new version; one that has been made is never made again.
Source: SageMaker API reference, CreateModelPackage, ListModelPackages.
"""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, no_longer

declare(
    "AWS::SageMaker::ModelPackage",
    name="",
    untagged=True,
    by=("ModelPackageGroupName",),
    holds="history",
    narrows=(
        Narrowing(
            path="ModelApprovalStatus",
            destroys="history",
            lost=no_longer("Approved", "it is no longer approved"),
        ),
    ),
    refers=(
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::SageMaker::ModelPackageGroup",
    ),
    aside=Aside(hands=("sagemaker.amazonaws.com",)),
)
