"""The stages of a deployment with guardrails: when how much of the traffic goes to the new fleet.

Source: SageMaker API, DeploymentConfig; developer guide, "Deployment guardrails". What a feature
that guardrails exclude gets is one shift of everything at the end, unwatched, and no error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.sandbox.services.sagemaker.variants import COUNT, Variant

Word = Literal["Baking", "Deleting"]
Policy = dict[str, Any]
BLUE_GREEN, ROLLING = "BlueGreenUpdatePolicy", "RollingUpdatePolicy"


@dataclass(frozen=True, slots=True)
class Stage:
    """From a moment on, the share of the traffic that the new fleet has, and what goes on."""

    at: float
    share: float
    word: Word
    old: bool = False
    """Whether the old fleet is what the word is said of."""


@dataclass(frozen=True, slots=True)
class Course:
    """A whole deployment; one without stages shifts everything at its end."""

    stages: tuple[Stage, ...]
    end: float


def course(
    policy: Policy | None, old: list[Variant], new: list[Variant], start: float, seconds: float
) -> Course:
    """How a deployment goes.

    Args:
        policy: The DeploymentConfig of the request.
        old: Summaries of what is live.
        new: Summaries of what comes.
        start: When it begins, in seconds of the sandbox's clock.
        seconds: How long a fleet takes to be made.
    """
    if not policy or excluded(policy, old, new):
        return Course((), start + seconds)
    if ROLLING in policy:
        return _rolling(policy[ROLLING], old, start, seconds)
    blue_green = policy.get(BLUE_GREEN) or {}
    routing = blue_green.get("TrafficRoutingConfiguration") or {}
    wait = float(routing.get("WaitIntervalInSeconds", 0))
    at, found = start + seconds, []
    for share in _shares(routing, old):
        found.append(Stage(at, share, "Baking"))
        at += wait
    ending = float(blue_green.get("TerminationWaitInSeconds", 0))
    found.append(Stage(at, 1.0, "Deleting", old=True))
    return Course(tuple(found), at + ending)


def excluded(policy: Policy, old: list[Variant], new: list[Variant]) -> bool:
    """Whether SageMaker would do without the guardrails, and not say so."""
    if names(old) != names(new):
        return True
    if any("DesiredServerlessConfig" in each for each in (*old, *new)):
        return True
    return ROLLING in policy and len(new) > 1


def names(found: list[Variant]) -> set[str]:
    """The names of variants."""
    return {each["VariantName"] for each in found}


def _shares(routing: dict[str, Any], old: list[Variant]) -> list[float]:
    count = _count(old)
    match routing.get("Type"):
        case "CANARY":
            return [_part(routing.get("CanarySize") or {}, count), 1.0]
        case "LINEAR":
            step = _part(routing.get("LinearStepSize") or {}, count)
            number = math.ceil(round(1 / step, 6)) if step else 1
            return [min(1.0, step * (each + 1)) for each in range(number)]
    return [1.0]


def _rolling(given: dict[str, Any], old: list[Variant], start: float, seconds: float) -> Course:
    step = _part(given.get("MaximumBatchSize") or {}, _count(old))
    number = math.ceil(round(1 / step, 6)) if step else 1
    wait = float(given.get("WaitIntervalInSeconds", 0))
    at, found = start, []
    for each in range(number):
        at += seconds
        found.append(Stage(at, min(1.0, step * (each + 1)), "Baking"))
        at += wait
    return Course(tuple(found), at)


def _count(found: list[Variant]) -> int:
    return max([1, *(int(each.get(COUNT, 1)) for each in found)])


def _part(size: dict[str, Any], count: int) -> float:
    """A CapacitySize as a share of a fleet, at least one instance."""
    value = float(size.get("Value", 0))
    if size.get("Type") == "INSTANCE_COUNT":
        return min(1.0, value / count)
    return min(1.0, max(math.ceil(round(count * value / 100, 6)), 1) / count)


def refused(policy: Policy | None, old: list[Variant]) -> str:
    """Why SageMaker does not take a DeploymentConfig; "" where it does. The words are ours."""
    if not policy:
        return ""
    if (BLUE_GREEN in policy) == (ROLLING in policy):
        return f"DeploymentConfig needs exactly one of {BLUE_GREEN} and {ROLLING}."
    if ROLLING in policy:
        batch = _bounds(policy[ROLLING].get("MaximumBatchSize"), old, 5, 50, "MaximumBatchSize")
        return batch or _longest(policy[ROLLING], old)
    routing = policy[BLUE_GREEN].get("TrafficRoutingConfiguration") or {}
    sizes = {"CANARY": ("CanarySize", 1), "LINEAR": ("LinearStepSize", 10)}
    for type_, (name, least) in sizes.items():
        if (routing.get("Type") == type_) != (name in routing):
            return f"{name} is needed for traffic routing of type {type_}, and for no other."
        if name in routing and (said := _bounds(routing[name], old, least, 50, name)):
            return said
    return _longest(policy[BLUE_GREEN], old)


def _bounds(
    size: dict[str, Any] | None, old: list[Variant], least: int, most: int, name: str
) -> str:
    """What is wrong with a size; percentages of the instance count. Source: AWS_FACTS 1.3."""
    if not size:
        return f"{name} is missing."
    count = _count(old)
    percent = float(size["Value"])
    if size["Type"] == "INSTANCE_COUNT":
        percent = 100 * percent / count
        least = 0 if percent * count >= 100 else least  # one instance is the least there is  # noqa: PLR2004
    if not least <= percent <= most:
        return f"{name} must be {least} to {most} percent of the instance count, {count}."
    return ""


def _longest(given: dict[str, Any], old: list[Variant]) -> str:
    """A limit of time that the waits alone exceed."""
    most = given.get("MaximumExecutionTimeoutInSeconds")
    routing = given.get("TrafficRoutingConfiguration") or given
    waits = float(routing.get("WaitIntervalInSeconds", 0))
    if "MaximumBatchSize" in given:
        number = math.ceil(round(1 / _part(given["MaximumBatchSize"], _count(old)), 6))
    else:
        number = len(_shares(routing, old))
    total = number * waits + float(given.get("TerminationWaitInSeconds", 0))
    if most is not None and total >= float(most):
        return (
            f"MaximumExecutionTimeoutInSeconds must be greater than the waits, {total:g} seconds."
        )
    return ""
