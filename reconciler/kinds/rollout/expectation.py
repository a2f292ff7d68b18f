"""What has to hold of a new version: a metric, its limit, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Section, seconds
from reconciler.kinds.terms.alarm import (
    ERRORS,
    HOST,
    LATENCIES,
    Level,
    Metric,
    Statistic,
    is_rate,
    limits,
)
from reconciler.kinds.terms.metric import MetricName, Namespace

AlarmName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255)]
Dimensions: TypeAlias = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=255)], Annotated[str, Field(min_length=1)]],
    Field(max_length=30),
]
Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_]{0,254}$")]
MINIMUM = 20
TRAFFIC = frozenset({"Invocations", "InvocationsPerInstance"})
OF_ENDPOINT = LATENCIES | ERRORS | TRAFFIC | HOST


class Term(Section):
    """One metric of an expression."""

    metric: Metric | MetricName
    """A metric of the endpoint, or of a namespace of your own."""
    namespace: Maybe[Namespace] = None
    """The namespace of a metric of your own."""
    dimensions: Dimensions = Field(default_factory=dict)
    """Its dimensions; ``{variant}`` and ``{endpoint}`` in a value stand for their names."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies, the sum for counts, the average for all else."""


class Against(Section):
    """What a figure is compared with."""

    stable: Maybe[Literal["ratio", "difference"]] = None
    """The stable variant at the same time: by the ratio of the figures or their difference."""
    past: Maybe[Literal["ratio", "difference"]] = None
    """The stable variant before."""
    ago: Maybe[Duration] = None
    """How long before: for ``past``."""


class Expectation(Section):
    """What has to hold while a new version takes over, or it is rolled back."""

    needs = ("metric", "expression", "existingAlarm")
    metric: Maybe[Metric | MetricName] = None
    """A metric of the endpoint or of its hosts; with ``namespace`` any metric of CloudWatch."""
    namespace: Maybe[Namespace] = None
    """The namespace of a metric of your own."""
    dimensions: Dimensions = Field(default_factory=dict)
    """Its dimensions; ``{variant}`` and ``{endpoint}`` in a value stand for their names."""
    expression: Maybe[Annotated[str, Field(min_length=1, max_length=2048)]] = None
    """CloudWatch's metric math over ``metrics``, instead of a metric."""
    metrics: Annotated[dict[Id, Term], Field(max_length=10)] = Field(default_factory=dict)
    """The metrics of an expression, by the names that they have in it."""
    existing_alarm: Maybe[AlarmName] = None
    """An alarm that exists, and must not fire, instead of a metric."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies, the sum for counts, the average for all else."""
    below: Maybe[Level] = None
    """It has to stay below this: a number, a time such as 250ms for latencies, or a share of the
    requests such as 1% for errors. With ``against`` a ratio such as 110%, or a difference."""
    above: Maybe[Level] = None
    """It has to stay above this."""
    at_least: Maybe[Level] = None
    """It has to be this or more."""
    at_most: Maybe[Level] = None
    """It has to be this or less."""
    fails_at: Maybe[Level] = None
    """From here on it has failed; between the limit and this nobody can tell, so it holds."""
    against: Maybe[Against] = None
    """Compare with the stable variant or with the past. By default with the limit alone."""
    otherwise: Maybe[Level] = None
    """The limit without a comparison: where the stable variant has none of it, or no traffic."""
    minimum_requests: Maybe[Annotated[int, Field(ge=0)]] = None
    """Requests that a measurement has to have, of each variant that it compares. By default 20."""
    every: Maybe[Duration] = None
    """The time of one measurement, in whole minutes. By default 1m."""
    for_: Duration = Field("1m", alias="for")
    """How long it has to be violated, in whole minutes."""
    max_failed: Maybe[Annotated[int, Field(ge=0)]] = None
    """Bad measurements in all that a step may have. By default ``for`` alone decides."""
    successes: Maybe[Annotated[int, Field(ge=1)]] = None
    """Good measurements that a step needs. By default 1."""
    when: Literal["step", "background"] = "step"
    """Judged anew in each step, or over all of them together."""


JUDGED = ("against", "otherwise", "fails_at", "minimum_requests", "max_failed", "successes")
"""What an alarm cannot say: it needs somebody who judges."""


class Bound(NamedTuple):
    """A rule as the words on alarms take it: a metric and its limit."""

    metric: str
    statistic: str | None
    above: float | str | None
    below: float | str | None
    at_least: float | str | None
    at_most: float | str | None
    for_: str


def bound(rule: Expectation) -> Bound:
    """The rule of an endpoint's metric."""
    return Bound(
        str(rule.metric),
        rule.statistic,
        rule.above,
        rule.below,
        rule.at_least,
        rule.at_most,
        rule.for_,
    )


def level(rule: Expectation) -> tuple[str, float | str]:
    """The name and the value of the one limit of a rule that is right."""
    ((name, value),) = limits(bound(rule)).items()
    return name, value


def of_endpoint(rule: Expectation) -> bool:
    """Whether it is about a metric that SageMaker sends."""
    return rule.metric is not None and rule.namespace is None


def of_requests(rule: Expectation) -> bool:
    """Whether its figure is a share of the requests."""
    if not of_endpoint(rule) or rule.metric not in ERRORS:
        return False
    return rule.against is not None or is_rate(bound(rule))


def compared(rule: Expectation) -> tuple[str, str]:
    """What it is compared with, and how; "" for nothing."""
    if rule.against is None:
        return "", "ratio"
    if rule.against.stable is not None:
        return "stable", rule.against.stable
    return "past", rule.against.past or "ratio"


def period(rule: Expectation) -> int:
    """Seconds of one measurement."""
    return seconds(rule.every or "1m")


def run(rule: Expectation) -> int:
    """Measurements in a row that have to be bad; `for` is 1m where nobody says it."""
    return max(1, seconds(rule.for_) // period(rule))


def named(rule: Expectation, known: str) -> str:
    """What it is called, in names of alarms and where it is told: a known name, or its words."""
    words = [known or "-".join(_words(rule))[:60].strip("-")]
    against, _ = compared(rule)
    if against:
        words.append(f"against-{against}")
    if rule.when == "background":
        words.append("background")
    return "-".join(words)


def _words(rule: Expectation) -> Iterator[str]:
    text = rule.expression or f"{rule.namespace}-{rule.metric}-{rule.statistic or 'average'}"
    plain = "".join(char if char.isalnum() else "-" for char in text).lower()
    yield from (word for word in plain.split("-") if word)
    if any(each is not None for each in (rule.above, rule.at_least)):
        yield "low"
