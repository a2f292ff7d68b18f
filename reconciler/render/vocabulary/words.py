"""What the closed enums of a plan mean, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reconciler.model.change import Action, Cause, Effect, Reason
from reconciler.model.origin import MACHINES, Origin
from reconciler.model.value import Json
from reconciler.render.vocabulary.entries import told
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.value import path_text
from reconciler.resources.api import lookup


class Sign(NamedTuple):
    """How an action looks, and its past tense for what a run did."""

    symbol: str
    style: str
    past: str


SIGNS: Mapping[str, Sign] = {
    Action.NONE: Sign(" ", "dim", "left alone"),
    Action.CREATE: Sign("+", "green", "created"),
    Action.UPDATE: Sign("~", "yellow", "updated"),
    Action.REPLACE: Sign("±", "magenta", "replaced"),
    Action.DELETE: Sign("-", "red", "deleted"),
    Action.ADOPT: Sign(">", "cyan", "adopted"),
}

ORDER = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.ADOPT)
"""In which order numbers of changes are told."""

REASONS: Mapping[str, str] = {
    Reason.IN_SYNC: "as the spec says",
    Reason.ABSENT: "",
    Reason.DIFFERS: "",
    Reason.CANNOT_UPDATE: "AWS cannot change it in place",
    Reason.FAILED: "AWS reports the live one as failed, so it is made again",
    Reason.NOT_DECLARED: "not declared any more",
    Reason.NOT_MADE: "its spec does not make it any more",
    Reason.SUPERSEDED: "beyond keepRevisions",
    Reason.ASIDE: "goes while something else changes, and comes back after",
    Reason.NARROWED: "what it may do no more goes after what uses it has moved",
    Reason.ADOPTED: "taken over with --adopt",
    Reason.DESTROYED: "the whole platform is destroyed with --destroy",
    Reason.REVERTED: "the commit that is gone back to does not have it",
}

_OF_SPEC: Mapping[tuple[str, str], str] = {
    (Reason.NOT_DECLARED, Action.DELETE): "{spec} is not declared any more",
    (Reason.NOT_MADE, Action.DELETE): "{spec} does not make it any more",
    (Reason.SUPERSEDED, Action.DELETE): "beyond keepRevisions of {spec}",
}
"""Reasons of a removal that name the spec it was made by."""

LOSSES: Mapping[str, str] = {
    "records": "its records are lost",
    "traffic": "it stops serving traffic",
    "keys": "nothing it encrypted can be read again",
    "history": "its history is lost",
    "serviceAccess": "AWS may not let this account use the service again",
    "access": "it may widen access",
}

NOTES: Mapping[str, str] = {
    Effect.REPLACE: "forces a replacement",
    Effect.UNSUPPORTED: "cannot be changed by Moorline",
}

CAUSES: Mapping[str, str] = {
    Cause.SPEC: "the spec changed",
    Cause.HAND: "changed by hand",
    Cause.BOTH: "the spec changed, and by hand too",
    Cause.AWS: "set by AWS",
    Cause.AUTOSCALER: "owned by autoscaler",
    Cause.ROLLOUT: "owned by rollout",
    Cause.CRAWLER: "owned by crawler",
}
"""Where a difference comes from; one that is not known says nothing."""


ORIGINS: Mapping[str, str] = {
    Origin.HAND: "changed by hand",
    Origin.OTHER: "changed by another",
    Origin.UNKNOWN: "unknown who",
    Origin.PENDING: "not yet applied",
    Origin.OWNED: "owned by another",
}
"""Why a resource is not as the specs say, in the order in which reports tell it."""
_ANOTHER: Mapping[str, str] = {
    Cause.HAND: ORIGINS[Origin.OTHER],
    Cause.BOTH: "the spec changed, and another changed it too",
}


def cause(half: Mapping[str, Json], actor: str = "") -> str:
    """Where a difference comes from; a hand is only said where no machine is known to have done it.

    `actor` is the class of who changed the resource, "" where that is not known.
    """
    word = str(half.get("cause", ""))
    return (_ANOTHER.get(word) if actor in MACHINES else None) or CAUSES.get(word, "")


def origins(counts: Mapping[str, int]) -> str:
    """``1 changed by hand, 11 not yet applied``; what is owned by another is no difference."""
    told = ((counts.get(each, 0), said) for each, said in ORIGINS.items() if each != Origin.OWNED)
    return ", ".join(f"{number:,} {said}" for number, said in told if number)


def tally(counts: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """``2 to create`` and the like of what runs, then ``1 refused, 1 held back``."""
    does = [f"{counts[each]:,} to {each}" for each in ORDER if counts[each]]
    stopped = (("refused", "refused"), ("held", "held back"))
    return does, [f"{counts[each]:,} {said}" for each, said in stopped if counts[each]]


def verified(type_: str) -> str:
    """What an update is held to after its calls, where AWS reports success too early."""
    record = lookup(type_)
    return record.aside.verified if record else ""


def why(step: Mapping[str, Json]) -> str:
    """The reason of a step, with the properties that cause it; "" when its fields say it all."""
    reason = step["reason"]
    if reason == Reason.CANNOT_UPDATE:
        fixed = dict.fromkeys(
            _decided(field)
            for field in told(step["fields"])
            if field["effect"] == Effect.REPLACE and field["path"]
        )
        named = " and ".join([", ".join([*fixed][:3]), *(["others"] if len(fixed) > 3 else [])])  # noqa: PLR2004
        return f"AWS cannot change {named} in place" if fixed else REASONS[reason]
    if reason == Reason.FAILED and step.get("detail"):
        return f"{REASONS[reason]}: {harmless(step['detail'])}"
    if reason in {Reason.NOT_DECLARED, Reason.NOT_MADE} and step.get("detail"):
        return f"replaced: its name in AWS is {harmless(step['detail'])!r} now"
    if spec := harmless(step["spec"]):
        named = _OF_SPEC.get((reason, step["action"]), "")
        if named:
            return named.format(spec=spec)
    if reason == Reason.ABSENT and step.get("cause") == Cause.HAND:
        return "it has gone since the last apply"
    return REASONS.get(reason, harmless(str(reason)))


def _decided(field: Mapping[str, Json]) -> str:
    """The field of the spec that decides a property, and the property."""
    prop, spec = path_text(field["path"]), path_text(field.get("spec", {}).get("path", ()))
    if not spec or spec.endswith(prop):
        return spec or prop
    return f"{spec} ({prop})"


def loss(destroys: str) -> str:
    """What is lost, as a sentence."""
    return LOSSES.get(destroys, f"loses {harmless(destroys)}")


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 call``, ``2 calls``, ``20,000 calls``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def span(at: Mapping[str, Json] | None) -> str:
    """``specs/fraud.yaml:9``, "" for nothing."""
    return f"{harmless(at['file'])}:{at['line']}" if at else ""


def duration(seconds: float) -> str:
    """``1.9 s``, ``2 min 5 s``."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
