"""AWS::SageMaker::ModelPackage, the same as the rest of the sandbox has.

A listing shows the versions of the group that it is told, and without one those of none
(ListModelPackages: ModelPackageType is Unversioned by default).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.mirror import Props, changed, pick
from reconciler.sandbox.services.cloudcontrol.native import Aws

GROUP, ARN = "ModelPackageGroupName", "ModelPackageArn"
FIXED = (
    GROUP,
    "ModelPackageName",
    "CertifyForMarketplace",
    "ClientToken",
    "Domain",
    "DriftCheckBaselines",
    "MetadataProperties",
    "ModelMetrics",
    "ModelPackageDescription",
    "SamplePayloadUrl",
    "SecurityConfig",
    "SkipModelValidation",
    "SourceAlgorithmSpecification",
    "Task",
    "ValidationSpecification",
)
WHY = "ApprovalDescription"
FREE = (WHY, "InferenceSpecification", "ModelApprovalStatus", "ModelCard", "ModelLifeCycle",
        "ModelPackageRegistrationType", "SourceUri")  # fmt: skip
METADATA, MORE = "CustomerMetadataProperties", "AdditionalInferenceSpecifications"
SHOWN = ("ModelPackageStatus", "ModelPackageVersion", ARN)
DETAILS = "ModelPackageStatusDetails"
TIMES = ("CreationTime", "LastModifiedTime")


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateModelPackage; why it is approved, only UpdateModelPackage takes."""
    given = pick(props, (*FIXED, *FREE, METADATA, MORE, "Tags"))
    later = pick(given, (WHY,))
    made = {key: value for key, value in given.items() if key != WHY}
    parts = (str(aws("sagemaker", "CreateModelPackage", **made)[ARN]),)
    if later:
        aws("sagemaker", "UpdateModelPackage", ModelPackageArn=parts[0], **later)
    return parts


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeModelPackage; what has a version has no name of its own, though it is told one."""
    found = aws.look("sagemaker", "DescribeModelPackage", ModelPackageName=parts[0])
    if found is None:
        return None
    shown = pick(found, (*FIXED, *FREE, METADATA, MORE, *SHOWN))
    shown |= {DETAILS: pick(found.get(DETAILS) or {}, ("ValidationStatuses",))}
    shown |= {key: found[key].isoformat() for key in TIMES if found.get(key)}
    tags = aws("sagemaker", "ListTags", ResourceArn=parts[0])["Tags"] if GROUP not in shown else []
    return shown | ({"Tags": tags} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """UpdateModelPackage."""
    given = {key: after[key] for key in FREE if key in after and changed(before, after, key)}
    old, new = before.get(METADATA) or {}, after.get(METADATA) or {}
    if gone := sorted(old.keys() - new.keys()):
        given["CustomerMetadataPropertiesToRemove"] = gone
    if fresh := {key: value for key, value in new.items() if old.get(key) != value}:
        given[METADATA] = fresh
    known = before.get(MORE) or []
    if added := [each for each in after.get(MORE) or () if each not in known]:
        given[f"{MORE}ToAdd"] = added
    if given:
        aws("sagemaker", "UpdateModelPackage", ModelPackageArn=parts[0], **given)


def refuse(before: Props, after: Props) -> None:
    """Tags of a version.

    Raises:
        Broken: InvalidRequest, with SageMaker's words.
    """
    if after.get("Tags") and before.get(GROUP):
        text = "Tags are not allowed for a versioned model package."
        raise Broken("InvalidRequest", text)


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteModelPackage."""
    aws("sagemaker", "DeleteModelPackage", ModelPackageName=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListModelPackages, of either kind."""
    kinds = {"ModelPackageType": "Both"}
    for each in aws.pages("sagemaker", "ListModelPackages", "ModelPackageSummaryList", **kinds):
        yield (str(each[ARN]),)


def shows(model: Props, told: Props) -> bool:
    """Whether a listing that was told this shows one."""
    return bool(told.get(GROUP)) or not model.get(GROUP)
