"""Simulated requests of two variants, and how often a test of them names a winner."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from reconciler.rollout.sequential import Count, Design, Outcome, decide

WON = (Outcome.A_WINS, Outcome.B_WINS)


def stream(
    seed: int, minutes: int, *, each: float, hits: float | tuple[float, float], share: float = 0.5
) -> Any:
    """Sums to each minute of: requests of A, hits of A, requests of B, hits of B.

    Args:
        each: requests a minute, on average.
        hits: the share that hits, of both or of each.
        share: the part of the requests that B gets.
    """
    random = np.random.default_rng(seed)
    one, other = hits if isinstance(hits, tuple) else (hits, hits)
    requests = random.poisson(each, minutes)
    b = random.binomial(requests, share)
    a = requests - b
    sums = (a, random.binomial(a, one), b, random.binomial(b, other))
    return np.cumsum(np.stack(sums), axis=1)


def first(sums: Any, design: Design, looks: Any) -> tuple[Outcome, int]:
    """The first look that names a winner, or the last one."""
    for minute in looks:
        a, a_hits, b, b_hits = (int(each) for each in sums[:, minute])
        found = decide(design, [(Count(a, a_hits), Count(b, b_hits))], minute * 60.0)
        if found.outcome in WON:
            return found.outcome, int(minute)
    return Outcome.KEEP_GOING, -1


def bound(found: int, runs: int, level: float = 0.99) -> float:
    """The upper bound of Clopper and Pearson: the true rate is above it once in a hundred."""
    return float(stats.beta.ppf(level, found + 1, runs - found))


def floor(found: int, runs: int, level: float = 0.99) -> float:
    """The lower bound of Clopper and Pearson."""
    return float(stats.beta.ppf(1 - level, found, runs - found + 1))
