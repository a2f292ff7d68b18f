"""Whether the traffic was split as the weights say; if it was not, a test of variants is void.

Callers that name a variant (`TargetVariant`) or one variant that throttles make the variants'
requests differ in kind, not only in number (Fabijan and others, "Diagnosing Sample Ratio Mismatch
in Online Controlled Experiments", 2019). Pearson's chi-square of the requests against the live
weights; p is the chance of such a split if all was well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_P = 0.001
"""Below it the split counts as another one than the weights': as strict as is usual for this check,
for it is made at every look."""
_EXPECTED = 5
"""Requests that a variant has to be expected to have before chi-square means anything."""


@dataclass(frozen=True, slots=True)
class Split:
    """What the variants got in one period, and the weights that were live then."""

    requests: Mapping[str, int]
    weights: Mapping[str, float]
    """0 or more; shares are weights over their sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The answer, with what it rests on."""

    valid: bool
    p: float
    observed: Mapping[str, int]
    expected: Mapping[str, float]

    @property
    def said(self) -> str:
        """``53000 and 47000 requests, 50000 and 50000 expected``, by the names of the variants."""
        seen = ", ".join(f"{name} {number}" for name, number in self.observed.items())
        due = ", ".join(f"{name} {number:.0f}" for name, number in self.expected.items())
        return f"observed {seen}; expected {due} (p = {self.p:.2g})"


def ratio(periods: Sequence[Split]) -> Ratio:
    """Compare requests with weights over all periods.

    Raises:
        ValueError: a period has no weight above 0, or a negative one.
    """
    names = sorted({name for each in periods for name in (*each.requests, *each.weights)})
    observed = {name: sum(it.requests.get(name, 0) for it in periods) for name in names}
    expected = dict.fromkeys(names, 0.0)
    for each in periods:
        total, requests = sum(each.weights.values()), sum(each.requests.values())
        if total <= 0 or min(each.weights.values()) < 0:
            msg = f"the weights {dict(each.weights)} say nothing of how traffic is split"
            raise ValueError(msg)
        for name, weight in each.weights.items():
            expected[name] += requests * weight / total
    p = _p(observed, expected)
    return Ratio(valid=p >= LEAST_P, p=p, observed=observed, expected=expected)


def _p(observed: Mapping[str, int], expected: Mapping[str, float]) -> float:
    """The upper tail of chi-square, with one degree of freedom less than there are variants."""
    if any(observed[name] and not due for name, due in expected.items()):
        return 0.0  # requests where no weight sent any
    due = {name: number for name, number in expected.items() if number}
    if len(due) < 2 or min(due.values()) < _EXPECTED:  # noqa: PLR2004 - one variant has no split
        return 1.0
    square = sum((observed[name] - number) ** 2 / number for name, number in due.items())
    return _tail(square / 2, len(due) - 1)


def _tail(half: float, freedom: int) -> float:
    """Q(freedom/2, half), by the recurrence of the incomplete gamma function (DLMF 8.8.6)."""
    if freedom % 2:
        tail, step = math.erfc(math.sqrt(half)), 0.5
    else:
        tail, step = math.exp(-half), 1.0
    while step < freedom / 2 and half:
        tail += math.exp(step * math.log(half) - half - math.lgamma(step + 1))
        step += 1
    return min(1.0, tail)
