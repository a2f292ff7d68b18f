"""Three-way drift: what a difference comes from, by comparing it with what was last applied.

Pure, and for people only: `explain` adds causes to a plan and changes nothing else in it, so
that a plan without any receipt does the same. `apart` tells drift from what has an owner at
run time, for which no receipt is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import BY_RIGHT, Action, Cause, Change, FieldChange, Reason
from reconciler.model.plan import SUFFIX, Plan, Step
from reconciler.model.receipt import Receipt, ResourceRecord
from reconciler.model.value import SENSITIVE, UNKNOWN, Json, Path, Props, canonical, to_json
from reconciler.plan import narrowing
from reconciler.plan.diff import TAGS
from reconciler.resources.api import OWNERSHIP, Resource
from reconciler.resources.items import named

OWNED = BY_RIGHT
"""What moves a property at run time, by right: no drift."""
MOVED = "#moved"
"""Ends the id of what stands for a difference that no plan undoes."""


def explain(plan: Plan, last: Receipt | None, resources: Mapping[str, Resource]) -> Plan:
    """The same plan with the causes that the last receipt can tell."""
    if last is None:
        return plan
    return replace(plan, steps=tuple(_step(step, last, resources) for step in plan.steps))


def apart(
    plan: Plan, told: Mapping[Address, tuple[FieldChange, ...]]
) -> tuple[Plan, tuple[Step, ...]]:
    """What has drifted, and what only its owner moves at run time, as steps to be shown.

    `told` has what is moved, with causes. A step of the plan in which all differences have an
    owner is under way already; so is the removal of a revision that it moves away from. What
    differs and no call of AWS changes has drifted like the rest.
    """
    drifted: list[Step] = []
    owned: list[Step] = []
    for step in narrowing.whole(plan.steps):
        causes = {each.path: each.cause for each in told.get(step.address, ())}
        fields = (replace(each, cause=causes.get(each.path, each.cause)) for each in step.fields)
        step = replace(step, fields=tuple(fields))  # noqa: PLW2901 - the same step with causes
        whole = step.fields and all(each.cause in OWNED for each in step.fields)
        (owned if whole and step.action is Action.UPDATE else drifted).append(step)
    left = {each.before for step in owned for each in step.fields if isinstance(each.before, str)}
    drifted = [step for step in drifted if not (_superseded(step) and step.address.name in left)]
    planned = {(step.address, each.path) for step in plan.steps for each in step.fields}
    for change in plan.moving:
        address = change.address
        more = [each for each in told.get(address, ()) if (address, each.path) not in planned]
        if theirs := tuple(each for each in more if each.cause in OWNED):
            owned.append(_shown(change, theirs))
        if rest := tuple(each for each in more if each.cause not in OWNED):
            drifted.append(_shown(change, rest))
    drifted += [_shown(change, change.fields) for change in plan.staying]
    planned_too = {step.address for step in plan.steps}
    shown = {step.address for step in drifted if step.action is Action.NONE} - planned_too
    same = plan.unchanged - len(shown)
    return replace(plan, steps=tuple(drifted), unchanged=same), tuple(owned)


def _superseded(step: Step) -> bool:
    return step.action is Action.DELETE and step.reason is Reason.SUPERSEDED


def _shown(change: Change, fields: tuple[FieldChange, ...]) -> Step:
    """A difference that no plan undoes, as a step that does nothing."""
    tags = (change.observed.tags if change.observed else None) or {}
    spec = tags.get(OWNERSHIP[2], "")
    id_ = f"{change.address}{MOVED}"
    return Step(id_, change.address, Action.NONE, Reason.DIFFERS, fields=fields, spec=spec)


def _step(step: Step, last: Receipt, resources: Mapping[str, Resource]) -> Step:
    left = last.resources.get(step.address)
    resource = resources[step.address.type]
    fields = tuple(
        replace(
            each, cause=_borrowed(step, each, last, resources) or of_field(each, left, resource)
        )
        for each in step.fields
    )
    return replace(step, fields=fields, cause=Cause.UNKNOWN if fields else _whole(step, left))


def _borrowed(
    step: Step, change: FieldChange, last: Receipt, resources: Mapping[str, Resource]
) -> Cause | None:
    """The cause where a property comes from another resource, such as a config."""
    borrowed = resources[step.address.type].aside.borrowed.get(change.path[0])
    left = last.resources.get(step.address)
    if borrowed is None or left is None:
        return None
    by, type_, names = borrowed.by, borrowed.type, borrowed.names
    lender = last.resources.get(Address(type_, str(left.applied.get(by))))
    if lender is None:
        return Cause.UNKNOWN
    top, *rest = change.path
    path = (top, *(names.get(part, part) for part in rest))
    return _compared(change, _at(lender.applied, path, resources[type_]))


def _whole(step: Step, left: ResourceRecord | None) -> Cause:
    """Why a resource is there, or is not, as a whole."""
    if step.id.endswith(SUFFIX) and step.action is Action.DELETE and step.reason in _REPLACED:
        return Cause.UNKNOWN
    match step.reason:
        case Reason.ABSENT:
            return Cause.HAND if left else Cause.SPEC
        case Reason.NOT_DECLARED | Reason.NOT_MADE | Reason.SUPERSEDED | Reason.REVERTED:
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
    cause = _compared(change, applied)
    if cause is Cause.HAND and _from_the_start(change, left, resource):
        return Cause.AWS
    return cause


def _compared(change: FieldChange, applied: Json) -> Cause:
    """What differs from what was applied: the spec, the live resource, or both."""
    live_kept = _same(applied, change.before)
    if change.after is UNKNOWN:
        return Cause.SPEC if live_kept else Cause.UNKNOWN
    spec_kept = _same(applied, change.after)
    if spec_kept and not live_kept:
        return Cause.HAND
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
            here = _item(here, part, ".".join(place), resource)
        else:
            return None
    return here


def _item(items: list[Json], part: str, place: str, resource: Resource) -> Json:
    known = named(items, resource.keyed.get(place), place, resource)
    if known is not None:
        return known.get(part)
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
