"""What goes because nothing declares it any more, and after what it goes. Pure.

Deletion runs against the type graph, so it works with no configuration left: a
resource goes only after every step on a type that may use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler import calls
from reconciler.diff import guard
from reconciler.live import Live, Orphan
from reconciler.model.change import Action, Change, Reason
from reconciler.model.graph import Graph
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import leaves
from reconciler.resources.api import Place, Resource


def removals(
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
    steps: Iterable[Step],
) -> list[Step]:
    """Steps that delete the orphans that nothing keeps; `steps` is what else the plan does."""
    doomed = [*_doomed(graph, live, resources)]
    moving = {step.address.type for step in steps} | {orphan.address.type for orphan in doomed}
    users = _users(resources)
    return [
        _removal(
            orphan,
            resources[orphan.address.type],
            place,
            sorted((users[orphan.address.type] - {orphan.address.type}) & moving),
        )
        for orphan in doomed
    ]


def _removal(orphan: Orphan, resource: Resource, place: Place, after: Iterable[str]) -> Step:
    reason = Reason.SUPERSEDED if resource.content_named else Reason.NOT_DECLARED
    change = Change(orphan.address, Action.DELETE, reason, {}, orphan.observed)
    return Step(
        id=f"{orphan.address}{SUFFIX}",
        address=orphan.address,
        action=Action.DELETE,
        reason=reason,
        calls=calls.delete(change, resource, place),
        after=tuple(after),
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
