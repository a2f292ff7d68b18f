"""AWS::IAM::Role.

Trust, policies, boundary, description, session length and tags change in
place; name and path do not. Roles live at the path ``/``: an ARN with another
path does not follow from the name. boto3 has already parsed every policy
document in an IAM answer. The tagging API does not know roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, each, rename, text, unwrap
from reconciler.resources.keeping import kept
from reconciler.resources.parts import Keyed, Members

NAME = {"RoleName": "{name}"}
ARN = "arn:{partition}:iam::{account}:role/{name}"
TRUST = "AssumeRolePolicyDocument"
BOUNDARY = "PermissionsBoundary"
DOCUMENT = text()
LIMITS = ("Description", "MaxSessionDuration")
"""Set by one call, which resets a duration that it is not given. Source: UpdateRole."""


def _boundary(value: Json) -> Json:
    return value["PermissionsBoundaryArn"] if isinstance(value, Mapping) else value


def _policies(item: Json) -> Json:
    """An item of the account's authorization details says all but description and duration."""
    attached = item.get("ManagedPolicyArns") or ()
    return {
        **item,
        "Policies": item.get("Policies") or [],
        "ManagedPolicyArns": sorted(policy["PolicyArn"] for policy in attached),
        "Tags": item.get("Tags") or [],
    }


ROLE = each(**{TRUST: DOCUMENT, BOUNDARY: Codec(_boundary)})
DETAIL = rename(RolePolicyList="Policies", AttachedManagedPolicies="ManagedPolicyArns")


def update(change: Change) -> Iterator[Request]:
    """IAM has a call for each group of properties."""
    if change.touches(TRUST):
        yield Request(
            "update_assume_role_policy", {"PolicyDocument": DOCUMENT.encode(change.desired[TRUST])}
        )
    if limits := change.wanted(*LIMITS):
        yield Request("update_role", kept(change.live, limits, LIMITS))
    if change.touches(BOUNDARY):
        boundary = change.desired.get(BOUNDARY)
        if boundary:
            yield Request("put_role_permissions_boundary", {BOUNDARY: boundary})
        else:
            yield Request("delete_role_permissions_boundary", {})


register(
    Resource(
        type="AWS::IAM::Role",
        service="iam",
        aside=Aside(
            needs={"create_role": ("iam:TagRole",)},
            set_by={"Description": ("update_role_description",)},
        ),
        reach=Reach.GLOBAL,
        name="RoleName",
        key=NAME,
        read=Op("get_role", NAME),
        whole=Whole(
            has=members("Role.Arn", "Role.AssumeRolePolicyDocument", "Role.Path", "Role.RoleId"),
            same={"RoleName": ("Role.RoleName",)},
        ),
        create=Op("create_role", NAME),
        delete=Op("delete_role", NAME),
        absent=(absent("NoSuchEntity"),),
        transient=(
            absent("MalformedPolicyDocument", r"(?i)invalid principal"),
            absent("EntityTemporarilyUnmodifiable"),
        ),
        outputs={"Arn": ("Arn",), "RoleId": ("RoleId",)},
        created={"Arn": ("Role", "Arn"), "RoleId": ("Role", "RoleId")},
        predict={"Arn": ARN},
        arn=ARN,
        home=(TRUST, "Policies"),
        limit=64,
        root=unwrap("Role").then(ROLE),
        body=ROLE,
        listings=(
            Listing(
                method="list_roles",
                at="Roles",
                name="RoleName",
                params={"MaxItems": 1000},
                codec=ROLE,
                created="CreateDate",
                complete=True,
            ),
            Listing(
                method="get_account_authorization_details",
                at="RoleDetailList",
                name="RoleName",
                params={"Filter": ["Role"], "MaxItems": 1000},
                codec=DETAIL.then(Codec(_policies)).then(ROLE),
                created="CreateDate",
                complete=True,
            ),
        ),
        tags=Tagging(
            add=Op("tag_role", NAME),
            remove=Op("untag_role", NAME),
            read=Op("list_role_tags", NAME),
            indexed=False,
        ),
        parts=(
            Keyed(
                prop="Policies",
                stem="role_policy",
                list_="list_role_policies",
                at="PolicyNames",
                name="PolicyName",
                value="PolicyDocument",
                codec=DOCUMENT,
                repeats=("RoleName", "PolicyName"),
                policies=True,
            ),
            Members(
                prop="ManagedPolicyArns",
                list_="list_attached_role_policies",
                at="AttachedPolicies",
                field="PolicyArn",
                add="attach_role_policy",
                remove="detach_role_policy",
                param="PolicyArn",
            ),
        ),
        keyed={"Policies": "PolicyName"},
        sets=frozenset({"ManagedPolicyArns"}),
        policies=frozenset({TRUST, "Policies.PolicyDocument"}),
        defaults={"Path": "/", "MaxSessionDuration": 3600},
        apart=frozenset(LIMITS),
        carried=frozenset(LIMITS),
        refers=("AWS::IAM::ManagedPolicy",),
        update=update,
    )
)
