"""AWS::SageMaker::FeatureGroup, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.mirror import Props, changed
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.services.cloudcontrol.plain import Plain

FEATURES, ONLINE, THROUGHPUT = "FeatureDefinitions", "OnlineStoreConfig", "ThroughputConfig"
_GROUP = Plain(
    "FeatureGroup",
    "feature-group",
    (
        "Description",
        "EventTimeFeatureName",
        FEATURES,
        "OfflineStoreConfig",
        ONLINE,
        "RecordIdentifierFeatureName",
        "RoleArn",
        THROUGHPUT,
    ),
    ("CreationTime", "FeatureGroupStatus"),
    by_arn=False,
    status="FeatureGroupStatus",
    busy=("Creating", "Deleting"),
    failed=("CreateFailed", "DeleteFailed"),
    summaries="FeatureGroupSummaries",
)
create, delete, listed = _GROUP.create, _GROUP.delete, _GROUP.listed


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeFeatureGroup."""
    shown = _GROUP.read(aws, parts)
    return None if shown is None else _GROUP.dates(shown)


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """One kind of change for each UpdateFeatureGroup; features can only be added."""
    key = _GROUP.named(parts)
    old, new = before.get(FEATURES) or [], after.get(FEATURES) or []
    if any(each not in new for each in old):
        raise Broken("InvalidRequest", "Features of a feature group cannot be changed or removed.")
    if added := [each for each in new if each not in old]:
        aws("sagemaker", "UpdateFeatureGroup", **key, FeatureAdditions=added)
    if changed(before, after, ONLINE) and (ttl := (after.get(ONLINE) or {}).get("TtlDuration")):
        online = {ONLINE: {"TtlDuration": ttl}}
        aws("sagemaker", "UpdateFeatureGroup", **key, **online)
    if changed(before, after, THROUGHPUT) and after.get(THROUGHPUT):
        aws("sagemaker", "UpdateFeatureGroup", **key, **{THROUGHPUT: after[THROUGHPUT]})
    _GROUP.retag(aws, parts, before, after)


def works(aws: Aws, parts: tuple[str, ...], operation: str) -> bool:
    """Whether it is made, changed or deleted still."""
    found = _GROUP.describe(aws, parts) or {}
    last = (found.get("LastUpdateStatus") or {}).get("Status")
    return _GROUP.works(aws, parts, operation) or last == "InProgress"
