"""Statements of a role from what a kind grants: merged, and nothing in two of them."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.statements import Grant, statements_of
from reconciler.model.address import Address
from reconciler.model.value import Join, Json, Ref

BUCKET = Ref(Address("AWS::S3::Bucket", "lake"), "Arn")
OTHER = Ref(Address("AWS::S3::Bucket", "raw"), "Arn")


def grant(actions: str, *places: Json, **when: Any) -> Grant:
    return tuple(actions.split()), places, when


def left(*grants: Grant) -> list[tuple[str, list[Json]]]:
    return [(" ".join(it["Action"]), it["Resource"]) for it in statements_of(grants)]


def test_actions_on_the_same_places_are_one_statement() -> None:
    assert left(grant("b a", "x", "y"), grant("c", "y", "x")) == [("a b c", ["x", "y"])]


def test_a_place_within_another_one_is_said_once() -> None:
    whole, part = Join((BUCKET, "/a/*")), Join((BUCKET, "/a/day=*/*"))
    assert left(grant("get", whole), grant("get", part)) == [("get", [whole])]
    found = left(grant("get", whole), grant("get put", part))
    assert sorted(found, key=str) == sorted([("get", [whole]), ("put", [part])], key=str)


def test_what_only_looks_alike_stays() -> None:
    for one, other in (
        (Join((BUCKET, "/a/*")), Join((OTHER, "/a/b"))),
        (Join((BUCKET, "/a/*")), Join((BUCKET, "/ab"))),
        (Join((BUCKET, "/a*/*")), Join((BUCKET, "/ab/c"))),
        (Join((BUCKET, "/a/b")), Join((BUCKET, "/a/b/c"))),
    ):
        assert len(left(grant("get", one), grant("get", other))) == 2


def test_a_condition_narrows_what_it_stands_at() -> None:
    free, bound = grant("get", "a*"), grant("get", "ab", StringEquals={"k": "v"})
    assert left(free, bound) == [("get", ["a*"])]
    wide = grant("get", "a*", StringEquals={"k": "v"})
    assert len(left(wide, grant("get", "ab"))) == 2
    assert len(left(wide, grant("get", "ab", StringEquals={"k": "w"}))) == 2


def test_two_that_say_the_same_in_other_words_do_not_both_go() -> None:
    assert len(left(grant("get", "a*", "ab"), grant("get", "a*", "ac"))) == 1
