"""Measured values and their statistics, as CloudWatch calculates them.

Source: CloudWatch user guide, "CloudWatch statistics definitions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
PERCENT = re.compile(r"(p|tm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)")


class Summary(NamedTuple):
    """Values of which only these numbers are known."""

    least: float
    most: float
    total: float
    number: float


@dataclass(slots=True)
class Samples:
    """Values with how often each was measured, and summaries of others."""

    values: list[tuple[float, float]] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)

    def add(self, values: Iterable[tuple[float, float]]) -> None:
        """Take in values; those that were never measured are left out."""
        self.values += [each for each in values if each[1] > 0]

    @property
    def count(self) -> float:
        """How many there are."""
        return sum(n for _, n in self.values) + sum(each.number for each in self.summaries)

    @property
    def total(self) -> float:
        """Their sum."""
        return sum(v * n for v, n in self.values) + sum(each.total for each in self.summaries)

    def statistic(self, name: str) -> float | None:
        """A statistic of them; None where there are none, or where it cannot be known.

        Args:
            name: One of AWS's: Sum, Average, Minimum, Maximum, SampleCount, p99, tm90, tc90, ts90.
        """
        if self.count <= 0:
            return None
        match name:
            case "SampleCount":
                return self.count
            case "Sum":
                return self.total
            case "Average":
                return self.total / self.count
            case "Minimum":
                return min([v for v, _ in self.values] + [each.least for each in self.summaries])
            case "Maximum":
                return max([v for v, _ in self.values] + [each.most for each in self.summaries])
        return self._percent(name)

    def _percent(self, name: str) -> float | None:
        """Percentiles need the values themselves."""
        found = PERCENT.fullmatch(name)
        if found is None or self.summaries:
            return None
        kind, share = found[1], float(found[2]) / 100
        ordered = sorted(self.values)
        limit = share * sum(n for _, n in ordered)
        seen, kept = 0.0, Samples()
        for value, number in ordered:
            if kind == "p" and seen + number >= limit - 1e-9:
                return value
            kept.add([(value, min(number, max(0.0, limit - seen)))])
            seen += number
        if kind == "p":
            return ordered[-1][0]
        return kept.statistic({"tm": "Average", "tc": "SampleCount", "ts": "Sum"}[kind])


def known(statistic: str) -> bool:
    """Whether it is a statistic that the sandbox calculates."""
    return statistic in BASIC or PERCENT.fullmatch(statistic) is not None
