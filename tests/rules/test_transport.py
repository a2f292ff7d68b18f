"""Buckets deny plain HTTP, or somebody has approved that they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.graph import Node, build_graph
from reconciler.model.loss import Approval
from reconciler.model.policy import Policy
from reconciler.model.value import UNKNOWN, Join, Ref
from reconciler.policy import transport
from reconciler.policy.api import Grounds

NAME = "acme-dev-raw"
BUCKET = Address("AWS::S3::Bucket", NAME)
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
TODAY = date(2026, 11, 29)


def found(policy: Any, *more: Node, grounds: Grounds | None = None) -> list[str]:
    props = {} if policy is None else {"BucketPolicy": policy}
    graph, _ = build_graph([Node(BUCKET, props), *more])
    return [str(each.severity) for each in transport.find(graph, grounds or Grounds())]


def document(**other: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**DENY, **other}]}


RIGHT = {
    "as every kind writes it": document(),
    "a principal in an object": document(Principal={"AWS": "*"}),
    "a list of one": document(Condition={"Bool": {"AWS:securetransport": ["false"]}}),
    "a boolean": document(Condition={"Bool": {"aws:SecureTransport": False}}),
    "also where nobody says": document(
        Condition={"BoolIfExists": {"aws:SecureTransport": "false"}}
    ),
    "one statement": {"Statement": DENY},
    "another statement beside it": {"Statement": [{"Effect": "Allow"}, DENY]},
}
WRONG = {
    "no policy": None,
    "no statement": {"Statement": []},
    "an allowance": document(Effect="Allow"),
    "of one principal": document(Principal={"AWS": "123456789012"}),
    "of one action": document(Action="s3:PutObject"),
    "of the bucket alone": document(Resource=f"arn:aws:s3:::{NAME}"),
    "where something else holds too": document(
        Condition={**DENY["Condition"], "StringEquals": {"aws:PrincipalAccount": "1"}}  # type: ignore[dict-item]
    ),
    "the wrong way round": document(Condition={"Bool": {"aws:SecureTransport": "true"}}),
    "always": document(Condition={}),
}


@pytest.mark.parametrize("policy", RIGHT.values(), ids=RIGHT.keys())
def test_plain_http_is_denied(policy: Any) -> None:
    assert found(policy) == []


@pytest.mark.parametrize("policy", WRONG.values(), ids=WRONG.keys())
def test_plain_http_is_not_denied(policy: Any) -> None:
    assert found(policy) == ["error"]


@pytest.mark.parametrize("policy", [UNKNOWN, Join(("{", "}"))], ids=str)
def test_what_is_not_known_is_neither(policy: Any) -> None:
    assert found(policy) == ["warning"]


@pytest.mark.parametrize("bucket", [NAME, Ref(BUCKET, "BucketName")], ids=["name", "reference"])
def test_a_policy_may_be_a_resource_of_its_own(bucket: Any) -> None:
    props = {"Bucket": bucket, "PolicyDocument": document()}
    assert found(None, Node(Address("AWS::S3::BucketPolicy", "p"), props)) == []


@pytest.mark.parametrize(
    ("change", "waived"),
    [
        ({}, True),
        ({"until": date(2026, 11, 28)}, False),
        ({"allows": "records"}, False),
        ({"address": "AWS::S3::Bucket/acme-dev-other"}, False),
    ],
)
def test_only_a_dated_approval_of_this_bucket_waives_it(
    change: dict[str, Any], waived: bool
) -> None:
    approval = Approval(str(BUCKET), "access", "a partner's old client", "security", TODAY)
    policy = Policy(frozenset({"access"}), approvals=(replace(approval, **change),), today=TODAY)
    assert found(None, grounds=Grounds(policy)) == ([] if waived else ["error"])
