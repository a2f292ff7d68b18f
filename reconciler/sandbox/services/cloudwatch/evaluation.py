"""What an alarm says of its metric, each minute of the sandbox's clock.

Source: CloudWatch user guide, "Using Amazon CloudWatch alarms", "Configuring how CloudWatch alarms
treat missing data". Looked at are the newest periods that are whole, so that a metric which is late
makes no alarm late by more than that. Actions of alarms are not done.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from reconciler.sandbox.services.cloudwatch import reading, series
from reconciler.sandbox.services.cloudwatch.reading import Span
from reconciler.sandbox.services.cloudwatch.series import Metric, Series, Window
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

MINUTE = 60.0
NEXT = "moorline_next"
STEPS = 120
"""Minutes that are looked at one by one; of a longer absence only the last ones."""
OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
COMPARED = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def begin(alarm: Any) -> None:  # noqa: ANN401  (moto's alarm)
    """An alarm keeps the state that it was given for a minute."""
    setattr(alarm, NEXT, WORLD.clock.now() + MINUTE)


def settle(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    """Bring all alarms up to the clock."""
    now = WORLD.clock.now()
    for alarm in backend.alarms.values():
        at = getattr(alarm, NEXT, now)
        at += max(0, math.floor((now - at) / MINUTE) - STEPS) * MINUTE
        while at <= now:
            _move(alarm, state(backend, alarm, at), at)
            at += MINUTE
        setattr(alarm, NEXT, at)
        held = WORLD.traffic.held.get(alarm.name)
        if held:
            _move(alarm, held, now)


def _move(alarm: Any, to: str, at: float) -> None:  # noqa: ANN401  (moto's alarm)
    if alarm.state_value == to:
        return
    alarm.update_state(f"Threshold Crossed: {to} by the newest datapoints", "{}", to)
    alarm.state_updated_timestamp = moment(at)


def state(backend: Any, alarm: Any, at: float) -> str:  # noqa: ANN401  (moto's backend and alarm)
    """The state at a moment, by its data alone; the present one where these say nothing."""
    held = WORLD.traffic.held.get(alarm.name)
    if held:
        return held
    values = _values(backend, alarm, at)
    number = len(values)
    needed = int(alarm.datapoints_to_alarm or number)
    present = [each for each in values if each is not None]
    breaching = sum(_breaches(alarm, each) for each in present)
    missing = number - len(present)
    match alarm.treat_missing_data or "missing":
        case "breaching":
            return ALARM if breaching + missing >= needed else OK
        case "notBreaching":
            return ALARM if breaching >= needed else OK
        case "ignore" if missing and breaching < needed and len(present) < number - needed + 1:
            return str(alarm.state_value)
    if not present:
        return INSUFFICIENT
    return ALARM if breaching >= min(needed, len(present)) else OK


def _breaches(alarm: Any, value: float) -> bool:  # noqa: ANN401  (moto's alarm)
    test = COMPARED.get(alarm.comparison_operator)
    return test is not None and bool(test(value, float(alarm.threshold)))


def _values(backend: Any, alarm: Any, at: float) -> list[float | None]:  # noqa: ANN401
    """The newest values, the oldest first; None for a period without any."""
    periods = int(alarm.evaluation_periods)
    period = _period(alarm)
    made = _own(alarm)
    late = WORLD.traffic.delay if made else 0.0
    end = math.floor((at - late) / MINUTE) * MINUTE
    window = Window(end - periods * period, end, period, at)
    found = _series(backend, alarm, window)
    return [found.get(start) for start in window.starts()]


def _own(alarm: Any) -> bool:  # noqa: ANN401  (moto's alarm)
    """Whether any of its metrics is AWS's own, which comes late."""
    names = [str(alarm.namespace or "")]
    stats = [each.metric_stat for each in alarm.metric_data_queries]
    names += [str(each.metric.namespace) for each in stats if each is not None]
    return any(name.startswith(("AWS/", "/aws/")) for name in names)


def _period(alarm: Any) -> int:  # noqa: ANN401  (moto's alarm)
    if alarm.period:
        return int(alarm.period)
    stats = [each.metric_stat for each in alarm.metric_data_queries if each.metric_stat is not None]
    return max([int(each.period) for each in stats], default=60)


def _series(backend: Any, alarm: Any, window: Window) -> Series:  # noqa: ANN401
    if not alarm.metric_data_queries:
        dimensions = {each.name: each.value for each in alarm.dimensions}
        of = Metric(alarm.namespace, alarm.metric_name, dimensions)
        statistic = alarm.statistic or alarm.extended_statistic
        return series.read(backend, of, statistic, window)
    queries = [_query(each) for each in alarm.metric_data_queries]
    chosen = [q["Id"] for q in queries if q["ReturnData"]] or [queries[0]["Id"]]
    found = reading.data(
        backend, queries, Span(window.start, window.end, window.now, anchored=True)
    )
    return found[chosen[0]]


def _query(given: Any) -> dict[str, Any]:  # noqa: ANN401  (moto's query)
    query: dict[str, Any] = {
        "Id": given.id,
        "ReturnData": str(given.return_data).lower() not in ("false", "none"),
    }
    if given.period:
        query["Period"] = int(given.period)
    if given.metric_stat is None:
        return query | {"Expression": given.expression}
    of = given.metric_stat.metric
    dimensions = [{"Name": each.name, "Value": each.value} for each in of.dimensions]
    metric = {"Namespace": of.namespace, "MetricName": of.metric_name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": given.metric_stat.period, "Stat": given.metric_stat.stat}
    return query | {"MetricStat": stat}


class Guards:
    """What deployments of endpoints ask; see `sagemaker.guards`."""

    def missing(self, arn: str, names: Iterable[str]) -> list[str]:
        """The alarms that are not there."""
        known = _backend(arn).alarms
        return [name for name in names if name not in known]

    def firing(self, arn: str, names: Iterable[str], at: float) -> list[str]:
        """The alarms that are in the state ALARM at a moment; one that is gone does not fire."""
        backend = _backend(arn)
        alarms = [backend.alarms[name] for name in names if name in backend.alarms]
        return [each.name for each in alarms if _now(backend, each, at) == ALARM]


def _now(backend: Any, alarm: Any, at: float) -> str:  # noqa: ANN401  (moto's backend and alarm)
    """The state at a moment: within a minute of having been said, that one."""
    said = alarm.state_updated_timestamp.timestamp()
    if said <= at < getattr(alarm, NEXT, at):
        return WORLD.traffic.held.get(alarm.name) or str(alarm.state_value)
    return state(backend, alarm, at)


def _backend(arn: str) -> Any:  # noqa: ANN401  (moto's backend)
    _, _, _, region, account, _ = arn.split(":", 5)
    return cloudwatch_backends[account][region]
