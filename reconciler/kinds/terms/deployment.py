"""How SageMaker moves traffic from the old fleet of an endpoint to the new one.

These are SageMaker's own deployment guardrails. Limits: AWS_FACTS 1.3.
"""

import math
from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Field

from reconciler.kinds.api import (
    Choice,
    Duration,
    Maybe,
    Problem,
    Section,
    Share,
    percent,
    seconds,
)
from reconciler.kinds.terms.canary import Canary, baking
from reconciler.model.value import Json, Path, Props

MOST_WAIT = 3600
SHORTEST, LONGEST = 600, 28800
"""Limits of the time a whole deployment may take, in seconds."""
WATCHED = "5m"
"""The default bake of a fleet that alarms watch; without one they would watch nothing."""
_FIRST, _EACH = (1, 50), (10, 50)
"""Per cent of the instances that the first of two steps, and each of equal ones, may have."""
_MOST_ALARMS = 10


StepSize: TypeAlias = Share | Annotated[int, Field(ge=1, examples=[1])]
"""A part of the new fleet: a share of its instances in whole per cent, or a number of them."""


class TwoStep(Section):
    """Two steps: a part of the traffic, then the rest."""

    size: StepSize
    """How much of the new fleet takes traffic first: a share of the instances, such as 25%, or a
    number of them; half at most."""
    bake: Duration
    """How long the first step is watched. At most 1h."""


class Linear(Section):
    """Equal steps."""

    size: StepSize
    """How much of the new fleet takes traffic in each step: a share of the instances, such as
    20%, or a number of them; 10 to 50 per cent."""
    bake: Duration
    """How long each step is watched. At most 1h."""


class BlueGreen(Section):
    """A second fleet beside the first, and traffic moved with alarms on watch."""

    two_step: Maybe[TwoStep] = None
    """Two steps. Without 'twoStep' and 'linear' all traffic moves at once."""
    linear: Maybe[Linear] = None
    """Equal steps."""
    bake: Maybe[Duration] = None
    """How long the new fleet is watched when all traffic moves at once. By default 5m if
    anything watches it. At most 1h."""
    termination_wait: Maybe[Duration] = None
    """How long the old fleet stays after the move, for a quick way back. At most 1h."""
    timeout: Maybe[Duration] = None
    """How long the whole deployment may take, 10m to 8h. By default its waits and half an hour."""
    existing_alarms: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    """Names of further alarms that stop the deployment; they must exist."""


class AllAtOnce(Section):
    """All traffic moves as soon as the new fleet is healthy."""

    bake: Maybe[Duration] = None
    """How long the new fleet is watched. By default 5m if anything watches it. At most 1h."""


class Strategy(Choice):
    """How a new version takes over: exactly one way."""

    all_at_once: Maybe[AllAtOnce] = None
    blue_green: Maybe[BlueGreen] = None
    canary: Maybe[Canary] = None


def problems(strategy: Strategy, instances: int, alarms: int) -> Iterator[Problem]:
    """Faults between the fields of a strategy; `alarms` counts those of the rollout."""
    policy, path = strategy.blue_green, ("strategy", "blueGreen")
    if policy is None:
        yield from _bake(strategy.all_at_once)
        return
    if policy.two_step is not None and policy.linear is not None:
        help_ = "keep exactly one of them"
        yield Problem((*path, "linear"), "'twoStep' and 'linear' cannot stand together", help_)
    if policy.bake is not None and (policy.two_step or policy.linear):
        help_ = "write 'bake' inside of it"
        yield Problem((*path, "bake"), "each kind of steps has a bake of its own", help_)
    yield from _sizes(policy, instances, path)
    yield from _waits(_watched(policy, alarms + len(policy.existing_alarms)), path)
    if len(policy.existing_alarms) + alarms > _MOST_ALARMS:
        text = f"a deployment watches {_MOST_ALARMS} alarms at most, here are "
        help_ = "remove some of 'analysis' or 'existingAlarms'"
        yield Problem(
            (*path, "existingAlarms"), f"{text}{len(policy.existing_alarms) + alarms}", help_
        )


def _bake(policy: AllAtOnce | None) -> Iterator[Problem]:
    if policy is not None and policy.bake is not None and seconds(policy.bake) > MOST_WAIT:
        path = ("strategy", "allAtOnce", "bake")
        yield Problem(path, "SageMaker waits one hour at most", "use 1h or less")


def _sizes(policy: BlueGreen, instances: int, path: Path) -> Iterator[Problem]:
    if policy.two_step is not None:
        size, bounds, here = policy.two_step.size, _FIRST, (*path, "twoStep")
    elif policy.linear is not None:
        size, bounds, here = policy.linear.size, _EACH, (*path, "linear")
    else:
        return
    if instances < 2:  # noqa: PLR2004 - half of one is none
        text = f"a step needs 2 instances or more, here is {instances}"
        yield Problem(here, text, "raise 'instances', or remove it")
        return
    least, most = bounds
    share = size * 100 / instances if isinstance(size, int) else percent(size)
    if not isinstance(size, int) and isinstance(share, float):
        text = "SageMaker takes whole per cent"
        yield Problem((*here, "size"), text, f"use {least}% to {most}%")
    elif share > most or (share < least and here[-1] == "linear") or not share:
        said = f"{size} of {instances}" if isinstance(size, int) else size
        text = f"a step is {least} to {most} % of the instances, here {said}"
        yield Problem((*here, "size"), text, "change it")


def _waits(policy: BlueGreen, path: Path) -> Iterator[Problem]:
    baked = (
        ((*path, "bake"), policy.bake),
        ((*path, "twoStep", "bake"), policy.two_step.bake if policy.two_step else None),
        ((*path, "linear", "bake"), policy.linear.bake if policy.linear else None),
        ((*path, "terminationWait"), policy.termination_wait),
    )
    for place, duration in baked:
        if duration is not None and seconds(duration) > MOST_WAIT:
            yield Problem(place, "SageMaker waits one hour at most", "use 1h or less")
    needed = waits(policy)
    if policy.timeout is None:
        if needed >= LONGEST:
            text = f"the waits add up to {needed} s; a deployment takes {LONGEST} s at most"
            yield Problem(path, text, "use fewer or shorter steps")
        return
    given = seconds(policy.timeout)
    if not SHORTEST <= given <= LONGEST:
        yield Problem((*path, "timeout"), "a timeout is 10m to 8h", "use 10m to 8h")
    elif given <= needed:
        text = f"the waits alone add up to {needed} s, and the timeout is {given} s"
        yield Problem((*path, "timeout"), text, "raise the timeout, or shorten the waits")


def waits(policy: BlueGreen) -> int:
    """The sum of all waits, in seconds, if nothing goes wrong."""
    ending = seconds(policy.termination_wait) if policy.termination_wait else 0
    if policy.two_step is not None:
        return 2 * seconds(policy.two_step.bake) + ending
    if policy.linear is not None:
        size = policy.linear.size
        share = _EACH[0] if isinstance(size, int) else percent(size) or _EACH[0]
        return math.ceil(100 / share) * seconds(policy.linear.bake) + ending
    return (seconds(policy.bake) if policy.bake else 0) + ending


def watched_seconds(strategy: Strategy | None) -> int:
    """How long alarms can stop a deployment that they watch: the sum of the bakes of its steps."""
    chosen = strategy or Strategy.model_construct()
    if chosen.canary is not None:
        return baking(chosen.canary)
    policy = _watched(chosen.blue_green or _blue_green(chosen.all_at_once), 1)
    ending = seconds(policy.termination_wait) if policy.termination_wait else 0
    return waits(policy) - ending


def deployment_props(strategy: Strategy, alarms: list[Json]) -> Props:
    """CloudFormation's ``DeploymentConfig``; `alarms` are names or references."""
    policy = strategy.blue_green or _blue_green(strategy.all_at_once)
    watched = [{"AlarmName": name} for name in (*alarms, *policy.existing_alarms)]
    policy = _watched(policy, len(watched))
    needed = waits(policy)
    limit = seconds(policy.timeout) if policy.timeout else min(LONGEST, needed + 1800)
    ending = seconds(policy.termination_wait) if policy.termination_wait else 0
    props: dict[str, Json] = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": _routing(policy),
            "TerminationWaitInSeconds": ending,
            "MaximumExecutionTimeoutInSeconds": limit,
        }
    }
    return {**props, "AutoRollbackConfiguration": {"Alarms": watched}} if watched else props


def _watched(policy: BlueGreen, alarms: int) -> BlueGreen:
    """A policy that leaves its alarms time to fire."""
    if not alarms or policy.bake or policy.two_step or policy.linear:
        return policy
    return policy.model_copy(update={"bake": WATCHED})


def _blue_green(policy: AllAtOnce | None) -> BlueGreen:
    """All at once is the plainest kind of blue/green; without a bake only one fleet is billed."""
    return BlueGreen.model_construct(bake=policy.bake if policy is not None else None)


def _routing(policy: BlueGreen) -> Props:
    if policy.two_step is not None:
        bake, size = seconds(policy.two_step.bake), _capacity(policy.two_step.size)
        return {"Type": "CANARY", "WaitIntervalInSeconds": bake, "CanarySize": size}
    if policy.linear is not None:
        bake, size = seconds(policy.linear.bake), _capacity(policy.linear.size)
        return {"Type": "LINEAR", "WaitIntervalInSeconds": bake, "LinearStepSize": size}
    bake = seconds(policy.bake) if policy.bake else 0
    return {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": bake}


def _capacity(size: str | int) -> Props:
    if isinstance(size, str):
        return {"Type": "CAPACITY_PERCENT", "Value": percent(size)}
    return {"Type": "INSTANCE_COUNT", "Value": size}
