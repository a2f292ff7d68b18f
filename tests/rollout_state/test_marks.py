"""Marks as tags: what is written is what is read, and what cannot be read is said to be so."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.rollout.marks import ENDS, KEYS, LONGEST, PREFIX, WORDS, encode, fits, read
from reconciler.rollout.phase import phase_of
from reconciler.rollout.state import from_marks, next_action, started
from reconciler.rollout.values import Act, Doing, Live, Marks, Phase, Signals, Step

from .endpoint import BEGIN, ROLLOUT, begun

VALUE = re.compile(r"[A-Za-z0-9 _.:/=+@-]{1,256}")
"""Source: SageMaker API reference, Tag; a value without the letters of other scripts."""
MARKS = replace(started(ROLLOUT, BEGIN), step=2, doing=Doing.MOVE, word="hold", over="cm-0",
                why="AWS took it back: 50 % of ~ünïcode~ = «lost»", attempt=3)  # fmt: skip
NAME = st.text(alphabet="abcXYZ019-", min_size=1, max_size=63).filter(lambda name: name != "-")
ANY = st.builds(
    Marks,
    digest=NAME, step=st.integers(0, 20), since=st.integers(0, 1 << 33).map(float), base=NAME,
    middle=NAME, target=NAME, version=st.text(max_size=60).map(lambda text: " ".join(text.split())),
    steps=st.lists(st.builds(Step, st.integers(1, 10000).map(lambda n: n / 10000),
                             st.integers(1, 9999), st.integers(0, 99999), st.booleans()),
                   max_size=18).map(tuple),
    stable_count=st.integers(0, 9999), doing=st.sampled_from(Doing),
    confirmed=st.integers(0, 1 << 33).map(float), tries=st.integers(0, 9), seen=st.booleans(),
    word=st.sampled_from(sorted(WORDS)), why=st.just("it failed"),
    ended=st.sampled_from(["", *sorted(ENDS), "failed AWS went back"]),
    over=st.just("") | NAME, attempt=st.integers(1, 99),
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(ANY)
def test_what_is_written_is_what_is_read(marks: Marks) -> None:
    tags = encode(marks)
    version = len(tags[f"{PREFIX}-version"]) < LONGEST
    assert read(tags) == (marks if version else replace(marks, version=read(tags).version))
    assert sorted(tags) == sorted(KEYS)
    assert all(VALUE.fullmatch(value) for value in tags.values())
    assert all(value == value.strip() for value in tags.values())


def test_what_it_was_started_with_is_under_the_check_sum() -> None:
    tags = encode(MARKS)
    tags[PREFIX] = tags[PREFIX].replace(MARKS.digest, "another")
    assert read(tags).fault  # type: ignore[union-attr]


def test_no_tags_are_no_marks_and_other_tags_are_none_of_them() -> None:
    assert read({}) is None
    assert read({"moorline:platform": "acme", "moorline:attempted": "c2"}) is None
    assert read({**encode(MARKS), "moorline:platform": "acme"}) == MARKS


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("how", ["gone", "other", "empty"])
def test_marks_of_which_one_was_changed_by_hand_are_unreadable_and_nothing_is_guessed(
    key: str, how: str
) -> None:
    tags = encode(MARKS)
    if how == "gone":
        del tags[key]
    else:
        tags[key] = "" if how == "empty" else f"{tags[key]} 9"
    marks = read(tags)
    assert marks is not None
    assert marks.fault
    live = replace(begun().aws.live(), marks=marks)
    assert phase_of(live) is Phase.AMBIGUOUS
    for word in ("", "abort", "promote", "full", "resume", "pause"):
        action = next_action(ROLLOUT, live, Signals(word=word), BEGIN)
        assert (action.act, action.phase, action.marks) == (Act.STOP, Phase.AMBIGUOUS, {})
        assert marks.fault in action.why


def test_marks_of_a_newer_moorline_are_told_from_broken_ones() -> None:
    tags = encode(MARKS)
    marks = read({**tags, PREFIX: "2" + tags[PREFIX][1:]})
    assert marks is not None
    assert "'2'" in marks.fault


def test_tags_of_two_writes_are_not_taken_for_one() -> None:
    one, other = encode(MARKS), encode(replace(MARKS, step=3))
    mixed = {**one, f"{PREFIX}-at": other[f"{PREFIX}-at"]}
    assert read(mixed).fault


@pytest.mark.parametrize("text", ["x" * 300, "ü" * 300, "=" * 300, "a " * 300])
def test_words_that_do_not_fit_are_cut_and_the_rest_can_be_read(text: str) -> None:
    tags = encode(replace(MARKS, why=text))
    assert len(tags[f"{PREFIX}-why"]) <= LONGEST
    marks = read(tags)
    assert not marks.fault
    assert marks.why.endswith("...")
    assert text.startswith(marks.why[:-4])


def test_eighteen_steps_always_fit_and_more_are_no_fewer() -> None:
    steps = tuple(Step(n / 18 - 1e-6, 9999, 999999, gate=True) for n in range(1, 19))
    assert fits(steps)
    assert len(read(encode(replace(MARKS, steps=steps))).steps) == 18
    assert not fits(steps * 2)
    assert read(encode(replace(MARKS, steps=steps * 2))).fault == "36 steps do not fit into them"
    assert fits(())
    assert read(encode(replace(MARKS, steps=()))).steps == ()


@pytest.mark.parametrize("moment", [math.nan, math.inf, -math.inf])
def test_times_that_are_none_are_unreadable(moment: float) -> None:
    assert read(encode(replace(MARKS, since=moment))).fault


def test_the_marks_alone_say_what_runs() -> None:
    live = Live(endpoint="scorer", status="InService", config="cm")
    assert from_marks(started(ROLLOUT, BEGIN), live) == ROLLOUT
