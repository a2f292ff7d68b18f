"""Words of other tools lead to words that there are."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from reconciler.kinds import api as kinds
from reconciler.specs import brought, foreign
from reconciler.specs.annotation import bare, choices, expected, fields
from reconciler.specs.envelope import KEYS, Metadata
from reconciler.specs.words import closest


def known() -> set[str]:
    """Every word that a spec may have: kinds, fields, and values of closed lists."""
    found = {*KEYS, *kinds.load()}
    seen: set[str] = set()

    def walk(annotation: Any) -> None:
        if isinstance(annotation, str | int) or (key := repr(annotation)) in seen:
            return
        seen.add(key)
        found.update(str(each) for each in choices(annotation))
        for name, info in fields(annotation).items():
            found.add(name)
            walk(expected(info))
        for inner in (*get_args(annotation), *get_args(bare(annotation))):
            walk(inner)

    for kind in kinds.load().values():
        walk(kind.model)
    walk(Metadata)
    return found


KNOWN = known()


def test_every_meaning_is_a_word_that_there_is() -> None:
    meanings = {each for row in foreign.WORDS.values() for each in row}
    assert meanings - KNOWN == set()


def test_every_word_is_written_as_it_is_looked_up() -> None:
    words = {*foreign.WORDS, *(word for each in foreign.SENTENCES.values() for word in each)}
    assert {word for word in words if brought.squeezed(word) != word} == set()
    assert set(foreign.SENTENCES) - {""} <= set(kinds.load())


def test_there_are_forty_of_them_and_more() -> None:
    assert len(foreign.WORDS) >= 40


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("float", ["string", "integral", "fractional"], "fractional"),
        ("Bucket", ["Budget", "DataSource", "Rollout"], "DataSource"),
        ("bucket", ["columns", "format", "s3"], "s3"),
        ("RecordIdentifierFeatureName", ["recordId", "eventTime"], "recordId"),
        ("record_identifier", ["recordId", "eventTime"], "recordId"),
        ("instance_count", ["instances", "instanceType"], "instances"),
        ("namespace", ["name", "owner"], None),
        ("role_arn", ["read", "write"], None),
        ("roles", ["roles", "role"], "roles"),
        ("xyzzy", ["name", "owner"], None),
    ],
)
def test_a_word_is_taken_for(word: str, choices: list[str], meant: str | None) -> None:
    assert closest(word, choices) == meant


@pytest.mark.parametrize(
    "word", ["tags", "role_arn", "executionRoleArn", "depends-on", "Resources"]
)
def test_where_there_is_no_such_field_a_sentence_says_what_to_do(word: str) -> None:
    assert brought.sentence(word)


def test_a_kind_may_say_something_of_its_own() -> None:
    assert brought.sentence("bucket", "DataSource") != brought.sentence("bucket")
    assert brought.sentence("role", "Environment") != brought.sentence("role")
