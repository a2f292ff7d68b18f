"""What waits, in the one line that sums a report up, and at length after an apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.words import count

NAMED = 3
"""Specs that a summary names."""


def summed(plan_json: Mapping[str, Json]) -> str:
    """``1 spec waits: Rollout/scorer (PLAN010).``, "" where nothing does."""
    waiting = plan_json.get("waiting", ())
    if not waiting:
        return ""
    names = [harmless(each["spec"]) for each in waiting[:NAMED]]
    more = [f"{len(waiting) - NAMED} more"] if len(waiting) > NAMED else []
    verb = "waits" if len(waiting) == 1 else "wait"
    return f"{count(len(waiting), 'spec')} {verb}: {', '.join([*names, *more])} (PLAN010)."


def told(found: Iterable[Mapping[str, Json]]) -> Iterator[tuple[str, str, str]]:
    """Of each spec its name, for what it waits, and what to do next."""
    for each in found:
        next_ = f"next: {harmless(each['todo'])}, then apply again"
        yield harmless(each["spec"]), harmless(each["why"]), next_
