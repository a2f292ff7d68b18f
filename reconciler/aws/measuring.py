"""What CloudWatch says of a candidate: its figures, and whether a metric exists at all.

An answer is whole, or nothing is known from it: pages that are to come, `PartialData` and
`InternalError` are asked for again, and are told as what they are where that does not help.
Source: CloudWatch API reference, GetMetricData, `MetricDataResult.StatusCode`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.rollout.checks import Check, Series
from reconciler.rollout.measures import Figures, Known, Points, silent
from reconciler.rollout.queries import Question, Watched, listings
from reconciler.secret.redact import redact

SERVICE = "cloudwatch"
TRIES, PAUSE = 3, 2.0
"""How often an answer that is not whole is asked for, and the seconds between two tries."""
MOST_PAGES = 100
_ALIKE = 3
"""Other dimensions of a metric that are told."""
_COMPLETE, _PASSING = "Complete", frozenset({"PartialData", "InternalError"})


@dataclass(slots=True)
class _Answer:
    """What the pages of one call have said of each query."""

    values: dict[str, dict[float, float]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def take(self, body: Mapping[str, Any]) -> None:
        """One page. The last word on a query counts: earlier pages are partial by themselves."""
        if said := _messages(body):
            self.fault = said
        for each in body.get("MetricDataResults", ()):
            id_ = str(each["Id"])
            times = [moment.timestamp() for moment in each.get("Timestamps", ())]
            values = each.get("Values", ())
            self.values.setdefault(id_, {}).update(zip(times, values, strict=False))
            self.status[id_] = str(each.get("StatusCode", ""))
            if len(times) != len(values):
                self.fault = f"it has {len(times)} times and {len(values)} values"
            if said := _messages(each):
                self.notes[id_] = said

    def passing(self) -> bool:
        """Whether asking again may help."""
        return bool(self.fault) or not _PASSING.isdisjoint(self.status.values())

    def of(self, id_: str) -> Points:
        """The answer to one query."""
        status, note = self.status.get(id_, "no answer"), self.notes.get(id_, "")
        if self.fault or status != _COMPLETE:
            return Points(fault=": ".join(filter(None, (self.fault or status, note))))
        return Points(self.values.get(id_, {}), note=note)


def _messages(body: Mapping[str, Any]) -> str:
    """What AWS says beside the figures."""
    told = (f"{each.get('Code', '')}: {each.get('Value', '')}" for each in body.get("Messages", ()))
    return redact("; ".join(told))


def answers(session: Session, question: Question) -> dict[str, Points]:
    """The answers to all queries of a call, by id.

    Raises:
        AwsError: CloudWatch does not answer.
    """
    found = _Answer()
    for tried in range(TRIES):
        if tried:
            session.clock.sleep(PAUSE)
        found = _pages(session, question)
        if not found.passing():
            break
    return {str(each["Id"]): found.of(str(each["Id"])) for each in question.queries}


def _pages(session: Session, question: Question) -> _Answer:
    """All pages of a call; a fault where there is no way to the end."""
    params: dict[str, Json] = {
        "MetricDataQueries": [dict(each) for each in question.queries],
        "StartTime": int(question.start),
        "EndTime": int(question.end),
        "ScanBy": "TimestampAscending",
    }
    found, seen = _Answer(), set[str]()
    while True:
        body = session.send(SERVICE, "get_metric_data", params)
        found.take(body)
        token = str(body.get("NextToken") or "")
        if not token:
            return found
        if token in seen or len(seen) == MOST_PAGES:
            found.fault = "its pages have no end"
            return found
        seen.add(token)
        params["NextToken"] = token


def figures(
    session: Session, checks: Iterable[Check], asked: Iterable[Question], watched: Watched
) -> dict[str, Figures]:
    """What is known for each check, by its name. What could not be read is told as its fault.

    Raises:
        Expired: the credentials are over.
    """
    points: dict[str, dict[tuple[str, str], Points]] = {}
    for question in asked:
        try:
            found = answers(session, question)
        except Expired:
            raise
        except AwsError as error:
            found = {str(each["Id"]): Points(fault=str(error)) for each in question.queries}
        for (name, role, part), id_ in question.where.items():
            points.setdefault(name, {})[role, part] = found[id_]
    return {
        check.name: _known(
            session, check, Figures(points=points[check.name], ago=check.ago), watched
        )
        for check in checks
        if check.name in points
    }


def _known(session: Session, check: Check, found: Figures, watched: Watched) -> Figures:
    """The figures, and where there are none whether their metrics exist."""
    quiet = silent(check, found)
    known = {
        key: existing(session, series, check.series[key])
        for key, series in listings(check, watched)
        if key in quiet
    }
    return replace(found, known=known)


def existing(session: Session, series: Series, pattern: Series) -> tuple[Known, str]:
    """Whether CloudWatch remembers a metric, and which dimensions it has otherwise.

    It remembers two weeks, and a new metric appears within 15 minutes: one that another variant
    has already is there. `pattern` has the places where variants differ.
    Source: CloudWatch API reference, ListMetrics.

    Raises:
        Expired: the credentials are over.
    """
    params = {"Namespace": series.namespace, "MetricName": series.metric}
    exact = [{"Name": name, "Value": value} for name, value in sorted(series.dimensions.items())]
    try:
        for given in ({**params, "Dimensions": exact}, params):
            reader = ReadOnly(session, SERVICE)
            body = reader.call("list_metrics", given)
            listed = [_dimensions(each) for each in body.get("Metrics", ())]
            if any(_fits(each, pattern, series) for each in listed):
                return Known.THERE, ""
    except Expired:
        raise
    except AwsError as error:
        return Known.UNKNOWN, str(error)
    if not listed:
        return Known.NEVER, ""
    if body.get("NextToken"):
        return Known.UNKNOWN, "it has more dimensions than a page holds"
    return Known.ELSEWHERE, " and ".join(sorted(_shown(listed))[:_ALIKE])


def _dimensions(metric: Mapping[str, Any]) -> dict[str, str]:
    return {str(each["Name"]): str(each["Value"]) for each in metric.get("Dimensions", ())}


def _fits(listed: Mapping[str, str], pattern: Series, series: Series) -> bool:
    """Whether dimensions are those of a series, or of another variant of it."""
    if listed.keys() != pattern.dimensions.keys():
        return False
    varying = {name for name, value in pattern.dimensions.items() if "{variant}" in value}
    return all(
        listed[name] == value or name in varying for name, value in series.dimensions.items()
    )


def _shown(listed: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for each in listed:
        yield (
            ", ".join(f"{name}={value}" for name, value in sorted(each.items())) or "no dimensions"
        )
