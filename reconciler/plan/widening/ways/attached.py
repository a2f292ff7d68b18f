"""Policies kept elsewhere: those attached to a principal, and the boundary that caps it.

What such a policy allows is not known here, so one that is added may widen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.loss import Loss
from reconciler.model.value import Json
from reconciler.plan.widening.turn import Turn, access, listed, pairs

ATTACHED = frozenset(
    {"CustomerManagedPolicyReferences", "ManagedPolicies", "ManagedPolicyArns", "PolicyArns"}
)
BOUNDARY = "PermissionsBoundary"
GROUPS = ("AWS::IAM::User", "Groups")
NAMES: frozenset[str] = frozenset()
"""Nothing of what is new: it restrained nobody, and what is attached is no one's yet."""


def widened(turn: Turn) -> Iterator[Loss]:
    """Policies that are attached, and boundaries that are taken away or exchanged."""
    if turn.new:
        return
    for prop in turn.props:
        for path, before, after in pairs(turn.before.get(prop), turn.after.get(prop), (prop,)):
            if path[-1] in ATTACHED or (turn.address.type, path[-1]) == GROUPS:
                added = [each for each in listed(after) if each not in listed(before)]
                word = "puts it into the group" if path[-1] == GROUPS[1] else "attaches"
                for each in added:
                    says = f"{word} {_name(each)}, and what that allows is not known here"
                    yield access([says], path, sure=False)
            elif path[-1] == BOUNDARY and before and before != after:
                way = f"is exchanged for {_name(after)}" if after else "is taken away"
                yield access([f"its boundary {_name(before)} {way}"], path, sure=not after)


def _name(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_name(each) for each in value.values())
    return str(value)
