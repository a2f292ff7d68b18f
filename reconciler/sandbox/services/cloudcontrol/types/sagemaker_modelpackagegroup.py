"""AWS::SageMaker::ModelPackageGroup, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.mirror import Props, changed, document, text
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.services.cloudcontrol.plain import Plain

POLICY = "ModelPackageGroupPolicy"
_GROUP = Plain(
    "ModelPackageGroup",
    "model-package-group",
    ("ModelPackageGroupDescription",),
    ("CreationTime", "ModelPackageGroupStatus"),
    summaries="ModelPackageGroupSummaryList",
)
delete, listed = _GROUP.delete, _GROUP.listed


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateModelPackageGroup and its policy."""
    parts = _GROUP.create(aws, props)
    _policy(aws, parts, {}, props)
    return parts


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeModelPackageGroup and its policy."""
    shown = _GROUP.read(aws, parts)
    if shown is None:
        return None
    found = aws.look("sagemaker", "GetModelPackageGroupPolicy", **_GROUP.named(parts))
    policy = document(found["ResourcePolicy"]) if found else None
    return _GROUP.dates(shown) | ({POLICY: policy} if policy else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """The policy, and tags."""
    _policy(aws, parts, before, after)
    _GROUP.retag(aws, parts, before, after)


def _policy(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    if not changed(before, after, POLICY):
        return
    if after.get(POLICY):
        said = {"ResourcePolicy": text(after[POLICY])}
        aws("sagemaker", "PutModelPackageGroupPolicy", **_GROUP.named(parts), **said)
    else:
        aws("sagemaker", "DeleteModelPackageGroupPolicy", **_GROUP.named(parts))
