"""`autoscale`: how instances, copies or warm containers follow the load.

Each mode has one number that an autoscaler may set and metrics that go with it (`figures`). What
is wrong with a spec is in `checks`, and what it becomes in `build`. Source: Application Auto
Scaling API reference, RegisterScalableTarget, PutScalingPolicy, PutScheduledAction; AWS_FACTS 1.7.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Section, Share, Shorthand
from reconciler.kinds.terms.metric import MetricName, Namespace


class Custom(Section):
    """A metric of CloudWatch."""

    metric: MetricName
    """Its name."""
    namespace: Namespace
    """Its namespace."""
    dimensions: Annotated[dict[str, str], Field(max_length=30)] = Field(default_factory=dict)
    """Its dimensions, all of them."""


class Target(Section):
    """A figure that is held, by instances that come and go."""

    metric: Annotated[str | Custom, Field(examples=["InvocationsPerInstance"])]
    """A metric of SageMaker, or any other one."""
    value: Annotated[float, Field(strict=False, gt=0)] | Share
    """What it is held at; a share for metrics of hosts and of warm containers."""
    statistic: Maybe[Literal["average", "maximum", "minimum", "sum"]] = None
    """How the values of a minute are put together, where the metric does not say. By default the
    average."""
    in_cooldown: Maybe[Duration] = None
    """How long nothing more goes after something went. By default 5m."""
    out_cooldown: Maybe[Duration] = None
    """How long nothing more comes after something came. By default 5m."""
    scale_in: bool = True
    """Whether anything goes again."""


class Jump(Section):
    """How many come or go, by how far the metric is above or below the alarm's level."""

    beyond: Annotated[float, Field(strict=False, ge=0)] = 0
    """From how much beyond the level on."""
    add: int
    """How many come; less than 0 for how many go."""


class Stepped(Section):
    """Instances that come or go by themselves once a metric is above or below a level."""

    metric: Annotated[str | Custom, Field(examples=["ConcurrentRequestsPerModel"])]
    """A metric of SageMaker, or any other one."""
    statistic: Literal["average", "maximum", "minimum", "sum"] = "average"
    """How the values of a minute are put together."""
    above: Maybe[Annotated[float, Field(strict=False)]] = None
    """From above this on."""
    below: Maybe[Annotated[float, Field(strict=False)]] = None
    """From below this on."""
    for_: Duration = Field("3m", alias="for")
    """How long it has to last, in whole minutes."""
    steps: Annotated[
        tuple[Annotated[Jump, Shorthand("add")], ...], Field(min_length=1, max_length=20)
    ]
    """How many come or go."""
    cooldown: Maybe[Duration] = None
    """How long nothing more happens after it did. By default 5m."""


class Scheduled(Section):
    """Other bounds from a time on."""

    schedule: Annotated[str, Field(pattern=r"^(at|cron|rate)\(.+\)$")]
    """When, as Application Auto Scaling has it: ``cron(…)``, ``rate(…)`` or ``at(…)``."""
    timezone: Maybe[str] = Field(None, examples=["Europe/Berlin"])
    """The time zone. By default UTC."""
    at_least: Maybe[Annotated[int, Field(ge=0)]] = None
    """The least from then on."""
    at_most: Maybe[Annotated[int, Field(ge=1)]] = None
    """The most from then on."""


class Wake(Section):
    """The first one comes when somebody asks and there is none."""

    add: Annotated[int, Field(ge=1)] = 1
    """How many come."""
    for_: Duration = Field("1m", alias="for")
    """How long somebody has to ask, in whole minutes."""


ActionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


class Autoscale(Section):
    """How many there are, by the load."""

    at_least: Annotated[int, Field(ge=0)]
    """The least."""
    at_most: Annotated[int, Field(ge=1)]
    """The most."""
    targets: Annotated[tuple[Target, ...], Field(max_length=10)] = ()
    """Figures that are held. The one that needs most decides."""
    steps: Annotated[tuple[Stepped, ...], Field(max_length=10)] = ()
    """What comes or goes once a metric is above or below a level."""
    schedules: dict[ActionName, Scheduled] = Field(default_factory=dict)
    """Other bounds at certain times, by name."""
    wake: Maybe[Wake] = None
    """How the first one comes, where there is none: of an asynchronous endpoint or a component."""
