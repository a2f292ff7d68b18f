"""Put changes in order: which steps, after which others, with which calls. Pure.

Creation follows references; what is not declared any more goes by `retire`. A
plan for the same input has the same bytes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from reconciler.model.address import Address
from reconciler.model.change import (
    Action,
    Change,
    Effect,
    Reason,
    Status,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.policy import Policy
from reconciler.model.value import UNKNOWN, Json, Props, Ref, references, resolve
from reconciler.plan import (
    approvals,
    around,
    calls,
    claims,
    closing,
    gate,
    narrowing,
    objections,
    protect,
    retire,
    revisions,
    stages,
    undeclared,
)
from reconciler.plan.consent import asked, settled_by_receipt
from reconciler.plan.decided import reviewed
from reconciler.plan.diff import compare, guard, removed
from reconciler.plan.hidden import differs, resent, untold
from reconciler.plan.kept import copies
from reconciler.plan.lent import lent, owned as owned_by_others
from reconciler.plan.linking import linked
from reconciler.plan.live import Live, Orphan, owned
from reconciler.plan.unsure import said as unsure
from reconciler.plan.widen import remarks, widenings
from reconciler.plan.withdrawn import withdrawn
from reconciler.resources.api import Place, Resource, fill
from reconciler.resources.review import no_context, unmoved

__all__ = ["Draft", "Live", "Orphan", "Policy", "known", "pending", "plan"]


@dataclass(slots=True)
class Draft:
    """Steps and findings of a plan under construction."""

    steps: list[Step] = field(default_factory=list)
    unchanged: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    renewed: set[Address | Ref] = field(default_factory=set)
    """What is made anew, as a whole or in one output."""
    same: dict[Address, Props] = field(default_factory=dict)
    """What the unchanged resources are."""
    beside: dict[Address, Props] = field(default_factory=dict)
    """What is live of them and nobody has declared."""
    moving: list[Change] = field(default_factory=list)
    """Of resources that others may move at run time, how they compare."""
    staying: list[Change] = field(default_factory=list)
    """What differs and no call changes."""
    around: dict[str, frozenset[Address]] = field(default_factory=dict)
    """By step, what has to be away while it is carried out."""


def plan(
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    policy: Policy,
) -> Draft:
    """Steps for everything that differs, in an order that respects every edge."""
    draft = Draft()
    live, draft.diagnostics = claims.settled(live, place, policy)
    for address in _ordered(graph):
        if address not in live.unknown:
            _step(graph.nodes[address], graph, live, resources, place, policy, draft)
    unknown = {at: it for at, it in draft.beside.items() if at not in policy.beside}
    draft.diagnostics += undeclared.unexplained(unknown)
    draft.steps = narrowing.split(draft.steps, graph, live, resources, place)
    draft.steps = linked(draft.steps, graph, resources)
    draft.steps += retire.removals(graph, live, resources, place, policy, draft.steps)
    draft.steps = [*revisions.compared(draft.steps, graph, live, resources)]
    draft.steps = closing.last(closing.first(draft.steps, policy), live, policy)
    draft.steps = around.ordered((protect.judge(it, policy) for it in draft.steps), draft.around)
    draft.diagnostics += approvals.review(policy, draft.steps)
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
    renewed: Container[Address | Ref] = (),
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
    anew = target in renewed or ref in renewed
    observed = None if anew else live.found.get(target)
    return observed.outputs.get(output, UNKNOWN) if observed else UNKNOWN


def _step(  # noqa: PLR0913 - the five inputs of a plan and its result
    node: Node,
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    policy: Policy,
    draft: Draft,
) -> None:
    resource = resources[node.address.type]
    observed = live.found.get(node.address)
    if observed and (refused := claims.refused(node, observed, resource, place, policy)):
        draft.diagnostics.append(refused)
        return
    others, open_ = differs(node, live.sent) if observed else ([], {})
    change = _compared(node, graph, live, resources, place, draft.renewed)
    if change is None:
        return
    change = settled_by_receipt(resent(change, others), resource, policy)
    draft.diagnostics += untold(node, open_)
    foreign = observed is not None and not owned(observed, place, resource)
    if foreign and change.action in {Action.NONE, Action.UPDATE}:
        change = replace(change, action=Action.ADOPT, reason=Reason.ADOPTED)
    change = around.cleared(change, resource, draft.around)
    seen, against, away = reviewed(change, node, resource, graph)
    against += unsure(change, node, resource)
    draft.diagnostics += against
    if resource.pending.moved is not unmoved or seen.owned:
        draft.moving.append(seen)
    if any(each.is_error for each in against):
        draft.staying.append(seen)
        return
    draft.diagnostics += gate.states(change, node, resource)
    draft.diagnostics += undeclared.said(change, node, resource, policy)
    if resource.generic and observed:
        draft.beside[node.address] = undeclared.beside(change, resource)
    if seen.action is Action.NONE:
        draft.unchanged += 1
        draft.same[node.address] = seen.desired
        return
    steps = [gate.judge(it, seen, resource, policy) for it in _steps(seen, node, resource, place)]
    steps = [asked(it, seen, resource, policy) for it in steps]
    steps = [replace(it, sent=live.sent.of(node)) if it.desired else it for it in steps]
    draft.diagnostics += objections.staged(node, seen, resource)
    draft.diagnostics += [*remarks(seen, node, place), *withdrawn(seen, node)]
    draft.diagnostics += copies(node, steps)
    _add(seen, node, steps, draft, resource)
    if away and not any(each.refused for each in steps):
        draft.around |= {each.id: away for each in steps}


def _compared(  # noqa: PLR0913 - the inputs of a plan
    node: Node,
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    renewed: Container[Address | Ref] = (),
) -> Change | None:
    """What to do with a resource; nothing when what it should be cannot be said."""

    def value(ref: Ref) -> Json:
        return known(ref, live, resources, place, renewed)

    if any(value(ref) is UNKNOWN and ref.target in live.unknown for ref in references(node.props)):
        return None  # what could not be read is a finding already

    def keep(ref: Ref) -> Json:
        if anew and ref.target == node.address:  # its own id is about to be another one
            found = known(ref, live, resources, place, (node.address,))
        else:
            found = value(ref)
        return ref if found is UNKNOWN else found

    resource, observed = resources[node.address.type], live.found.get(node.address)
    change = compare(node.address, resolve(node.props, value), observed, resource, node.origin)
    anew = change.action is Action.REPLACE
    targets = around.targets(node, resource, graph)
    wanted = resolve(node.props, keep)
    others = tuple(owned_by_others(change, wanted, resource))
    desired = lent(wanted, observed, resource) if observed else wanted
    return replace(change, desired=desired, targets=targets, owned=others)


def pending(
    graph: Graph, live: Live, resources: Mapping[str, Resource], place: Place
) -> Iterator[Change]:
    """Updates whose adapters read more before they are planned, and what parts of go first."""
    for node in graph:
        resource = resources[node.address.type]
        asked = {Action.UPDATE} if resource.pending.context is not no_context else set()
        asked |= {Action.REPLACE} if any(part.last for part in resource.parts) else set()
        if asked and live.found.get(node.address) and node.address not in live.unknown:
            change = _compared(node, graph, live, resources, place)
            if change and change.action in asked:
                yield change


def _add(change: Change, node: Node, steps: list[Step], draft: Draft, resource: Resource) -> None:
    """Take the steps of a change into the plan, unless they cannot do what it asks."""
    if stuck := [each for each in change.fields if each.effect is Effect.UNSUPPORTED]:
        draft.diagnostics += [objections.unsupported(node, each) for each in stuck]
        return
    if not any(step.calls for step in steps):
        draft.diagnostics += [objections.stays(node, each) for each in change.fields]
        draft.staying.append(change)
        draft.unchanged += 1
        return
    if change.observed and change.observed.status is Status.BUSY:
        draft.diagnostics.append(objections.busy(node, change.observed))
    if change.action in {Action.CREATE, Action.REPLACE}:
        draft.renewed.add(node.address)
    draft.renewed |= {Ref(node.address, each) for each in stages.renewed(change, resource)}
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
        asset=node.asset,
    )
    if change.action is not Action.REPLACE:
        make = calls.create if change.action is Action.CREATE else calls.update
        losses = protect.losses(change, resource, place)
        yield replace(step, calls=make(change, resource, place), losses=losses)
        return
    removal = replace(
        step,
        id=step.id + SUFFIX,
        action=Action.DELETE,
        guard=guard(removed(change.observed, resource), resource) if change.observed else "",
        calls=calls.delete(change, resource, place),
        desired={},
        fields=(),
        losses=protect.removal(change, resource),
        refused=resource.pending.stays(change.observed) if change.observed else "",
    )
    opens = widenings(change, resource, place)
    made = replace(step, guard="", calls=calls.create(change, resource, place), losses=opens)
    if resource.replace_first:
        yield made
        yield replace(removal, needs=(made.id,))
    else:
        yield removal
        yield replace(made, needs=(removal.id,))


def _detail(change: Change) -> str:
    seen = change.observed
    return seen.reason if seen and seen.status is Status.FAILED else ""
