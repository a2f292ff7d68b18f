"""IAM's roles, and STS.

A boundary is seen by what sets one, and by what changes a role that has one. Source: Service
Authorization Reference; IAM user guide, "Permissions boundaries", "iam:PermissionsBoundary".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.access.request import Call, Derive, Want, World, arn, plain, tags

BOUND = "iam:PermissionsBoundary"
SETS = frozenset({"CreateRole", "PutRolePermissionsBoundary"})
SEES = frozenset(
    {
        "AttachRolePolicy", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy",
        "DetachRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole",
        "UpdateRoleDescription",
    }
)  # fmt: skip
READS = (
    "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies", "ListRoleTags",
)  # fmt: skip
FREE = frozenset({"GetCallerIdentity"})


def role_arn(call: Call, world: World, name: str) -> str:
    """A role's ARN, with the path that it has or will have."""
    path = str(call.get("Path") or "/").lstrip("/")
    return world.role(name, call.account) or arn(call, "iam", "role", f"{path}{name}")


def role(call: Call, world: World) -> Iterable[Want]:
    """An operation on a role by its name."""
    at = role_arn(call, world, str(call.need("RoleName")))
    keys: dict[str, Any] = {}
    if call.operation in SETS:
        keys[BOUND] = call.get("PermissionsBoundary")
    elif call.operation in SEES:
        keys[BOUND] = world.boundary(at)
    if call.operation in {"AttachRolePolicy", "DetachRolePolicy"}:
        keys["iam:PolicyARN"] = call.get("PolicyArn")
    given, untag = tags(call.get("Tags")), tuple(call.get("TagKeys") or ())
    yield Want(f"iam:{call.operation}", at, keys, given, untag)
    if call.operation == "CreateRole" and given:
        yield Want("iam:TagRole", at, {}, given)


def linked(call: Call, _world: World) -> Iterable[Want]:
    """A role for a service, whose name the service chooses."""
    service = str(call.need("AWSServiceName"))
    at = arn(call, "iam", "role", f"aws-service-role/{service}/{call.get('CustomSuffix') or 'new'}")
    yield Want("iam:CreateServiceLinkedRole", at, {"iam:AWSServiceName": service})


def assume(call: Call, _world: World) -> Iterable[Want]:
    """Taking a role, and saying of the session what it is tagged with."""
    at = str(call.need("RoleArn"))
    given = tags(call.get("Tags"))
    keys: Mapping[str, Any] = {
        "sts:ExternalId": call.get("ExternalId"),
        "sts:RoleSessionName": call.get("RoleSessionName"),
    }
    yield Want(f"sts:{call.operation}", at, keys, given)
    if given:
        yield Want("sts:TagSession", at, {}, given)


def free(_call: Call, _world: World) -> Iterable[Want]:
    """AWS asks nobody. Source: GetCallerIdentity, "No permissions are required"."""
    return ()


OPERATIONS: dict[str, dict[str, Derive]] = {
    "iam": {
        **plain(
            "iam",
            {
                "": "GetAccountAuthorizationDetails ListRoles ListPolicies",
                "policy PolicyArn": "GetPolicy GetPolicyVersion ListPolicyVersions",
            },
        ),
        **dict.fromkeys((*READS, *SETS, *SEES, "TagRole", "UntagRole"), role),
        "CreateServiceLinkedRole": linked,
    },
    "sts": {
        **dict.fromkeys(("AssumeRole", "AssumeRoleWithWebIdentity"), assume),
        **dict.fromkeys(FREE, free),
    },
}
