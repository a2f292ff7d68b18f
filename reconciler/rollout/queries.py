"""From checks to the questions for CloudWatch: one GetMetricData for all, and one for each past.

Only whole periods are asked for: the window ends at the last boundary of a period that is at least
`Analysis.settle` old, as what is newer is half filled, and begins with the step. Source:
CloudWatch API reference, GetMetricData (500 queries; a start that is a multiple of the period).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json
from reconciler.rollout.checks import REQUESTS, Analysis, Check, Series

MOST = 500
"""Queries of one call."""
CANDIDATE, BASELINE = "candidate", "baseline"
VALUE, COUNT = "", "requests"
"""Parts of a check beside its series: its figure, and the requests."""
_WORD = re.compile(r"""("[^"]*"|'[^']*')|\b[a-z][a-zA-Z0-9_]*\b""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Whole periods from `start` until before `end`, in seconds since the epoch."""

    start: float
    end: float
    period: int

    def starts(self) -> Iterator[float]:
        """When each of them begins."""
        yield from (
            self.start + index * self.period
            for index in range(max(0, round((self.end - self.start) / self.period)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call, with pages. `where` has the id of a query by check, role and part."""

    start: float
    end: float
    queries: tuple[Mapping[str, Json], ...]
    where: Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Who is measured, and since when."""

    endpoint: str
    stable: str
    candidate: str
    since: float
    """When the share of the step was first seen."""
    began: float
    """The same of the first step."""

    def variant(self, role: str) -> str:
        """The name of a variant by its role."""
        return self.candidate if role == CANDIDATE else self.stable


def span(check: Check, watched: Watched, now: float, settle: int) -> Span:
    """The whole periods that a check is judged over."""
    begin = watched.began if check.background else watched.since
    start = math.ceil(begin / check.period) * check.period
    end = math.floor((now - settle) / check.period) * check.period
    return Span(start=start, end=max(start, end), period=check.period)


def roles(check: Check) -> tuple[str, ...]:
    """Whose figures a check needs."""
    return (CANDIDATE, BASELINE) if check.against else (CANDIDATE,)


def questions(analysis: Analysis, watched: Watched, now: float) -> Iterator[Question]:
    """All that has to be asked; nothing as long as no period is over."""
    parts: dict[int, list[tuple[Check, str, Span]]] = {}
    for check in analysis.checks:
        seen = span(check, watched, now, analysis.settle)
        for role in roles(check) if seen.end > seen.start else ():
            ago = check.ago if role == BASELINE else 0
            parts.setdefault(ago, []).append((check, role, seen))
    for ago, asked in sorted(parts.items()):
        yield from _packed(asked, ago, watched)


@dataclass(slots=True)
class _Pack:
    """Queries of one call under construction; the same series is asked for once."""

    queries: dict[tuple[str, ...], tuple[str, Mapping[str, Json]]] = field(default_factory=dict)
    where: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def copy(self) -> _Pack:
        return _Pack(dict(self.queries), dict(self.where))

    def add(self, check: Check, role: str, watched: Watched) -> None:
        """What a check needs of one variant."""
        variant = watched.variant(role)
        ids = {
            key: self._series(each.of(watched.endpoint, variant), check.period)
            for key, each in check.series.items()
        }
        requests = self._series(REQUESTS.of(watched.endpoint, variant), check.period)
        self.where |= {(check.name, role, key): found for key, found in ids.items()}
        self.where[check.name, role, COUNT] = requests
        figure = next(iter(ids.values()))
        if check.expression:
            figure = self._expression(renamed(check.expression, ids), check.period)
        self.where[check.name, role, VALUE] = figure

    def _series(self, series: Series, period: int) -> str:
        named = sorted(series.dimensions.items())
        flat = [text for pair in named for text in pair]
        key = ("s", series.namespace, series.metric, series.statistic, str(period), *flat)
        metric = {
            "Namespace": series.namespace,
            "MetricName": series.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in named],
        }
        stat = {"Metric": metric, "Period": period, "Stat": series.statistic}
        return self._put(key, {"MetricStat": stat})

    def _expression(self, text: str, period: int) -> str:
        return self._put(("e", text, str(period)), {"Expression": text, "Period": period})

    def _put(self, key: tuple[str, ...], body: Mapping[str, Json]) -> str:
        id_ = f"q{len(self.queries)}"
        return self.queries.setdefault(key, (id_, {"Id": id_, **body, "ReturnData": True}))[0]


def _packed(
    asked: Iterable[tuple[Check, str, Span]], ago: int, watched: Watched
) -> Iterator[Question]:
    """Calls of at most `MOST` queries each; all that one check needs of a variant is in one."""
    pack, spans = _Pack(), list[Span]()
    for check, role, seen in asked:
        wider = pack.copy()
        wider.add(check, role, watched)
        if len(wider.queries) > MOST:
            yield _question(pack, spans, ago)
            wider, spans = _Pack(), []
            wider.add(check, role, watched)
        pack = wider
        spans.append(seen)
    yield _question(pack, spans, ago)


def _question(pack: _Pack, spans: list[Span], ago: int) -> Question:
    """The window has all of the spans, and begins where each period does."""
    step = math.lcm(*(each.period for each in spans))
    start = math.floor((min(each.start for each in spans) - ago) / step) * step
    return Question(
        start=start,
        end=max(each.end for each in spans) - ago,
        queries=tuple(body for _, body in pack.queries.values()),
        where=pack.where,
    )


def renamed(expression: str, ids: Mapping[str, str]) -> str:
    """An expression with other ids. Quoted texts stay; functions begin with a capital letter."""
    return _WORD.sub(
        lambda found: found[0] if found[1] else ids.get(found[0], found[0]), expression
    )


def listings(check: Check, watched: Watched) -> Iterator[tuple[str, Series]]:
    """The series of a check of which somebody has to ask whether they exist, once there is nothing.

    What SageMaker itself counts of each variant needs no such question.
    """
    for key, each in check.series.items():
        if (each.namespace, each.dimensions) != (REQUESTS.namespace, REQUESTS.dimensions):
            yield key, each.of(watched.endpoint, watched.candidate)
