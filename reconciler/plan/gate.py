"""What holds a change up: a state, an earlier failure, another's hand. Pure.

Also which steps wait for another only in time: what it changes is nothing to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.model.change import Action, Change, Observed, Status
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Node
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.value import references
from reconciler.plan import objections
from reconciler.plan.diff import TAGS, scheduled, stuck
from reconciler.plan.stages import beyond
from reconciler.resources.api import Resource

IN_PLACE = frozenset({Action.UPDATE, Action.ADOPT})


def states(change: Change, node: Node, resource: Resource) -> Iterator[Diagnostic]:
    """What is to be said of a live resource that is neither simply there nor simply gone."""
    observed = change.observed
    if observed is None:
        return
    if stuck(observed, resource):
        yield objections.stuck(node, observed)
    if scheduled(observed, resource):
        yield objections.leaving(node, observed)
    if change.action is Action.NONE and _undecided(observed, resource):
        yield objections.busy(node, observed)


def _undecided(observed: Observed, resource: Resource) -> bool:
    """Whether AWS is still making or deleting it: looking as desired says little then."""
    steady = resource.lifecycle.in_use if resource.lifecycle else frozenset()
    return observed.status is Status.BUSY and observed.reason not in steady


def judge(step: Step, change: Change, resource: Resource, policy: Policy) -> Step:
    """The step, refused where it cannot be made now or must not be sent again."""
    if change.observed is None or step.action not in IN_PLACE:
        return step
    if stuck(change.observed, resource):
        return replace(step, refused=objections.STUCK)
    if why := resource.pending.held(change) or beyond(change, resource):
        return replace(step, refused=why)
    if not (why := resource.pending.spent(change.desired, change.observed)):
        return step
    if step.address in policy.retry:
        return replace(step, retry=True)
    return replace(step, refused=objections.spent(step, why))


def loose(step: Step, other: Step, resources: Mapping[str, Resource]) -> bool:
    """Whether a step that comes after `other` can go on without it.

    It can where `other` changes in place, where all that is asked of it is known already and so
    stays as it is, and where what it changes is nothing to its users by the data of its type.
    """
    if other.action not in IN_PLACE:
        return False
    if any(ref.target == other.address for ref in references(step.desired)):
        return False
    apart = {TAGS, *resources[other.address.type].apart}
    return all(each.path[0] in apart for each in other.fields)
