"""Property trees with marks: their JSON form, their bytes, and putting values in."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from reconciler.model.address import Address
from reconciler.model.value import (
    FORMS,
    SENSITIVE,
    UNKNOWN,
    Join,
    JsonText,
    Ref,
    canonical,
    digest,
    from_json,
    leaves,
    references,
    resolve,
    to_json,
)

ROLE = Address("AWS::IAM::Role", "worker")
KEY = Address("AWS::KMS::Key", "data")
ARN = Ref(ROLE, "Arn")

words = st.text("abcxyzé-_:/$ ", min_size=1, max_size=8)
names = st.text("abcxyz", min_size=1, max_size=4)
refs = st.builds(Ref, st.builds(Address, words, words), words)
joins = st.builds(Join, st.lists(words | refs, min_size=1, max_size=3).map(tuple))
marks = st.sampled_from([UNKNOWN, SENSITIVE])
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)
plain = scalars | st.floats(allow_nan=False, allow_infinity=False)
keys = words | st.sampled_from(sorted(FORMS))
trees = st.recursive(
    plain | refs | joins | marks,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(keys, inner, max_size=3)
        | st.builds(JsonText, st.dictionaries(keys, inner, max_size=2))
    ),
    max_leaves=8,
)
plain_trees = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(trees)
def test_the_json_form_reads_back_as_the_same_tree(tree: Any) -> None:
    assert from_json(to_json(tree)) == tree


@settings(max_examples=50)
@given(trees)
def test_the_json_form_is_plain_json(tree: Any) -> None:
    assert from_json(orjson.loads(orjson.dumps(to_json(tree)))) == tree


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_users_own_object_is_never_taken_for_a_mark(form: str) -> None:
    document = {form: ["#/definitions/x", "a", "b"]}
    assert from_json(to_json({"schema": document})) == {"schema": document}


@settings(max_examples=50)
@given(plain_trees)
def test_a_tree_without_marks_is_its_own_json_form(tree: Any) -> None:
    assert to_json(tree) == tree


@settings(max_examples=50)
@given(st.dictionaries(names, plain_trees, max_size=5))
def test_the_bytes_do_not_depend_on_the_order_of_keys(tree: dict[str, Any]) -> None:
    assert canonical(dict(reversed(tree.items()))) == canonical(tree)


CANONICAL = {
    "keys are sorted": ({"b": 1, "a": 2}, b'{"a":2,"b":1}'),
    "a tuple is a list": ((1, 2), b"[1,2]"),
    "an integer past 64 bits is its text": ({"n": 1 << 70}, b'{"n":"1180591620717411303424"}'),
}


@pytest.mark.parametrize(("value", "expected"), CANONICAL.values(), ids=CANONICAL.keys())
def test_in_canonical_bytes(value: Any, expected: bytes) -> None:
    assert canonical(value) == expected


def test_a_digest_is_cut_to_its_length() -> None:
    assert digest({"a": 1}, 8) == digest({"a": 1})[:8]
    assert digest({"a": 1}) != digest({"a": 2})


def known(ref: Ref) -> Any:
    return {"Arn": "arn:worker"}.get(ref.output, UNKNOWN)


def left_open(ref: Ref) -> Any:
    found = known(ref)
    return ref if found is UNKNOWN else found


KEY_ARN = Ref(KEY, "KeyId")
RESOLVED = {
    "a known reference is its value": (ARN, known, "arn:worker"),
    "an unknown reference is unknown": (KEY_ARN, known, UNKNOWN),
    "an unknown reference may be left open": (KEY_ARN, left_open, KEY_ARN),
    "a joined text with known parts is text": (Join((ARN, "/*")), known, "arn:worker/*"),
    "a joined text with an unknown part is unknown": (Join((KEY_ARN, "/*")), known, UNKNOWN),
    "a joined text with an open part stays joined": (
        Join((ARN, KEY_ARN)),
        left_open,
        Join(("arn:worker", KEY_ARN)),
    ),
    "a document with known parts is text": (JsonText({"r": ARN}), known, '{"r":"arn:worker"}'),
    "a document with an unknown part stays a document": (
        JsonText({"r": ARN, "k": KEY_ARN}),
        known,
        JsonText({"r": "arn:worker", "k": UNKNOWN}),
    ),
    "a document with an open part stays a document": (
        JsonText([KEY_ARN]),
        left_open,
        JsonText([KEY_ARN]),
    ),
    "containers are walked": ({"a": [ARN, 1]}, known, {"a": ["arn:worker", 1]}),
    "a scalar stays": (None, known, None),
}


@pytest.mark.parametrize(("value", "lookup", "expected"), RESOLVED.values(), ids=RESOLVED.keys())
def test_when_references_are_put_in(value: Any, lookup: Any, expected: Any) -> None:
    assert resolve(value, lookup) == expected


def test_references_are_found_at_every_depth_in_order() -> None:
    tree = {"a": [ARN], "b": Join(("x", KEY_ARN)), "c": JsonText({"d": ARN}), "e": 1}
    assert list(references(tree)) == [ARN, KEY_ARN, ARN]


def test_leaves_are_scalars_and_marks() -> None:
    assert list(leaves({"a": [1, UNKNOWN], "b": JsonText({"c": "x"})})) == [1, UNKNOWN, "x"]


ADDRESSES = {"no slash": "AWS::S3::Bucket", "no name": "AWS::S3::Bucket/", "no type": "/raw"}


@pytest.mark.parametrize("text", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_needs_a_type_and_a_name_so_this_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="TYPE/NAME"):
        Address.parse(text)


def test_an_address_reads_back_even_with_a_slash_in_its_name() -> None:
    address = Address("AWS::Logs::LogGroup", "/aws/lambda/x")
    assert Address.parse(str(address)) == address
