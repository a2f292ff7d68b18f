"""The stages of versions: their order, one version in Production, and foreign words."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.registry import Moves, Stage, Version, holders, moves
from reconciler.registry.stage import NEXT, STATUS, stage_of

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""Source: SageMaker API reference, ModelLifeCycle."""


def version(number: int, stage: str = "") -> Version:
    return Version(arn=f"arn:v/{number}", group="g", number=number, said_stage=stage)


def said(found: Moves) -> list[tuple[int, str, str]]:
    return [(move.version, move.before.value, move.after.value) for move in found.moves]


@pytest.mark.scenario("T59")
@pytest.mark.parametrize(("before", "after"), [*product(Stage, Stage)])
def test_only_what_the_order_has_is_allowed(before: Stage, after: Stage) -> None:
    found = moves([version(1, before)], 1, after)
    if before is after:
        assert found == Moves()
    elif after in NEXT[before]:
        assert said(found) == [(1, before.value, after.value)]
    else:
        assert not found.moves
        assert all(allowed in found.refused for allowed in NEXT[before])


@pytest.mark.scenario("T59")
def test_a_stage_is_never_sent_without_its_status_and_both_are_names_to_aws() -> None:
    for stage in Stage:
        for each in moves([version(1, s) for s in [next(b for b in Stage if stage in NEXT[b])]], 1,
                          stage).moves:  # fmt: skip
            body = each.request("because")
            assert body == {"Stage": stage.value, "StageStatus": STATUS[stage],
                            "StageDescription": "because"}  # fmt: skip
            assert all(NAME.fullmatch(body[key]) for key in ("Stage", "StageStatus"))


@pytest.mark.scenario("T58")
def test_a_promotion_archives_whoever_was_there_and_the_new_one_goes_first() -> None:
    found = moves([version(2, "Production"), version(3, "Staging")], 3, Stage.PRODUCTION)
    assert said(found) == [(3, "Staging", "Production"), (2, "Production", "Archived")]


@pytest.mark.scenario("T58")
def test_a_promotion_that_ended_half_way_is_finished_by_the_same_command() -> None:
    both = [version(2, "Production"), version(3, "Production")]
    assert [each.number for each in holders(both, Stage.PRODUCTION)] == [2, 3]
    assert said(moves(both, 3, Stage.PRODUCTION)) == [(2, "Production", "Archived")]


@pytest.mark.scenario("T58")
@pytest.mark.parametrize("word", ["production", "PRODUCTION", "Prod", "QA", "Production "])
def test_another_spelling_is_no_stage_and_makes_no_second_one(word: str) -> None:
    assert stage_of(word) is None
    found = moves([version(2, word), version(3, "Staging")], 2, Stage.ARCHIVED)
    assert word in found.refused
    assert not found.moves


def test_a_version_that_is_not_there() -> None:
    assert moves([], 7, Stage.STAGING).refused == "there is no version 7"


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(1, 9), st.sampled_from(["", *Stage, "QA"]), max_size=6),
    st.integers(1, 9),
    st.sampled_from(Stage),
)
def test_after_the_moves_production_has_one_holder_at_most_if_one_came(
    stages: dict[int, str], number: int, to: Stage
) -> None:
    found = [version(each, stage) for each, stage in stages.items()]
    result = moves(found, number, to)
    after = {v.number: v.stage for v in found}
    for move in result.moves:
        assert after[move.version] is move.before
        assert move.after in NEXT[move.before]
        after[move.version] = move.after
    if not result.refused:
        assert after[number] is to
        if to is Stage.PRODUCTION:
            assert [*after.values()].count(Stage.PRODUCTION) == 1
