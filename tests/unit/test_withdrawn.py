"""Statements that others wrote into a policy are told before a plan takes them away."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.graph import Node
from reconciler.plan.diff import compare
from reconciler.plan.withdrawn import withdrawn
from reconciler.resources import api

BUCKET, TOPIC = "AWS::S3::Bucket", "AWS::SNS::Topic"
OURS = {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
READ = {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "s3:GetObject"}
PARTNER = {"Sid": "Partner", **READ, "Resource": "arn:aws:s3:::b/*"}


def told(live: list[Any], wanted: list[Any], type_: str = BUCKET, prop: str = "") -> list[str]:
    prop = prop or "BucketPolicy"
    here = Address(type_, "b")
    documents = ({prop: {"Version": "2012-10-17", "Statement": each}} for each in (live, wanted))
    seen, desired = documents
    change = compare(here, desired, Observed(seen), api.load()[type_])
    return [each.message for each in withdrawn(change, Node(here, desired))]


@pytest.mark.parametrize("ours", [[OURS], []])
def test_what_somebody_else_wrote_is_told_with_whom_and_what_it_allows(ours: list[Any]) -> None:
    (message,) = told([OURS, PARTNER], ours)
    assert "loses a statement that no spec has" in message
    assert "'Partner' allows 210987654321 s3:GetObject" in message


def test_the_same_goes_for_every_policy_that_lets_somebody_in() -> None:
    statement = {**PARTNER, "Action": "sns:Publish"}
    (message,) = told([statement], [], TOPIC, "TopicPolicy")
    assert "sns:Publish" in message


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        ([PARTNER, OURS], [OURS, PARTNER]),
        ([{**READ, "Resource": "*"}], [{"Sid": "New", **READ, "Resource": ["*"]}]),
        ([PARTNER], [{**PARTNER, "Action": "s3:PutObject"}]),
        ([OURS], []),
    ],
)
def test_what_is_declared_or_changed_by_name_or_denies_is_no_such_loss(
    live: list[Any], wanted: list[Any]
) -> None:
    assert told(live, wanted) == []
