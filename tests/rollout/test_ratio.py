"""Whether traffic was split as the weights say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reconciler.rollout.ratio import LEAST_P, Split, ratio

EVEN = {"a": 0.5, "b": 0.5}


@pytest.mark.scenario("R32")
@pytest.mark.parametrize(
    ("requests", "weights", "valid"),
    [
        ({"a": 53_000, "b": 47_000}, EVEN, False),
        ({"a": 50_200, "b": 49_800}, EVEN, True),
        ({"a": 95_000, "b": 5_000}, {"a": 95, "b": 5}, True),
        ({"a": 94_000, "b": 6_000}, {"a": 95, "b": 5}, False),
        ({"a": 100, "b": 0}, EVEN, False),
        ({"a": 100, "b": 3}, {"a": 1, "b": 0}, False),
        ({"a": 100}, {"a": 1, "b": 0}, True),
        ({"a": 0, "b": 0}, EVEN, True),
        ({"a": 3, "b": 0}, EVEN, True),
        ({"a": 33_000, "b": 33_500, "c": 33_500}, {"a": 1, "b": 1, "c": 1}, True),
        ({"a": 32_000, "b": 34_000, "c": 34_000}, {"a": 1, "b": 1, "c": 1}, False),
    ],
)
def test_splits(requests: dict[str, int], weights: dict[str, float], valid: bool) -> None:
    assert ratio([Split(requests, weights)]).valid is valid


@pytest.mark.scenario("R32")
def test_it_says_what_was_seen_and_what_was_due() -> None:
    found = ratio([Split({"a": 53_000, "b": 47_000}, EVEN)])
    assert found.said.startswith("observed a 53000, b 47000; expected a 50000, b 50000 (p = ")


@pytest.mark.parametrize("variants", range(2, 11))
def test_the_tail_is_that_of_chi_square(variants: int) -> None:
    random = np.random.default_rng(variants)
    names = [f"v{number}" for number in range(variants)]
    for _ in range(20):
        seen = random.poisson(1000, variants)
        found = ratio(
            [Split(dict(zip(names, map(int, seen), strict=True)), dict.fromkeys(names, 1))]
        )
        assert found.p == pytest.approx(stats.chisquare(seen).pvalue, rel=1e-9, abs=1e-12)


def test_weights_may_change_between_periods() -> None:
    first = Split({"a": 9000, "b": 1000}, {"a": 9, "b": 1})
    second = Split({"a": 1000, "b": 9000}, {"a": 1, "b": 9})
    assert ratio([first, second]).valid
    assert not ratio([first, Split(second.requests, EVEN)]).valid


@pytest.mark.parametrize("weights", [{"a": 0.0, "b": 0.0}, {"a": -1.0, "b": 2.0}])
def test_weights_that_send_nothing_anywhere_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="say nothing"):
        ratio([Split({"a": 1, "b": 1}, weights)])


def test_good_splits_are_seldom_called_bad() -> None:
    random = np.random.default_rng(32)
    wrong = 0
    for b in random.binomial(20_000, 0.3, 2000):
        wrong += not ratio([Split({"a": 20_000 - int(b), "b": int(b)}, {"a": 7, "b": 3})]).valid
    assert wrong <= 2000 * LEAST_P * 4
