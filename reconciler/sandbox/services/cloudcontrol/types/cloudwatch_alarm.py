"""AWS::CloudWatch::Alarm, the same as the rest of the sandbox has."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    listed as tag_list,
    name,
    retag,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

GIVEN = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
)


def _pick(found: Props) -> Props:
    return {key: found[key] for key in GIVEN if found.get(key) not in (None, "", [], {})}


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """PutMetricAlarm would change one that is there; the handler looks first."""
    called = name(props, "AlarmName", WORLD.next_number(), "Alarm")
    if read(aws, (called,)) is not None:
        raise taken(called)
    tags = {"Tags": props["Tags"]} if props.get("Tags") else {}
    aws("cloudwatch", "PutMetricAlarm", AlarmName=called, **_pick(props), **tags)
    return (called,)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeAlarms and its tags."""
    asked = {"AlarmNames": [parts[0]], "AlarmTypes": ["MetricAlarm"]}
    found = aws("cloudwatch", "DescribeAlarms", **asked).get("MetricAlarms") or []
    if not found:
        return None
    arn = found[0]["AlarmArn"]
    shown = {"AlarmName": parts[0], "Arn": arn, **_pick(found[0])}
    tags = aws("cloudwatch", "ListTagsForResource", ResourceARN=arn).get("Tags") or []
    named = {each["Key"]: each["Value"] for each in tags}
    return shown | ({"Tags": tag_list(named)} if named else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """PutMetricAlarm with the whole alarm, and tags."""
    if _pick(before) != _pick(after):
        aws("cloudwatch", "PutMetricAlarm", AlarmName=parts[0], **_pick(after))
    arn = {"ResourceARN": aws.arn("cloudwatch", f"alarm:{parts[0]}")}
    retag(
        before,
        after,
        lambda put: aws("cloudwatch", "TagResource", **arn, Tags=tag_list(put)),
        lambda gone: aws("cloudwatch", "UntagResource", **arn, TagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteAlarms."""
    aws("cloudwatch", "DeleteAlarms", AlarmNames=[parts[0]])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """DescribeAlarms."""
    kind = {"AlarmTypes": ["MetricAlarm"]}
    for each in aws.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", **kind):
        yield (each["AlarmName"],)
