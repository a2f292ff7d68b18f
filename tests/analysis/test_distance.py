"""Measures of drift against values computed by hand and against scipy."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.spatial import distance as spatial

from reconciler.analysis import distance
from reconciler.analysis.interval import wilson
from reconciler.analysis.reference import Method, binned, cuts, points

from .made import METHOD, known, random

DRAWN = {
    "normal": lambda r, n: r.normal(0, 1, n),
    "shifted": lambda r, n: r.normal(0.2, 1, n),
    "wide": lambda r, n: r.normal(0, 1.5, n),
    "whole": lambda r, n: r.poisson(3, n).astype(float),
    "mostly nothing": lambda r, n: np.where(r.random(n) < 0.9, 0, r.exponential(1, n)),
    "two values": lambda r, n: (r.random(n) < 0.3).astype(float),
    "long tail": lambda r, n: r.lognormal(0, 2, n),
}


def pair(name: str, then: int, now: int) -> tuple[Any, Any]:
    r = random(len(name))
    return DRAWN["normal" if name in {"shifted", "wide"} else name](r, then), DRAWN[name](r, now)


@pytest.mark.parametrize("name", DRAWN)
def test_few_values_give_what_scipy_gives(name: str) -> None:
    then, now = pair(name, 900, 700)
    kept, ours = known(then), np.sort(now)
    gap = distance.ks(kept, ours)
    assert gap == pytest.approx(stats.ks_2samp(then, now).statistic, abs=1e-12)
    p = stats.ks_2samp(then, now, method="asymp").pvalue
    assert distance.ks_p(gap, 900, 700) == pytest.approx(p, rel=1e-9)
    moved = stats.wasserstein_distance(then, now) / np.std(then)
    assert distance.wasserstein(kept, ours) == pytest.approx(moved, rel=1e-9)


@pytest.mark.parametrize("name", DRAWN)
def test_many_values_are_off_by_no_more_than_is_said(name: str) -> None:
    then, now = pair(name, 20_000, 5_000)
    kept, ours = known(then), np.sort(now)
    true = stats.ks_2samp(then, now).statistic
    assert true - 1.1 / METHOD.points <= distance.ks(kept, ours) <= true + 1e-12
    moved = stats.wasserstein_distance(then, now) / np.std(then)
    assert distance.wasserstein(kept, ours) == pytest.approx(moved, abs=0.01, rel=0.03)


def test_a_new_value_between_two_points_is_seen() -> None:
    then = np.arange(100_000.0)
    now = np.sort(np.concatenate([random().choice(then, 500), np.full(500, 4321.5)]))
    true = stats.ks_2samp(then, now).statistic
    assert distance.ks(known(then), now) == pytest.approx(true, abs=1 / METHOD.points)


def test_psi_is_the_sum_by_hand() -> None:
    then, now = np.asarray([0.5, 0.3, 0.2]), np.asarray([0.4, 0.3, 0.3])
    hand = (0.4 - 0.5) * math.log(0.4 / 0.5) + 0.1 * math.log(0.3 / 0.2)
    assert distance.psi(then, now, METHOD) == pytest.approx(hand)
    two = Method(10, 1e-4, {"psi": 2, "js": 2}, 1000)
    assert distance.psi(then, now, two) == pytest.approx(hand / math.log(2))


def test_a_share_of_nothing_counts_as_epsilon() -> None:
    then, now = np.asarray([1.0, 0.0]), np.asarray([0.9, 0.1])
    hand = -0.1 * math.log(0.9) + (0.1 - 1e-4) * math.log(0.1 / 1e-4)
    assert distance.psi(then, now, METHOD) == pytest.approx(hand)


@pytest.mark.parametrize("base", [2, "e"])
def test_jensen_shannon_is_scipys(base: Any) -> None:
    then, now = np.asarray([0.5, 0.3, 0.2, 0.0]), np.asarray([0.1, 0.3, 0.3, 0.3])
    method = Method(10, 1e-4, {"psi": "e", "js": base}, 1000)
    oracle = spatial.jensenshannon(then, now, base=math.e if base == "e" else base)
    assert distance.js(then, now, method) == pytest.approx(oracle)


def test_bins_are_those_of_the_reference_whatever_comes() -> None:
    kept = known(np.arange(1, 1001.0))
    assert kept["edges"] == [100, 200, 300, 400, 500, 600, 700, 800, 900]
    assert kept["bins"] == [100] * 10
    _, now = distance.bins(kept, np.asarray([-5.0, 100.0, 100.5, 1e9]))
    assert now.tolist() == [0.5, 0.25, 0, 0, 0, 0, 0, 0, 0, 0.25]


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ([3.0] * 20, [0, 20, 0]),  # a constant: less, itself, more
        ([0.0] * 19 + [5.0], [19, 1]),
        ([0.0] + [5.0] * 19, [1, 19]),  # nine of ten are the largest
        ([0.0, 1.0] * 10, [10, 10]),
    ],
)
def test_few_different_values_keep_bins_that_tell_them_apart(
    values: list[float], shares: list[int]
) -> None:
    ordered = np.sort(values)
    assert binned(ordered, cuts(ordered, 10)).tolist() == shares


def test_categories_by_hand() -> None:
    then, now = {"a": 50, "b": 30, "c": 20}, {"a": 35, "b": 30, "new": 35}
    assert distance.linf(then, now) == pytest.approx(0.35)
    counted = distance.counted(then, now)
    assert [each.tolist() for each in counted] == [[50, 30, 20, 0], [35, 30, 0, 35]]
    table = [[50, 30, 20, 0], [35, 30, 0, 35]]
    oracle = stats.chi2_contingency(table, correction=False)
    statistic, freedom = distance.chi2(*counted)
    assert (statistic, freedom) == (pytest.approx(oracle.statistic), oracle.dof)
    assert distance.chi2_p(statistic, freedom) == pytest.approx(oracle.pvalue)


def test_rare_categories_are_one() -> None:
    then = np.asarray([500.0, 480, 1, 2, 3, 4, 10])
    now = np.asarray([490.0, 490, 3, 3, 1, 3, 10])
    pooled = [[10, 10, 480, 500], [10, 10, 490, 490]]
    oracle = stats.chi2_contingency(pooled, correction=False)
    assert distance.chi2(then, now) == (pytest.approx(oracle.statistic), 3)
    assert distance.chi2(np.asarray([7.0, 0]), np.asarray([9.0, 0])) == (0.0, 0)
    assert distance.chi2_p(0.0, 0) == 1


def test_adjusted_p_values_are_scipys() -> None:
    p = [0.001, 0.2, 0.04, 0.04, 0.9, 0.012, 1.0]
    assert distance.adjusted(p) == pytest.approx(stats.false_discovery_control(p).tolist())
    assert distance.adjusted([]) == []


@pytest.mark.parametrize(("count", "of"), [(0, 10), (3, 10), (10, 10), (37, 5000)])
def test_an_interval_of_a_share_is_scipys(count: int, of: int) -> None:
    oracle = stats.binomtest(count, of).proportion_ci(0.99, method="wilson")
    assert wilson(count, of, 0.99) == pytest.approx((oracle.low, oracle.high))
    assert wilson(0, 0, 0.99) == (0, 1)


def test_points_hold_exact_counts_of_few_values_and_of_many() -> None:
    few = points(np.asarray([1.0, 1, 2, 5]), 10)
    assert few == {"exact": True, "points": [1, 2, 5], "upTo": [2, 3, 4], "below": [0, 2, 3]}
    values = np.sort(random().poisson(500, 50_000)).astype(float)
    many = points(values, 50)
    counts = Counter(values.tolist())
    assert not many["exact"]
    for at, value in enumerate(many["points"]):
        assert many["upTo"][at] - many["below"][at] == counts[value]
        assert many["upTo"][at] == int(np.sum(values <= value))
