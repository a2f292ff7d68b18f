"""GetMetricData, GetMetricStatistics and ListMetrics, over the data of `series`.

Source: CloudWatch API. Pages are cut across queries: what is not whole yet says PartialData.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from moto.cloudwatch.exceptions import InvalidParameterCombination, ValidationError
from moto.core.responses import ActionResult

from reconciler.sandbox.services.cloudwatch import series
from reconciler.sandbox.services.cloudwatch.math import Grid, MathError, calculated, names
from reconciler.sandbox.services.cloudwatch.samples import known
from reconciler.sandbox.services.cloudwatch.series import Series, Window
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from datetime import datetime

MOST_QUERIES, MOST_VALUES = 500, 100_800
ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
FAULT = "The value of an expression cannot be calculated"
Query = Mapping[str, Any]


def get_metric_data(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    """GetMetricData."""
    given = self._get_params()
    backend = self.cloudwatch_backend
    queries = _queries(given)
    start, end = _span(given["StartTime"], given["EndTime"])
    series.settled(backend)
    found = data(backend, queries, Span(start, end, WORLD.clock.now()))
    newest = (given.get("ScanBy") or "TimestampDescending") == "TimestampDescending"
    shown = [each for each in queries if each.get("ReturnData") is not False]
    results = [_result(each, found[each["Id"]], newest=newest) for each in shown]
    return ActionResult(_paged(results, given))


class Span(NamedTuple):
    """What is read: seconds of the clock, the end excluded, and when somebody looks."""

    start: float
    end: float
    now: float
    anchored: bool = False
    """Whether periods start at the start, and not at whole multiples of themselves."""

    def window(self, period: int) -> Window:
        """The periods of a length."""
        start = self.start if self.anchored else math.floor(self.start / period) * period
        return Window(start, self.end, period, self.now)


def data(backend: Any, queries: Iterable[Query], span: Span) -> dict[str, Series]:  # noqa: ANN401
    """The series of each query, by id.

    Raises:
        ValidationError: an expression cannot be calculated.
    """
    found: dict[str, Series] = {}
    asked = {str(each["Id"]): each for each in queries}

    def value(id_: str, within: tuple[str, ...]) -> Series:
        if id_ in within:
            raise ValidationError(f"Error in expression '{id_}': it refers to itself")
        if id_ in found:
            return found[id_]
        query = asked[id_]
        if "MetricStat" in query:
            stat = query["MetricStat"]
            of = series.metric(stat["Metric"])
            window = span.window(int(stat["Period"]))
            found[id_] = series.read(backend, of, str(stat["Stat"]), window)
            return found[id_]
        text = str(query["Expression"])
        wanted = names(text) & asked.keys()
        if "METRICS" in text:
            wanted |= {other for other, each in asked.items() if "MetricStat" in each}
        inner = {other: value(other, (*within, id_)) for other in sorted(wanted)}
        period = _period(query, asked, wanted)
        grid = Grid(span.window(period).starts(), period)
        try:
            found[id_] = calculated(text, inner, grid)
        except (MathError, ArithmeticError, ValueError) as wrong:
            raise ValidationError(f"Error in expression '{id_}': {wrong}") from None
        return found[id_]

    return {id_: value(id_, ()) for id_ in asked}


def _period(query: Query, asked: Mapping[str, Query], wanted: set[str]) -> int:
    """The period of an expression: its own, else the longest of what it is made from."""
    if query.get("Period"):
        return int(query["Period"])
    inner = [asked[each] for each in wanted]
    periods = [int(each["MetricStat"]["Period"]) for each in inner if "MetricStat" in each]
    return max([60, *periods]) if not periods else max(periods)


def _queries(given: Mapping[str, Any]) -> list[Query]:
    queries: list[Query] = [*(given.get("MetricDataQueries") or ())]
    ids = [str(each.get("Id", "")) for each in queries]
    if not queries or len(queries) > MOST_QUERIES:
        raise ValidationError(f"MetricDataQueries must have 1 to {MOST_QUERIES} members")
    if len(set(ids)) < len(ids):
        raise ValidationError("The values for parameter id in MetricDataQueries are not unique.")
    for id_, query in zip(ids, queries, strict=True):
        if not ID.fullmatch(id_):
            raise ValidationError(f"The value {id_} for parameter MetricDataQueries.Id is invalid")
        if ("MetricStat" in query) == ("Expression" in query):
            raise ValidationError(f"Query {id_} needs either MetricStat or Expression")
        stat = query.get("MetricStat")
        if stat and not known(str(stat["Stat"])):
            raise ValidationError(f"The value {stat['Stat']} for parameter Stat is not supported.")
        if stat:
            _check_period(int(stat["Period"]))
    if all(each.get("ReturnData") is False for each in queries):
        raise ValidationError("At least one query must have ReturnData true")
    return queries


def _check_period(period: int) -> None:
    """Source: CloudWatch API, MetricStat.Period."""
    if period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60):  # noqa: PLR2004
        raise ValidationError("Period must be 1, 5, 10, 20, 30 or a multiple of 60")


def _span(start: datetime, end: datetime) -> tuple[float, float]:
    first, last = start.timestamp(), end.timestamp()
    if first > last:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    if first == last:
        raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
    return first, last


def _result(query: Query, found: Series, *, newest: bool) -> dict[str, Any]:
    """A result; a script may say that it is not whole."""
    id_ = str(query["Id"])
    status = WORLD.traffic.status(id_)
    ordered = sorted(found.items())
    if status == "PartialData":
        ordered = ordered[: len(ordered) // 2]
    if status in ("InternalError", "Forbidden"):
        ordered = []
    if newest:
        ordered.reverse()
    return {
        "Id": id_,
        "Label": query.get("Label") or _label(query),
        "Timestamps": [moment(at) for at, _ in ordered],
        "Values": [value for _, value in ordered],
        "StatusCode": status,
    }


def _label(query: Query) -> str:
    stat = query.get("MetricStat")
    return str(stat["Metric"]["MetricName"]) if stat else str(query["Id"])


def _paged(results: list[dict[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    most = int(given.get("MaxDatapoints") or MOST_VALUES)
    size = min(most, WORLD.traffic.page or most)
    token = given.get("NextToken")
    skipped = int(listing.content_of(token)) if token else 0
    start, room = skipped, size
    for each in results:
        number = len(each["Values"])
        first = min(start, number)
        last = min(number, first + room)
        start -= first
        room -= last - first
        each["Timestamps"], each["Values"] = (
            each["Timestamps"][first:last],
            each["Values"][first:last],
        )
        if last < number:
            each["StatusCode"] = "PartialData"
    total = skipped + size - room
    more = any(each["StatusCode"] == "PartialData" for each in results) and room == 0
    answer: dict[str, Any] = {"MetricDataResults": results, "Messages": []}
    return answer | ({"NextToken": listing.token(total)} if more else {})


def get_metric_statistics(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    """GetMetricStatistics."""
    given = self._get_params()
    wanted, percentiles = given.get("Statistics") or [], given.get("ExtendedStatistics") or []
    if not wanted and not percentiles:
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    period = int(given["Period"])
    _check_period(period)
    start, end = _span(given["StartTime"], given["EndTime"])
    backend = self.cloudwatch_backend
    series.settled(backend)
    window = Span(start, end, WORLD.clock.now()).window(period)
    points = []
    for at, values in series.samples(backend, series.metric(given), window).items():
        point: dict[str, Any] = {"Timestamp": moment(at), "Unit": given.get("Unit") or "None"}
        point |= {name: values.statistic(name) for name in wanted}
        more = {name: values.statistic(name) for name in percentiles}
        points.append(point | ({"ExtendedStatistics": more} if more else {}))
    return ActionResult({"Label": given["MetricName"], "Datapoints": points})


def list_metrics(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    """ListMetrics, 500 a page."""
    given = self._get_params()
    backend = self.cloudwatch_backend
    series.settled(backend)
    wanted = [(each["Name"], each.get("Value")) for each in given.get("Dimensions") or ()]
    found = [
        each
        for each in series.metrics(backend)
        if given.get("Namespace") in (None, each.namespace)
        and given.get("MetricName") in (None, each.name)
        and all(value in (None, each.dimensions.get(name)) for name, value in wanted)
        and all(name in each.dimensions for name, _ in wanted)
    ]
    token = given.get("NextToken")
    start = int(listing.content_of(token)) if token else 0
    shown = [_shown(each) for each in found[start : start + MOST_QUERIES]]
    more = start + MOST_QUERIES < len(found)
    next_ = {"NextToken": listing.token(start + MOST_QUERIES)} if more else {}
    return ActionResult({"Metrics": shown} | next_)


def _shown(metric: series.Metric) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
