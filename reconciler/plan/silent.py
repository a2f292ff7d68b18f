"""What AWS took, and has not shown since: cannot be told, and is no change. Pure.

A reading may lack a value for good though no schema says so (seen on permission sets and roles).
The last receipt knows that just this was asked for, and that the reading after it lacked it. Where
the value cannot change, that it was asked for is enough: it is no reason to replace anything.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.change import Action, Change, Effect, FieldChange, Reason
from reconciler.model.policy import Policy
from reconciler.model.value import canonical
from reconciler.plan.written import asked
from reconciler.resources.api import Resource

WHY = "AWS took it before, and does not show it"


def quiet(change: Change, resource: Resource, policy: Policy) -> Change:
    """The change without what is only not shown; that is unsure instead."""
    if resource.generic is None or change.observed is None or change.action is Action.CREATE:
        return change
    silent = [each for each in change.fields if _is(each, change, resource, policy)]
    if not silent:
        return change
    fields = tuple(each for each in change.fields if each not in silent)
    unsure = (*change.unsure, *((each.path, WHY) for each in silent))
    found = replace(change, fields=fields, unsure=unsure)
    if not fields:
        return replace(found, action=Action.NONE, reason=Reason.IN_SYNC)
    if change.reason is Reason.CANNOT_UPDATE and not any(
        each.effect is Effect.REPLACE for each in fields
    ):
        return replace(found, action=Action.UPDATE, reason=Reason.DIFFERS)
    return found


def _is(field: FieldChange, change: Change, resource: Resource, policy: Policy) -> bool:
    top = field.path[0]
    before = policy.applied.get(change.address, {})
    if field.before is not None or top not in before or top not in change.desired:
        return False
    now = asked({top: change.desired[top]}, resource).get(top)
    if canonical(now) != canonical(before[top]):
        return False
    known = policy.unshown.get(change.address, frozenset())
    silent = any(field.path[: len(path)] == path for path in known)
    return silent or field.effect is Effect.REPLACE
