"""`moorline explain` for codes, kinds and fields."""

from __future__ import annotations

import pytest

from reconciler.explain.topics import topic
from reconciler.kinds import api as kinds
from reconciler.model.codes import CODES
from reconciler.policy import api as policy


@pytest.mark.parametrize("code", [*CODES, *policy.codes()])
def test_every_code_is_explained(code: str) -> None:
    about = topic(code.lower())
    assert about is not None
    assert about["code"] == code
    assert about["fix"]


@pytest.mark.parametrize("kind", kinds.load())
def test_every_kind_says_what_it_is_and_what_it_has(kind: str) -> None:
    about = topic(kind)
    assert about is not None
    assert about["why"]
    assert about["fields"]


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("FeatureGroup.online", "expireAfter"),
        ("Rollout.strategy.blueGreen.twoStep", "size"),
        ("Environment.protection", "allow"),
    ],
)
def test_a_field_shows_what_is_in_it(subject: str, field: str) -> None:
    about = topic(subject)
    assert about is not None
    assert field in about["fields"]


def test_a_misspelt_field_is_answered_with_the_nearest() -> None:
    about = topic("Rollout.strategy.bluGreen")
    assert about is not None
    assert "'blueGreen'" in about["error"]


@pytest.mark.parametrize("subject", ["Nope", "", "../aws/x", "AWS::S3::Bucket", "SPEC999"])
def test_anything_else_has_no_answer(subject: str) -> None:
    assert topic(subject) is None
