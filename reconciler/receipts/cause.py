"""Three-way drift: what a difference comes from, by comparing it with what was last applied.

Pure, and for people only: it adds causes to a plan and changes nothing else in it, so
that a plan without any receipt does the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from reconciler.diff import TAGS
from reconciler.model.change import Action, Cause, FieldChange, Reason
from reconciler.model.plan import SUFFIX, Plan, Step
from reconciler.model.value import SENSITIVE, UNKNOWN, Json, Path, Props, canonical, to_json
from reconciler.receipts.receipt import Receipt, ResourceRecord
from reconciler.resources.api import Resource

Owners = Mapping[tuple[str, str], Cause]
OWNERS: Owners = {}
"""Properties that others move at run time, by type and name. None that is compared today is:
instance counts and weights are read from endpoint configurations, which nobody moves."""


def explain(
    plan: Plan,
    last: Receipt | None,
    resources: Mapping[str, Resource],
    owners: Owners = OWNERS,
) -> Plan:
    """The same plan with the causes that the last receipt can tell."""
    if last is None:
        return plan
    return replace(plan, steps=tuple(_step(step, last, resources, owners) for step in plan.steps))


def _step(step: Step, last: Receipt, resources: Mapping[str, Resource], owners: Owners) -> Step:
    left = last.resources.get(step.address)
    resource = resources[step.address.type]
    fields = tuple(
        replace(each, cause=_owner(step, each, owners) or of_field(each, left, resource))
        for each in step.fields
    )
    return replace(step, fields=fields, cause=Cause.UNKNOWN if fields else _whole(step, left))


def _owner(step: Step, change: FieldChange, owners: Owners) -> Cause | None:
    return owners.get((step.address.type, change.path[0]))


def _whole(step: Step, left: ResourceRecord | None) -> Cause:
    """Why a resource is there, or is not, as a whole."""
    if step.id.endswith(SUFFIX) and step.action is Action.DELETE and step.reason in _REPLACED:
        return Cause.UNKNOWN
    match step.reason:
        case Reason.ABSENT:
            return Cause.HAND if left else Cause.SPEC
        case Reason.NOT_DECLARED | Reason.SUPERSEDED:
            return Cause.SPEC if left else Cause.UNKNOWN
        case Reason.FAILED:
            return Cause.AWS
        case _:
            return Cause.UNKNOWN


_REPLACED = frozenset({Reason.CANNOT_UPDATE, Reason.DIFFERS})


def of_field(change: FieldChange, left: ResourceRecord | None, resource: Resource) -> Cause:
    """What has moved since the last apply: the spec, the live resource, or both."""
    if left is None or SENSITIVE in (change.before, change.after):
        return Cause.UNKNOWN
    if change.path[0] not in left.applied and change.path[0] != TAGS:
        return Cause.SPEC if _empty(change.before) else Cause.AWS
    applied = _at(left.applied, change.path, resource)
    if applied == to_json(SENSITIVE):
        return Cause.UNKNOWN
    live_kept = _same(applied, change.before)
    if change.after is UNKNOWN:
        return Cause.SPEC if live_kept else Cause.UNKNOWN
    spec_kept = _same(applied, change.after)
    if spec_kept and not live_kept:
        return Cause.AWS if _from_the_start(change, left, resource) else Cause.HAND
    if live_kept and not spec_kept:
        return Cause.SPEC
    return Cause.UNKNOWN if spec_kept else Cause.BOTH


def _from_the_start(change: FieldChange, left: ResourceRecord, resource: Resource) -> bool:
    """Whether AWS had this value, and not the applied one, right after the apply."""
    if left.observed is None or change.path[0] not in left.observed:
        return False
    return _same(_at(left.observed, change.path, resource), change.before)


def _at(props: Props, path: Path, resource: Resource) -> Json:
    """The value at a path of a difference; list items are named by key or by index."""
    here: Json = props
    place: list[str] = []
    for part in path:
        if isinstance(here, Mapping):
            here = here.get(part)
            place.append(part)
        elif isinstance(here, list):
            here = _item(here, part, resource.keyed.get(".".join(place)))
        else:
            return None
    return here


def _item(items: list[Json], part: str, key: str | None) -> Json:
    if key is not None:
        return next((each for each in items if str(each.get(key)) == part), None)
    return items[int(part)] if part.isdecimal() and int(part) < len(items) else None


def _same(one: Json, other: Json) -> bool:
    if _empty(one) and _empty(other):
        return True
    if _number(one) and _number(other):
        return math.isclose(one, other, rel_tol=1e-6)
    return canonical(to_json(one)) == canonical(to_json(other))


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _empty(value: Json) -> bool:
    return value is None or (isinstance(value, list | Mapping | str) and not value)
