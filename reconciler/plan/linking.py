"""Which steps wait for which, by what their resources refer to. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import Reason
from reconciler.model.graph import Graph
from reconciler.model.plan import SUFFIX, WIDEN, Step
from reconciler.plan import gate
from reconciler.resources.api import Resource


def linked(steps: Iterable[Step], graph: Graph, resources: Mapping[str, Resource]) -> list[Step]:
    """Make every step need the steps of what its resource references, however far away.

    The removal of an old half waits for those who use the resource, when the
    new half is made first; else for the removal of those users that go first too.
    A role that takes something away does so after its users, who wait for what it adds.
    Where a step uses only what another one leaves as it is, it comes after that one, and goes
    on if that one does not succeed. What takes away from a role never does.
    """
    steps = [*steps]
    main = {step.address: step.id for step in steps if not step.id.endswith((SUFFIX, WIDEN))}
    last = {step.address for step in steps if step.reason is Reason.NARROWED}
    gives = {address: id_ for address, id_ in main.items() if address not in last}
    gives |= {step.address: step.id for step in steps if step.id.endswith(WIDEN)}
    first = {step.id for step in steps if step.id.endswith(SUFFIX) and not step.needs}
    users: dict[Address, list[str]] = {}
    for address, id_ in main.items():
        for target in graph.nodes[address].needs:
            users.setdefault(target, []).append(id_)

    def needs(step: Step) -> tuple[str, ...]:
        if step.id.endswith(SUFFIX):
            waits = users.get(step.address, [])
            if not step.needs:  # it goes first: after the users that also go first
                waits = [user + SUFFIX for user in waits if user + SUFFIX in first]
            return tuple(sorted({*step.needs, *waits}))
        before = _before(step.address, graph, gives)
        return tuple(sorted({*step.needs, *(gives[it] for it in before)}))

    def joined(step: Step) -> Step:
        all_ = needs(step)
        others = (by_id[id_] for id_ in all_ if not id_.endswith(SUFFIX))
        bound = step.id.endswith(SUFFIX) or step.reason is Reason.NARROWED
        free = () if bound else others
        return replace(
            step,
            needs=all_,
            loose=tuple(it.id for it in free if gate.loose(step, it, resources)),
        )

    by_id = {step.id: step for step in steps}
    return [joined(step) for step in steps]


def _before(address: Address, graph: Graph, gives: Container[Address]) -> set[Address]:
    """What has a step of all that a resource refers to, directly or by way of what has none."""
    found: set[Address] = set()
    todo, seen = [address], {address}
    while todo:
        for target in graph.nodes[todo.pop()].needs - seen:
            seen.add(target)
            if target in gives:
                found.add(target)
            elif target in graph:
                todo.append(target)
    return found
