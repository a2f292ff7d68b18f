"""Why a live resource is not as the specs say, in one word: who has something to do. Pure.

The words rest on causes, which receipts tell, and on the actor, whom CloudTrail tells. Where
neither proves anything the word is `UNKNOWN`; nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from reconciler.model.actor import ActorKind
from reconciler.model.change import BY_RIGHT, Cause, Reason
from reconciler.model.value import Json


class Origin(StrEnum):
    """What a difference is. The list is closed."""

    HAND = "by-hand"
    """A person changed it, or nobody who is known to be another did."""
    OTHER = "by-another"
    """Another tool, another run of Moorline, or AWS changed it."""
    UNKNOWN = "unknown"
    """Neither a receipt nor CloudTrail says."""
    PENDING = "not-yet-applied"
    """The specs changed since the last apply; nobody touched what is live."""
    OWNED = "owned"
    """An autoscaler, a crawler or a rollout moves it by right: no drift."""


MACHINES = frozenset({ActorKind.PIPELINE, ActorKind.TOOL, ActorKind.AUTOSCALER, ActorKind.AWS})
"""Actors that have no hands."""
_OURS = frozenset({Reason.SUPERSEDED, Reason.ADOPTED})
"""What an apply does by a rule of ours, whoever made the resource."""
_MIXED = frozenset({Cause.HAND, Cause.BOTH})


def origin(step: Mapping[str, Json]) -> Origin:
    """The word for a step of a drift report that has drifted, from its JSON form."""
    actor = str((step.get("by") or {}).get("class", ""))
    causes = {str(each.get("cause", Cause.UNKNOWN)) for each in step["fields"]}
    causes = causes or {str(step.get("cause", Cause.UNKNOWN))}
    causes = causes - BY_RIGHT or {Cause.UNKNOWN}
    reason = step["reason"]
    if causes & _MIXED or (Cause.UNKNOWN in causes and _changed(actor, reason)):
        return Origin.OTHER if actor in MACHINES else Origin.HAND
    if reason in _OURS:
        return Origin.PENDING
    if reason == Reason.FAILED or Cause.AWS in causes:
        return Origin.OTHER
    if Cause.UNKNOWN in causes:
        made = reason == Reason.NOT_DECLARED and actor == ActorKind.PIPELINE
        return Origin.PENDING if made else Origin.UNKNOWN
    return Origin.PENDING


def _changed(actor: str, reason: str) -> bool:
    """Whether somebody is known to have made it so; that our pipeline did proves no change."""
    return reason not in _OURS and actor not in {"", ActorKind.UNKNOWN, ActorKind.PIPELINE}


def origins(
    steps: Iterable[Mapping[str, Json]], owned: Iterable[Mapping[str, Json]] = ()
) -> dict[str, int]:
    """How many resources there are of each origin; each is counted once."""
    counts = Counter(str(origin(step)) for step in steps)
    counts[Origin.OWNED] += sum(1 for _ in owned)
    return {str(each): counts[each] for each in Origin}
