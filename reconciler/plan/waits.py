"""How long an apply of a plan waits for AWS, as far as that is known before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.plan import Plan, Step
from reconciler.plan.lasting import expected
from reconciler.resources.api import Resource


@dataclass(frozen=True, slots=True)
class Wait:
    """The longest chain of waits, in seconds, by the step that ends it.

    `seconds` is what it usually takes, `most` when the last of them is given up.
    """

    address: Address
    seconds: float
    most: float


def longest(plan: Plan, resources: Mapping[str, Resource]) -> Wait | None:
    """The longest chain of steps that wait; nothing where none does.

    Steps that do not need each other wait side by side.
    """
    stopped = plan.blocked
    steps = {step.id: step for step in plan.steps if step.id not in stopped}
    by_type: dict[str, list[str]] = {}
    for step in steps.values():
        by_type.setdefault(step.address.type, []).append(step.id)
    ends: dict[str, Wait] = {}
    for id_ in _ordered(steps, by_type):
        step = steps[id_]
        before = [ends[need] for need in _needs(step, steps, by_type) if need in ends]
        usual, most = _own(step, resources[step.address.type])
        start = max((wait.seconds for wait in before), default=0.0)
        latest = max((wait.most for wait in before), default=0.0)
        ends[id_] = Wait(step.address, start + usual, latest + most)
    waiting = [wait for wait in ends.values() if wait.seconds]
    return max(waiting, key=lambda wait: wait.seconds, default=None)


def _needs(step: Step, steps: Mapping[str, Step], by_type: Mapping[str, list[str]]) -> list[str]:
    after = [id_ for type_ in step.after for id_ in by_type.get(type_, ())]
    return [*(need for need in step.needs if need in steps), *after]


def _ordered(steps: Mapping[str, Step], by_type: Mapping[str, list[str]]) -> list[str]:
    """Each after what it needs, without recursion: chains may be long."""
    done: dict[str, bool] = {}
    order: list[str] = []
    for first in steps:
        todo = [first]
        while todo:
            id_ = todo[-1]
            if id_ not in done:
                done[id_] = False
                needs = _needs(steps[id_], steps, by_type)
                todo += [need for need in needs if need not in done]
            else:
                todo.pop()
                if not done[id_]:
                    done[id_] = True
                    order.append(id_)
    return order


def _own(step: Step, resource: Resource) -> tuple[float, float]:
    """What one step usually waits, and at most."""
    lifecycle, staged = resource.lifecycle, _staged(step, resource)
    if lifecycle is None:
        return staged, staged
    if step.action is Action.DELETE and not resource.vanishes:
        return 0.0, 0.0
    moves = step.action is Action.UPDATE and step.calls
    usual = lifecycle.usual + staged + (lifecycle.rollout(step.desired) if moves else 0.0)
    return usual, max(usual, lifecycle.timeout)


def _staged(step: Step, resource: Resource) -> float:
    """What requests of an update take that are awaited one by one, a stop and start included."""
    if step.action is not Action.UPDATE or not step.calls:
        return 0.0
    stopped = resource.stages.stopped
    stops = stopped is not None and any(each.method == stopped.stop.method for each in step.calls)
    return expected(step.fields, resource) + (stopped.seconds if stopped and stops else 0.0)
