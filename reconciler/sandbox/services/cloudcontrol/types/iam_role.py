"""AWS::IAM::Role, the same as the rest of the sandbox has."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    document,
    listed as tag_list,
    name,
    pick,
    retag,
    text,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

TRUST, BOUNDARY = "AssumeRolePolicyDocument", "PermissionsBoundary"
MADE = ("Description", "MaxSessionDuration", "Path", BOUNDARY)
HOUR = 3600


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateRole, its policies, and those that are attached."""
    called = name(props, "RoleName", WORLD.next_number(), "Role")
    given = pick(props, MADE) | {TRUST: text(props[TRUST]), "Tags": props.get("Tags") or []}
    aws("iam", "CreateRole", RoleName=called, **given)
    _policies(aws, called, {}, props)
    return (called,)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """GetRole, and all that hangs on it."""
    found = aws.look("iam", "GetRole", RoleName=parts[0])
    if found is None:
        return None
    role, key = found["Role"], {"RoleName": parts[0]}
    shown = pick(role, ("Arn", "RoleId", "RoleName", "Path", "Description", "MaxSessionDuration"))
    shown[TRUST] = document(role[TRUST])
    if bound := role.get(BOUNDARY):
        shown[BOUNDARY] = bound["PermissionsBoundaryArn"]
    inline = [
        {
            "PolicyName": each,
            "PolicyDocument": document(
                aws("iam", "GetRolePolicy", **key, PolicyName=each)["PolicyDocument"]
            ),
        }
        for each in aws.pages("iam", "ListRolePolicies", "PolicyNames", **key)
    ]
    attached = aws.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", **key)
    shown |= pick(
        {"Policies": inline, "ManagedPolicyArns": [each["PolicyArn"] for each in attached]},
        ("Policies", "ManagedPolicyArns"),
    )
    tags = {each["Key"]: each["Value"] for each in aws("iam", "ListRoleTags", **key)["Tags"]}
    return shown | ({"Tags": tag_list(tags)} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """A call for each group of properties."""
    key = {"RoleName": parts[0]}
    if changed(before, after, TRUST):
        aws("iam", "UpdateAssumeRolePolicy", **key, PolicyDocument=text(after[TRUST]))
    if changed(before, after, "Description") or changed(before, after, "MaxSessionDuration"):
        limits = {"MaxSessionDuration": after.get("MaxSessionDuration", HOUR)}
        aws("iam", "UpdateRole", **key, Description=after.get("Description", ""), **limits)
    if changed(before, after, BOUNDARY) and after.get(BOUNDARY):
        aws("iam", "PutRolePermissionsBoundary", **key, **pick(after, (BOUNDARY,)))
    elif changed(before, after, BOUNDARY):
        aws("iam", "DeleteRolePermissionsBoundary", **key)
    _policies(aws, parts[0], before, after)
    retag(
        before,
        after,
        lambda put: aws("iam", "TagRole", **key, Tags=tag_list(put)),
        lambda gone: aws("iam", "UntagRole", **key, TagKeys=gone),
    )


def _policies(aws: Aws, called: str, before: Props, after: Props) -> None:
    key = {"RoleName": called}
    old = {each["PolicyName"]: each["PolicyDocument"] for each in before.get("Policies") or ()}
    new = {each["PolicyName"]: each["PolicyDocument"] for each in after.get("Policies") or ()}
    for policy, said in new.items():
        if old.get(policy) != said:
            aws("iam", "PutRolePolicy", **key, PolicyName=policy, PolicyDocument=text(said))
    for policy in old.keys() - new.keys():
        aws("iam", "DeleteRolePolicy", **key, PolicyName=policy)
    was, shall = (set(it.get("ManagedPolicyArns") or ()) for it in (before, after))
    for arn in sorted(shall - was):
        aws("iam", "AttachRolePolicy", **key, PolicyArn=arn)
    for arn in sorted(was - shall):
        aws("iam", "DetachRolePolicy", **key, PolicyArn=arn)


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteRole, once nothing hangs on it any more: the handler sees to that."""
    if (found := read(aws, parts)) is not None:
        _policies(aws, parts[0], found, {})
    aws("iam", "DeleteRole", RoleName=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListRoles."""
    for each in aws.pages("iam", "ListRoles", "Roles"):
        yield (each["RoleName"],)
