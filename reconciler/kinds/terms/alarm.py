"""CloudWatch alarms on the metrics that SageMaker emits for an endpoint variant.

Latencies are in microseconds. Error metrics are 1 for a failed request and 0
for a good one, so their average is the error rate. Source: AWS_FACTS 1.8 and
https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, Protocol, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Problem, seconds
from reconciler.model.value import Json, Path

Latency: TypeAlias = Literal["ModelLatency", "OverheadLatency"]
Errors: TypeAlias = Literal["Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"]
Traffic: TypeAlias = Literal["Invocations", "InvocationsPerInstance"]
Host: TypeAlias = Literal[
    "CPUUtilization",
    "DiskUtilization",
    "GPUMemoryUtilization",
    "GPUUtilization",
    "MemoryUtilization",
]
Metric: TypeAlias = Literal[Latency, Errors, Traffic, Host]
Statistic: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^(average|maximum|minimum|sampleCount|sum|p[0-9]{1,2}(\.[0-9]{1,2})?)$",
        examples=["p99", "average"],
    ),
]
Level: TypeAlias = (
    Annotated[float, Field(ge=0)]
    | Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?(us|ms|s)$", examples=["250ms"])]
)
"""A number, or a time such as ``250ms`` for latencies."""
Share: TypeAlias = Annotated[
    str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]+)?%$", examples=["1%", "0.5%"])
]
"""A percentage of the requests."""

LATENCIES = frozenset({"ModelLatency", "OverheadLatency"})
ERRORS = frozenset({"Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"})
HOST = frozenset(
    {
        "CPUUtilization",
        "DiskUtilization",
        "GPUMemoryUtilization",
        "GPUUtilization",
        "MemoryUtilization",
    }
)
_MICROSECONDS = {"us": 1, "ms": 1000, "s": 1_000_000}
_LONGEST = 86_400
"""Period times evaluation periods may not pass a day."""


class Watch(NamedTuple):
    """When an alarm fires: a metric that is too high or too low for a while."""

    metric: str
    statistic: str | None
    comparison: str
    """CloudWatch's operator without ``Threshold``, as in ``GreaterThan``."""
    level: float | str
    seconds: int
    missing: str = "notBreaching"

    @property
    def name(self) -> str:
        """For names of alarms, as in ``model-latency-p99``."""
        words = "".join(f"-{char}" if new else char for char, new in _words(self.metric))
        statistic = (self.statistic or _usual(self.metric)).replace(".", "-")
        low = "-low" if self.comparison.startswith("Less") else ""
        return f"{words.lstrip('-')}-{statistic}{low}".lower()


class Fleet(NamedTuple):
    """The instances that an alarm watches."""

    endpoint: str
    variant: str
    config: Json = None
    """The name of an endpoint configuration: only the instances that have it are watched, and
    not those beside them during a deployment."""

    def dimensions(self) -> list[Json]:
        """In CloudWatch's words."""
        named = {"EndpointName": self.endpoint, "VariantName": self.variant}
        more = {"EndpointConfigName": self.config} if self.config is not None else {}
        return [{"Name": name, "Value": value} for name, value in {**named, **more}.items()]


def _words(name: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether a new word starts there: Invocation5XXErrors, CPUUtilization."""
    for before, char, after in zip(" " + name, name, name[1:] + " ", strict=False):
        starts = char.isupper() and (before.islower() or after.islower())
        yield char, starts or (char.isdigit() and before.islower())


def _usual(metric: str) -> str:
    if metric in LATENCIES:
        return "p99"
    return "average" if metric in HOST else "sum"


class Limited(Protocol):
    """A rule with a metric and exactly one limit."""

    @property
    def metric(self) -> str: ...
    @property
    def statistic(self) -> str | None: ...
    @property
    def above(self) -> float | str | None: ...
    @property
    def below(self) -> float | str | None: ...
    @property
    def rate(self) -> str | None: ...
    @property
    def for_(self) -> str: ...


def limits(rule: Limited) -> dict[str, float | str]:
    """The limits that a rule gives, by name; one, if the rule is right."""
    given = {"above": rule.above, "below": rule.below, "rate": rule.rate}
    return {name: level for name, level in given.items() if level is not None}


def limit(rule: Limited) -> tuple[str, float | str]:
    """The name and value of the one limit of a rule that is right."""
    ((name, level),) = limits(rule).items()
    return name, level


def in_words(rule: Limited, share: str) -> str:
    """The limit of a rule in a description: ``below 250ms``; `share` introduces a rate."""
    side, level = limit(rule)
    return f"in {share} {level} of requests" if side == "rate" else f"{side} {_shown(level)}"


def _shown(level: float | str) -> str:
    return level if isinstance(level, str) else f"{level:g}"


def limit_problems(rule: Limited, path: Path) -> Iterator[Problem]:
    """Faults between the fields of a rule."""
    given = limits(rule)
    if len(given) != 1:
        yield Problem(path, "a rule has one limit", "give one of 'above', 'below', 'rate'")
        return
    if rule.rate is not None and rule.metric not in ERRORS:
        help_ = f"use it with one of {', '.join(sorted(ERRORS))}"
        yield Problem((*path, "rate"), f"{rule.metric} has no rate", help_)
    if rule.rate is not None and rule.statistic is not None:
        yield Problem((*path, "statistic"), "a rate is an average", "remove 'statistic'")
    for name in given.keys() - {"rate"}:
        yield from _level_problems(rule.metric, given[name], (*path, name))
    yield from _duration_problems(seconds(rule.for_), (*path, "for"))


def _level_problems(metric: str, level: float | str, path: Path) -> Iterator[Problem]:
    """A latency needs a time; everything else is a plain number."""
    if metric in LATENCIES and not isinstance(level, str):
        yield Problem(path, f"{metric} is a time", f"write a unit, as in {level:g}ms")
    elif metric not in LATENCIES and isinstance(level, str):
        yield Problem(path, f"{metric} is not a time", "write a plain number")


def _duration_problems(length: int, path: Path) -> Iterator[Problem]:
    """What CloudWatch takes as an evaluation window."""
    if length % 60:
        yield Problem(path, "an alarm looks at whole minutes", "use a multiple of 60s")
    elif length > _LONGEST:
        yield Problem(path, "an alarm looks back one day at most", "use 1d or less")


def threshold(level: float | str) -> float:
    """The number CloudWatch compares with: microseconds for times, fractions for shares."""
    if not isinstance(level, str):
        return level
    if level.endswith("%"):
        return round(float(level[:-1]) / 100, 6)
    unit = level.lstrip("0123456789.")
    return float(level.removesuffix(unit)) * _MICROSECONDS[unit]


def alarm_props(
    watch: Watch, fleet: Fleet, *, description: str, notify: list[Json]
) -> dict[str, Json]:
    """The full set of properties of an alarm on one variant of an endpoint."""
    statistic = watch.statistic or _usual(watch.metric)
    percentile = statistic.startswith("p")
    period = 60 if watch.seconds <= 3600 or watch.seconds % 300 else 300  # noqa: PLR2004 - an hour
    periods = max(1, watch.seconds // period)
    named = {"ExtendedStatistic": statistic} if percentile else {"Statistic": _capital(statistic)}
    return {
        "AlarmDescription": description,
        "ActionsEnabled": True,
        "Namespace": "/aws/sagemaker/Endpoints" if watch.metric in HOST else "AWS/SageMaker",
        "MetricName": watch.metric,
        "Dimensions": fleet.dimensions(),
        **named,
        "Period": period,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "Threshold": threshold(watch.level),
        "ComparisonOperator": f"{watch.comparison}Threshold",
        "TreatMissingData": watch.missing,
        "AlarmActions": notify,
        "OKActions": notify,
        "InsufficientDataActions": [],
    }


def _capital(statistic: str) -> str:
    return statistic[0].upper() + statistic[1:]
