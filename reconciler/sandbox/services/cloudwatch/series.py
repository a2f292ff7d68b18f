"""The data of a metric over time: what was put, what somebody scripted, what endpoints make."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from moto.cloudwatch.models import MetricAggregatedDatum
from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.services.cloudwatch.samples import Samples, Summary
from reconciler.sandbox.services.sagemaker import deployment, invocations, store
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.sandbox.services.sagemaker.store import Record
    from reconciler.sandbox.state.traffic import Point

Series = dict[float, float]
"""By the start of each period, in seconds of the clock; a period without data is left out."""


class Metric(NamedTuple):
    """What identifies a metric."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]


class Window(NamedTuple):
    """Periods from a start to an end, and the moment when somebody looks."""

    start: float
    end: float
    period: int
    now: float

    def starts(self) -> list[float]:
        """When each period starts."""
        number = max(0, math.ceil((self.end - self.start) / self.period))
        return [self.start + each * self.period for each in range(number)]


def metric(given: Mapping[str, Any]) -> Metric:
    """A metric as requests say it."""
    dimensions = {str(each["Name"]): str(each["Value"]) for each in given.get("Dimensions") or ()}
    return Metric(str(given.get("Namespace", "")), str(given["MetricName"]), dimensions)


def settled(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    """Bring the endpoints beside a CloudWatch up to the clock."""
    deployment.settle(endpoints(backend))


def endpoints(backend: Any) -> dict[str, Record]:  # noqa: ANN401  (moto's backend)
    """The endpoints of the same account and Region."""
    return store.records(sagemaker_backends[backend.account_id][backend.region_name], "endpoint")


def samples(backend: Any, of: Metric, window: Window) -> dict[float, Samples]:  # noqa: ANN401
    """The values in each period, by its start."""
    found: dict[float, Samples] = {}

    def at(moment: float) -> Samples:
        number = math.floor((moment - window.start) / window.period)
        return found.setdefault(window.start + number * window.period, Samples())

    for point in WORLD.traffic.points:
        if window.start <= point.at < window.end and point.at <= window.now and point_is(point, of):
            at(point.at).add([(point.value, point.count)])
    record = endpoints(backend).get(of.dimensions.get(invocations.ENDPOINT, ""))
    if record is not None:
        asked = invocations.Asked(*of, window.start, window.end, window.now)
        for moment, values in invocations.minutes(record, asked):
            at(max(moment, window.start)).add(values)
    for datum in backend.metric_data:
        moment = datum.timestamp.timestamp()
        if window.start <= moment < window.end and moment <= window.now and _is(datum, of):
            if isinstance(datum, MetricAggregatedDatum):
                summary = Summary(datum.min, datum.max, datum.sum, datum.sample_count)
                at(moment).summaries.append(summary)
            else:
                at(moment).add([(datum.value, 1.0)])
    return found


def read(backend: Any, of: Metric, statistic: str, window: Window) -> Series:  # noqa: ANN401
    """A statistic of each period that has data."""
    found = {at: each.statistic(statistic) for at, each in samples(backend, of, window).items()}
    return {at: value for at, value in sorted(found.items()) if value is not None}


def _is(datum: Any, of: Metric) -> bool:  # noqa: ANN401  (moto's datum)
    if (datum.namespace, datum.name) != (of.namespace, of.name):
        return False
    return {each.name: each.value for each in datum.dimensions} == dict(of.dimensions)


def point_is(point: Point, of: Metric) -> bool:
    """Whether a scripted value is one of a metric."""
    return (point.namespace, point.name, point.dimensions) == (
        of.namespace,
        of.name,
        dict(of.dimensions),
    )


def metrics(backend: Any) -> Iterator[Metric]:  # noqa: ANN401  (moto's backend)
    """The metrics that there have been."""
    seen = set()
    for each in _all(backend):
        key = (each.namespace, each.name, tuple(sorted(each.dimensions.items())))
        if key not in seen:
            seen.add(key)
            yield each


def _all(backend: Any) -> Iterator[Metric]:  # noqa: ANN401  (moto's backend)
    for datum in backend.metric_data:
        dimensions = {each.name: each.value for each in datum.dimensions}
        yield Metric(datum.namespace, datum.name, dimensions)
    for point in WORLD.traffic.points:
        yield Metric(point.namespace, point.name, point.dimensions)
    for record in endpoints(backend).values():
        if not WORLD.traffic.rates.get(record.name):
            continue
        for dimensions in invocations.dimensions(record):
            for namespace, names in invocations.METRICS.items():
                yield from (Metric(namespace, name, dimensions) for name in names)
