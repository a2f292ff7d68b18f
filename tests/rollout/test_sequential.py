"""What the sequential decision promises: by simulation, and in tables of counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reconciler.rollout.sequential import Count, Design, Outcome, decide, winner
from tests.sweeps import LONG, only_long

from .streams import bound, first, floor, stream

DAY = 86_400.0
WEEK = 7 * 24 * 60
RUNS = 1000
DESIGN = Design(least=1000, longest=8 * DAY)
MOST = 0.065
"""The most that may be false winners at alpha 5 %, with the doubt of a thousand runs."""


def _false(
    design: Design, looks: Any, *, first_seed: int, pieces: int = WEEK, **traffic: float
) -> int:
    """How many of a thousand tests without a difference name a winner at any look."""
    found = 0
    for seed in range(first_seed, first_seed + RUNS):
        sums = stream(seed, pieces, **traffic)  # type: ignore[arg-type]
        found += first(sums, design, looks)[0] in (Outcome.A_WINS, Outcome.B_WINS)
    return found


@pytest.mark.scenario("R31")
def test_a_thousand_tests_of_equal_variants_name_few_winners() -> None:
    """A week in pieces of ten minutes; all looks are in `make test-long`."""
    pieces = WEEK // 10
    looks = np.unique(np.geomspace(6, pieces - 1, 25).astype(int))
    found = _false(DESIGN, looks, first_seed=31, pieces=pieces, each=400, hits=0.05)
    assert bound(found, RUNS) <= MOST, f"{found} of {RUNS}"


@only_long
@pytest.mark.scenario("R31")
@pytest.mark.parametrize("every", [1, 5, 10])
def test_it_keeps_its_promise_however_often_it_is_polled(every: int) -> None:
    """The same streams, each with the same seeds, for a week."""
    looks = range(every, WEEK, every)
    found = _false(DESIGN, looks, first_seed=1_000, each=40, hits=0.05)
    assert bound(found, RUNS) <= MOST, f"{found} of {RUNS}"


@only_long
@pytest.mark.parametrize(
    ("hits", "share", "least"),
    [
        (0.001, 0.5, 1000), (0.001, 0.1, 100), (0.01, 0.05, 100), (0.05, 0.05, 100),
        (0.3, 0.9, 100), (0.5, 0.5, 100), (0.999, 0.5, 1000),
    ],
)  # fmt: skip
def test_few_hits_and_uneven_weights_keep_it_too(hits: float, share: float, least: int) -> None:
    design = Design(least=least, longest=8 * DAY)
    looks = np.unique(np.geomspace(5, WEEK - 1, 200).astype(int))
    found = _false(design, looks, first_seed=5_000, each=40, hits=hits, share=share)
    assert bound(found, RUNS) <= MOST, f"{found} of {RUNS}"


@pytest.mark.scenario("R31")
def test_one_stream_polled_every_minute_or_every_ten_is_decided_alike() -> None:
    """A decision follows from the counts alone, so what is seen at a look does not depend on
    the others; and a planted difference is found by both."""
    fine, coarse = [], []
    for seed in range(20):
        sums = stream(seed, 2000, each=60, hits=(0.05, 0.07))
        fine.append(first(sums, DESIGN, range(1, 2000)))
        coarse.append(first(sums, DESIGN, range(10, 2000, 10)))
    assert [outcome for outcome, _ in fine] == [outcome for outcome, _ in coarse]
    for (_, early), (_, late) in zip(fine, coarse, strict=True):
        assert early <= late


@pytest.mark.parametrize(
    ("hits", "more", "wins"),
    [
        ((0.05, 0.06), True, Outcome.B_WINS),
        ((0.06, 0.05), True, Outcome.A_WINS),
        ((0.010, 0.015), False, Outcome.A_WINS),
        ((0.015, 0.010), False, Outcome.B_WINS),
    ],
)
def test_a_planted_difference_is_found(
    hits: tuple[float, float],
    more: bool,
    wins: Outcome,
) -> None:
    """At 40 requests a minute, within a week: power, and the right side."""
    design = Design(least=1000, longest=8 * DAY, more=more)
    runs = RUNS if LONG else 60
    looks = np.unique(np.geomspace(60, WEEK - 1, 60).astype(int))
    ends = [first(stream(seed, WEEK, each=40, hits=hits), design, looks)[0] for seed in range(runs)]
    assert floor(ends.count(wins), runs) >= 0.9
    assert {*ends} - {wins, Outcome.KEEP_GOING} == set()


@pytest.mark.parametrize(
    ("a", "b", "elapsed", "outcome"),
    [
        pytest.param((500, 0), (500, 250), 0, Outcome.KEEP_GOING, id="before the least sample"),
        pytest.param((500, 0), (500, 250), 8 * DAY, Outcome.INCONCLUSIVE, id="never enough"),
        pytest.param((2000, 0), (2000, 0), 0, Outcome.KEEP_GOING, id="no hits"),
        pytest.param((2000, 0), (2000, 5), 0, Outcome.KEEP_GOING, id="too few hits"),
        pytest.param((2000, 2000), (2000, 1995), 0, Outcome.KEEP_GOING, id="too few misses"),
        pytest.param((2000, 100), (2000, 100), 0, Outcome.KEEP_GOING, id="alike"),
        pytest.param((2000, 100), (2000, 100), 8 * DAY, Outcome.INCONCLUSIVE, id="time is over"),
        pytest.param((2000, 100), (2000, 200), 0, Outcome.B_WINS, id="twice as many"),
        pytest.param((2000, 200), (2000, 100), 8 * DAY, Outcome.A_WINS, id="half, at the end"),
        pytest.param((2000, 0), (2000, 200), 0, Outcome.B_WINS, id="from none"),
        pytest.param((0, 0), (0, 0), 0, Outcome.KEEP_GOING, id="nothing"),
        pytest.param((0, 0), (9000, 90), 0, Outcome.KEEP_GOING, id="one gets nothing"),
        pytest.param((2000, 2001), (2000, 5), 0, Outcome.INCONCLUSIVE, id="hits without requests"),
        pytest.param((2000, -1), (2000, 5), 0, Outcome.INCONCLUSIVE, id="less than no hits"),
    ],
)  # fmt: skip
def test_outcomes(a: tuple[int, int], b: tuple[int, int], elapsed: float, outcome: Outcome) -> None:
    assert decide(DESIGN, [(Count(*a), Count(*b))], elapsed).outcome is outcome


def test_nothing_counted_is_no_answer() -> None:
    assert decide(DESIGN, [], 0).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("effect", "outcome"),
    [(0.0, Outcome.B_WINS), (0.002, Outcome.B_WINS), (0.02, Outcome.INCONCLUSIVE)],
)
def test_a_difference_that_is_too_small_to_matter_ends_the_test(
    effect: float, outcome: Outcome
) -> None:
    design = Design(least=1000, longest=DAY, effect=effect)
    found = decide(design, [(Count(400_000, 20_000), Count(400_000, 22_000))], 0)
    assert found.outcome is outcome
    assert found.difference == pytest.approx(0.005)
    assert 0 < found.low < 0.005 < found.high


def test_another_weight_at_another_hour_is_no_difference() -> None:
    """Simpson: both hit 2 % by day and 10 % by night, and B gets most of the nights."""
    day, night = (Count(9000, 180), Count(1000, 20)), (Count(1000, 100), Count(9000, 900))
    assert decide(DESIGN, [day, night], 0).difference == pytest.approx(0)
    summed = (Count(10_000, 280), Count(10_000, 920))
    assert decide(DESIGN, [summed], 0).outcome is Outcome.B_WINS


def test_periods_without_both_variants_say_nothing() -> None:
    alone = [(Count(5000, 50), Count(0, 0)), (Count(0, 0), Count(5000, 5000))]
    assert decide(DESIGN, alone, 0).outcome is Outcome.KEEP_GOING


def test_the_interval_holds_the_truth_at_every_look() -> None:
    missed = 0
    for seed in range(200):
        sums = stream(seed, 3000, each=40, hits=(0.05, 0.06))
        for minute in np.geomspace(60, 2999, 20).astype(int):
            a, a_hits, b, b_hits = map(int, sums[:, minute])
            found = decide(DESIGN, [(Count(a, a_hits), Count(b, b_hits))], 0)
            if not found.low <= 0.01 <= found.high:
                missed += 1
                break
    assert bound(missed, 200) <= 0.1


@pytest.mark.parametrize(
    ("hits", "wins"),
    [
        ({"b": 1200, "c": 2000}, "c"),
        ({"b": 1000, "c": 1600}, "c"),
        ({"b": 500, "c": 400}, ""),
        ({"b": 500, "c": 1000}, None),
        ({"b": 1000}, None),
    ],
)
def test_of_several_variants_the_best_wins_or_the_control(
    hits: dict[str, int], wins: str | None
) -> None:
    others = {name: [Count(20_000, number)] for name, number in hits.items()}
    found, each = winner(DESIGN, [Count(20_000, 1000)], others, 0)
    assert found == wins
    assert each.keys() == hits.keys()


def test_each_of_several_variants_may_err_by_its_part() -> None:
    """What is enough for one challenger is not for one of ten."""
    a, b = [Count(20_000, 1000)], [Count(20_000, 1152)]
    assert winner(DESIGN, a, {"b": b}, 0)[0] == "b"
    assert winner(DESIGN, a, {f"b{number}": b for number in range(10)}, 0)[0] is None
