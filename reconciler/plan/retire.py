"""What goes because nothing declares it any more, and after what it goes. Pure.

Deletion runs against the type graph, so it works with no configuration left: a
resource goes only after every step on a type that may use it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping

from reconciler.kinds.rollout.canary import PASSING_TAG
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed, Reason
from reconciler.model.graph import Graph
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.policy import Policy
from reconciler.model.value import leaves
from reconciler.plan import calls, protect
from reconciler.plan.diff import TAGS, guard, removed
from reconciler.plan.live import Live, Orphan
from reconciler.plan.widen import lifted
from reconciler.resources.api import Place, Resource
from reconciler.resources.review import unnamed

_BETWEEN = re.compile(r"[/:]")
"""What stands between the parts of an ARN or URI."""


def removals(  # noqa: PLR0913 - the five inputs of a plan and its steps
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    policy: Policy,
    steps: Iterable[Step],
) -> list[Step]:
    """Steps that delete the orphans that nothing keeps; `steps` is what else the plan does."""
    steps = [*steps]
    moved = frozenset(step.address for step in steps)
    doomed = [*_doomed(graph, live, resources, moved)]
    moving = {step.address.type for step in steps} | {orphan.address.type for orphan in doomed}
    users = _users(resources, moving)
    named = _renamed(doomed, steps)
    made = _made(graph)
    return [
        _removal(
            orphan,
            resources[orphan.address.type],
            place,
            _why(orphan, resources[orphan.address.type], graph, made[orphan.spec], policy),
            sorted((users[orphan.address.type] - {orphan.address.type}) & moving),
            named.get(orphan.address, ""),
        )
        for orphan in doomed
    ]


def _renamed(doomed: Iterable[Orphan], steps: Iterable[Step]) -> dict[Address, str]:
    """What has another name now: the only one of its type and spec to go, and the only to come."""
    going: dict[tuple[str, str], list[Orphan]] = {}
    for orphan in doomed:
        going.setdefault((orphan.address.type, orphan.spec), []).append(orphan)
    coming: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        if step.action is Action.CREATE:
            coming.setdefault((step.address.type, step.spec), []).append(step.address.name)
    pairs = ((old, coming.get(key, [])) for key, old in going.items() if key[1])
    return {old[0].address: new[0] for old, new in pairs if len(old) == len(new) == 1}


def _made(graph: Graph) -> Mapping[str, set[str]]:
    """The types that each spec makes; of a spec that makes nothing there are none."""
    made: defaultdict[str, set[str]] = defaultdict(set)
    for node in graph:
        if node.origin:
            made[node.origin.spec].add(node.address.type)
    return made


def _why(
    orphan: Orphan, resource: Resource, graph: Graph, made: set[str], policy: Policy
) -> Reason:
    """Why nothing of the graph is this live resource: by what was asked for, then by its spec."""
    revision = resource.content_named and orphan.address.type in made
    if policy.removal is Reason.DESTROYED:
        return Reason.DESTROYED
    if revision:
        return Reason.SUPERSEDED
    if policy.removal is not None:
        return policy.removal
    return Reason.NOT_MADE if made or orphan.spec in graph.specs else Reason.NOT_DECLARED


def _removal(  # noqa: PLR0913 - what a step is made of
    orphan: Orphan,
    resource: Resource,
    place: Place,
    reason: Reason,
    after: Iterable[str],
    renamed: str,
) -> Step:
    change = Change(orphan.address, Action.DELETE, reason, {}, orphan.observed)
    return Step(
        id=f"{orphan.address}{SUFFIX}",
        address=orphan.address,
        action=Action.DELETE,
        reason=reason,
        calls=calls.delete(change, resource, place),
        after=tuple(after),
        guard=guard(removed(orphan.observed, resource), resource),
        losses=(*protect.removal(change, resource), *lifted(change)),
        spec=orphan.spec,
        detail=renamed if reason in {Reason.NOT_DECLARED, Reason.NOT_MADE} else "",
        refused=resource.pending.stays(orphan.observed) if orphan.observed else "",
    )


def _users(resources: Mapping[str, Resource], types: Iterable[str]) -> dict[str, set[str]]:
    """For each of these types, those of them that may use it."""
    users: dict[str, set[str]] = {type_: set() for type_ in types}
    for type_ in users:
        for target in resources[type_].refers:
            if target in users:
                users[target].add(type_)
    return users


def _doomed(
    graph: Graph, live: Live, resources: Mapping[str, Resource], moved: Container[Address]
) -> Iterator[Orphan]:
    """Orphans that nothing keeps: not deferred, not a kept revision, not used by one.

    What a live resource names is kept too, unless that resource is `moved` by a step,
    which then comes first; and so is what something unread, or read in part, may name.
    """
    wanted: dict[tuple[str, str], int] = {}
    for node in graph:
        if node.origin:
            key = (node.address.type, node.origin.spec)
            wanted[key] = max(wanted.get(key, 1), node.keep)
    kept: list[Orphan] = []
    rest: list[Orphan] = []
    seen: dict[tuple[str, str], int] = {}
    ours = (each for each in live.orphans if not resources[each.address.type].packed)
    newest = sorted(ours, key=lambda orphan: (orphan.created, orphan.address), reverse=True)
    for orphan in newest:
        key = (orphan.address.type, orphan.spec)
        stayed = PASSING_TAG not in (orphan.observed.tags or {})
        seen[key] = seen.get(key, 1) + stayed
        named = resources[orphan.address.type].content_named
        spare = named and stayed and seen[key] <= wanted.get(key, 1)
        if orphan.spec in graph.deferred or (graph.deferred and not orphan.spec):
            continue  # what is in something of ours says no spec: it may be of one that waits
        (kept if spare else rest).append(orphan)
    staying = {at: observed for at, observed in live.found.items() if observed and at not in moved}
    staying |= {orphan.address: orphan.observed for orphan in kept}
    unsure = {type_ for address in live.unknown for type_ in resources[address.type].refers}
    announced = _announced(graph, resources)
    while staying or announced:
        used = {
            each for at, seen in staying.items() for each in _used(at, seen, resources[at.type])
        } | announced
        announced = set()
        meant = {each.address for each in rest if used.intersection(_called(each))}
        staying = {each.address: each.observed for each in rest if each.address in meant}
        rest = [orphan for orphan in rest if orphan.address not in meant]
        for address in meant:  # of an orphan, only a revision was read as a whole
            resource = resources[address.type]
            unsure |= set() if resource.content_named else {*resource.refers}
    types = {orphan.address.type for orphan in rest}
    while more := {each for at in types & unsure for each in resources[at].refers} - unsure:
        unsure |= more  # what stays because it is not known who uses it uses others itself
    for orphan in sorted(rest, key=lambda orphan: orphan.address):
        if orphan.address.type not in unsure:
            yield orphan


def _used(address: Address, observed: Observed, resource: Resource) -> Iterator[Address]:
    """Everything that a live resource may mean, a deployment under way included.

    It may give a name, an id, or an ARN or URI with the name in it. Its own ARN means itself,
    and nothing of another type that has the same name.
    """
    own = [value for value in observed.outputs.values() if isinstance(value, str)]
    others = [value for value in observed.outputs.values() if not isinstance(value, str)]
    found = {part for leaf in leaves([*observed.props.values(), *others]) for part in _parts(leaf)}
    found |= {part for leaf in own for part in _parts(leaf)} - {address.name}
    found |= {*resource.pending.keeps(observed.tags or {})}
    yield from (Address(type_, each) for type_ in resource.refers for each in found)


def _announced(graph: Graph, resources: Mapping[str, Resource]) -> set[Address]:
    """What resources are about to need, as the tags say that they get: the way back included."""
    found: set[Address] = set()
    for node in graph:
        resource = resources[node.address.type]
        if resource.pending.keeps is not unnamed:
            tags = {tag["Key"]: tag["Value"] for tag in node.props.get(TAGS) or ()}
            names = {*resource.pending.keeps(tags)}
            found |= {Address(type_, each) for type_ in resource.refers for each in names}
    return found


def _parts(leaf: object) -> set[str]:
    """A text and what stands between its separators."""
    return {leaf, *_BETWEEN.split(leaf)} if isinstance(leaf, str) and leaf else set()


def _called(orphan: Orphan) -> Iterator[Address]:
    """A resource under its name and under the ids that AWS gave it."""
    yield orphan.address
    for value in leaves(orphan.observed.outputs):
        if isinstance(value, str) and value:
            yield Address(orphan.address.type, value)
