"""A change as the adapter of its type sees it in the light of what is live. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, FieldChange, Reason
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Node
from reconciler.model.value import Props
from reconciler.plan import objections
from reconciler.plan.diff import compare
from reconciler.resources.api import Resource
from reconciler.resources.review import Objection


def reviewed(
    change: Change, node: Node, resource: Resource, made: Container[Address]
) -> tuple[Change, list[Diagnostic], frozenset[Address]]:
    """The change with what its adapter makes of it, the adapter's findings, and what is in its way.

    What is in its way and `made` here is no finding.
    """
    if change.observed is None:
        return change, [], frozenset()
    decided = resource.pending.decide(change)
    said = [*resource.pending.review(_with(change, decided))]
    seen = _compared(change, decided, node, resource)
    fields = (each for each in said if isinstance(each, FieldChange))
    against = [each for each in said if isinstance(each, Objection)]
    around = frozenset(each.around for each in against if each.around and each.around in made)
    found = [objections.by_adapter(node, each) for each in against if each.around not in around]
    return replace(seen, fields=(*seen.fields, *fields)), found, around


def _with(change: Change, decided: Props) -> Change:
    return replace(change, desired={**change.desired, **decided})


def _compared(change: Change, decided: Props, node: Node, resource: Resource) -> Change:
    """The change with the properties that follow from what is live, which are compared anew."""
    made = _with(change, decided)
    if not change.touches(*decided):
        return made
    now = compare(node.address, made.desired, change.observed, resource, node.origin).fields
    kept = [it for it in change.fields if it.path[0] not in decided]
    fields = (*kept, *(it for it in now if it.path[0] in decided))
    if change.action is Action.UPDATE and not fields:
        return replace(made, fields=(), action=Action.NONE, reason=Reason.IN_SYNC)
    return replace(made, fields=fields)
