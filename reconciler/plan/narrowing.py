"""What a role may do no more goes only after what uses it has moved. Pure.

A workload serves with its old configuration until its own step has ended, and needs until then what
the role allowed before. So the update of a role is two: before that step it gets what is new beside
what it has, and after it what is not declared goes. In between it is never allowed more than
before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed, Reason
from reconciler.model.graph import Graph
from reconciler.model.plan import WIDEN, Step
from reconciler.model.value import Json, JsonText, Props, canonical, references, to_json
from reconciler.plan import calls, protect
from reconciler.plan.diff import TAGS, compare, guard
from reconciler.plan.live import Live
from reconciler.resources import policy
from reconciler.resources.api import Place, Resource
from reconciler.resources.parts import Keyed, Members

MOVES = frozenset({Action.UPDATE, Action.REPLACE, Action.ADOPT})
INLINE = 10_240
"""Characters that all inline policies of a role may have. Source: IAM User Guide, IAM quotas."""
ATTACHED = 10
"""Managed policies that a role may have. Source: the same; an account may have it raised."""


def split(
    steps: Iterable[Step],
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
) -> list[Step]:
    """The steps, with those of roles after, and where they add something also before, their users.

    Where both together are more than AWS takes, deny something differently, or have what only AWS
    can say, a role changes before its users, at once.
    """
    steps = [*steps]
    moving = {step.address: step.id for step in steps if step.action in MOVES and step.desired}
    out: list[Step] = []
    for step in steps:
        resource, observed = resources[step.address.type], live.found.get(step.address)
        given = [each for each in resource.parts if isinstance(each, Keyed) and each.policies]
        users: tuple[str, ...] = ()
        if given and observed and step.action is Action.UPDATE:
            users = tuple(sorted(moving[at] for at in _users(step.address, graph) & moving.keys()))
        both = _both(step.desired, observed.props, resource) if observed and users else None
        if observed is None or both is None:
            out.append(step)
            continue
        out += _halves(step, both, observed, resource, place, users)
    return out


def left(step: Step, observed: Observed, resource: Resource) -> Observed:
    """What is live once the first half is done."""
    tags = {tag["Key"]: tag["Value"] for tag in step.desired.get(TAGS) or ()}
    props = {**observed.props, **{k: v for k, v in step.desired.items() if k != TAGS}}
    if TAGS not in step.desired or resource.tags is None:
        tags = dict(observed.tags or {})
    return replace(observed, props=props, tags=tags)


def whole(steps: Iterable[Step]) -> list[Step]:
    """The steps with every change of a role as one, for those who do not carry it out."""
    first = {step.address: step for step in steps if step.id.endswith(WIDEN)}
    out: list[Step] = []
    for step in steps:
        half = first.get(step.address)
        if half is None:
            out.append(step)
        elif step.id != half.id:
            own = {each.path[0] for each in step.fields}
            more = (each for each in half.fields if each.path[0] not in own)
            out.append(replace(step, fields=(*step.fields, *more)))
    return out


def _users(address: Address, graph: Graph) -> set[Address]:
    """What refers to it, directly or by way of others."""
    found: set[Address] = set()
    todo = {address}
    while todo:
        todo = {node.address for node in graph if node.needs & todo} - found
        found |= todo
    return found


def _halves(  # noqa: PLR0913 - a step, and what its calls are made of
    step: Step,
    both: Props,
    observed: Observed,
    resource: Resource,
    place: Place,
    users: tuple[str, ...],
) -> Iterator[Step]:
    """The half that adds, where there is one, and the one that takes away."""
    change = Change(step.address, step.action, step.reason, both, observed)
    fields = compare(step.address, both, observed, resource).fields
    lines = {each.path: each.at for each in step.fields}
    fields = tuple(replace(each, at=lines.get(each.path, step.at)) for each in fields)
    after = tuple(sorted({*step.needs, *users}))
    last = replace(step, reason=Reason.NARROWED, needs=after)
    if not fields:
        yield last
        return
    change = replace(change, fields=fields)
    first = replace(
        step,
        id=step.id + WIDEN,
        desired=both,
        fields=fields,
        calls=calls.update(change, resource, place),
        losses=protect.losses(change, resource, place),
    )
    yield first
    then = left(first, observed, resource)
    now = {each.path[0] for each in compare(step.address, step.desired, then, resource).fields}
    rest = tuple(each for each in step.fields if each.path[0] in now)
    change = Change(step.address, step.action, step.reason, step.desired, then, rest)
    yield replace(
        last,
        needs=tuple(sorted({*after, first.id})),
        fields=rest,
        calls=calls.update(change, resource, place),
        losses=protect.losses(change, resource, place),
        guard=guard(then, resource),
    )


def _both(desired: Props, live: Props, resource: Resource) -> Props | None:
    """What is desired, with what it allows now; nothing where that is no more, or cannot be."""
    found: dict[str, Json] = {}
    for part in resource.parts:
        have, want = live.get(part.prop) or (), desired.get(part.prop) or ()
        if isinstance(part, Keyed) and part.policies:
            every = _policies(have, want, part)
            if every is None:
                return None
            found[part.prop] = every
        elif isinstance(part, Members):
            gone = sorted(each for each in have if each not in want)
            if gone and len(want) + len(gone) > ATTACHED:
                return None
            found[part.prop] = [*want, *gone]
    now = {key: desired.get(key) or [] for key in found}
    if canonical(to_json(now)) == canonical(to_json(found)) or [*references(found)]:
        return None
    return {**desired, **found}


def _policies(have: Iterable[Json], want: Iterable[Json], part: Keyed) -> list[Json] | None:
    """Policies that allow what those before and those after do; nothing where none can be."""
    old, new = ({it[part.name]: _plain(it[part.value]) for it in each} for each in (have, want))
    if _denied(old.values()) != _denied(new.values()):
        return None
    kept = {key for document in new.values() for _, key in _statements(document)}
    found: list[Json] = []
    for name in [*new, *sorted(old.keys() - new.keys())]:
        before, after = old.get(name), new.get(name)
        rest = [it for it, key in _statements(before) if key not in kept] if before else []
        if after and before and rest and after.get("Version") != before.get("Version"):
            return None
        if after or rest:
            own = [it for it, _ in _statements(after)] if after else []
            document = {**(after or before or {}), "Statement": [*own, *rest]} if rest else after
            found.append({part.name: name, part.value: document})
    said = sum(len(canonical(to_json(each[part.value]))) for each in found)
    return found if said <= INLINE or found == [*want] else None


def _denied(documents: Iterable[Json]) -> set[bytes]:
    every = (each for document in documents for each in _statements(document))
    return {key for statement, key in every if statement.get("Effect") != "Allow"}


def _statements(document: Json) -> list[tuple[Json, bytes]]:
    """Each statement without its name, of which a policy has each once; and what it comes to."""
    listed = document.get("Statement") or ()
    listed = [listed] if isinstance(listed, Mapping) else listed
    bare = [{key: it for key, it in each.items() if key != "Sid"} for each in listed]
    version = document.get("Version")
    return [
        (each, canonical(to_json([version, policy.normal({"Statement": [each]})]))) for each in bare
    ]


def _plain(document: Json) -> Json:
    return document.document if isinstance(document, JsonText) else document
