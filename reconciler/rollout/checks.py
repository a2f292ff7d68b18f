"""What is expected of a candidate, as values: they travel as JSON to whoever drives the rollout.

A check is compared period by period: each period is one measurement. Nothing is remembered between
two looks, since CloudWatch keeps the figures: whoever looks asks for all periods of a step again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from reconciler.model.value import Json

SETTLE = 120
"""Seconds that a figure takes at most until it is whole: SageMaker sends them each minute, and
what came late counts for the minute in which it happened. Source: SageMaker developer guide,
"Metrics for monitoring Amazon SageMaker AI"; a minute is added for the way."""
ENDPOINT, VARIANT = "{endpoint}", "{variant}"
"""What stands in dimensions for the endpoint, and for the variant that is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A metric of CloudWatch with a statistic."""

    namespace: str
    metric: str
    statistic: str
    """In CloudWatch's words: ``Sum``, ``Average``, ``p99``."""
    dimensions: Mapping[str, str]
    """By name; a value may have ``{endpoint}`` and ``{variant}`` in it."""
    counts: bool = False
    """Whether a period without a datapoint, but with requests, has had none of it."""

    def of(self, endpoint: str, variant: str) -> Series:
        """The same of one variant."""
        named = {
            name: value.replace(ENDPOINT, endpoint).replace(VARIANT, variant)
            for name, value in self.dimensions.items()
        }
        return replace(self, dimensions=named)

    @property
    def apart(self) -> bool:
        """Whether it differs from variant to variant."""
        return any(VARIANT in value for value in self.dimensions.values())

    @property
    def traffic(self) -> bool:
        """Whether it counts requests, so that a period without a datapoint has had none."""
        return self.namespace == "AWS/SageMaker" and self.metric.startswith("Invocations")


REQUESTS = Series(
    namespace="AWS/SageMaker",
    metric="Invocations",
    statistic="Sum",
    dimensions={"EndpointName": ENDPOINT, "VariantName": VARIANT},
    counts=True,
)
"""Requests to a variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation."""

    name: str
    series: Mapping[str, Series]
    """What is measured, by id; one, or those in `expression`."""
    expression: str = ""
    """Metric math over the ids."""
    per_request: bool = False
    """Whether the figure is a share of the requests: the sum of the series by that of requests."""
    side: str
    """``below``, ``above``, ``atMost`` or ``atLeast``."""
    level: float
    """In CloudWatch's unit; with `against` a ratio, or a difference in that unit."""
    fails_at: float | None = None
    """From here on it has failed; between `level` and this nothing is decided."""
    against: str = ""
    """``stable``: the other variant at the same time; ``past``: it, `ago` seconds before."""
    by: str = "ratio"
    """``ratio`` or ``difference``."""
    ago: int = 0
    otherwise: float | None = None
    """The limit where there is nothing to compare with, as the stable variant has none of it."""
    minimum: int = 20
    """Requests that a measurement has to have, of each variant that takes part."""
    period: int = 60
    run: int = 1
    """Periods in a row that have to be bad for it to have failed."""
    most_failed: int | None = None
    """Bad measurements in all that are borne; more have failed, in a row or not."""
    successes: int = 1
    """Good measurements that a step needs."""
    background: bool = False
    """Whether it is judged over the whole rollout, and not anew in each step."""
    unit: str = ""
    """For people: ``us``, ``share`` (of 1), ``percent`` or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in which no weight is moved. Times are local to `timezone`."""

    why: str
    since: str = ""
    """``2026-12-20`` or ``2026-12-20T18:00``; "" for ever."""
    until: str = ""
    """The same; a day is in it."""
    days: tuple[int, ...] = ()
    """Days of the week from 0, which is Monday; empty for all."""
    hours: tuple[int, int] | None = None
    """Minutes of the day from and until; the second may be on the next day."""
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that says whether a rollout may go on."""

    checks: tuple[Check, ...] = ()
    alarms: tuple[str, ...] = ()
    """Names of alarms that guard it."""
    freeze: tuple[Window, ...] = ()
    settle: int = SETTLE


def written(analysis: Analysis) -> dict[str, Json]:
    """As JSON."""
    return asdict(analysis)


def read(told: Mapping[str, Any]) -> Analysis:
    """From JSON that `written` made.

    Raises:
        TypeError: it has members that this version does not know, or lacks some.
    """
    checks = [
        Check(**{**each, "series": {key: Series(**one) for key, one in each["series"].items()}})
        for each in told.get("checks", ())
    ]
    windows = [
        Window(
            **{
                **each,
                "days": tuple(each.get("days", ())),
                "hours": tuple(each["hours"]) if each.get("hours") else None,
            }
        )
        for each in told.get("freeze", ())
    ]
    rest = {key: value for key, value in told.items() if key not in {"checks", "freeze"}}
    rest["alarms"] = tuple(rest.get("alarms", ()))
    return Analysis(checks=tuple(checks), freeze=tuple(windows), **rest)
