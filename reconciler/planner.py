"""Put changes in order: which steps, after which others, with which calls. Pure.

Creation follows references; what is not declared any more goes by `retire`. A
plan for the same input has the same bytes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from reconciler import calls, objections, protect, retire
from reconciler.diff import compare, guard, removed
from reconciler.live import Live, Orphan, Policy, owned
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect, Reason, Status
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import UNKNOWN, Json, Ref, references, resolve
from reconciler.resources.api import Place, Resource, fill

__all__ = ["Draft", "Live", "Orphan", "Policy", "known", "plan"]


@dataclass(slots=True)
class Draft:
    """Steps and findings of a plan under construction."""

    steps: list[Step] = field(default_factory=list)
    unchanged: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    renewed: set[Address] = field(default_factory=set)


def plan(
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    policy: Policy,
) -> Draft:
    """Steps for everything that differs, in an order that respects every edge."""
    draft = Draft()
    for address in _ordered(graph):
        if address not in live.unknown:
            _step(graph.nodes[address], live, resources, place, policy, draft)
    _link(graph, draft)
    draft.steps += retire.removals(graph, live, resources, place, draft.steps)
    draft.steps = [
        protect.judge(step, resources[step.address.type], policy.allow) for step in draft.steps
    ]
    return draft


def _ordered(graph: Graph) -> Iterator[Address]:
    """Dependencies first; among equals by address, so that a plan is stable."""
    sorter = TopologicalSorter(
        {node.address: sorted(node.needs & graph.nodes.keys()) for node in graph}
    )
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def known(
    ref: Ref,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    renewed: Container[Address] = (),
) -> Json:
    """The value of a reference as far as it follows from names or live outputs.

    What is `renewed` keeps what follows from its name; its live outputs are about to go.
    """
    target, output = ref.target, ref.output
    resource = resources.get(target.type)
    if resource is None:
        return UNKNOWN
    slots = place.slots(target.name)
    for follows in (resource.named, resource.predict):
        if output in follows:
            return fill(follows[output], slots)
    observed = None if target in renewed else live.found.get(target)
    return observed.outputs.get(output, UNKNOWN) if observed else UNKNOWN


def _step(  # noqa: PLR0913 - the five inputs of a plan and its result
    node: Node,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    policy: Policy,
    draft: Draft,
) -> None:
    resource = resources[node.address.type]
    observed = live.found.get(node.address)
    foreign = observed is not None and not owned(observed, place)
    if foreign and node.address not in policy.adopt:
        draft.diagnostics.append(objections.not_ours(node, observed))
        return

    def value(ref: Ref) -> Json:
        return known(ref, live, resources, place, draft.renewed)

    if any(value(ref) is UNKNOWN and ref.target in live.unknown for ref in references(node.props)):
        return  # what it should be cannot be said; what could not be read is a finding already

    def keep(ref: Ref) -> Json:
        found = value(ref)
        return ref if found is UNKNOWN else found

    change = compare(node.address, resolve(node.props, value), observed, resource, node.origin)
    if foreign and change.action in {Action.NONE, Action.UPDATE}:
        change = replace(change, action=Action.ADOPT, reason=Reason.ADOPTED)
    if change.action is Action.NONE:
        draft.unchanged += 1
        return
    open_ = replace(change, desired=resolve(node.props, keep))
    _add(open_, node, [*_steps(open_, node, resource, place)], draft)


def _add(change: Change, node: Node, steps: list[Step], draft: Draft) -> None:
    """Take the steps of a change into the plan, unless they cannot do what it asks."""
    if stuck := [each for each in change.fields if each.effect is Effect.UNSUPPORTED]:
        draft.diagnostics += [objections.unsupported(node, each) for each in stuck]
        return
    if not any(step.calls for step in steps):
        draft.diagnostics += [objections.stays(node, each) for each in change.fields]
        draft.unchanged += 1
        return
    if change.observed and change.observed.status is Status.BUSY:
        draft.diagnostics.append(objections.busy(node, change.observed))
    if change.action in {Action.CREATE, Action.REPLACE}:
        draft.renewed.add(node.address)
    draft.steps += steps


def _steps(change: Change, node: Node, resource: Resource, place: Place) -> Iterator[Step]:
    at = node.origin.at if node.origin else None
    step = Step(
        id=str(change.address),
        address=change.address,
        action=change.action,
        reason=change.reason,
        guard=guard(change.observed, resource) if change.observed else "",
        desired=change.desired,
        fields=change.fields,
        spec=node.origin.spec if node.origin else "",
        at=at,
        detail=_detail(change),
    )
    if change.action is not Action.REPLACE:
        make = calls.create if change.action is Action.CREATE else calls.update
        yield replace(step, calls=make(change, resource, place))
        return
    removal = replace(
        step,
        id=step.id + SUFFIX,
        action=Action.DELETE,
        guard=guard(removed(change.observed, resource), resource) if change.observed else "",
        calls=calls.delete(change, resource, place),
        desired={},
        fields=(),
    )
    made = replace(step, guard="", calls=calls.create(change, resource, place))
    if resource.replace_first:
        yield made
        yield replace(removal, needs=(made.id,))
    else:
        yield removal
        yield replace(made, needs=(removal.id,))


def _detail(change: Change) -> str:
    failed = change.observed is not None and change.observed.status is Status.FAILED
    return change.observed.reason if change.observed and failed else ""


def _link(graph: Graph, draft: Draft) -> None:
    """Make every step need the steps of what its resource references.

    The removal of an old half waits for those who use the resource, when the
    new half is made first.
    """
    main = {step.address: step.id for step in draft.steps if not step.id.endswith(SUFFIX)}
    users: dict[Address, list[str]] = {}
    for address, id_ in main.items():
        for target in graph.nodes[address].needs:
            users.setdefault(target, []).append(id_)

    def needs(step: Step) -> tuple[str, ...]:
        if step.id.endswith(SUFFIX):
            waits = users.get(step.address, []) if step.needs else []
            return tuple(sorted({*step.needs, *waits}))
        targets = graph.nodes[step.address].needs
        return tuple(sorted({*step.needs, *(main[t] for t in targets if t in main)}))

    draft.steps = [replace(step, needs=needs(step)) for step in draft.steps]
