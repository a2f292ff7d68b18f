"""Sharing a feature group: with other accounts through AWS RAM, and with teams through a role.

RAM opens the online store and what the group says of itself. The history lies in S3 and in the
Glue catalog, which RAM does not cover, so whoever it is shared with may take a role that reads
just that. Source: SageMaker developer guide, "Enabling cross account access", "Share online
feature groups with AWS RAM" and "Cross account offline feature store access".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.feature_group.spec import FeatureGroup, Share, at_version, versions
from reconciler.kinds.feature_group.stores import place, prefix, tables
from reconciler.kinds.scope import SESSION_SECONDS
from reconciler.kinds.terms.key import key_arn
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

SHARE, ROLE = "AWS::RAM::ResourceShare", "AWS::IAM::Role"
PERMISSIONS = {
    "read": "AWSRAMPermissionSageMakerFeatureGroupReadOnly",
    "readWrite": "AWSRAMPermissionSagemakerFeatureGroupReadWrite",
    "admin": "AWSRAMPermissionSagemakerFeatureGroupAdmin",
}
_READ = (
    "sagemaker:BatchGetRecord",
    "sagemaker:DescribeFeatureGroup",
    "sagemaker:DescribeFeatureMetadata",
    "sagemaker:GetRecord",
)
_WRITE = (*_READ, "sagemaker:DeleteRecord", "sagemaker:PutRecord")
_ADMIN = (*_WRITE, "sagemaker:UpdateFeatureGroup", "sagemaker:UpdateFeatureMetadata")
ACTIONS = {"read": _READ, "readWrite": _WRITE, "admin": _ADMIN}


def shared(spec: FeatureGroup, groups: Mapping[int, Address], scope: Scope) -> Iterator[Node]:
    """The share, and the role that reads the history."""
    if spec.share is None:
        return
    outside = [each for each in _principals(spec.share) if not _own(each, scope)]
    if outside:
        arns: list[Json] = [Ref(each, "FeatureGroupArn") for each in groups.values()]
        permission = f"arn:{scope.place.partition}:ram::aws:permission/"
        yield scope.node(
            scope.address(SHARE),
            {
                "Name": scope.address(SHARE).name,
                "AllowExternalPrincipals": spec.share.external,
                "Principals": sorted(outside),
                "ResourceArns": arns,
                "PermissionArns": [permission + PERMISSIONS[spec.share.access]],
            },
            lines={
                (): ("share",),
                ("AllowExternalPrincipals",): ("share", "external"),
                ("Principals",): ("share",),
                ("PermissionArns",): ("share", "access"),
            },
        )
    yield _reader(spec, spec.share, groups, scope)
    _open_keys(spec, spec.share, scope)


def _principals(share: Share) -> list[str]:
    return [*share.accounts, *share.organizations, *share.teams.values()]


def _own(principal: str, scope: Scope) -> bool:
    """Whether it is of this account, which needs no share."""
    account = scope.place.account
    return principal == account or f":iam::{account}:" in principal


def _reader(spec: FeatureGroup, share: Share, groups: Mapping[int, Address], scope: Scope) -> Node:
    """The role that everybody who the group is shared with may take."""
    statements: list[Json] = [
        _allow(ACTIONS[share.access], sorted(f"{_arn(each, scope)}" for each in groups.values()))
    ]
    for number in versions(spec):
        statements += [*_history(at_version(spec, number), scope)]
    document = {"Version": "2012-10-17", "Statement": [*_once(statements)]}
    return scope.node(
        scope.address(ROLE, "reader"),
        {
            "Description": f"FeatureGroup {scope.name}: reads it for whom it is shared with",
            "AssumeRolePolicyDocument": _trust(share, scope),
            "Policies": [{"PolicyName": "moorline", "PolicyDocument": document}],
            "ManagedPolicyArns": [],
            "MaxSessionDuration": SESSION_SECONDS,
            "PermissionsBoundary": scope.boundary or ...,
        },
        lines={(): ("share",), ("AssumeRolePolicyDocument",): ("share",)},
    )


def _arn(group: Address, scope: Scope) -> str:
    return scope.arn("sagemaker", f"feature-group/{group.name}")


def _trust(share: Share, scope: Scope) -> Props:
    """Accounts by their root, teams by their role, organizations by their id."""
    partition = scope.place.partition
    roots = [f"arn:{partition}:iam::{account}:root" for account in share.accounts]
    named = sorted({*roots, *share.teams.values()})
    statements: list[Props] = []
    take = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    if named:
        statements.append({**take, "Principal": {"AWS": named}})
    statements += [
        {**take, "Principal": {"AWS": "*"}, "Condition": _within(path)}
        for path in sorted(share.organizations)
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _within(organization: str) -> Props:
    """The condition that a caller is of an organization or of a unit of it."""
    parts = organization.split(":", 5)[5].split("/")
    if parts[0] == "organization":
        return {"StringEquals": {"aws:PrincipalOrgID": parts[1]}}
    paths = f"{parts[1]}/*/{parts[2]}/*"
    return {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": paths}}


def _history(spec: FeatureGroup, scope: Scope) -> Iterator[Props]:
    offline = spec.offline
    if offline is None:
        return
    spot, base = place(offline, scope), prefix(offline, scope)
    yield _allow(("s3:GetObject",), [spot.objects])
    listing = _allow(("s3:ListBucket",), [spot.bucket])
    if base:
        listing = {**listing, "Condition": {"StringLike": {"s3:prefix": [base, f"{base}/*"]}}}
    yield listing
    if spot.key is not None:
        yield _allow(("kms:Decrypt",), [spot.key])
    if offline.glue_table or offline.catalog is not None:
        yield _allow(
            ("glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"), tables(offline, scope)
        )


def _allow(actions: tuple[str, ...], resources: list[Json]) -> Props:
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resources}


def _once(statements: list[Json]) -> Iterator[Json]:
    seen: list[Json] = []
    for each in statements:
        if each not in seen:
            seen.append(each)
            yield each


def _open_keys(spec: FeatureGroup, share: Share, scope: Scope) -> None:
    """SageMaker uses the key of an online store in the name of whoever asks for a record.

    A role or an account elsewhere needs the key's leave too. Source: SageMaker API,
    OnlineStoreSecurityConfig.KmsKeyId.
    """
    partition = scope.place.partition
    roots = [f"arn:{partition}:iam::{account}:root" for account in share.accounts]
    others = [each for each in (*roots, *share.teams.values()) if not _own(each, scope)]
    if not others:
        return
    sid = "Share" + "".join(part.title() for part in scope.name.split("-"))
    via = {"StringEquals": {"kms:ViaService": f"sagemaker.{scope.place.region}.amazonaws.com"}}
    for number in versions(spec):
        online = at_version(spec, number).online
        if online is not None and (key := key_arn(online.key, scope)) is not None:
            allow = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": sorted(set(others))}}
            statement = {**allow, "Action": "kms:Decrypt", "Resource": "*", "Condition": via}
            scope.admit(key, "KeyPolicy", statement)
            return
