"""KMS: keys by id, ARN or alias; aliases, which have no tags; grants.

Source: KMS developer guide, "Permissions reference" and "Condition keys".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.access.request import (
    NEW_ID,
    Call,
    Derive,
    Want,
    World,
    arn,
    plain,
    tags,
)

ON_KEY = (
    "CancelKeyDeletion", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey",
    "EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "GetPublicKey", "ListGrants",
    "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion",
    "TagResource", "UntagResource", "UpdateKeyDescription",
)  # fmt: skip
CRYPTOGRAPHIC = (
    "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "Sign", "Verify",
)  # fmt: skip
BY_ALIAS = {*CRYPTOGRAPHIC, "DescribeKey", "GetPublicKey"}
"""What takes an alias, and then says so in `kms:RequestAlias`."""


def key_arn(call: Call, world: World, name: str) -> str:
    """The ARN of the key that a name stands for; empty for an alias of no key.

    There is nothing then whose policy could be asked: KMS answers that it is not found.
    """
    if name.startswith("arn:") and ":key/" in name:
        return name
    found = world.key(name, call.region, call.account)
    if found or "alias/" in name:
        return found
    return arn(call, "kms", "key", name)


def asked_by(name: str) -> dict[str, Any]:
    """The alias that a key is named by, if it is."""
    at = name.find("alias/")
    return {"kms:RequestAlias": name[at:]} if at >= 0 else {}


def encryption_context(given: Mapping[str, str] | None) -> dict[str, Any]:
    """The keys that an encryption context fills."""
    found: dict[str, Any] = {
        f"kms:EncryptionContext:{key}": it for key, it in (given or {}).items()
    }
    return {**found, "kms:EncryptionContextKeys": tuple(given)} if given else {}


def on_key(call: Call, world: World) -> Iterable[Want]:
    """An operation on a key."""
    name = str(call.need("KeyId"))
    keys: dict[str, Any] = {}
    if call.operation in BY_ALIAS:
        keys |= asked_by(name)
    if call.operation in {"Decrypt", "Encrypt"}:
        keys["kms:EncryptionAlgorithm"] = call.get("EncryptionAlgorithm") or "SYMMETRIC_DEFAULT"
    if call.operation in {"Sign", "Verify"}:
        keys["kms:SigningAlgorithm"] = call.get("SigningAlgorithm")
        keys["kms:MessageType"] = call.get("MessageType") or "RAW"
    if call.operation == "PutKeyPolicy":
        lockout = call.get("BypassPolicyLockoutSafetyCheck") or False
        keys["kms:BypassPolicyLockoutSafetyCheck"] = lockout
    if call.operation == "ScheduleKeyDeletion":
        keys["kms:ScheduleKeyDeletionPendingWindowInDays"] = call.get("PendingWindowInDays")
    if call.operation == "EnableKeyRotation":
        keys["kms:RotationPeriodInDays"] = call.get("RotationPeriodInDays")
    keys |= encryption_context(call.get("EncryptionContext"))
    untag = tuple(call.get("TagKeys") or ())
    if at := key_arn(call, world, name):
        yield Want(f"kms:{call.operation}", at, keys, tags(call.get("Tags")), untag)


def create_key(call: Call, _world: World) -> Iterable[Want]:
    """A key that is not there yet has no ARN; tagging it is asked on the one that it will have.

    Source: CreateKey, "Tags": the caller needs `kms:TagResource` in an IAM policy.
    """
    given = tags(call.get("Tags"))
    keys = {
        "kms:BypassPolicyLockoutSafetyCheck": call.get("BypassPolicyLockoutSafetyCheck") or False,
        "kms:KeyOrigin": call.get("Origin") or "AWS_KMS",
        "kms:KeySpec": call.get("KeySpec") or "SYMMETRIC_DEFAULT",
        "kms:KeyUsage": call.get("KeyUsage") or "ENCRYPT_DECRYPT",
        "kms:MultiRegion": call.get("MultiRegion") or False,
    }
    yield Want("kms:CreateKey", "*", keys, given)
    if given:
        yield Want("kms:TagResource", arn(call, "kms", "key", NEW_ID), {}, given)
    if call.get("MultiRegion"):
        role = "aws-service-role/mrk.kms.amazonaws.com/AWSServiceRoleForKeyManagementServiceMulti"
        named = {"iam:AWSServiceName": "mrk.kms.amazonaws.com"}
        at = arn(call, "iam", "role", f"{role}RegionKeys")
        yield Want("iam:CreateServiceLinkedRole", at, named)


def alias(call: Call, world: World) -> Iterable[Want]:
    """Asked on the alias, by IAM policies alone, and on each key that is concerned."""
    name = str(call.need("AliasName"))
    action = f"kms:{call.operation}"
    yield Want(action, arn(call, "kms", "alias", name.removeprefix("alias/")))
    before = world.key(name, call.region, call.account)
    if before and call.operation != "CreateAlias":
        yield Want(action, before)
    target = call.get("TargetKeyId")
    if target and (at := key_arn(call, world, str(target))):
        yield Want(action, at)


def grant(call: Call, world: World) -> Iterable[Want]:
    """A grant that a caller makes itself is for no AWS resource."""
    keys = {
        "kms:GrantIsForAWSResource": False,
        "kms:GranteePrincipal": call.get("GranteePrincipal"),
        "kms:GrantOperations": call.get("Operations"),
        "kms:RetiringPrincipal": call.get("RetiringPrincipal"),
    }
    if at := key_arn(call, world, str(call.need("KeyId"))):
        yield Want("kms:CreateGrant", at, keys)


def re_encrypt(call: Call, world: World) -> Iterable[Want]:
    """Out of one key and into another."""
    for side, action in (("Source", "kms:ReEncryptFrom"), ("Destination", "kms:ReEncryptTo")):
        keys = encryption_context(call.get(f"{side}EncryptionContext"))
        if at := key_arn(call, world, str(call.need(f"{side}KeyId"))):
            yield Want(action, at, keys)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "kms": {
        **plain("kms", {"": "ListAliases ListKeys"}),
        **dict.fromkeys((*ON_KEY, *CRYPTOGRAPHIC), on_key),
        **dict.fromkeys(("CreateAlias", "DeleteAlias", "UpdateAlias"), alias),
        "CreateGrant": grant,
        "CreateKey": create_key,
        "ReEncrypt": re_encrypt,
    }
}
