"""Metrics of endpoints: calculated when somebody asks, from what was live and what was scripted.

Source: SageMaker developer guide, "Monitor SageMaker with CloudWatch": an error metric has 1 for
a request that failed and 0 for another; latencies are microseconds. Where no request came there
is no value at all.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from reconciler.sandbox.services.sagemaker import fleets
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.fleets import Fleet
    from reconciler.sandbox.services.sagemaker.store import Record

MINUTE = 60
REQUESTS, HOSTS = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
ENDPOINT, VARIANT, CONFIG = "EndpointName", "VariantName", "EndpointConfigName"
HOST = {
    "CPUUtilization": ("cpu", 20.0),
    "MemoryUtilization": ("memory", 30.0),
    "DiskUtilization": ("disk", 10.0),
    "GPUUtilization": ("gpu", None),
    "GPUMemoryUtilization": ("gpu_memory", None),
}
ERRORS = {
    "Invocation4XXErrors": "client_errors",
    "Invocation5XXErrors": "errors",
    "InvocationModelErrors": "errors",
}
LATENCY, OVERHEAD, SPREAD = 50.0, 5.0, 3.0
METRICS = {
    REQUESTS: ("Invocations", "InvocationsPerInstance", "ModelLatency", "OverheadLatency", *ERRORS),
    HOSTS: tuple(HOST),
}
POINTS = 200
"""Values that stand for all latencies of a minute."""
TAIL = NormalDist().inv_cdf(0.99)
Values = list[tuple[float, float]]


class Part(NamedTuple):
    """A piece of a minute in which nothing changed."""

    start: float
    end: float
    fleets: tuple[Fleet, ...]


class Asked(NamedTuple):
    """Which metric is asked for, from when to when, in seconds of the clock."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    """EndpointName and VariantName, and EndpointConfigName for one fleet's."""
    start: float
    end: float
    now: float
    """When it is asked; requests of the last minutes are not shown yet."""


def minutes(record: Record, asked: Asked) -> Iterator[tuple[float, Values]]:
    """The values of a metric of an endpoint, by minute."""
    dimensions = asked.dimensions
    if dimensions.keys() not in ({ENDPOINT, VARIANT}, {ENDPOINT, VARIANT, CONFIG}):
        return
    if dimensions[ENDPOINT] != record.name or asked.name not in METRICS.get(asked.namespace, ()):
        return
    past = fleets.past(record)
    if not past:
        return
    shown = min(asked.end, asked.now - WORLD.traffic.delay)
    at = math.floor(max(asked.start, past[0].at) / MINUTE) * MINUTE
    while at < shown:
        parts = _parts(record, at, min(at + MINUTE, shown), deploying=CONFIG in dimensions)
        values = [*_minute(record.name, asked, at, parts)]
        if values:
            yield at, values
        at += MINUTE


def _minute(
    endpoint: str, asked: Asked, minute: float, parts: Iterable[Part]
) -> Iterator[tuple[float, float]]:
    config = asked.dimensions.get(CONFIG)
    found: dict[Fleet, list[tuple[float, float]]] = {}
    for part in parts:
        for fleet in part.fleets:
            if fleet.variant == asked.dimensions[VARIANT] and config in (None, fleet.config):
                found.setdefault(fleet, []).append((part.start, part.end))
    for fleet, times in found.items():
        yield from _of(endpoint, fleet, asked.name, minute, times)


def _parts(record: Record, start: float, end: float, *, deploying: bool) -> Iterator[Part]:
    """The pieces of a time, in each of which the same fleets answer in the same way."""
    past = fleets.past(record)
    cuts = {start, end, *(each.at for each in past), *WORLD.traffic.changes(record.name)}
    inner = sorted(each for each in cuts if start <= each <= end)
    for first, last in itertools.pairwise(inner):
        live = [each for each in past if each.at <= first]
        if live and (live[-1].deploying or not deploying):
            yield Part(first, last, live[-1].fleets)


def _of(
    endpoint: str, fleet: Fleet, name: str, minute: float, times: Iterable[tuple[float, float]]
) -> Values:
    """The values that one fleet makes in a minute."""
    key = f"{endpoint} {fleet.config} {fleet.variant} {minute:.0f}"
    names = (fleet.model, f"{endpoint}/{fleet.variant}")
    expected = failing = 0.0
    told: dict[str, float] = {}
    for start, end in times:
        told = WORLD.traffic.behaviour(names, start)
        part = WORLD.traffic.rate(endpoint, start) * fleet.share * (end - start)
        expected += part
        failing += part * told.get(ERRORS.get(name, ""), 0.0)
    if name in HOST:
        what, usual = HOST[name]
        value = told.get(what, usual)
        return [] if value is None else [(value, float(fleet.count))]
    number = _requests(expected, key)
    if not number:
        return []
    match name:
        case "Invocations":
            return [(1.0, number)]
        case "InvocationsPerInstance":
            return [(1.0 / fleet.count, number)] if fleet.count else []
        case "ModelLatency":
            spread = told.get("spread", SPREAD)
            return _latencies(told.get("latency", LATENCY), spread, number, key)
        case "OverheadLatency":
            return _latencies(told.get("overhead", OVERHEAD), 2.0, number, f"{key} overhead")
    failed = _failed(number, failing / expected, key, ERRORS[name])
    return [each for each in ((1.0, failed), (0.0, number - failed)) if each[1]]


def _requests(expected: float, key: str) -> float:
    """A whole number of requests; fractions come to their sum over the minutes."""
    if WORLD.traffic.noise:
        return float(_near(expected, math.sqrt(expected), _chance(key)))
    return float(math.floor(expected + _share(key) * (1 - 1e-6) + 1e-9))


def _failed(number: float, share: float, key: str, kind: str) -> float:
    if WORLD.traffic.noise:
        chance = _chance(f"{key} {kind}")
        if number <= 1000:  # noqa: PLR2004  (beyond, the normal distribution is near enough)
            return float(sum(chance.random() < share for _ in range(int(number))))
        width = math.sqrt(number * share * (1 - share))
        return float(min(number, _near(number * share, width, chance)))
    whole = number * share
    return float(min(number, math.floor(whole + _share(f"{key} {kind}") * (1 - 1e-6) + 1e-9)))


def _near(expected: float, width: float, chance: random.Random) -> int:
    return max(0, round(chance.gauss(expected, width)))


def _latencies(median: float, spread: float, number: float, key: str) -> Values:
    """Values of a log-normal distribution, in microseconds."""
    points = int(min(number, POINTS))
    width = math.log(max(spread, 1.0)) / TAIL
    if WORLD.traffic.noise:
        chance = _chance(f"{key} latency")
        drawn = [chance.gauss(0.0, 1.0) for _ in range(points)]
    else:
        drawn = list(_quantiles(points))
    return [(1000 * median * math.exp(width * each), number / points) for each in drawn]


@cache
def _quantiles(number: int) -> tuple[float, ...]:
    return tuple(NormalDist().inv_cdf((each + 0.5) / number) for each in range(number))


def _share(text: str) -> float:
    """A number from zero to one that belongs to a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def _chance(text: str) -> random.Random:
    return random.Random(f"{WORLD.traffic.noise} {text}")  # noqa: S311  (it simulates)


def dimensions(record: Record) -> Iterator[dict[str, str]]:
    """The dimensions of the metrics that an endpoint has had."""
    found: set[tuple[str, str]] = set()
    for each in fleets.past(record):
        for fleet in each.fleets:
            found |= {(fleet.variant, "")}
            found |= {(fleet.variant, fleet.config)} if each.deploying else set()
    for variant, config in sorted(found):
        base = {ENDPOINT: record.name, VARIANT: variant}
        yield base | ({CONFIG: config} if config else {})
