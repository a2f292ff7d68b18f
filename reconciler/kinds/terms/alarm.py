"""CloudWatch alarms on the metrics that SageMaker emits for an endpoint variant.

Latencies are in microseconds. Error metrics are 1 for a failed request and 0
for a good one, so their average is the error rate. Source: AWS_FACTS 1.8 and
https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, Protocol, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Problem, percent, seconds
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
    | Annotated[
        str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?(us|ms|s|%)$", examples=["250ms", "1%"])
    ]
)
"""A number, a time such as ``250ms`` for latencies, or a share such as ``1%``."""

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
_ALL = 100
_SIDES = {"above": "above", "below": "below", "atLeast": "at least", "atMost": "at most"}
_OF_REQUESTS = {
    "above": "in more than",
    "below": "in less than",
    "atLeast": "in at least",
    "atMost": "in at most",
}
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
        statistic = (self.statistic or usual(self.metric)).replace(".", "-")
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


def usual(metric: str) -> str:
    """The statistic of a metric where nobody names one."""
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
    def at_least(self) -> float | str | None: ...
    @property
    def at_most(self) -> float | str | None: ...
    @property
    def for_(self) -> str: ...


def limits(rule: Limited) -> dict[str, float | str]:
    """The limits that a rule gives, by name; one, if the rule is right."""
    given = {
        "above": rule.above,
        "below": rule.below,
        "atLeast": rule.at_least,
        "atMost": rule.at_most,
    }
    return {name: level for name, level in given.items() if level is not None}


def limit(rule: Limited) -> tuple[str, float | str]:
    """The name and value of the one limit of a rule that is right."""
    ((name, level),) = limits(rule).items()
    return name, level


def in_words(rule: Limited) -> str:
    """The limit of a rule in a description: ``below 250ms``, ``in at most 1% of requests``."""
    side, level = limit(rule)
    words = _OF_REQUESTS if is_rate(rule) else _SIDES
    return f"{words[side]} {_shown(level)}{' of requests' if is_rate(rule) else ''}"


def is_rate(rule: Limited) -> bool:
    """Whether the limit of a rule is a share of the requests, which is the average of a metric."""
    _, level = limit(rule)
    return rule.metric in ERRORS and _is_share(level)


def _is_share(level: float | str) -> bool:
    return isinstance(level, str) and level.endswith("%")


def statistic_of(rule: Limited) -> str | None:
    """The statistic that the limit of a rule is compared with; nothing for the usual one."""
    return "average" if is_rate(rule) else rule.statistic


def _shown(level: float | str) -> str:
    return level if isinstance(level, str) else f"{level:.15g}"


def limit_problems(rule: Limited, path: Path) -> Iterator[Problem]:
    """Faults between the fields of a rule."""
    given = limits(rule)
    if len(given) != 1:
        names = ", ".join(f"'{name}'" for name in _SIDES)
        yield Problem(path, "a rule has one limit", f"give one of {names}")
        return
    if is_rate(rule) and rule.statistic is not None:
        text = "a share of the requests is an average"
        yield Problem((*path, "statistic"), text, "remove 'statistic'")
    for name, level in given.items():
        yield from _level_problems(rule.metric, level, (*path, name))
    yield from looked_back(seconds(rule.for_), (*path, "for"))


def _level_problems(metric: str, level: float | str, path: Path) -> Iterator[Problem]:
    """A latency needs a time, a host a share; errors are a number or a share, the rest numbers."""
    share = _is_share(level)
    if metric in LATENCIES:
        if share or not isinstance(level, str):
            help_ = "write a unit, as in 250ms" if share else f"write a unit, as in {level:.15g}ms"
            yield Problem(path, f"{metric} is a time", help_)
    elif metric in HOST:
        if not share:
            help_ = (
                f"write per cent, as in {level:.15g}%" if isinstance(level, float) else "write 85%"
            )
            yield Problem(path, f"{metric} is a share", help_)
    elif isinstance(level, str) and not share:
        yield Problem(path, f"{metric} is not a time", "write a plain number")
    elif share and metric not in ERRORS:
        help_ = f"write a plain number; a share is for {', '.join(sorted(ERRORS))}"
        yield Problem(path, f"{metric} is no share of anything", help_)
    elif share and percent(str(level)) > _ALL:
        yield Problem(path, "a share of the requests is 100% at most", "use 100% or less")


def looked_back(length: int, path: Path) -> Iterator[Problem]:
    """What CloudWatch takes as an evaluation window."""
    if length % 60:
        yield Problem(path, "an alarm looks at whole minutes", "use a multiple of 60s")
    elif length > _LONGEST:
        yield Problem(path, "an alarm looks back one day at most", "use 1d or less")


def threshold(metric: str, level: float | str) -> float:
    """The number CloudWatch compares with: microseconds, per cent for hosts, else a fraction."""
    if not isinstance(level, str):
        return level
    if level.endswith("%"):
        number = float(level[:-1])
        return number if metric in HOST else round(number / 100, 8)
    unit = level.lstrip("0123456789.")
    return float(level.removesuffix(unit)) * _MICROSECONDS[unit]


def metric_of(metric: str) -> dict[str, Json]:
    """The namespace and the name of a metric of an endpoint."""
    namespace = "/aws/sagemaker/Endpoints" if metric in HOST else "AWS/SageMaker"
    return {"Namespace": namespace, "MetricName": metric}


def alarm_props(
    watch: Watch, fleet: Fleet, *, description: str, notify: list[Json]
) -> dict[str, Json]:
    """The full set of properties of an alarm on one variant of an endpoint."""
    statistic = watch.statistic or usual(watch.metric)
    percentile = statistic.startswith("p")
    period = 60 if watch.seconds <= 3600 or watch.seconds % 300 else 300  # noqa: PLR2004 - an hour
    periods = max(1, watch.seconds // period)
    named = {"ExtendedStatistic": statistic} if percentile else {"Statistic": _capital(statistic)}
    return {
        "AlarmDescription": description,
        "ActionsEnabled": True,
        **metric_of(watch.metric),
        "Dimensions": fleet.dimensions(),
        **named,
        "Period": period,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "Threshold": threshold(watch.metric, watch.level),
        "ComparisonOperator": f"{watch.comparison}Threshold",
        "TreatMissingData": watch.missing,
        "AlarmActions": notify,
        "OKActions": notify,
        "InsufficientDataActions": [],
    }


def _capital(statistic: str) -> str:
    return statistic[0].upper() + statistic[1:]
