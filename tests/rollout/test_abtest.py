"""What comes next in an A/B test: opened, counted, judged, ended; and what stops it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.rollout import trialmarks
from reconciler.rollout.abtest import Look, Seen, Trial, judged, next_trial, without_spec
from reconciler.rollout.sequential import Count, Design, Outcome
from reconciler.rollout.trialmarks import Period, TrialMarks
from reconciler.rollout.values import Act, Live, Phase, RolloutAction, Variant

DAY = 86_400.0
NOW = 1_800_000_000.0
NAMES = ("a", "b")
TEST = Trial(
    config="c2",
    control="a",
    weights={"a": 0.5, "b": 0.5},
    design=Design(least=1000, longest=14 * DAY),
    promotes=False,
    digest="3f2a9c1b",
)
OPEN = TrialMarks(digest="3f2a9c1b", periods=(Period(NOW, {"a": 0.5, "b": 0.5}),), began=NOW)
ALIKE = Seen(periods=[{"a": Count(20_000, 1000), "b": Count(20_000, 1010)}])
BETTER = Seen(periods=[{"a": Count(20_000, 1000), "b": Count(20_000, 1400)}])
WORSE = Seen(periods=[{"a": Count(20_000, 1400), "b": Count(20_000, 1000)}])
BENT = Seen(periods=[{"a": Count(53_000, 1000), "b": Count(47_000, 1400)}])


def live(a: float | None = 50, b: float | None = 50, **more: Any) -> Live:
    variants = tuple(
        Variant(name=name, weight=weight, asked_weight=weight, count=2, asked_count=2)
        for name, weight in (("a", a), ("b", b))
    )
    return Live(**{"status": "InService", "config": "c2", "variants": variants, **more})


def after(action: RolloutAction, marks: TrialMarks | None = None) -> TrialMarks:
    """The marks as the next driver reads them."""
    found = trialmarks.read({**trialmarks.written(marks or OPEN), **action.marks}, NAMES)
    assert found is not None
    assert not found.fault
    return found


def test_it_is_opened_then_counted_from_when_the_weights_are_live() -> None:
    opened = next_trial(TEST, live(100, 0), None, Look(now=NOW))
    assert (opened.act, opened.shares) == (Act.WEIGH, {"a": 0.5, "b": 0.5})
    marks = after(opened)
    assert marks.periods[0].since == 0
    killed = next_trial(TEST, live(100, 0), marks, Look(now=NOW + 60))  # before the call was sent
    assert (killed.act, killed.shares) == (Act.WEIGH, {"a": 0.5, "b": 0.5})
    counting = next_trial(TEST, live(), marks, Look(now=NOW + 120))
    assert (counting.act, counting.shares) == (Act.MARK, {})
    marks = after(counting)
    assert (marks.began, marks.periods[0].since) == (NOW + 120, NOW + 120)
    waits = next_trial(TEST, live(), marks, Look(now=NOW + 180, seen=Seen(periods=[{}])))
    assert (waits.act, waits.phase) == (Act.WAIT, Phase.BAKING)


@pytest.mark.parametrize(
    ("seen", "days", "act", "said"),
    [
        pytest.param(ALIKE, 1, Act.WAIT, "keep going", id="alike, with time"),
        pytest.param(ALIKE, 15, Act.HOLD, "inconclusive", id="alike, and the time is over"),
        pytest.param(BETTER, 1, Act.MARK, "b wins", id="better"),
        pytest.param(WORSE, 1, Act.MARK, "a wins", id="worse"),
        pytest.param(BENT, 1, Act.HOLD, "observed a 53000, b 47000; expected a 50000", id="bent"),
        pytest.param(Seen(), 1, Act.WAIT, "nothing is known", id="not read"),
        pytest.param(Seen(fault="throttled"), 1, Act.WAIT, "throttled", id="not whole"),
        pytest.param(Seen(fault="none ever"), 15, Act.HOLD, "time is over", id="to the end"),
        pytest.param(Seen(periods=[]), 1, Act.WAIT, "other periods", id="of other periods"),
    ],
)  # fmt: skip
@pytest.mark.scenario("R32")
def test_what_counts_lead_to(seen: Seen, days: float, act: Act, said: str) -> None:
    found = next_trial(TEST, live(), OPEN, Look(now=NOW + days * DAY, seen=seen))
    assert found.act is act
    assert said in found.why
    assert not found.shares


def test_a_winner_stays_one_and_waits_for_a_person() -> None:
    won = after(next_trial(TEST, live(), OPEN, Look(now=NOW + DAY, seen=BETTER)))
    assert won.won == "b"
    held = next_trial(TEST, live(), won, Look(now=NOW + DAY, seen=ALIKE))
    assert (held.act, held.phase) == (Act.HOLD, Phase.PAUSED)
    found = next_trial(TEST, live(), won, Look(now=NOW + DAY, seen=ALIKE, word="promote"))
    assert (found.act, found.shares) == (Act.WEIGH, {"a": 0.0, "b": 1.0})


@pytest.mark.parametrize(("seen", "name"), [(BETTER, "b"), (WORSE, "a")])
def test_a_winner_is_promoted_where_the_spec_says_so(seen: Seen, name: str) -> None:
    test = replace(TEST, promotes=True)
    found = next_trial(test, live(), OPEN, Look(now=NOW + DAY, seen=seen))
    assert found.shares == {each: float(each == name) for each in NAMES}
    marks = after(found)
    assert marks.ended == f"completed {name}"
    again = next_trial(test, live(), marks, Look(now=NOW + DAY))  # killed before the call
    assert (again.act, again.shares) == (Act.WEIGH, found.shares)
    done = live(100 * found.shares["a"], 100 * found.shares["b"])
    assert next_trial(test, done, marks, Look(now=NOW + DAY)).act is Act.NOTHING


def test_what_has_ended_is_promoted_by_nobody_when_it_is_declared_again() -> None:
    """The endpoint was deployed anew meanwhile, and starts closed: its old winner is no winner."""
    over = replace(OPEN, ended="completed b", won="b", at=NOW)
    again = next_trial(TEST, live(100, 0), over, Look(now=NOW + DAY))
    assert (again.act, again.shares) == (Act.WEIGH, TEST.weights)
    assert not after(again, over).ended
    moved = next_trial(TEST, live(30, 70), over, Look(now=NOW + DAY))
    assert (moved.act, moved.shares) == (Act.STOP, {})


@pytest.mark.parametrize("seen", [ALIKE, BENT, Seen(), Seen(fault="cut")])
def test_nobody_is_promoted_without_a_winner(seen: Seen) -> None:
    for test in (TEST, replace(TEST, promotes=True)):
        found = next_trial(test, live(), OPEN, Look(now=NOW + DAY, seen=seen, word="promote"))
        assert not found.shares
        assert found.act in {Act.HOLD, Act.WAIT}


def test_an_abort_gives_the_control_all_traffic_whatever_is_known() -> None:
    found = next_trial(TEST, live(), OPEN, Look(now=NOW, word="abort"))
    assert found.shares == {"a": 1.0, "b": 0.0}
    assert after(found).ended == "aborted a"


def test_a_pause_lets_nothing_be_promoted_until_it_is_over() -> None:
    test = replace(TEST, promotes=True)
    paused = after(next_trial(test, live(), OPEN, Look(now=NOW, word="pause")))
    assert paused.paused
    found = next_trial(test, live(), paused, Look(now=NOW + DAY, seen=BETTER))
    assert not found.shares
    resumed = after(next_trial(test, live(), paused, Look(now=NOW, word="resume")), paused)
    assert next_trial(test, live(), resumed, Look(now=NOW + DAY, seen=BETTER)).shares


@pytest.mark.scenario("R39")
def test_other_weights_in_the_spec_are_moved_and_counted_apart() -> None:
    test = replace(TEST, weights={"a": 0.3, "b": 0.7})
    moved = next_trial(test, live(), OPEN, Look(now=NOW + DAY))
    assert (moved.act, moved.config, moved.shares) == (Act.WEIGH, "", {"a": 0.3, "b": 0.7})
    marks = after(moved)
    marks = after(next_trial(test, live(30, 70), marks, Look(now=NOW + DAY)))
    assert [each.since for each in marks.periods] == [NOW, NOW + DAY]
    simpson = Seen(
        periods=[
            {"a": Count(10_000, 200), "b": Count(10_000, 200)},
            {"a": Count(3000, 300), "b": Count(7000, 700)},
        ]
    )
    assert judged(test, marks, simpson, NOW + 2 * DAY).outcome is Outcome.KEEP_GOING


def test_weights_that_somebody_moved_stop_it() -> None:
    found = next_trial(TEST, live(80, 20), OPEN, Look(now=NOW + DAY, seen=BETTER))
    assert (found.act, found.phase) == (Act.STOP, Phase.AMBIGUOUS)
    assert "live a 80 %, b 20 %, asked a 50 %, b 50 %" in found.why


@pytest.mark.parametrize(
    ("state", "act"),
    [
        pytest.param(live(None, 50), Act.STOP, id="a weight that AWS did not say"),
        pytest.param(live(0, 0), Act.STOP, id="no weight at all"),
        pytest.param(live(variants=()), Act.STOP, id="no variants"),
        pytest.param(live(config="c1"), Act.NOTHING, id="not applied yet"),
        pytest.param(live(pending="c3"), Act.WAIT, id="on its way elsewhere"),
        pytest.param(live(status="SystemUpdating"), Act.WAIT, id="AWS's own update"),
    ],
)
def test_what_is_not_known_or_not_there_is_not_guessed(state: Live, act: Act) -> None:
    for word in ("", "promote", "abort"):
        found = next_trial(TEST, state, OPEN, Look(now=NOW, seen=BETTER, word=word))
        assert (found.act, found.shares, found.marks) == (act, {}, {})


def test_weights_rounded_to_32_bits_are_the_same() -> None:
    test = replace(TEST, weights={"a": 0.8, "b": 0.2})
    marks = replace(OPEN, periods=(Period(NOW, test.weights),))
    found = next_trial(test, live(80.00000119, 20.0), marks, Look(now=NOW, seen=Seen(periods=[{}])))
    assert found.act is Act.WAIT


def test_marks_of_another_test_begin_anew() -> None:
    other = replace(OPEN, digest="00000000", ended="completed b")
    assert next_trial(TEST, live(0, 100), other, Look(now=NOW)).act is Act.WEIGH


@pytest.mark.parametrize(
    "marks",
    [
        OPEN,
        TrialMarks(digest="3f2a9c1b"),
        replace(OPEN, paused=True, won="b"),
        replace(OPEN, ended="completed b", won="b", at=NOW + 5),
        replace(OPEN, periods=tuple(Period(NOW + n, {"a": 1 / 3, "b": 2 / 3}) for n in range(8))),
    ],
)
def test_marks_are_read_as_they_were_written(marks: TrialMarks) -> None:
    tags = trialmarks.written(marks)
    assert all(len(value) <= 256 for value in tags.values())
    found = trialmarks.read(tags, NAMES)
    assert found is not None
    for one, other in zip(found.periods, marks.periods, strict=True):
        assert one.weights == pytest.approx(other.weights, abs=1e-7)
    assert replace(found, periods=()) == replace(marks, periods=())


def test_ten_long_names_fit_into_the_tags() -> None:
    names = [f"{number}{'v' * 62}" for number in range(10)]
    weights = dict.fromkeys(names, 1 / 10)
    test = TrialMarks(digest="3f2a9c1b", periods=(Period(NOW, weights),), won=names[0])
    tags = {**trialmarks.written(test), **trialmarks.asked("3f2a9c1b", weights)}
    assert all(len(value) <= 256 for value in tags.values())
    assert trialmarks.wanted(tags, names) == ("3f2a9c1b", pytest.approx(weights))


@pytest.mark.parametrize(
    "state", ["", "3f2a9c1b", "3f2a9c1b runs 0 0 1 - - a", "3f2a9c1b runs 0 0 x - - a",
              "3f2a9c1b walks 0 0 0 - - a", "3f2a9c1b runs nan 0 0 - - a"],
)  # fmt: skip
def test_marks_that_cannot_be_read_stop_it(state: str) -> None:
    marks = trialmarks.read({trialmarks.STATE: state}, NAMES)
    assert marks is not None
    assert next_trial(TEST, live(), marks, Look(now=NOW, word="abort")).act is Act.STOP


def test_an_abort_needs_no_spec() -> None:
    marks = after(next_trial(TEST, live(100, 0), None, Look(now=NOW)))
    assert marks.control == "a"
    held = without_spec(live(), marks, Look(now=NOW))
    assert (held.act, held.shares) == (Act.HOLD, {})
    found = without_spec(live(), marks, Look(now=NOW, word="abort"))
    assert found.shares == {"a": 1.0, "b": 0.0}
    assert after(found, marks).ended == "aborted a"
    assert without_spec(live(None), marks, Look(now=NOW, word="abort")).act is Act.STOP
    moving = live(status="Updating")
    assert without_spec(moving, marks, Look(now=NOW, word="abort")).act is Act.WAIT
    lost = replace(marks, control="")
    assert without_spec(live(), lost, Look(now=NOW, word="abort")).act is Act.STOP


def test_marks_of_a_test_with_other_variants_are_those_of_another_test() -> None:
    tags = {**trialmarks.written(OPEN), trialmarks.TAG: "9c1b3f2a 30 50 20"}
    found = trialmarks.read(tags, ["a", "b", "c"])
    assert found == TrialMarks(digest=OPEN.digest)
