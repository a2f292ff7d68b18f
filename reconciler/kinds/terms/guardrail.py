"""What SageMaker makes of a strategy: its deployment guardrails, their limits, and the waits.

A strategy that moves weights is no guardrail: the endpoint's own update then moves all at once.
Limits: AWS_FACTS 1.3; SageMaker API, BlueGreenUpdatePolicy, RollingUpdatePolicy, CapacitySize,
InferenceComponentRollingUpdatePolicy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reconciler.kinds.api import Problem, Severity, percent, seconds
from reconciler.kinds.terms.canary import baking
from reconciler.kinds.terms.deployment import Strategy
from reconciler.model.value import Json, Path, Props

MOST_WAIT = 3600
SHORTEST, LONGEST = 600, 28800
"""Limits of the time a whole deployment may take, in seconds."""
WATCHED = 300
"""The default bake, in seconds, of a fleet that alarms watch; without one they watch nothing."""
SLACK = 1800
"""Seconds beyond its waits that a deployment may take by default."""
MOST_ALARMS = 10
ALL, TWO, EQUAL, ROLLING = "ALL_AT_ONCE", "CANARY", "LINEAR", "ROLLING"
_BOUNDS = {TWO: (1, 50), EQUAL: (10, 50), ROLLING: (5, 50)}
"""Per cent of the instances that a step may have."""
_HALF = 2
"""Instances of which one is a half: no step is more than that."""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A strategy as SageMaker takes it. Times are seconds."""

    path: Path = ("strategy", "allAtOnce")
    type: str = ALL
    step: Path = ()
    """Where its steps are said; `path` where it has none."""
    size: str | int | None = None
    back: str | int | None = None
    """The size of a batch of a rollback."""
    bake: int = 0
    ending: int = 0
    timeout: int | None = None
    existing: tuple[str, ...] = ()

    def watched(self, alarms: int) -> Guardrail:
        """It as it is with so many alarms: they get time to fire."""
        return replace(self, bake=WATCHED) if alarms and not self.bake else self

    def parts(self, fleet: int) -> int:
        """How many waits follow one another; of a fleet of so many instances."""
        if self.type in {ALL, TWO}:
            return 2 if self.type == TWO else 1
        if isinstance(self.size, int):
            return max(2, math.ceil(fleet / self.size))
        return math.ceil(100 / (percent(self.size or "10%") or _BOUNDS[self.type][0]))

    def waits(self, fleet: int) -> int:
        """The sum of all waits if nothing goes wrong."""
        return self.parts(fleet) * self.bake + self.ending

    @property
    def steps(self) -> bool:
        """Whether it has any: then somebody relies on them."""
        return self.type != ALL


def guardrail(strategy: Strategy | None) -> Guardrail:
    """The guardrail of a strategy; all at once where it has none, or moves weights."""
    if strategy is None:
        return Guardrail()
    if (blue := strategy.blue_green) is not None:
        path: Path = ("strategy", "blueGreen")
        two = blue.two_step
        return Guardrail(
            path=path,
            type=TWO if two else ALL,
            step=(*path, "twoStep") if two else path,
            size=two.size if two else None,
            bake=_seconds(two.bake if two else blue.bake),
            ending=_seconds(blue.termination_wait),
            timeout=_seconds(blue.timeout) or None,
            existing=blue.existing_alarms,
        )
    if (linear := strategy.linear) is not None:
        path = ("strategy", "linear")
        bake, ending = _seconds(linear.bake), _seconds(linear.termination_wait)
        timeout = _seconds(linear.timeout) or None
        more = linear.existing_alarms
        return Guardrail(path, EQUAL, path, linear.size, None, bake, ending, timeout, more)
    if (rolling := strategy.rolling) is not None:
        path, bake = ("strategy", "rolling"), _seconds(rolling.bake)
        back, timeout = rolling.rollback_size, _seconds(rolling.timeout) or None
        more = rolling.existing_alarms
        return Guardrail(path, ROLLING, path, rolling.size, back, bake, 0, timeout, more)
    once = strategy.all_at_once
    return Guardrail(bake=_seconds(once.bake) if once else 0)


def _seconds(duration: str | None) -> int:
    return seconds(duration) if duration else 0


def problems(strategy: Strategy, instances: int, alarms: int) -> Iterator[Problem]:
    """Faults between the fields of a strategy; `alarms` counts those of the rollout."""
    found = guardrail(strategy)
    blue = strategy.blue_green
    if blue is not None and blue.two_step is not None and blue.bake is not None:
        help_ = "write 'bake' inside of it"
        yield Problem((*found.path, "bake"), "two steps have a bake of their own", help_)
    yield from _sizes(found, instances)
    number = alarms + len(found.existing)
    yield from _waits(found.watched(number), instances)
    if number > MOST_ALARMS:
        text = f"a deployment watches {MOST_ALARMS} alarms at most, here are {number}"
        help_ = "remove some of 'analysis' or 'existingAlarms'"
        yield Problem((*found.path, "existingAlarms"), text, help_)


def unwatched(strategy: Strategy, alarms: int) -> Iterator[Problem]:
    """Steps, or a bake, that nothing would stop."""
    found = guardrail(strategy)
    if alarms or found.existing or not (found.bake or found.steps):
        return
    text = "nothing watches this: the new version takes over whatever it does"
    help_ = "say under `analysis` what has to hold"
    yield Problem(found.path, text, help_, severity=Severity.WARNING, on_key=True)


def _sizes(found: Guardrail, instances: int) -> Iterator[Problem]:
    if not found.steps or found.size is None:
        return
    if instances < _HALF:
        text = f"a step needs 2 instances or more, here is {instances}"
        yield Problem(found.step, text, "raise 'instances', or use allAtOnce")
        return
    least, most = _BOUNDS[found.type]
    few = found.type == TWO and isinstance(found.size, int)  # one of very many is a step too
    yield from _size((*found.step, "size"), found.size, instances, 0 if few else least, most)
    if found.back is not None:
        yield from _size((*found.step, "rollbackSize"), found.back, instances, least, 100)


def _size(path: Path, size: str | int, fleet: int, least: int, most: int) -> Iterator[Problem]:
    share = size * 100 / fleet if isinstance(size, int) else percent(size)
    if not isinstance(size, int) and isinstance(share, float):
        text = "SageMaker takes whole per cent"
        yield Problem(path, text, f"use {least}% to {most}%")
    elif share > most or share < least:
        said = f"{size} of {fleet}" if isinstance(size, int) else size
        text = f"a step is {least} to {most} % of the instances, here {said}"
        yield Problem(path, text, "change it")


def _waits(found: Guardrail, instances: int) -> Iterator[Problem]:
    for place, length in (
        ((*(found.step or found.path), "bake"), found.bake),
        ((*found.path, "terminationWait"), found.ending),
    ):
        if length > MOST_WAIT:
            yield Problem(place, "SageMaker waits one hour at most", "use 1h or less")
    needed = found.waits(instances)
    if found.timeout is None:
        if needed >= LONGEST:
            text = f"the waits add up to {needed} s; a deployment takes {LONGEST} s at most"
            yield Problem(found.path, text, "use fewer or shorter steps")
        return
    if not SHORTEST <= found.timeout <= LONGEST:
        yield Problem((*found.path, "timeout"), "a timeout is 10m to 8h", "use 10m to 8h")
    elif found.timeout <= needed:
        text = f"the waits alone add up to {needed} s, and the timeout is {found.timeout} s"
        help_ = "raise the timeout, or shorten the waits"
        yield Problem((*found.path, "timeout"), text, help_)


def watched_seconds(strategy: Strategy | None, instances: int = 2) -> int:
    """How long alarms can stop a deployment that they watch: the sum of the bakes of its steps."""
    if strategy is not None and strategy.canary is not None:
        return baking(strategy.canary)
    found = guardrail(strategy).watched(1)
    return found.waits(instances) - found.ending


def deployment_props(strategy: Strategy | None, alarms: list[Json], instances: int = 2) -> Props:
    """CloudFormation's ``DeploymentConfig``; `alarms` are names or references."""
    found = guardrail(strategy)
    watched = [{"AlarmName": name} for name in (*alarms, *found.existing)]
    found = found.watched(len(watched))
    limit = found.timeout or min(LONGEST, max(SHORTEST, found.waits(instances) + SLACK))
    rolling = found.type == ROLLING
    policy = _rolling(found, limit) if rolling else _blue_green(found, limit)
    props: dict[str, Json] = {f"{'Rolling' if rolling else 'BlueGreen'}UpdatePolicy": policy}
    return {**props, "AutoRollbackConfiguration": {"Alarms": watched}} if watched else props


def _blue_green(found: Guardrail, limit: int) -> Props:
    routing: dict[str, Json] = {"Type": found.type, "WaitIntervalInSeconds": found.bake}
    if found.size is not None:
        name = "CanarySize" if found.type == TWO else "LinearStepSize"
        routing[name] = capacity(found.size)
    return {
        "TrafficRoutingConfiguration": routing,
        "TerminationWaitInSeconds": found.ending,
        "MaximumExecutionTimeoutInSeconds": limit,
    }


def _rolling(found: Guardrail, limit: int, counted: str = "INSTANCE_COUNT") -> Props:
    props: dict[str, Json] = {
        "MaximumBatchSize": capacity(found.size or 1, counted),
        "WaitIntervalInSeconds": found.bake,
        "MaximumExecutionTimeoutInSeconds": limit,
    }
    if found.back is not None:
        props["RollbackMaximumBatchSize"] = capacity(found.back, counted)
    return props


def component_props(strategy: Strategy | None, alarms: list[Json], copies: int) -> Props:
    """The ``DeploymentConfig`` of an inference component, whose batches are counted in copies."""
    found = guardrail(strategy)
    if found.type != ROLLING:
        return {}
    watched = [{"AlarmName": name} for name in (*alarms, *found.existing)]
    limit = found.timeout or min(LONGEST, max(SHORTEST, found.waits(copies) + SLACK))
    props: dict[str, Json] = {"RollingUpdatePolicy": _rolling(found, limit, "COPY_COUNT")}
    return {**props, "AutoRollbackConfiguration": {"Alarms": watched}} if watched else props


def capacity(size: str | int, counted: str = "INSTANCE_COUNT") -> Props:
    """A ``CapacitySize``."""
    if isinstance(size, str):
        return {"Type": "CAPACITY_PERCENT", "Value": percent(size)}
    return {"Type": counted, "Value": size}
