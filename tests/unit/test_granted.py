"""A role's statements say nothing twice, and lose nothing."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.granted import statements
from reconciler.model.address import Address
from reconciler.model.value import Join, Ref

BUCKET = Ref(Address("AWS::S3::Bucket", "acme-dev-lake"), "Arn")
GET, PUT = ("s3:GetObject",), ("s3:GetObject", "s3:PutObject")


def below(rest: str) -> Join:
    return Join((BUCKET, rest))


def found(*said: Any) -> list[tuple[list[str], list[Any]]]:
    whole = [(actions, tuple(on), when) for actions, on, when in said]
    return [(each["Action"], each["Resource"]) for each in statements(whole)]


def test_what_a_wider_place_allows_is_not_said_again() -> None:
    wide, narrow = (GET, [below("/good/*")], {}), (PUT, [below("/good/day=*/*")], {})
    assert found(wide, narrow) == [
        (["s3:GetObject"], [below("/good/*")]),
        (["s3:PutObject"], [below("/good/day=*/*")]),
    ]
    assert found(wide, (GET, [below("/good/day=*/*")], {})) == [
        (["s3:GetObject"], [below("/good/*")])
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((GET, [below("/good/*")], {}), (GET, [below("/bad/*")], {})),
        ((GET, [below("/good*/x/*")], {}), (GET, [below("/good/x/*")], {})),
        ((GET, [below("/good/*")], {"Bool": {"a": "b"}}), (GET, [below("/good/x/*")], {})),
        ((GET, ["arn:aws:s3:::lake/*"], {}), (GET, [below("/x/*")], {})),
        ((GET, [BUCKET], {}), (GET, [below("/*")], {})),
    ],
    ids=["beside it", "a star within", "under a condition", "another bucket", "the bucket itself"],
)
def test_what_is_not_known_to_be_wider_takes_nothing_away(one: Any, other: Any) -> None:
    assert len(found(one, other)) == 2


def test_of_two_that_say_the_same_one_stays() -> None:
    both = (GET, [below("/a/*"), below("/a/b")], {}), (GET, [below("/a/*")], {})
    assert len(found(*both)) == 1
    assert len(found((GET, ["x"], {}), (GET, ["x", "x"], {}))) == 1
