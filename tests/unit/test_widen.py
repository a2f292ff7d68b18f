"""Who may do more after a change, type by type, and what is said of what is new."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect, FieldChange, Observed, Reason
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Node, Origin
from reconciler.model.loss import loss_from_json, loss_to_json
from reconciler.model.value import Hidden, Join, JsonText, Ref
from reconciler.plan.diff import compare
from reconciler.plan.widen import lifted, remarks, widenings
from reconciler.resources.api import MAKING_TAG, Place, lookup

OWN, OTHER = "123456789012", "444455556666"
PLACE = Place(OWN, "eu-west-1", "acme", "prod")
RAW = "arn:aws:s3:::raw/*"
ROOT = {"AWS": f"arn:aws:iam::{OWN}:root"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def inline(**policies: Any) -> dict[str, Any]:
    return {"Policies": [{"PolicyName": k, "PolicyDocument": v} for k, v in policies.items()]}


GET, ALL = document(allow("s3:Get*", RAW)), document(allow("s3:*", RAW))
DENY = document(allow("s3:*", RAW), {**allow("s3:DeleteObject", RAW), "Effect": "Deny"})
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
CAP = f"arn:aws:iam::{OWN}:policy/cap"


def trust(*principals: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [*principals]}}
    return {"AssumeRolePolicyDocument": document(statement)}


def key(*principals: Any) -> dict[str, Any]:
    return {"KeyPolicy": document(*(allow("kms:*", "*", Principal=each) for each in principals))}


def shut(**off: bool) -> dict[str, Any]:
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": {**dict.fromkeys(names, True), **off}}


def ingress(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"GroupDescription": "g", "SecurityGroupIngress": [*rules]}


HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}
WORLD = {**HTTPS, "CidrIp": "0.0.0.0/0"}
ROLE, KEY, BUCKET = "AWS::IAM::Role", "AWS::KMS::Key", "AWS::S3::Bucket"
GROUP, TOPIC = "AWS::EC2::SecurityGroup", "AWS::SNS::Topic"
UNKNOWN = Ref(Address(KEY, "acme-data"), "Arn")
PROFILE = "AWS::RolesAnywhere::Profile"
GRANT = "AWS::LakeFormation::PrincipalPermissions"
NEAR = {**HTTPS, "CidrIp": None, "SourceSecurityGroupId": "sg-1"}
AWAY = "may widen access: SessionPolicy is taken away, and what holds without it is not known here"
LIFTED = (
    "widens access: lifts BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls,"
    " RestrictPublicBuckets"
)
WIDER: dict[str, tuple[str, Any, Any, str]] = {
    "an inline policy": (
        ROLE, inline(a=GET), inline(a=ALL),
        "widens access: it allows s3:* on arn:aws:s3:::raw/*",
    ),
    "another inline policy": (
        ROLE, inline(a=GET), inline(a=GET, b=document(allow("kms:Decrypt"))),
        "widens access: it allows kms:Decrypt on everything",
    ),
    "a Deny that goes": (
        ROLE, inline(a=DENY), inline(a=ALL),
        "widens access: it no longer denies s3:DeleteObject on arn:aws:s3:::raw/*",
    ),
    "a whole policy that denies": (
        ROLE, inline(a=GET, b=DENY), inline(a=GET),
        "widens access: it no longer denies s3:DeleteObject on arn:aws:s3:::raw/*",
    ),
    "a resource that is not known yet": (
        ROLE, inline(a=GET), inline(a=document(allow("s3:Get*", RAW), allow("kms:*", UNKNOWN))),
        "widens access: it allows kms:* on arn:(known after apply):AWS::KMS::Key/acme-data",
    ),
    "who takes a role": (
        ROLE, trust(OWN), trust(OWN, OTHER),
        f"widens access: it allows sts:AssumeRole to account {OTHER}",
    ),
    "a managed policy": (
        ROLE, {"ManagedPolicyArns": []}, {"ManagedPolicyArns": [ADMIN]},
        f"may widen access: attaches {ADMIN}, and what that allows is not known here",
    ),
    "a boundary that goes": (
        ROLE, {"PermissionsBoundary": CAP}, {"PermissionsBoundary": None},
        f"widens access: its boundary {CAP} is taken away",
    ),
    "another boundary": (
        ROLE, {"PermissionsBoundary": CAP}, {"PermissionsBoundary": ADMIN},
        f"may widen access: its boundary {CAP} is exchanged for {ADMIN}",
    ),
    "a key for another account": (
        KEY, key(ROOT), key(ROOT, {"AWS": OTHER}),
        f"widens access: it allows kms:* on everything to account {OTHER}",
    ),
    "a bucket policy where there was none": (
        BUCKET, {"BucketPolicy": None},
        {"BucketPolicy": document(allow("s3:GetObject", RAW, Principal={"AWS": OTHER}))},
        f"widens access: it allows s3:GetObject on {RAW} to account {OTHER}",
    ),
    "a topic for anyone": (
        TOPIC, {"TopicPolicy": document(allow("sns:Publish", Principal=ROOT))},
        {"TopicPolicy": document(allow("sns:Publish", Principal="*"))},
        "widens access: it allows sns:Publish on everything to anyone",
    ),
    "a block of public access": (
        BUCKET, shut(), shut(BlockPublicPolicy=False), "widens access: lifts BlockPublicPolicy",
    ),
    "all blocks of public access": (
        BUCKET, shut(), {"PublicAccessBlockConfiguration": {}},
        LIFTED,
    ),
    "access lists that count again": (
        BUCKET, {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
        "widens access: OwnershipControls.Rules.0.ObjectOwnership is ObjectWriter",
    ),
    "a security group": (
        GROUP, ingress(HTTPS), ingress(WORLD), "widens access: lets in tcp 443 from 0.0.0.0/0",
    ),
    "more ports": (
        GROUP, ingress(HTTPS), ingress({**HTTPS, "ToPort": 8443}),
        "widens access: lets in tcp 443-8443 from 10.0.0.0/8",
    ),
    "every protocol": (
        GROUP, ingress(HTTPS), ingress({"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}),
        "widens access: lets in everything from 10.0.0.0/8",
    ),
    "another group": (
        GROUP, ingress(HTTPS), ingress(HTTPS, NEAR),
        "widens access: lets in tcp 443 from sg-1",
    ),
    "a database": (
        "AWS::RDS::DBInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": True},
        "widens access: PubliclyAccessible is true",
    ),
    "a text that is a policy": (
        "AWS::Logs::ResourcePolicy", {"PolicyName": "p", "PolicyDocument": json.dumps(
            document(allow("logs:PutLogEvents", Principal={"Service": "es.amazonaws.com"})))},
        {"PolicyName": "p", "PolicyDocument": json.dumps(
            document(allow("logs:*", Principal={"Service": "es.amazonaws.com"})))},
        "widens access: it allows logs:* on everything to es.amazonaws.com",
    ),
    "a queue": (
        "AWS::SQS::QueueInlinePolicy", {"Queue": "q", "PolicyDocument": document(
            allow("sqs:SendMessage", Principal=ROOT))},
        {"Queue": "q", "PolicyDocument": document(
            allow("sqs:SendMessage", Principal=ROOT), allow("sqs:*", Principal={"AWS": OTHER}))},
        f"widens access: it allows sqs:* on everything to account {OTHER}",
    ),
    "a session's policy that goes": (
        PROFILE, {"SessionPolicy": json.dumps(GET)},
        {"SessionPolicy": None},
        AWAY,
    ),
    "a session's policy": (
        PROFILE, {"SessionPolicy": json.dumps(GET)},
        {"SessionPolicy": json.dumps(ALL)},
        "widens access: it allows s3:* on arn:aws:s3:::raw/*",
    ),
    "an endpoint's policy": (
        "AWS::EC2::VPCEndpoint",
        {"VpcId": "v", "PolicyDocument": document(allow("s3:Get*", Principal="*"))},
        {"VpcId": "v", "PolicyDocument": document(allow("s3:*", Principal="*"))},
        "widens access: it allows s3:* on everything to anyone",
    ),
    "a grant": (
        GRANT, {"Permissions": ["SELECT"]},
        {"Permissions": ["SELECT", "DROP"]},
        "may widen access: what Permissions of such a grant allows is not known here",
    ),
    "a principal in a list": (
        "AWS::EC2::VPCEndpointServicePermissions", {"ServiceId": "s", "AllowedPrincipals": []},
        {"ServiceId": "s", "AllowedPrincipals": ["*"]}, "widens access: lets in *",
    ),
}  # fmt: skip


def opened(type_: str, before: Any, after: Any, **more: Any) -> list[Any]:
    resource = lookup(type_)
    assert resource is not None
    at = Address(type_, "acme-prod-x")
    if before is None:
        change = Change(at, Action.CREATE, Reason.ABSENT, after, None)
        return [*widenings(change, resource, PLACE)]
    fields = tuple(
        FieldChange((name,), before.get(name), value, Effect.IN_PLACE)
        for name, value in after.items()
        if before.get(name) != value
    )
    change = Change(at, Action.UPDATE, Reason.DIFFERS, after, Observed(before, **more), fields)
    return [*widenings(change, resource, PLACE)]


@pytest.mark.parametrize(("type_", "before", "after", "says"), WIDER.values(), ids=WIDER.keys())
def test_it_widens_by(type_: str, before: Any, after: Any, says: str) -> None:
    found = opened(type_, before, after)
    assert [(each.destroys, each.says) for each in found] == [("access", says)]
    assert loss_from_json(json.loads(json.dumps(loss_to_json(found[0])))) == found[0]


NOT: dict[str, tuple[str, Any, Any]] = {
    "statements move from one inline policy to another": (
        ROLE, inline(a=document(allow("s3:Get*", RAW), allow("kms:Decrypt"))),
        inline(b=document(allow("kms:Decrypt")), c=GET),
    ),
    "a policy is narrowed": (ROLE, inline(a=ALL), inline(a=GET)),
    "a policy goes": (ROLE, inline(a=ALL, b=GET), inline(a=ALL)),
    "a policy is not mentioned any more": (ROLE, inline(a=ALL), {"Description": "x"}),
    "a managed policy goes": (
        ROLE, {"ManagedPolicyArns": [ADMIN, CAP]}, {"ManagedPolicyArns": [CAP]},
    ),
    "a boundary comes": (ROLE, {"PermissionsBoundary": None}, {"PermissionsBoundary": CAP}),
    "somebody takes a role no more": (ROLE, trust(OWN, OTHER), trust(OWN)),
    "blocks come": (BUCKET, {"PublicAccessBlockConfiguration": {}}, shut()),
    "a rule is narrowed": (GROUP, ingress(WORLD), ingress(HTTPS)),
    "a rule lies within another": (
        GROUP, ingress({"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}),
        ingress({**HTTPS, "CidrIp": "10.1.0.0/16"}, {**HTTPS, "CidrIp": "10.2.0.0/16"}),
    ),
    "a database is closed": (
        "AWS::RDS::DBInstance", {"PubliclyAccessible": True}, {"PubliclyAccessible": False},
    ),
    "an endpoint gets a policy": (
        "AWS::EC2::VPCEndpoint", {"VpcId": "v", "PolicyDocument": None},
        {"VpcId": "v", "PolicyDocument": document(allow("s3:*", Principal="*"))},
    ),
    "a bucket keeps objects for less": (
        BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("type_", "before", "after"), NOT.values(), ids=NOT.keys())
def test_it_does_not_widen_when(type_: str, before: Any, after: Any) -> None:
    assert opened(type_, before, after) == []


def test_what_one_member_had_does_not_count_for_another() -> None:
    """Members change places: what is of each of them is compared with what it had."""

    def cards(*public: bool) -> dict[str, Any]:
        both = [
            {"DeviceIndex": str(n), "AssociatePublicIpAddress": it} for n, it in enumerate(public)
        ]
        return {"NetworkInterfaces": both}

    before, after = cards(True, False), cards(False, True)
    after["NetworkInterfaces"].reverse()
    (found,) = opened("AWS::EC2::Instance", before, after)
    assert found.says == "widens access: NetworkInterfaces.0.AssociatePublicIpAddress is true"


def test_what_a_spec_calls_sensitive_is_in_no_words() -> None:
    """Neither what is asked for nor what is live: not in what is said, and in no request."""
    type_, canary = "AWS::SecretsManager::ResourcePolicy", "arn:aws:iam::444455556666:role/canary"
    at = Address(type_, "x")

    def given(principal: Any, effect: str = "Deny", path: tuple[str, ...] = ("Principal", "AWS")):
        deny = {**allow("secretsmanager:*", Principal={"AWS": principal}), "Effect": effect}
        return {"SecretId": "s", "ResourcePolicy": document(deny)}

    place = ("ResourcePolicy", "Statement", "0", "Principal", "AWS")
    hidden = Hidden(at, place, "arn:aws:iam::444455556666:role/canary-new", readable=True)
    for effect in ("Allow", "Deny"):
        found = opened(type_, given(canary, effect), given(hidden, effect))
        assert found
        assert "canary" not in json.dumps([loss_to_json(each) for each in found]), found


def test_requests_that_are_newly_allowed_are_shown() -> None:
    (found,) = opened(ROLE, inline(a=GET), inline(a=ALL))
    shown = [(each.action, each.resource, each.principal) for each in found.opens]
    assert shown == [
        ("s3:DeleteObject", "arn:aws:s3:::raw/example", ""),
        ("s3:PutObject", "arn:aws:s3:::raw/example", ""),
    ]
    assert found.path == ("Policies",)


def test_a_value_that_may_be_a_secret_is_not_shown() -> None:
    word = {"StringEquals": {"aws:PrincipalTag/password": "hunter2-ZZtop-91"}}
    (found,) = opened(ROLE, inline(a=GET), inline(a=document(allow("s3:*", RAW, Condition=word))))
    assert "hunter2" not in json.dumps(loss_to_json(found))


NEW: dict[str, tuple[str, Any, list[str]]] = {
    "a role": (ROLE, {**inline(a=document(allow("*"))), **trust(OWN, OTHER)}, []),
    "a role that anyone takes": (
        ROLE, trust("*"), ["widens access: it allows sts:AssumeRole to anyone"],
    ),
    "a bucket that is shut": (BUCKET, shut(), []),
    "a bucket without a word of it": (BUCKET, {"BucketName": "b"}, []),
    "a bucket that is open": (
        BUCKET, shut(BlockPublicAcls=False), ["widens access: lifts BlockPublicAcls"],
    ),
    "a bucket for anyone": (
        BUCKET, {"BucketPolicy": document(allow("s3:GetObject", RAW, Principal="*"))},
        ["widens access: it allows s3:GetObject to anyone"],
    ),
    "a policy as a text": (
        TOPIC, {"TopicPolicy": JsonText(document(allow("sns:Publish", Principal="*")))},
        ["widens access: it allows sns:Publish to anyone"],
    ),
    "a policy that nobody should write": (
        BUCKET, {"BucketPolicy": document(
            {"Effect": "Allow", "NotPrincipal": ROOT, "Action": "s3:*", "Resource": RAW})},
        ["widens access: it allows something to anyone"],
    ),
    "a bucket for another account": (
        BUCKET, {"BucketPolicy": document(allow("s3:*", RAW, Principal={"AWS": OTHER}))}, [],
    ),
    "a group within": (GROUP, ingress(HTTPS), []),
    "a group to the world": (
        GROUP, ingress(WORLD), ["widens access: lets in tcp 443 from 0.0.0.0/0"],
    ),
    "a way out": (GROUP, {"SecurityGroupEgress": [WORLD]}, []),
    "a public database": (
        "AWS::RDS::DBInstance", {"PubliclyAccessible": True},
        ["widens access: PubliclyAccessible is true"],
    ),
    "a function for anyone": (
        "AWS::Lambda::Permission",
        {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "*"},
        ["widens access: lets in anyone"],
    ),
    "a function for one account": (
        "AWS::Lambda::Permission",
        {"FunctionName": "f", "Action": "a", "Principal": "*", "SourceAccount": OWN}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("type_", "after", "says"), NEW.values(), ids=NEW.keys())
def test_what_is_new_needs_a_permission_when_it_is_open_to_the_world(
    type_: str, after: Any, says: list[str]
) -> None:
    assert [each.says for each in opened(type_, None, after)] == says


def test_what_an_interrupted_run_has_begun_is_new() -> None:
    """Its policies come after it; to put them there is no widening."""
    begun = {"tags": {MAKING_TAG: "abc"}}
    assert opened(ROLE, inline(), inline(a=ALL), **begun) == []
    assert opened(ROLE, inline(), inline(a=ALL)) != []
    assert opened(ROLE, trust(OWN), trust("*"), **begun) != []


def test_a_replacement_is_compared_with_what_it_replaces() -> None:
    before, after = {"Path": "/a/", **inline(a=GET)}, {"Path": "/b/", **inline(a=ALL)}
    resource = lookup(ROLE)
    assert resource is not None
    change = compare(Address(ROLE, "x"), after, Observed(before), resource)
    assert change.action is Action.REPLACE
    assert [each.says for each in widenings(change, resource, PLACE)] == [
        "widens access: it allows s3:* on arn:aws:s3:::raw/*"
    ]


def test_an_adoption_is_compared_with_what_is_live() -> None:
    resource = lookup(ROLE)
    assert resource is not None
    change = compare(Address(ROLE, "x"), inline(a=ALL), Observed(inline(a=GET)), resource)
    adopted = replace(change, action=Action.ADOPT, reason=Reason.ADOPTED)
    assert len(widenings(adopted, resource, PLACE)) == 1


def test_a_reference_within_a_text_is_no_pattern() -> None:
    """A bucket that is yet to be named is not one that a wildcard of another bucket has."""
    there = Join((Ref(Address(BUCKET, "acme-prod-raw"), "Arn"), "/*"))
    (found,) = opened(ROLE, inline(a=GET), inline(a=document(allow("s3:Get*", there))))
    assert "acme-prod-raw/*" in found.says
    assert (
        opened(ROLE, inline(a=document(allow("s3:*"))), inline(a=document(allow("s3:*", there))))
        == []
    )


GONE: dict[str, tuple[str, Any, list[str]]] = {
    "a policy that denies": (
        "AWS::S3::BucketPolicy",
        {"PolicyDocument": document({**allow("s3:*", Principal="*"), "Effect": "Deny"})},
        ["widens access: what it denies is denied no more"],
    ),
    "a policy that only allows": (
        "AWS::S3::BucketPolicy", {"PolicyDocument": document(allow("s3:*", Principal="*"))}, [],
    ),
    "a policy that was not read": (
        "AWS::S3::BucketPolicy", {},
        ["may widen access: it goes, and whether it denies something to anybody is not known here"],
    ),
    "no policy": (BUCKET, {}, []),
    "a role": (ROLE, inline(a=DENY), []),
}  # fmt: skip


@pytest.mark.parametrize(("type_", "live", "says"), GONE.values(), ids=GONE.keys())
def test_what_goes_may_have_restrained_somebody(type_: str, live: Any, says: list[str]) -> None:
    at = Address(type_, "x")
    change = Change(at, Action.DELETE, Reason.NOT_DECLARED, {}, Observed(live))
    assert [each.says for each in lifted(change)] == says


def test_of_what_is_new_accounts_and_wide_policies_are_remarked() -> None:
    after = {**inline(a=document(allow("sagemaker:*"))), **trust(OWN, OTHER)}
    at = Address(ROLE, "acme-prod-x")
    change = Change(at, Action.CREATE, Reason.ABSENT, after, None)
    node = Node(at, after, Origin("Security/x", Span("x.yaml", 1, 1)))
    it = "'AWS::IAM::Role/acme-prod-x', which is new"
    assert [(each.code, each.message) for each in remarks(change, node, PLACE)] == [
        ("ACCESS002", f"Policies.0.PolicyDocument of {it}: it allows sagemaker:* on everything"),
        ("ACCESS001", f"AssumeRolePolicyDocument of {it}, lets in account {OTHER}"),
    ]
    assert [*remarks(replace(change, observed=Observed(after)), node, PLACE)] == []
