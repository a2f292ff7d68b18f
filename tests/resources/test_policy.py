"""IAM documents that grant the same have one normal form; others do not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.resources.policy import normal

ONE: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TWO: dict[str, Any] = {"Effect": "Deny", "Action": ["s3:*"], "Resource": ["a", "b"]}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


SAME: dict[str, tuple[Any, Any]] = {
    "statements in another order": (policy(ONE, TWO), policy(TWO, ONE)),
    "a list of one and its item": (policy(ONE), policy({**ONE, "Action": ["s3:GetObject"]})),
    "resources in another order": (policy(TWO), policy({**TWO, "Resource": ["b", "a"]})),
    "a single statement and a list of one": (policy(ONE), {**policy(), "Statement": ONE}),
    "an account id and its root": (
        policy({**ONE, "Principal": {"AWS": "123456789012"}}),
        policy({**ONE, "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}),
    ),
    "everyone, written in two ways": (
        policy({**ONE, "Principal": "*"}),
        policy({**ONE, "Principal": {"AWS": "*"}}),
    ),
    "a boolean in a condition and its text": (
        policy({**ONE, "Condition": {"Bool": {"aws:SecureTransport": False}}}),
        policy({**ONE, "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}),
    ),
    "an empty id and none": (policy(ONE), policy({**ONE, "Sid": ""})),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_grants_are_equal(case: str) -> None:
    one, other = SAME[case]
    assert normal(one) == normal(other)


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "another action": (policy(ONE), policy({**ONE, "Action": "s3:PutObject"})),
    "a further statement": (policy(ONE), policy(ONE, TWO)),
    "another effect": (policy(ONE), policy({**ONE, "Effect": "Deny"})),
    "not an action": (policy(ONE), policy({"Effect": "Allow", "NotAction": "s3:GetObject"})),
    "another kind of principal": (
        policy({**ONE, "Principal": {"AWS": "*"}}),
        policy({**ONE, "Principal": {"Service": "*"}}),
    ),
    "a condition": (policy(ONE), policy({**ONE, "Condition": {"Bool": {"a": True}}})),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_different_grants_differ(case: str) -> None:
    one, other = DIFFERENT[case]
    assert normal(one) != normal(other)


def test_the_normal_form_is_its_own_normal_form() -> None:
    assert normal(normal(policy(ONE, TWO))) == normal(policy(ONE, TWO))


def test_what_is_not_a_document_stays_as_it_is() -> None:
    assert normal(None) is None
