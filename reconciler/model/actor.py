"""Who changed a live resource, as far as CloudTrail tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.value import Json


class ActorKind(StrEnum):
    """What kind of actor it is. The list is closed."""

    HUMAN = "human"
    PIPELINE = "pipeline"
    TOOL = "tool"
    AUTOSCALER = "autoscaler"
    AWS = "aws"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who, through what, when (ISO time in UTC).

    `event` is the API operation that did it. `why` says what the answer rests on, and of
    an unknown actor why it is not known. Never more than names: no parameter, no secret.
    """

    kind: ActorKind
    name: str = ""
    via: str = ""
    at: str = ""
    event: str = ""
    why: str = ""


def unknown(why: str, at: str = "") -> Actor:
    """Nobody can be named, and why."""
    return Actor(ActorKind.UNKNOWN, at=at, why=why)


def actor_to_json(actor: Actor | None) -> Json:
    """``{"class", "name", "via", "at", "why"}``, or null when nobody was looked up."""
    if actor is None:
        return None
    return {
        "class": str(actor.kind),
        "name": actor.name,
        "via": actor.via,
        "at": actor.at,
        "why": actor.why or actor.event,
    }


def actor_from_json(data: Mapping[str, Json] | None) -> Actor | None:
    """The inverse of `actor_to_json`, with the event as a part of `why`."""
    if not data:
        return None
    kind = ActorKind(data["class"])
    return Actor(kind, data["name"], data["via"], data["at"], why=data["why"])
