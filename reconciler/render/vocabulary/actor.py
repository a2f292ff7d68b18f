"""Who changed something, in words: one line for a step that has `by`."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.actor import ActorKind
from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless

__all__ = ["by", "moment"]

_LEADS: Mapping[str, str] = {
    ActorKind.HUMAN: "by hand",
    ActorKind.PIPELINE: "by our pipeline",
    ActorKind.TOOL: "by another tool",
    ActorKind.AUTOSCALER: "by an autoscaler",
    ActorKind.AWS: "by AWS",
}


def by(actor: Mapping[str, Json] | None) -> str:
    """``by hand: alice, console, 2026-11-20 14:02Z``; "" when nobody was looked up."""
    if not actor:
        return ""
    lead = _LEADS.get(actor["class"])
    if lead is None:
        return f"by whom: unknown ({harmless(actor['why'])})"
    said = [harmless(actor["name"]), harmless(actor["via"]), moment(actor["at"])]
    text = f"{lead}: {', '.join(filter(None, dict.fromkeys(said)))}"
    return f"{text} ({harmless(actor['why'])})" if actor["why"] else text


def moment(at: str) -> str:
    """``2026-11-20 14:02Z``, to the minute."""
    return f"{harmless(at[:10])} {harmless(at[11:16])}Z" if len(at) >= 16 else harmless(at)  # noqa: PLR2004 - a time to the minute
