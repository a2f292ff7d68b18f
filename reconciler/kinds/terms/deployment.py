"""How SageMaker moves traffic from the old fleet of an endpoint to the new one.

These are SageMaker's own deployment guardrails. Limits: AWS_FACTS 1.3.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Choice, Duration, Maybe, Problem, Section, seconds
from reconciler.model.value import Json, Path, Props

MOST_WAIT = 3600
SHORTEST, LONGEST = 600, 28800
"""Limits of the time a whole deployment may take, in seconds."""
WATCHED = "5m"
"""The default bake of a fleet that alarms watch; without one they would watch nothing."""
_CANARY_SHARE, _STEP_SHARE = 50, (10, 50)
_MOST_ALARMS = 10


class CanarySize(Choice):
    """How much of the new fleet takes traffic first."""

    percent: Maybe[Annotated[int, Field(ge=1, le=50)]] = None
    """Per cent of the instances, 50 at most."""
    instances: Maybe[Annotated[int, Field(ge=1)]] = None
    """A number of instances, half of them at most."""


class Canary(Section):
    """Two steps: a part of the traffic, then the rest."""

    size: CanarySize
    bake: Duration
    """How long the first step is watched. At most 1h."""


class StepSize(Choice):
    """How much of the new fleet takes traffic in each step."""

    percent: Maybe[Annotated[int, Field(ge=10, le=50)]] = None
    """Per cent of the instances, 10 to 50."""
    instances: Maybe[Annotated[int, Field(ge=1)]] = None
    """A number of instances, 10 to 50 per cent of them."""


class Linear(Section):
    """Equal steps."""

    step: StepSize
    bake: Duration
    """How long each step is watched. At most 1h."""


class BlueGreen(Section):
    """A second fleet beside the first, and traffic moved with alarms on watch."""

    canary: Maybe[Canary] = None
    """Two steps. Without 'canary' and 'linear' all traffic moves at once."""
    linear: Maybe[Linear] = None
    """Equal steps."""
    bake: Maybe[Duration] = None
    """How long the new fleet is watched when all traffic moves at once. By default 5m if
    anything watches it. At most 1h."""
    termination_wait: Maybe[Duration] = None
    """How long the old fleet stays after the move, for a quick way back. At most 1h."""
    timeout: Maybe[Duration] = None
    """How long the whole deployment may take, 10m to 8h. By default its waits and half an hour."""
    alarms: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    """Names of further alarms that stop the deployment; they must exist."""


class AllAtOnce(Section):
    """All traffic moves as soon as the new fleet is healthy."""

    bake: Maybe[Duration] = None
    """How long the new fleet is watched. By default 5m if anything watches it. At most 1h."""


class Strategy(Choice):
    """How a new version takes over: exactly one way."""

    all_at_once: Maybe[AllAtOnce] = None
    blue_green: Maybe[BlueGreen] = None


def problems(strategy: Strategy, instances: int, alarms: int) -> Iterator[Problem]:
    """Faults between the fields of a strategy; `alarms` counts those of the rollout."""
    policy, path = strategy.blue_green, ("strategy", "blueGreen")
    if policy is None:
        yield from _bake(strategy.all_at_once)
        return
    if policy.canary is not None and policy.linear is not None:
        help_ = "keep exactly one of them"
        yield Problem((*path, "linear"), "'canary' and 'linear' cannot stand together", help_)
    if policy.bake is not None and (policy.canary or policy.linear):
        help_ = "write 'bake' inside of it"
        yield Problem((*path, "bake"), "a canary or linear step has a bake of its own", help_)
    yield from _sizes(policy, instances, path)
    yield from _waits(_watched(policy, alarms + len(policy.alarms)), path)
    if len(policy.alarms) + alarms > _MOST_ALARMS:
        text = f"a deployment watches {_MOST_ALARMS} alarms at most, here are "
        help_ = "remove some of 'analysis' or 'alarms'"
        yield Problem((*path, "alarms"), f"{text}{len(policy.alarms) + alarms}", help_)


def _bake(policy: AllAtOnce | None) -> Iterator[Problem]:
    if policy is not None and policy.bake is not None and seconds(policy.bake) > MOST_WAIT:
        path = ("strategy", "allAtOnce", "bake")
        yield Problem(path, "SageMaker waits one hour at most", "use 1h or less")


def _sizes(policy: BlueGreen, instances: int, path: Path) -> Iterator[Problem]:
    if (policy.canary or policy.linear) and instances < 2:  # noqa: PLR2004 - half of one is none
        kind = "canary" if policy.canary else "linear"
        text = f"a {kind} needs 2 instances or more, here is {instances}"
        yield Problem((*path, kind), text, "raise 'instances', or remove it")
        return
    count = policy.canary.size.instances if policy.canary else None
    if count is not None and count * 100 > instances * _CANARY_SHARE:
        text = f"a canary is half of the instances at most, here {count} of {instances}"
        yield Problem((*path, "canary", "size", "instances"), text, "make it smaller")
    if policy.linear is not None and (count := policy.linear.step.instances):
        share = count * 100 / instances
        if not _STEP_SHARE[0] <= share <= _STEP_SHARE[1]:
            text = f"a step is 10 to 50 % of the instances, here {count} of {instances}"
            yield Problem((*path, "linear", "step", "instances"), text, "change it")


def _waits(policy: BlueGreen, path: Path) -> Iterator[Problem]:
    baked = (
        ((*path, "bake"), policy.bake),
        ((*path, "canary", "bake"), policy.canary.bake if policy.canary else None),
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
    if policy.canary is not None:
        return 2 * seconds(policy.canary.bake) + ending
    if policy.linear is not None:
        percent = policy.linear.step.percent or 10
        return -(-100 // percent) * seconds(policy.linear.bake) + ending
    return (seconds(policy.bake) if policy.bake else 0) + ending


def watched_seconds(strategy: Strategy | None) -> int:
    """How long alarms can stop a deployment that they watch: the sum of the bakes of its steps."""
    chosen = strategy or Strategy.model_construct()
    policy = _watched(chosen.blue_green or _blue_green(chosen.all_at_once), 1)
    ending = seconds(policy.termination_wait) if policy.termination_wait else 0
    return waits(policy) - ending


def deployment_props(strategy: Strategy, alarms: list[Json]) -> Props:
    """CloudFormation's ``DeploymentConfig``; `alarms` are names or references."""
    policy = strategy.blue_green or _blue_green(strategy.all_at_once)
    watched = [{"AlarmName": name} for name in (*alarms, *policy.alarms)]
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
    if not alarms or policy.bake or policy.canary or policy.linear:
        return policy
    return policy.model_copy(update={"bake": WATCHED})


def _blue_green(policy: AllAtOnce | None) -> BlueGreen:
    """All at once is the plainest kind of blue/green; without a bake only one fleet is billed."""
    return BlueGreen.model_construct(bake=policy.bake if policy is not None else None)


def _routing(policy: BlueGreen) -> Props:
    if policy.canary is not None:
        size, bake = policy.canary.size, seconds(policy.canary.bake)
        capacity = _capacity(size.percent, size.instances)
        return {"Type": "CANARY", "WaitIntervalInSeconds": bake, "CanarySize": capacity}
    if policy.linear is not None:
        step, bake = policy.linear.step, seconds(policy.linear.bake)
        capacity = _capacity(step.percent, step.instances)
        return {"Type": "LINEAR", "WaitIntervalInSeconds": bake, "LinearStepSize": capacity}
    bake = seconds(policy.bake) if policy.bake else 0
    return {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": bake}


def _capacity(percent: int | None, instances: int | None) -> Props:
    if percent is not None:
        return {"Type": "CAPACITY_PERCENT", "Value": percent}
    return {"Type": "INSTANCE_COUNT", "Value": instances}
