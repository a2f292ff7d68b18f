"""AWS::KMS::Key, the same as the rest of the sandbox has; a deleted one waits for its end."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    document,
    pick,
    retag,
    text,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws

MADE = ("BypassPolicyLockoutSafetyCheck", "Description", "KeySpec", "KeyUsage", "MultiRegion")
LEAVING = "PendingDeletion"


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateKey, then rotation and whether it is enabled."""
    given = pick(props, MADE)
    given |= {"Origin": props["Origin"]} if props.get("Origin") else {}
    given |= {"Policy": text(props["KeyPolicy"])} if props.get("KeyPolicy") else {}
    tags = [_api(tag) for tag in props.get("Tags") or ()]
    key = aws("kms", "CreateKey", Tags=tags, **given)["KeyMetadata"]["KeyId"]
    _switch(aws, key, {"Enabled": True}, props)
    return (key,)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeKey, its policy, rotation and tags. One that waits for deletion is read as well."""
    if ":" in parts[0] or "/" in parts[0]:
        return None
    key = {"KeyId": parts[0]}
    found = aws.look("kms", "DescribeKey", **key)
    if found is None:
        return None
    data = found["KeyMetadata"]
    shown = pick(data, ("Arn", "Description", "KeyId", "KeySpec", "KeyUsage", "Origin"))
    shown |= {"Enabled": bool(data["Enabled"]), "MultiRegion": bool(data.get("MultiRegion"))}
    shown["KeyPolicy"] = document(aws("kms", "GetKeyPolicy", **key, PolicyName="default")["Policy"])
    if data["KeyState"] != LEAVING:
        rotation = aws("kms", "GetKeyRotationStatus", **key)
        shown["EnableKeyRotation"] = bool(rotation["KeyRotationEnabled"])
    tags = aws("kms", "ListResourceTags", **key)["Tags"]
    named = [{"Key": each["TagKey"], "Value": each["TagValue"]} for each in tags]
    return shown | ({"Tags": named} if named else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """A call for each property."""
    key = {"KeyId": parts[0]}
    for fixed in ("KeySpec", "KeyUsage", "Origin", "MultiRegion"):
        if fixed in after and changed(before, after, fixed):
            raise Broken("NotUpdatable", f"You cannot change the {fixed} of a key.")
    if changed(before, after, "Description"):
        aws("kms", "UpdateKeyDescription", **key, Description=after.get("Description", ""))
    if changed(before, after, "KeyPolicy") and after.get("KeyPolicy"):
        said = text(after["KeyPolicy"])
        aws("kms", "PutKeyPolicy", **key, PolicyName="default", Policy=said)
    _switch(aws, parts[0], before, after)
    retag(
        before,
        after,
        lambda put: aws(
            "kms", "TagResource", **key, Tags=[{"TagKey": k, "TagValue": v} for k, v in put.items()]
        ),
        lambda gone: aws("kms", "UntagResource", **key, TagKeys=gone),
    )


def _switch(aws: Aws, key: str, before: Props, after: Props) -> None:
    on = bool(after.get("Enabled", True))
    if on != bool(before.get("Enabled", True)):
        aws("kms", "EnableKey" if on else "DisableKey", KeyId=key)
    turns = bool(after.get("EnableKeyRotation"))
    period = after.get("RotationPeriodInDays")
    if turns and (not before.get("EnableKeyRotation") or period):
        more = {"RotationPeriodInDays": period} if period else {}
        aws("kms", "EnableKeyRotation", KeyId=key, **more)
    if before.get("EnableKeyRotation") and not turns:
        aws("kms", "DisableKeyRotation", KeyId=key)


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """ScheduleKeyDeletion: it is read and listed until its days are over."""
    found = aws("kms", "DescribeKey", KeyId=parts[0])["KeyMetadata"]
    if found["KeyState"] == LEAVING:
        raise Broken("NotFound", f"{parts[0]} is pending deletion.")
    aws("kms", "ScheduleKeyDeletion", KeyId=parts[0], PendingWindowInDays=30)


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListKeys."""
    for each in aws.pages("kms", "ListKeys", "Keys"):
        yield (each["KeyId"],)


def _api(tag: Props) -> Props:
    return {"TagKey": tag["Key"], "TagValue": tag["Value"]}
