"""Answers that make no sense: there is always an action, and nothing is moved on a guess."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase as Stage, given, settings, strategies as st
from sweeps import LONG

from reconciler.rollout.marks import ENDS, WORDS, encode, read
from reconciler.rollout.phase import BUSY, doubt, phase_of
from reconciler.rollout.state import next_action, started
from reconciler.rollout.table import TABLE, found
from reconciler.rollout.values import (
    Act,
    Doing,
    Finding,
    Live,
    Marks,
    Phase,
    RolloutAction,
    Signals,
    Step,
    Variant,
    Verdict,
)
from reconciler.rollout.view import View

from .endpoint import BEGIN, ROLLOUT, STEPS, begun

CONFIGS = ("c1", "cm", "c2", "cm-0", "foreign", "")
STATUSES = ("InService", "InService", "InService", *sorted(BUSY), "Failed", "UpdateRollbackFailed",
            "OutOfService", "Deleting", "", "Dreaming")  # fmt: skip
ODD = (math.nan, math.inf, -math.inf, -1.0, 1e300)
WEIGHTS = st.sampled_from((None, 0.0, 1.0, 5.0, 95.0, 25.0, 75.0, 50.0, 100.0, 60.0, *ODD))
COUNTS = st.sampled_from((None, -1, 0, 1, 2, 4, 9))
TIMES = st.sampled_from((0.0, -5.0, BEGIN - 900, BEGIN, BEGIN + 1, BEGIN + 299, BEGIN + 9e9, -1e12))
VARIANT = st.builds(
    Variant, name=st.sampled_from(("primary", "candidate", "AllTraffic", "")), weight=WEIGHTS,
    asked_weight=WEIGHTS, count=COUNTS, asked_count=COUNTS,
)  # fmt: skip
MARKS = st.builds(
    Marks,
    digest=st.just("d"), step=st.integers(0, 9), since=TIMES, confirmed=TIMES,
    base=st.sampled_from(CONFIGS), middle=st.sampled_from(CONFIGS), target=st.sampled_from(CONFIGS),
    over=st.sampled_from(CONFIGS), version=st.sampled_from(("", "model 7")),
    steps=st.sampled_from((STEPS, (), STEPS[:1], (Step(0.0, 0, 0),), (Step(2.0, -3, -60),))),
    stable_count=st.sampled_from((0, 1, 4, 100)), doing=st.sampled_from(Doing),
    tries=st.integers(0, 4), seen=st.booleans(), word=st.sampled_from(sorted(WORDS)),
    why=st.sampled_from(("", "it failed")), ended=st.sampled_from(("", "", "", *sorted(ENDS), "x")),
    deadline=st.sampled_from((0, 600, -9)), hold=st.sampled_from((0, 86400)),
    on_failure=st.sampled_from(("rollback", "none", "?")),
    on_inconclusive=st.sampled_from(("hold", "abort", "continue", "?")),
    fault=st.sampled_from(("", "", "", "", "torn")),
)  # fmt: skip
LIKELY = st.builds(
    replace, st.just(started(ROLLOUT, BEGIN)), step=st.integers(0, 4), doing=st.sampled_from(Doing),
    since=TIMES, confirmed=TIMES, tries=st.integers(0, 4), seen=st.booleans(),
    word=st.sampled_from(sorted(WORDS)), over=st.sampled_from(("", "cm-0")),
)  # fmt: skip
PAIR = st.builds(
    lambda share, asked, mine, theirs: (
        Variant(name="primary", weight=100 - share, asked_weight=100 - asked, count=mine,
                asked_count=mine),
        Variant(name="candidate", weight=share, asked_weight=asked, count=theirs,
                asked_count=theirs),
    ),
    *[st.sampled_from((0.0, 5.0, 25.0, 50.0, 100.0))] * 2, *[st.sampled_from((0, 1, 2, 4))] * 2,
)  # fmt: skip
LIVE = st.builds(
    Live,
    status=st.sampled_from(STATUSES), config=st.sampled_from(CONFIGS),
    pending=st.sampled_from(("", "", *CONFIGS)), reason=st.sampled_from(("", "no capacity")),
    variants=st.lists(VARIANT, max_size=3).map(tuple) | PAIR, marks=st.none() | MARKS | LIKELY,
    alarms=st.dictionaries(st.sampled_from(("a", "b")),
                           st.sampled_from(("OK", "ALARM", "INSUFFICIENT_DATA", "", "?"))),
)  # fmt: skip
SIGNALS = st.builds(
    Signals, verdict=st.sampled_from(Verdict), frozen=st.sampled_from(("", "", "holidays")),
    word=st.sampled_from(("", "", "pause", "resume", "promote", "full", "abort", "dance")),
    pinned=st.sampled_from((None, 0.0, 3.0)),
    findings=st.just((Finding(name="p99", verdict=Verdict.FAILED, said="p99 is 900 ms"),)),
)  # fmt: skip
SEND = frozenset({Act.SCALE, Act.WEIGH, Act.FINISH, Act.SETTLE})


TRIES = settings(
    max_examples=20_000 if LONG else 600, deadline=None, derandomize=True, database=None,
    phases=(Stage.generate, Stage.shrink), suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def checked(live: Live, signals: Signals, now: float) -> RolloutAction:
    action = next_action(ROLLOUT, live, signals, now)
    assert action == next_action(ROLLOUT, live, signals, now)
    assert action.why
    if live.marks is not None:
        assert action.phase is phase_of(live)
        assert found(View(ROLLOUT, live, signals, now, live.marks)) is not TABLE[-1]
    if action.act in SEND:
        sends(live, action)
    else:
        assert (action.shares, action.counts, action.config) == ({}, {}, "")
    assert bool(action.marks) == (action.act in SEND | {Act.MARK})
    return action


def sends(live: Live, action: RolloutAction) -> None:
    """What holds of all that is sent, whatever was read."""
    marks = live.marks
    assert marks is not None
    assert live.status == "InService"
    assert not marks.fault
    assert not marks.ended or action.then is Phase.ABORTING
    assert live.config in {marks.base, marks.middle, marks.target, marks.over}
    assert action.config in {"", marks.base, marks.target}
    going_back = action.act is Act.SETTLE or action.then is Phase.ABORTING
    assert going_back or not doubt(live)
    assert [bool(action.shares), bool(action.counts), bool(action.config)].count(True) == 1
    if action.shares:
        assert set(action.shares) == {marks.stable, marks.candidate}
        assert abs(sum(action.shares.values()) - 1) < 1e-9
    assert len(action.counts) <= 1


@TRIES
@given(LIVE, SIGNALS, TIMES)
def test_there_is_an_action_for_everything_and_nothing_is_moved_on_a_guess(
    live: Live, signals: Signals, now: float
) -> None:
    checked(live, signals, now)


@TRIES
@given(LIKELY, PAIR, SIGNALS, TIMES, st.sampled_from(("InService", "InService", "Updating")),
       st.sampled_from(("cm", "cm", "c1", "c2")))  # fmt: skip
def test_so_it_is_of_what_is_nearly_right(
    marks: Marks,
    pair: tuple[Variant, ...],
    signals: Signals,
    now: float,
    status: str,
    config: str,
) -> None:
    live = Live(status=status, config=config, variants=pair, marks=marks)
    action = checked(live, signals, now)
    if action.marks:
        after = read(action.marks)
        assert after is not None
        assert read(encode(after)) == after
        assert phase_of(replace(live, marks=after)) is action.then


@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf])
def test_a_clock_that_says_nothing_stops_nothing_from_being_total(now: float) -> None:
    for status in ("InService", "Updating"):
        for doing in Doing:
            live = replace(begun().aws.live(), status=status, config="cm", pending="")
            marks = replace(live.marks, doing=doing, step=1)
            assert next_action(ROLLOUT, replace(live, marks=marks), Signals(), now).why
