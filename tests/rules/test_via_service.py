"""Conditions on kms:ViaService name a service of the region."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.graph import Node, build_graph
from reconciler.model.value import JsonText, Ref
from reconciler.policy.api import load

KEY, ROLE = "AWS::KMS::Key", "AWS::IAM::Role"
HERE = "sagemaker.eu-west-1.amazonaws.com"


def said(type_: str, value: Any, operator: str = "StringEquals") -> list[str]:
    condition = {operator: {"kms:ViaService": value}}
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": condition}
    document = JsonText({"Statement": [statement]})
    prop = {"KeyPolicy": document} if type_ == KEY else {"Policies": [{"PolicyDocument": document}]}
    graph, _ = build_graph([Node(Address(type_, "x"), prop)])
    found = load()["PLACE009"].check(replace(graph, region="eu-west-1"))
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("type_", "value", "operator"),
    [
        (KEY, HERE, "StringEquals"),
        (KEY, ["s3.us-east-1.amazonaws.com", HERE], "StringEquals"),
        (KEY, "sagemaker.*.amazonaws.com", "StringLike"),
        (KEY, "*.eu-west-1.amazonaws.com", "ForAnyValue:StringLike"),
        (KEY, "sagemaker.*", "StringLike"),
        (KEY, Ref(Address(ROLE, "y"), "Arn"), "StringEquals"),
        (ROLE, "s3.us-east-1.amazonaws.com", "StringEquals"),
        (ROLE, "s3.cn-north-1.amazonaws.com.cn", "StringEquals"),
    ],
)
def test_what_a_request_may_come_through_is_right(type_: str, value: Any, operator: str) -> None:
    assert said(type_, value, operator) == []


@pytest.mark.parametrize(
    ("type_", "value", "operator"),
    [
        (KEY, "sagemaker.us-east-1.amazonaws.com", "StringEquals"),
        (KEY, ["s3.us-east-1.amazonaws.com", "s3.us-west-2.amazonaws.com"], "StringNotEquals"),
        (KEY, "sagemaker.amazonaws.com", "StringEquals"),
        (KEY, "sagemaker.*.amazonaws.com", "StringEqualsIfExists"),
        (KEY, "*.us-*.amazonaws.com", "StringLike"),
        (ROLE, "sagemaker.amazonaws.com", "StringEquals"),
        (ROLE, "sagemaker", "StringLike"),
    ],
)
def test_what_no_request_comes_through_is_told(type_: str, value: Any, operator: str) -> None:
    (message,) = said(type_, value, operator)
    assert "no request comes through" in message
