"""From measurements to findings, and from findings to the verdict on a candidate.

A step goes on only on enough good measurements. Nothing that was not measured counts as good: no
requests, an answer that is not whole, a check that was broken off, a metric that does not exist.
All of a step is judged anew at each look, so what was bad stays bad however much comes after it,
and nothing has passed before the figures of the whole bake are there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.rollout.checks import Check
from reconciler.rollout.measures import (
    Figures,
    Measurement,
    Outcome,
    ceased,
    fault,
    measured,
    misconfigured,
    unknown,
)
from reconciler.rollout.queries import Span
from reconciler.rollout.values import Finding, Verdict
from reconciler.rollout.wording import bounded, looked, missed, stopped

ORDER = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.WAITING, Verdict.PASSED)
"""Whichever of them is there first decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a check is judged."""

    now: float
    since: float
    """When the share of the step was first seen."""
    began: float = 0.0
    """When the first step was live at the latest, by the bakes of those before this one."""
    bake: int
    settle: int

    @property
    def over(self) -> float:
        """When the bake ends."""
        return self.since + self.bake


def overall(findings: Iterable[Finding]) -> Verdict:
    """The verdict of all findings. Where nothing is expected, nothing stands in the way."""
    given = {each.verdict for each in findings}
    return next((each for each in ORDER if each in given), Verdict.PASSED)


def applicable(check: Check, *, alone: bool) -> Check | None:
    """A check as it can be judged; nothing for one that cannot be.

    `alone` says that the candidate takes all requests. Then there is no stable variant at the same
    time, and its limit without one holds.
    """
    if not alone or check.against != "stable" or check.background:
        return check
    if check.otherwise is None:
        return None
    return replace(check, against="", level=check.otherwise, otherwise=None, fails_at=None)


def due(check: Check, moment: Moment) -> float:
    """When a check has to have said something: figures need time, also where the bake is short."""
    needed = check.successes * check.period
    return moment.since + max(moment.bake, needed) + moment.settle + 2 * check.period


def judged(check: Check, figures: Figures | None, seen: Span, moment: Moment) -> Finding:
    """What a check says; `figures` are None where AWS gave no answer at all."""
    late = moment.now >= due(check, moment)
    unsure = Verdict.INCONCLUSIVE if late else Verdict.WAITING
    if seen.end <= seen.start:
        return Finding(name=check.name, verdict=unsure, said="no whole period has passed yet")
    if figures is None:
        return _unread(check, "its metrics were not read")
    if broken := fault(figures):
        return _unread(check, f"no verdict: {broken}")
    if doubt := unknown(figures):
        return _unread(check, f"no verdict: {doubt}")
    if wrong := misconfigured(check, figures):
        return Finding(name=check.name, verdict=Verdict.INCONCLUSIVE, said=wrong)
    looks = [*measured(check, figures, seen)]
    verdict = _verdict(check, looks, unsure)
    ended = _end(check, moment)
    if verdict is Verdict.PASSED and seen.end < ended:
        verdict = unsure
    silent = ceased(figures, [each for each in seen.starts() if each < ended])
    if verdict is Verdict.PASSED and silent:
        return Finding(name=check.name, verdict=unsure, said=stopped(silent * check.period))
    notes = sorted({each.note for each in figures.points.values() if each.note})
    return Finding(
        name=check.name,
        verdict=verdict,
        said="; ".join((_said(check, looks, verdict), *notes)),
        looks=tuple(looked(check, each) for each in looks),
        points=tuple(each.value for each in looks),
    )


def _unread(check: Check, why: str) -> Finding:
    """What AWS did not answer is asked for again, also after the bake: a rollout has a deadline."""
    return Finding(name=check.name, verdict=Verdict.WAITING, said=why)


def _end(check: Check, moment: Moment) -> float:
    """Until when it has to be seen: a bake's last minutes are as good a reason as its first."""
    return math.floor(moment.over / check.period) * check.period


def _verdict(check: Check, looks: Sequence[Measurement], unsure: Verdict) -> Verdict:
    bad = sum(each.outcome is Outcome.BAD for each in looks)
    if _longest(looks, {Outcome.BAD}) >= check.run:
        return Verdict.FAILED
    if check.most_failed is not None and bad > check.most_failed:
        return Verdict.FAILED
    if _longest(looks, {Outcome.BAD, Outcome.UNDECIDED}) >= check.run:
        return Verdict.INCONCLUSIVE
    good = sum(each.outcome is Outcome.GOOD for each in looks)
    last = next((each.outcome for each in reversed(looks) if _says(each)), None)
    if good >= check.successes and last is Outcome.GOOD:
        return Verdict.PASSED
    return unsure


def _says(measurement: Measurement) -> bool:
    return measurement.outcome in {Outcome.GOOD, Outcome.BAD, Outcome.UNDECIDED}


def _longest(looks: Iterable[Measurement], outcomes: set[Outcome]) -> int:
    """The most periods in a row with these outcomes; what says nothing does not end a row."""
    longest = row = 0
    for each in looks:
        if each.outcome in outcomes:
            row += each.periods
        elif _says(each):
            row = 0
        longest = max(longest, row)
    return longest


def _said(check: Check, looks: Sequence[Measurement], verdict: Verdict) -> str:
    """The figure, its limit and the requests; of what went wrong rather than of what came last."""
    wanted = {
        Verdict.FAILED: {Outcome.BAD},
        Verdict.INCONCLUSIVE: {Outcome.BAD, Outcome.UNDECIDED},
    }.get(verdict, {Outcome.GOOD})
    told = [each for each in looks if each.outcome in wanted] or [e for e in looks if _says(e)]
    if not told:
        return missed(check, looks)
    good = sum(each.outcome is Outcome.GOOD for each in looks)
    count = f"{good} of {len(looks)} measurements good"
    needed = f", {check.successes} needed" if good < check.successes else ""
    return f"{bounded(check, told[-1])}; {count}{needed}"


def broken_off(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, in which what was still being measured when another one failed says so."""
    failed = next((each.name for each in findings if each.verdict is Verdict.FAILED), "")
    for each in findings:
        if failed and each.verdict is Verdict.WAITING:
            yield replace(each, said=f"broken off, as {failed} has failed; {each.said}")
        else:
            yield each
