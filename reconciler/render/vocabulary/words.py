"""What the closed enums of a plan mean, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reconciler.model.change import Action, Cause, Effect, Reason
from reconciler.model.value import Json
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

REASONS: Mapping[str, str] = {
    Reason.IN_SYNC: "as the spec says",
    Reason.ABSENT: "",
    Reason.DIFFERS: "",
    Reason.CANNOT_UPDATE: "AWS cannot change it in place",
    Reason.FAILED: "AWS reports the live one as failed, so it is made again",
    Reason.NOT_DECLARED: "not declared any more",
    Reason.SUPERSEDED: "older than keepRevisions",
    Reason.ADOPTED: "taken over: it gets the ownership tags",
}

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


def verified(type_: str) -> str:
    """What an update is held to after its calls, where AWS reports success too early."""
    record = lookup(type_)
    return record.aside.verified if record else ""


def why(step: Mapping[str, Json]) -> str:
    """The reason of a step, with the properties that cause it; "" when its fields say it all."""
    reason = step["reason"]
    if reason == Reason.CANNOT_UPDATE:
        fixed = dict.fromkeys(
            path_text(field["path"])
            for field in step["fields"]
            if field["effect"] == Effect.REPLACE and field["path"]
        )
        named = " and ".join([", ".join([*fixed][:3]), *(["others"] if len(fixed) > 3 else [])])  # noqa: PLR2004
        return f"AWS cannot change {named} in place" if fixed else REASONS[reason]
    if reason == Reason.FAILED and step.get("detail"):
        return f"{REASONS[reason]}: {harmless(step['detail'])}"
    if reason == Reason.SUPERSEDED and step["spec"]:
        return f"{REASONS[reason]} of {harmless(step['spec'])}"
    return REASONS.get(reason, harmless(str(reason)))


def loss(destroys: str) -> str:
    """What is lost, as a sentence."""
    return LOSSES.get(destroys, f"loses {harmless(destroys)}")


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 call``, ``2 calls``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def span(at: Mapping[str, Json] | None) -> str:
    """``specs/fraud.yaml:9``, "" for nothing."""
    return f"{harmless(at['file'])}:{at['line']}" if at else ""


def duration(seconds: float) -> str:
    """``1.9 s``, ``2 min 5 s``."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
