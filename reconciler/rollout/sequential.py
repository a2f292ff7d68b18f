"""Whether one variant is better than another, decided on shares of requests, at any moment.

The interval is a confidence sequence: it holds at every look at once, so one may look as often as
one likes and stop at the first look that decides. It is the normal mixture of Robbins (Howard,
Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
2021, section 3.2), with the variance of the difference of two shares of Mantel and Haenszel over
periods, so that neither another weight nor another hour of the day looks like a difference of the
variants. `tests/rollout/test_sequential.py` shows by simulation what it promises.

CloudWatch keeps no variance of a metric, so only counts out of requests are decided on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

EXPECTED = 10
"""Hits, and misses, that each variant has to be expected to have before the interval is used: of
fewer, a difference is no normal variable."""


class Outcome(StrEnum):
    """What is known of the variants."""

    B_WINS = "B wins"
    A_WINS = "A wins"
    KEEP_GOING = "keep going"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Count:
    """What a variant got in one period of unchanged weights."""

    requests: int
    hits: int
    """Requests that count: conversions, errors. Never more than all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What was fixed before the first look."""

    least: int
    """Requests of each variant before anything is said."""
    longest: float
    """Seconds after which the test ends, whatever is known."""
    effect: float = 0.0
    """The smallest difference of shares that matters, 0 to 1. Less is as good as none."""
    alpha: float = 0.05
    """The most of all tests without a difference that may name a winner."""
    more: bool = True
    """Whether more hits are better: conversions; of errors fewer are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An outcome with its interval; both are of the share of B less that of A."""

    outcome: Outcome
    why: str
    difference: float | None = None
    low: float = -1.0
    high: float = 1.0


Periods = Sequence[tuple[Count, Count]]
"""What A and B got, by periods of unchanged weights."""


def decide(design: Design, periods: Periods, elapsed: float) -> Decision:
    """What is known after so many seconds; a pure function of the counts until now."""
    over = elapsed >= design.longest
    if wrong := _wrong(periods):
        return Decision(outcome=Outcome.INCONCLUSIVE, why=wrong)
    fewest = min(sum(pair[arm].requests for pair in periods) for arm in (0, 1))
    if fewest < design.least or not fewest:
        seen = f"{fewest} of at least {design.least} requests"
        return Decision(outcome=_still(over=over), why=_ended(seen, over=over))
    if (few := _expected(periods)) < EXPECTED:
        seen = f"{few:.1f} of {EXPECTED} hits or misses are expected in the smaller variant"
        return Decision(outcome=_still(over=over), why=_ended(seen, over=over))
    difference, margin = _interval(design, periods)
    low, high = max(-1.0, difference - margin), min(1.0, difference + margin)
    outcome, why = _judged(design, low, high, over=over)
    return Decision(outcome=outcome, why=why, difference=difference, low=low, high=high)


def winner(
    design: Design, control: Sequence[Count], others: Mapping[str, Sequence[Count]], elapsed: float
) -> tuple[str | None, Mapping[str, Decision]]:
    """The variant that wins, "" for the control, None for none yet; and each decision.

    Each of several variants may err by its part of alpha (Bonferroni).
    """
    each = Design(
        least=design.least,
        longest=design.longest,
        effect=design.effect,
        alpha=design.alpha / max(1, len(others)),
        more=design.more,
    )
    found = {
        name: decide(each, [*zip(control, counts, strict=True)], elapsed)
        for name, counts in sorted(others.items())
    }
    better = [name for name, it in found.items() if it.outcome is Outcome.B_WINS]
    if better:
        sign = 1 if design.more else -1
        return max(better, key=lambda name: sign * (found[name].difference or 0)), found
    all_worse = found and all(it.outcome is Outcome.A_WINS for it in found.values())
    return ("" if all_worse else None), found


def _wrong(periods: Periods) -> str:
    for pair in periods:
        for count in pair:
            if not 0 <= count.hits <= count.requests:
                return f"{count.hits} hits of {count.requests} requests are no share of them"
    return "" if periods else "nothing was counted"


def _expected(periods: Periods) -> float:
    """Hits or misses, whichever are fewer, that the smaller variant has if both are alike."""
    counts = [count for pair in periods for count in pair]
    requests, hits = sum(it.requests for it in counts), sum(it.hits for it in counts)
    smaller = min(sum(pair[arm].requests for pair in periods) for arm in (0, 1))
    return smaller * min(hits, requests - hits) / requests


def _interval(design: Design, periods: Periods) -> tuple[float, float]:
    """The difference, and how far the true one may be from it at any look."""
    size = score = alike = apart = 0.0
    for a, b in periods:
        both = a.requests + b.requests
        if not a.requests or not b.requests:
            continue
        weight = a.requests * b.requests / both
        size += weight
        score += (a.requests * b.hits - b.requests * a.hits) / both
        alike += weight * _spread((a.hits + b.hits) / both)
        own = _spread(a.hits / a.requests) / a.requests + _spread(b.hits / b.requests) / b.requests
        apart += weight * weight * own
    if not size:  # the variants were never there together
        return 0.0, math.inf
    most, start = max(alike, apart) / size, design.least / 2
    bound = math.log((size + start) / start) - 2 * math.log(design.alpha)
    return score / size, math.sqrt((size + start) * most * bound) / size


def _spread(share: float) -> float:
    return share * (1 - share)


def _judged(design: Design, low: float, high: float, *, over: bool) -> tuple[Outcome, str]:
    said = f"the difference is {low:+.3%} to {high:+.3%}"
    if -design.effect < low and high < design.effect:
        return Outcome.INCONCLUSIVE, f"{said}: less than the {design.effect:.3%} that matter"
    if low > 0 or high < 0:
        return (Outcome.B_WINS if (low > 0) == design.more else Outcome.A_WINS), said
    return _still(over=over), _ended(said, over=over)


def _still(*, over: bool) -> Outcome:
    return Outcome.INCONCLUSIVE if over else Outcome.KEEP_GOING


def _ended(said: str, *, over: bool) -> str:
    return f"the time is over, and {said}" if over else said
