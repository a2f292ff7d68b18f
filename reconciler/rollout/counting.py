"""What CloudWatch has counted of a test: the question, what the answer says, and how it came about.

All of it is asked for at each look, so nothing is remembered between two. Only whole periods of the
resolution count, the same for requests and for hits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.model.value import Json
from reconciler.rollout.abtest import Look, Seen, Trial, Verdict, judged
from reconciler.rollout.checks import REQUESTS, Series
from reconciler.rollout.measures import Points
from reconciler.rollout.queries import Question
from reconciler.rollout.sequential import Count, Decision
from reconciler.rollout.trialmarks import TrialMarks

FINE, COARSE = 300, 3600
"""Seconds of a datapoint. CloudWatch keeps those of five minutes for 63 days, and those of an hour
for 455. Source: CloudWatch user guide, "Metrics retention"."""
_KEPT = 60 * 86_400
SETTLE = 300
"""Seconds until a datapoint is whole; a later change of it would count in one look and not in
another."""
HITS, CALLS = "hits", "requests"
_MOST = 40
"""Moments of the course that is drawn."""
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Tally:
    """Whose counts are asked for: a test, what counts in it, and the periods of its marks."""

    trial: Trial
    metric: Series
    marks: TrialMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Counts of each confirmed period, by variant and by the beginning of the datapoint."""

    periods: tuple[Mapping[str, Mapping[float, Count]], ...] = ()
    fault: str = ""

    def until(self, moment: float, periods: int) -> Seen:
        """What had been counted then, of the first so many periods."""
        if self.fault:
            return Seen(fault=self.fault)
        return Seen(
            periods=[
                {name: _sum(points, moment) for name, points in each.items()}
                for each in self.periods[:periods]
            ]
        )


def _sum(points: Mapping[float, Count], moment: float) -> Count:
    found = [count for start, count in points.items() if start < moment]
    return Count(sum(it.requests for it in found), sum(it.hits for it in found))


def question(tally: Tally, endpoint: str, now: float) -> Question | None:
    """One call for all variants; nothing before a datapoint is whole."""
    spans = [each for each in _spans(tally.marks, now) if each[1] > each[0]]
    if not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    queries: list[Mapping[str, Json]] = []
    where: dict[tuple[str, str, str], str] = {}
    for part, series in ((CALLS, REQUESTS), (HITS, tally.metric)):
        for name in sorted(tally.trial.weights):
            id_ = f"q{len(queries)}"
            where[name, "", part] = id_
            period = _resolution(tally.marks, now)
            queries.append(_query(id_, series.of(endpoint, name), period))
    return Question(start=start, end=end, queries=tuple(queries), where=where)


def _query(id_: str, series: Series, period: int) -> Mapping[str, Json]:
    dimensions = [{"Name": key, "Value": text} for key, text in sorted(series.dimensions.items())]
    metric = {
        "Namespace": series.namespace,
        "MetricName": series.metric,
        "Dimensions": dimensions,
    }
    stat = {"Metric": metric, "Period": period, "Stat": "Sum"}
    return {"Id": id_, "MetricStat": stat, "ReturnData": True}


def metric_of(namespace: str, name: str) -> Series:
    """The series that counts, of each variant."""
    return replace(REQUESTS, namespace=namespace, metric=name)


def counted(tally: Tally, answers: Mapping[tuple[str, str], Points], now: float) -> Counted:
    """Counts from the answers, by variant and part; a part of an answer is none."""
    for (name, part), points in sorted(answers.items()):
        if points.fault:
            return Counted(fault=f"{part} of {name}: {points.fault}")
    if fault := _strange(tally, answers):
        return Counted(fault=fault)
    names = tally.trial.weights
    return Counted(
        periods=tuple(
            {name: _points(answers, name, start, end) for name in names}
            for start, end in _spans(tally.marks, now)
        )
    )


def _strange(tally: Tally, answers: Mapping[tuple[str, str], Points]) -> str:
    """What is wrong with the metric, if anything: it never was, or is no count."""
    hits, calls = ([answers[name, part] for name in tally.trial.weights] for part in (HITS, CALLS))
    metric = tally.metric
    own = metric.namespace != REQUESTS.namespace
    if own and any(it.values for it in calls) and not any(it.values for it in hits):
        named = f"{metric.metric!r} in {metric.namespace!r}"
        return f"{named} has no datapoint with EndpointName and VariantName"
    values = [value for points in (*hits, *calls) for value in points.values.values()]
    odd = [value for value in values if not _whole(value)]
    return f"{metric.metric!r} is no count: it has the sum {odd[0]:g}" if odd else ""


def _points(
    answers: Mapping[tuple[str, str], Points], name: str, start: float, end: float
) -> dict[float, Count]:
    calls, hits = answers[name, CALLS].values, answers[name, HITS].values
    times = sorted(each for each in {*calls, *hits} if start <= each < end)
    return {each: Count(round(calls.get(each, 0)), round(hits.get(each, 0))) for each in times}


def _whole(value: float) -> bool:
    return math.isfinite(value) and abs(value - round(value)) < _NEAR


def _resolution(marks: TrialMarks, now: float) -> int:
    first = next((each.since for each in marks.periods if each.since), now)
    return FINE if now - first < _KEPT else COARSE


def _spans(marks: TrialMarks, now: float) -> Iterator[tuple[float, float]]:
    """Whole datapoints of each confirmed period; an empty span where it was too short."""
    step, settled = _resolution(marks, now), now - SETTLE
    for each in marks.periods:
        if each.since:
            end = min(settled, each.until or settled, marks.at or settled)
            begin = math.ceil(each.since / step) * step
            yield float(begin), float(max(begin, math.floor(end / step) * step))


def course(tally: Tally, found: Counted, now: float) -> list[tuple[float, Verdict]]:
    """The verdicts at moments from the start until now, evenly apart: what a look then had said."""
    marks = tally.marks
    confirmed = [each for each in marks.periods if each.since]
    if not confirmed or found.fault:
        return []
    begin = marks.began or confirmed[0].since
    moments = [begin + (now - begin) * number / _MOST for number in range(1, _MOST + 1)]
    out = []
    for moment in moments:
        then = tuple(each for each in confirmed if each.since <= moment)
        seen = found.until(moment, len(then))
        verdict = judged(tally.trial, replace(marks, periods=then), seen, moment)
        out.append((moment, verdict))
    return out


def detail(tally: Tally, found: Counted, now: float) -> dict[str, Json]:
    """A test for machines, and for whoever draws it. Moments are seconds since the epoch."""
    trial, metric, marks = tally.trial, tally.metric, tally.marks
    seen = found.until(now, len(found.periods))
    verdict = judged(trial, marks, seen, now)
    history = course(tally, found, now)
    return {
        "metric": metric.metric,
        "namespace": metric.namespace,
        "control": trial.control,
        "more": trial.design.more,
        "outcome": str(verdict.outcome),
        "winner": marks.won or verdict.winner,
        "void": verdict.void,
        "said": verdict.said,
        "counts": _counts(trial, seen.periods or ()),
        "challengers": {
            name: {**_decision(each), "course": [*_course(history, name)]}
            for name, each in (verdict.decisions or {}).items()
        },
    }


def _counts(trial: Trial, periods: Sequence[Mapping[str, Count]]) -> dict[str, Json]:
    return {
        name: {
            "requests": sum(each[name].requests for each in periods if name in each),
            "hits": sum(each[name].hits for each in periods if name in each),
        }
        for name in sorted(trial.weights)
    }


def _decision(each: Decision) -> dict[str, Json]:
    return {
        "outcome": str(each.outcome),
        "why": each.why,
        "difference": each.difference,
        "low": each.low,
        "high": each.high,
    }


def _course(history: Sequence[tuple[float, Verdict]], name: str) -> Iterator[dict[str, Json]]:
    for moment, verdict in history:
        each = (verdict.decisions or {}).get(name)
        if each is not None and each.difference is not None:
            shown = {"difference": each.difference, "low": each.low, "high": each.high}
            yield {"at": moment, **shown}


def look_at(found: Counted, now: float, word: str) -> Look:
    """A look with all that was counted."""
    return Look(now=now, seen=found.until(now, len(found.periods)), word=word)
