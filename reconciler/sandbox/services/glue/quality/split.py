"""Rows that are right and rows that are not, with counts, as a quality step makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.facts import dqdl
from reconciler.sandbox.services.glue.quality.evaluate import ERROR, PASS, Others, Outcome, evaluate
from reconciler.sandbox.services.glue.quality.rows import Row

OURS = "evaluated by Moorline's sandbox, not by AWS"


@dataclass(frozen=True, slots=True)
class Split:
    """What a ruleset makes of rows."""

    good: list[Row]
    bad: list[Row]
    """Each with the rules that it breaks under `failed_rules`."""
    outcomes: list[Outcome]
    skipped: int
    """Rows that a rule left out."""

    @property
    def broken(self) -> dict[str, str]:
        """Rules that did not pass, with why."""
        return {each.rule: each.why for each in self.outcomes if each.result != PASS}

    @property
    def of_all(self) -> list[str]:
        """Those among them that no row is to blame for."""
        return [each.rule for each in self.outcomes if each.result != PASS and not each.failed]

    def counts(self) -> dict[str, Any]:
        """What a run says in the end."""
        return {
            "rows": len(self.good) + len(self.bad),
            "bad": len(self.bad),
            "skipped": self.skipped,
            "broken": self.broken,
            "ofAll": self.of_all,
            "by": OURS,
        }


def split(text: str, rows: Sequence[Row], now: float, others: Others | None = None) -> Split:
    """Part rows by the rules of a text.

    A row that breaks a rule is bad, even where the rule as a whole lets so many of them pass.

    Raises:
        DqdlError: it is no ruleset of the language that is known here.
    """
    outcomes = evaluate(dqdl.ruleset(text), rows, now, others)
    blamed: dict[int, list[str]] = {}
    for each in outcomes:
        if each.result != ERROR:
            for at in each.failed:
                blamed.setdefault(at, []).append(each.rule)
    good = [row for at, row in enumerate(rows) if at not in blamed]
    bad = [{**rows[at], "failed_rules": "; ".join(why)} for at, why in sorted(blamed.items())]
    skipped = frozenset[int]().union(*(each.skipped for each in outcomes)) if outcomes else ()
    return Split(good, bad, outcomes, len(skipped))


def results(outcomes: Sequence[Outcome]) -> list[Mapping[str, Any]]:
    """Rule results as GetDataQualityResult has them."""
    return [
        {
            "Name": f"Rule_{number}",
            "Description": each.rule,
            "EvaluationMessage": each.why,
            "Result": each.result,
            "EvaluatedMetrics": {k: v for k, v in each.metrics.items() if v == v},  # noqa: PLR0124
            "EvaluatedRule": each.rule,
        }
        for number, each in enumerate(outcomes, 1)
    ]
