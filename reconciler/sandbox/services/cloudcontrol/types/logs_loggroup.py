"""AWS::Logs::LogGroup, made in moto's CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    listed as tag_list,
    name,
    pairs,
    retag,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateLogGroup and how long it keeps what is written."""
    called = name(props, "LogGroupName", WORLD.next_number(), "LogGroup")
    tags = {"tags": pairs(props)} if props.get("Tags") else {}
    key = {"kmsKeyId": props["KmsKeyId"]} if props.get("KmsKeyId") else {}
    kind = {"logGroupClass": props["LogGroupClass"]} if props.get("LogGroupClass") else {}
    aws("logs", "CreateLogGroup", logGroupName=called, **tags, **key, **kind)
    _retain(aws, called, {}, props)
    return (called,)


def _retain(aws: Aws, called: str, before: Props, after: Props) -> None:
    if not changed(before, after, "RetentionInDays"):
        return
    if days := after.get("RetentionInDays"):
        aws("logs", "PutRetentionPolicy", logGroupName=called, retentionInDays=days)
    else:
        aws("logs", "DeleteRetentionPolicy", logGroupName=called)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeLogGroups by the whole name, and the tags."""
    found = aws("logs", "DescribeLogGroups", logGroupNamePrefix=parts[0])["logGroups"]
    group = next((each for each in found if each["logGroupName"] == parts[0]), None)
    if group is None:
        return None
    arn = aws.arn("logs", f"log-group:{parts[0]}")
    shown: Props = {
        "Arn": f"{arn}:*",
        "LogGroupName": parts[0],
        "LogGroupClass": group.get("logGroupClass", "STANDARD"),
    }
    shown |= {"RetentionInDays": group["retentionInDays"]} if group.get("retentionInDays") else {}
    shown |= {"KmsKeyId": group["kmsKeyId"]} if group.get("kmsKeyId") else {}
    tags = aws("logs", "ListTagsForResource", resourceArn=arn).get("tags") or {}
    return shown | ({"Tags": tag_list(tags)} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """Retention, key and tags."""
    _retain(aws, parts[0], before, after)
    if changed(before, after, "KmsKeyId"):
        if after.get("KmsKeyId"):
            given = {"logGroupName": parts[0], "kmsKeyId": after["KmsKeyId"]}
            aws("logs", "AssociateKmsKey", **given)
        else:
            aws("logs", "DisassociateKmsKey", logGroupName=parts[0])
    arn = {"resourceArn": aws.arn("logs", f"log-group:{parts[0]}")}
    retag(
        before,
        after,
        lambda put: aws("logs", "TagResource", **arn, tags=put),
        lambda gone: aws("logs", "UntagResource", **arn, tagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteLogGroup."""
    aws("logs", "DeleteLogGroup", logGroupName=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """DescribeLogGroups."""
    for each in aws.pages("logs", "DescribeLogGroups", "logGroups"):
        yield (each["logGroupName"],)
