"""What has to be away while something else changes: it goes before, and is made again after. Pure.

SageMaker refuses another instance type for a variant that has a scalable target (AWS_FACTS 1.7). An
adapter says what stands in the way of a change; where the graph has it, that is no objection but
two more steps. Being made again does not wait for the change to succeed: what stays as it was needs
it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Reason
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import Props, Ref
from reconciler.resources.api import Resource
from reconciler.resources.whose import PARENT, Within

MOVES = frozenset({Action.NONE, Action.UPDATE})


def targets(node: Node, resource: Resource, graph: Graph) -> dict[str, Props]:
    """What those have that a node refers to, by its property; and what it is in."""
    found = {
        prop: graph.nodes[ref.target].props
        for prop, ref in node.props.items()
        if isinstance(ref, Ref) and ref.target in graph
    }
    if isinstance(resource.whose, Within):
        parent = Address(resource.whose.type, node.address.name.rpartition("/")[0])
        found |= {PARENT: graph.nodes[parent].props} if parent in graph else {}
    return found


def cleared(change: Change, resource: Resource, around: Mapping[str, frozenset[Address]]) -> Change:
    """The change of what has to be away for a while; what is in it goes with it."""
    whose, going = resource.whose, {at for each in around.values() for at in each}
    parent = change.address.name.rpartition("/")[0]
    within = isinstance(whose, Within) and Address(whose.type, parent) in going
    if change.observed is None or change.action not in MOVES:
        return change
    if change.address not in going and not within:
        return change
    return replace(change, action=Action.REPLACE, reason=Reason.ASIDE)


def ordered(steps: Iterable[Step], around: Mapping[str, frozenset[Address]]) -> list[Step]:
    """Each step after the removal of what stands in its way.

    `around` has, by the id of a step, what that is. Where such a step is refused, what stands in
    its way stays.
    """
    steps = [*steps]
    refused = {step.id for step in steps if step.refused}
    kept = {at for id_, away in around.items() if id_ in refused for at in away}
    inside = tuple(f"{at.name}/" for at in kept)
    out = []
    for step in steps:
        stays = step.address in kept or step.address.name.startswith(inside)
        if step.reason is Reason.ASIDE and stays:
            continue
        away = [f"{at}{SUFFIX}" for at in sorted(around.get(step.id, ()))]
        known = {each.id for each in steps}
        needs = {*step.needs, *(each for each in away if each in known)}
        out.append(replace(step, needs=tuple(sorted(needs))) if away else step)
    return out
