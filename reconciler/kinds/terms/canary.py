"""A new version beside the old one: its share of the traffic grows step by step.

These are weights of two variants, moved by Moorline and not by SageMaker's guardrails, so neither
two steps nor half of the instances are a limit. Source: AWS_FACTS 1.3, 1.4.
"""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Duration,
    Maybe,
    Problem,
    Section,
    Severity,
    Share,
    Shorthand,
    percent,
    seconds,
)
from reconciler.kinds.terms.shadow import FirstShadow
from reconciler.model.value import Path
from reconciler.rollout.values import Step

PATH: Path = ("strategy", "canary")
NAME = "candidate"
"""The variant of the version that takes over: its metrics always have the same dimensions."""
SHORTEST_BAKE, SHORTEST_DEADLINE = 60, 600
"""Seconds: a metric of an endpoint has a point a minute, and a new fleet takes some to start."""
LEAST = 0.1
"""Per cent by which steps differ: weights have 32 bits, and are compared with a tolerance."""
_ALL = 100


class CanaryStep(Section):
    """One step: how much of the traffic the new version takes, and for how long."""

    weight: Share
    """Its share of the traffic."""
    bake: Maybe[Duration] = None
    """How long it is watched at this step. By default that of the strategy."""
    instances: Maybe[Annotated[int, Field(ge=1)]] = None
    """How many instances it has by then. By default its share of them, rounded up."""
    approve: bool = False
    """Whether it waits for a person after its bake, who says `moorline rollout promote`."""


class Canary(Section):
    """The old and the new version side by side, and more and more traffic for the new one."""

    steps: Annotated[
        tuple[Annotated[CanaryStep, Shorthand("weight")], ...], Field(min_length=1, max_length=12)
    ]
    """The shares that the new version gets, one after the other; the last is 100%."""
    bake: Maybe[Duration] = None
    """How long each step is watched. By default 10m."""
    shadow: Maybe[FirstShadow] = None
    """The new version gets copies of requests first, and the steps begin with the next `apply`
    after it has answered well."""
    deadline: Duration = "2h"
    """How long everything else but a bake may take, such as new instances. After that the
    rollout is aborted. At least 10m."""
    hold: Duration = "7d"
    """How long it waits for a person: after a step with `approve`, or when paused or held. After
    that it goes back."""
    on_inconclusive: Literal["hold", "abort", "continue"] = "hold"
    """What happens when a bake ends and nobody can tell whether the step was good."""


BAKE = "10m"
"""The default bake, of a strategy that gives none to a step."""


def steps_of(canary: Canary, instances: int) -> tuple[Step, ...]:
    """The steps for a fleet of so many instances."""
    found = []
    for step in canary.steps:
        share = percent(step.weight) / _ALL
        count = step.instances or max(1, math.ceil(round(share * instances, 6)))
        bake = seconds(step.bake or canary.bake or BAKE)
        found.append(Step(share, count, bake, gate=step.approve))
    return tuple(found)


def baking(canary: Canary) -> int:
    """Seconds of all bakes together: how long the new version is watched at least."""
    return sum(step.bake for step in steps_of(canary, 1))


def problems(canary: Canary, instances: int, *, watched: bool) -> Iterator[Problem]:
    """What of a canary cannot be carried out; `watched` says whether anything judges its steps."""
    yield from _shares(canary)
    yield from _counts(canary, instances)
    for index, step in enumerate(canary.steps):
        if step.bake and seconds(step.bake) < SHORTEST_BAKE:
            yield _short((*PATH, "steps", str(index), "bake"))
    if canary.bake and seconds(canary.bake) < SHORTEST_BAKE:
        yield _short((*PATH, "bake"))
    if canary.bake and all(step.bake for step in canary.steps):
        text = "each step has a bake of its own, so this one counts for nothing"
        yield Problem((*PATH, "bake"), text, "remove it", on_key=True)
    if seconds(canary.deadline) < SHORTEST_DEADLINE:
        text = "new instances take minutes to come"
        yield Problem((*PATH, "deadline"), text, "use 10m or more")
    if seconds(canary.hold) < SHORTEST_DEADLINE:
        text = "a person needs some time to answer, and it goes back when that is over"
        yield Problem((*PATH, "hold"), text, "use 10m or more; 7d is the default")
    if not watched and not all(step.approve for step in canary.steps):
        text = "nothing watches these steps: the new version goes to 100 % whatever it does"
        help_ = "say under `analysis` what has to hold, or give each step `approve: true`"
        yield Problem(PATH, text, help_, severity=Severity.WARNING, on_key=True)


def _shares(canary: Canary) -> Iterator[Problem]:
    last = 0.0
    for index, step in enumerate(canary.steps):
        share, here = percent(step.weight), (*PATH, "steps", str(index))
        if share > _ALL:
            yield Problem(here, "a share of the traffic is 100% at most", "use 100% or less")
        elif round(share - last, 6) < LEAST:
            before = f"the {last:g}% before it" if last else "nothing"
            text = f"each step takes {LEAST:g}% or more beyond the last, here {share:g}% after "
            yield Problem(here, f"{text}{before}", "raise it, or remove it")
        last = max(last, share)
    if last < _ALL:
        here = (*PATH, "steps", str(len(canary.steps) - 1))
        yield Problem(here, f"the last step takes all traffic, here {last:g}%", "add 100%")


def _counts(canary: Canary, instances: int) -> Iterator[Problem]:
    """Capacity comes before weight, so a step never has fewer instances than the one before."""
    last, steps = 0, steps_of(canary, instances)
    for index, (step, made) in enumerate(zip(canary.steps, steps, strict=True)):
        here = (*PATH, "steps", str(index), *(("instances",) if step.instances else ()))
        if made.count < last:
            text = f"{made.count} instances for more traffic than {last} had before"
            yield Problem(here, text, f"use {last} or more")
        last = max(last, made.count)
    if steps[-1].count < instances and canary.steps[-1].instances:
        here = (*PATH, "steps", str(len(steps) - 1), "instances")
        text = f"all traffic on {steps[-1].count} instances, where {instances} are asked for"
        yield Problem(here, text, f"use {instances}, or leave it out")


def _short(path: Path) -> Problem:
    return Problem(path, "metrics of endpoints have one point a minute", "use 1m or more")
