"""A replacement that no edit of a spec explains needs consent, whatever the type holds. Pure.

AWS may write a value otherwise than it was asked for, and nothing says of all forms that they mean
the same. So a difference in what cannot change is no reason by itself to replace what AWS's own
handlers serve: the last receipt knows what was asked for before, and without one the environment's
rules or an approval decide.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.change import Action, Change, Effect, FieldChange, Reason
from reconciler.model.diagnostic import in_words
from reconciler.model.loss import Destruction, Loss
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.policy import Policy
from reconciler.plan.protect import CLASSES
from reconciler.resources.api import Resource

UNSHOWN = "AWS took it at the last apply and does not give it back"


def asked(step: Step, change: Change, resource: Resource, policy: Policy) -> Step:
    """The step with a further loss, where it removes what no edit has asked to replace."""
    removes = step.action is Action.DELETE and step.id.endswith(SUFFIX)
    if not (removes and resource.generic) or change.reason is not Reason.CANNOT_UPDATE:
        return step
    fixed = [each for each in change.fields if each.effect is Effect.REPLACE]
    unclear = [each for each in fixed if not _edited(each, change, resource, policy)]
    if not unclear or any(loss.destroys in CLASSES for loss in step.losses):
        return step
    paths = ", ".join(in_words(".".join(each.path), each.at) for each in unclear)
    says = f"no edit of its spec explains why {paths} differs, and all it holds goes with it"
    return replace(step, losses=(*step.losses, Loss(Destruction.RECORDS, says, unclear[0].path)))


def settled_by_receipt(change: Change, resource: Resource, policy: Policy) -> Change:
    """The change without what AWS took at the last apply, never showed, and no edit has touched.

    It is not known whether it is as declared; to send it again would not show that either.
    """
    unshown = policy.unshown.get(change.address, frozenset())
    if resource.generic is None or change.observed is None or not unshown:
        return change
    applied = policy.applied.get(change.address, {})
    same = [
        each
        for each in change.fields
        if each.before is None
        and each.path[0] in unshown
        and not resource.generic.judge(
            {each.path[0]: change.desired.get(each.path[0])},
            {each.path[0]: applied.get(each.path[0])},
        ).differences
    ]
    if not same:
        return change
    fields = tuple(each for each in change.fields if each not in same)
    doubts = tuple((each.path, UNSHOWN) for each in same)
    change = replace(change, fields=fields, unsure=(*change.unsure, *doubts))
    if not fields:
        return replace(change, action=Action.NONE, reason=Reason.IN_SYNC)
    replaces = any(each.effect is Effect.REPLACE for each in fields)
    if change.reason is Reason.CANNOT_UPDATE and not replaces:
        return replace(change, action=Action.UPDATE, reason=Reason.DIFFERS)
    return change


def _edited(field: FieldChange, change: Change, resource: Resource, policy: Policy) -> bool:
    """Whether it is live as it was asked for last, so that it is the spec that has changed."""
    applied, prop = policy.applied.get(change.address, {}), field.path[0]
    if resource.generic is None or prop not in applied:
        return False
    was = resource.generic.judge({prop: applied[prop]}, {prop: change.live.get(prop)})
    return not any(each.path == field.path for each in was.differences)
