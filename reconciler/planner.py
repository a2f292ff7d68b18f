"""Put changes in order: which steps, after which others, with which calls. Pure.

Creation follows references. Deletion runs against the type graph, so it works
with no configuration left: a resource goes only after every step on a type
that may use it. A plan for the same input has the same bytes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from reconciler import calls, protect
from reconciler.diff import compare, guard, removed
from reconciler.model.address import Address
from reconciler.model.change import (
    Action,
    Call,
    Change,
    Effect,
    FieldChange,
    Observed,
    Reason,
    Status,
)
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import Step
from reconciler.model.value import UNKNOWN, Json, Props, Ref, leaves, references, resolve
from reconciler.resources.api import OWNERSHIP, Place, Resource, fill

SUFFIX = "#delete"
"""Ends the id of the step that removes the old half of a replacement."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live resource that carries our ownership tags and that no spec declares."""

    address: Address
    observed: Observed
    spec: str
    created: str = ""
    """ISO time, "" when AWS does not say; decides which revisions are kept."""


@dataclass(frozen=True, slots=True)
class Live:
    """What was observed: declared resources by address, and orphans.

    An address that is in `unknown` could not be read; nothing may be planned for it.
    """

    found: Mapping[Address, Observed | None]
    orphans: tuple[Orphan, ...] = ()
    unknown: frozenset[Address] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the environment lets a plan do."""

    allow: frozenset[str] = frozenset()
    """Destructive classes that may be carried out."""
    adopt: frozenset[Address] = frozenset()
    """Resources that carry no ownership tags and may be taken over."""


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
    _delete_orphans(graph, live, resources, place, draft)
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
        draft.diagnostics.append(_not_ours(node, observed))
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
    if stuck := [f for f in change.fields if f.effect is Effect.UNSUPPORTED]:
        draft.diagnostics += [_unsupported(node, each) for each in stuck]
        return
    if observed and observed.status is Status.BUSY:
        draft.diagnostics.append(_busy(node, observed))
    if change.action in {Action.CREATE, Action.REPLACE}:
        draft.renewed.add(node.address)
    open_ = replace(change, desired=resolve(node.props, keep))
    steps = [*_steps(open_, node, resource, place)]
    if not any(step.calls for step in steps):
        draft.diagnostics += [_stays(node, each) for each in change.fields]
        draft.unchanged += 1
        return
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
    for step in draft.steps:
        if step.id in main.values():
            for target in graph.nodes[step.address].needs:
                users.setdefault(target, []).append(step.id)

    def needs(step: Step) -> tuple[str, ...]:
        if step.id.endswith(SUFFIX):
            waits = users.get(step.address, []) if step.needs else []
            return tuple(sorted({*step.needs, *waits}))
        targets = graph.nodes[step.address].needs
        return tuple(sorted({*step.needs, *(main[t] for t in targets if t in main)}))

    draft.steps = [replace(step, needs=needs(step)) for step in draft.steps]


def _delete_orphans(
    graph: Graph, live: Live, resources: Mapping[str, Resource], place: Place, draft: Draft
) -> None:
    doomed = [*_doomed(graph, live, resources)]
    users = _users(resources)
    ids = {orphan.address: f"{orphan.address}{SUFFIX}" for orphan in doomed}
    steps = list(draft.steps)
    for orphan in doomed:
        type_ = orphan.address.type
        before = [step.id for step in steps if step.address.type in users[type_]]
        before += [id_ for address, id_ in ids.items() if address.type in users[type_] - {type_}]
        draft.steps.append(_removal(orphan, resources[type_], place, before))


def _removal(orphan: Orphan, resource: Resource, place: Place, before: Iterable[str]) -> Step:
    reason = Reason.SUPERSEDED if resource.content_named else Reason.NOT_DECLARED
    change = Change(orphan.address, Action.DELETE, reason, {}, orphan.observed)
    return Step(
        id=f"{orphan.address}{SUFFIX}",
        address=orphan.address,
        action=Action.DELETE,
        reason=reason,
        calls=calls.delete(change, resource, place),
        needs=tuple(sorted(before)),
        guard=guard(orphan.observed, resource),
        spec=orphan.spec,
    )


def _users(resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """For each type, the types that may use it."""
    users: dict[str, set[str]] = {type_: set() for type_ in resources}
    for resource in resources.values():
        for target in resource.refers:
            users.setdefault(target, set()).add(resource.type)
    return users


def _doomed(graph: Graph, live: Live, resources: Mapping[str, Resource]) -> Iterator[Orphan]:
    """Orphans that nothing keeps: not deferred, not a kept revision, not used by one."""
    wanted: dict[tuple[str, str], int] = {}
    for node in graph:
        if node.origin:
            key = (node.address.type, node.origin.spec)
            wanted[key] = max(wanted.get(key, 1), node.keep)
    kept: list[Orphan] = []
    rest: list[Orphan] = []
    seen: dict[tuple[str, str], int] = {}
    newest = sorted(live.orphans, key=lambda orphan: (orphan.created, orphan.address), reverse=True)
    for orphan in newest:
        key = (orphan.address.type, orphan.spec)
        seen[key] = seen.get(key, 1) + 1
        spare = resources[orphan.address.type].content_named and seen[key] <= wanted.get(key, 1)
        if orphan.spec in graph.deferred:
            continue
        (kept if spare else rest).append(orphan)
    used = {leaf for orphan in kept for leaf in leaves(orphan.observed.props)}
    for orphan in sorted(rest, key=lambda orphan: orphan.address):
        if orphan.address.name not in used:
            yield orphan


def owned(observed: Observed, place: Place) -> bool:
    """Whether the ownership tags say that this platform and environment made it."""
    tags = observed.tags or {}
    return (tags.get(OWNERSHIP[0]), tags.get(OWNERSHIP[1])) == (place.platform, place.environment)


def _not_ours(node: Node, observed: Observed | None) -> Diagnostic:
    tags = (observed.tags or {}) if observed else {}
    owner = "/".join(tags[key] for key in OWNERSHIP[:2] if key in tags)
    whose = f"it belongs to {owner!r}" if owner else "it carries no ownership tags"
    return Diagnostic(
        "PLAN001",
        f"{str(node.address)!r} exists but is not ours: {whose}",
        node.origin.at if node.origin else None,
        f"rename the spec, or take it over with `--adopt {node.address}`",
        address=node.address,
    )


def _unsupported(node: Node, change: FieldChange) -> Diagnostic:
    path = ".".join(change.path)
    return Diagnostic(
        "PLAN003",
        f"{path} of {str(node.address)!r} differs, and Moorline cannot change it",
        change.at or (node.origin.at if node.origin else None),
        "change it by hand, or make the spec say what is live",
        address=node.address,
    )


def _stays(node: Node, change: FieldChange) -> Diagnostic:
    path = ".".join(change.path)
    return Diagnostic(
        "PLAN004",
        f"{path} of {str(node.address)!r} differs, and AWS has no call that changes it",
        change.at or (node.origin.at if node.origin else None),
        "it stays as it is; make the spec say what is live, or recreate the resource yourself",
        Severity.WARNING,
        node.address,
    )


def _busy(node: Node, observed: Observed) -> Diagnostic:
    return Diagnostic(
        "PLAN002",
        f"{str(node.address)!r} is busy ({observed.reason or 'AWS is changing it'})",
        node.origin.at if node.origin else None,
        "`apply` waits for it; or plan again when it has settled",
        Severity.WARNING,
        node.address,
    )


def unresolved(params: Props) -> tuple[Ref, ...]:
    """References a call still waits for."""
    return tuple(references(params))


def calls_of(steps: Iterable[Step]) -> Iterator[Call]:
    """Every call of some steps, in plan order."""
    for step in steps:
        yield from step.calls
