"""Whether an expectation fits the strategy that it watches: its time, and who looks at it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, seconds
from reconciler.kinds.rollout.expectation import Expectation, period
from reconciler.kinds.rollout.expected import unjudged
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import weighed
from reconciler.kinds.terms import guardrail
from reconciler.kinds.terms.canary import steps_of
from reconciler.model.value import Path


def watched(spec: Rollout, rule: Expectation, path: Path) -> Iterator[Problem]:
    """Faults between an expectation and the strategy."""
    if weighed(spec):
        yield from _in_steps(spec, rule, path)
        return
    yield from unjudged(rule, path)
    longest = guardrail.watched_seconds(spec.strategy, fleet_of(spec).instances)
    if spec.on_failure == "rollback" and seconds(rule.for_) > longest:
        text = f"the new fleet is watched for {longest} s in all, so this is never found"
        yield Problem((*path, "for"), text, "shorten it, or have the strategy bake longer")


def _in_steps(spec: Rollout, rule: Expectation, path: Path) -> Iterator[Problem]:
    """What needs longer than a step takes is never found in it."""
    bakes = baked(spec)
    if not bakes or rule.existing_alarm is not None or rule.when == "background":
        return
    shortest = min(bakes)
    needed = (rule.successes or 1) * period(rule)
    if needed > shortest:
        where = "successes" if rule.successes is not None else "every"
        text = f"its measurements take {needed} s, and a step is over after {shortest} s"
        help_ = "ask for fewer or shorter ones, or have the steps bake longer"
        yield Problem((*path, where), text, help_, "ANALYSIS003")
    elif seconds(rule.for_) > shortest:
        text = f"a step is watched for {shortest} s, so this is never found in it"
        help_ = "shorten it, have the steps bake longer, or use `when: background`"
        yield Problem((*path, "for"), text, help_, "ANALYSIS003")


def baked(spec: Rollout) -> list[int]:
    """Seconds that each step of the rollout is watched; none where it has no steps of ours."""
    if spec.strategy is None or spec.strategy.canary is None:
        return []
    return [step.bake for step in steps_of(spec.strategy.canary, 1)]
