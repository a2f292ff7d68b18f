"""How often a comparison is wrong: simulated windows with fixed seeds.

20 features of which none has drifted: how many windows raise an alarm. And drifts as they were
measured of other engines: how many windows see them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sweeps import only_long

from reconciler.analysis import drift
from reconciler.analysis.reference import Method, profile
from reconciler.analysis.settings import Settings
from reconciler.analysis.table import Table

NUMBERS, CATEGORIES = 16, 4
METHOD = Method(10, 1e-4, {"psi": "e", "js": 2}, 1000)
SHARES = ([0.5, 0.3, 0.2], [0.9, 0.1], [0.25, 0.25, 0.25, 0.25], [0.6, 0.25, 0.1, 0.05])


def drawn(random: Any, rows: int, drifted: bool = False) -> Table:
    """16 numeric columns of four forms, and four categories."""
    columns: dict[str, list[Any]] = {}
    for at in range(NUMBERS):
        values = (
            random.normal(0, 1, rows), random.exponential(1, rows), random.random(rows),
            random.poisson(4, rows).astype(float),
        )[at % 4]  # fmt: skip
        columns[f"num{at}"] = values.tolist()
    for at in range(CATEGORIES):
        names = [f"c{it}" for it in range(len(SHARES[at]))]
        columns[f"cat{at}"] = random.choice(names, rows, p=SHARES[at]).tolist()
    if drifted:
        # A shift and a scale of the size that AVAILABILITY's trial had (KS .0496 and .119), a long
        # tail, a form, a rate; and two categories with a Jensen-Shannon distance of about .08.
        columns["num0"] = random.normal(0.117, 1, rows).tolist()
        columns["num4"] = random.normal(0, 1.6, rows).tolist()
        columns["num1"] = (random.exponential(1, rows) * 1.2).tolist()
        columns["num2"] = random.beta(1.25, 1, rows).tolist()
        columns["num3"] = random.poisson(4.4, rows).astype(float).tolist()
        columns["cat0"] = random.choice(["c0", "c1", "c2"], rows, p=[0.42, 0.3, 0.28]).tolist()
        columns["cat3"] = random.choice(
            ["c0", "c1", "c2", "c3"], rows, p=[0.52, 0.25, 0.14, 0.09]
        ).tolist()
    return Table(columns)


DRIFTED = {"num0", "num1", "num2", "num3", "num4", "cat0", "cat3"}


def alarmed(seed: int, then: int, now: int, drifted: bool = False) -> set[str]:
    """The features that a window raises an alarm for."""
    random = np.random.default_rng(seed)
    types = {f"num{at}": "number" for at in range(NUMBERS)}
    known = profile(drawn(random, then), METHOD, types)
    rule = drift.rule_of(Settings({"minimumRows": min(500, now)}), known)
    found = drift.compare(known, drawn(random, now, drifted), rule)
    return {each["feature"] for each in found if each["status"] == "VIOLATED"}


def upper(count: int, of: int) -> float:
    """The upper end of a one-sided 99 % interval, exact (Clopper and Pearson)."""
    return float(stats.beta.ppf(0.99, count + 1, of - count))


def test_a_few_windows_without_drift_raise_few_alarms() -> None:
    windows = 12
    count = sum(bool(alarmed(seed, 1000, 500)) for seed in range(windows))
    assert count <= stats.binom.ppf(0.999, windows, 0.05)


@only_long
@pytest.mark.parametrize(("then", "now"), [(2000, 500), (5000, 2000)])
def test_no_more_than_one_window_in_twenty_is_a_false_alarm(then: int, now: int) -> None:
    windows = 2000
    count = sum(bool(alarmed(seed, then, now)) for seed in range(windows))
    assert upper(count, windows) <= 0.065


def test_a_measured_drift_is_seen_and_nothing_else() -> None:
    found = alarmed(11, 10_000, 10_000, drifted=True)
    assert found == DRIFTED


@only_long
def test_measured_drifts_are_seen_in_nearly_every_window() -> None:
    windows = 200
    seen = [alarmed(seed, 10_000, 10_000, drifted=True) for seed in range(windows)]
    for feature in DRIFTED:
        assert sum(feature in each for each in seen) >= 0.9 * windows, feature
    false = sum(bool(each - DRIFTED) for each in seen)
    assert upper(false, windows) <= 0.065
