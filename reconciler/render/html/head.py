"""What a report says first: where, the verdict, what is lost, and the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.diagnostic import PLACE_MOVED
from reconciler.model.origin import Origin
from reconciler.model.value import Json
from reconciler.render.formats import Context
from reconciler.render.text.groups import origins
from reconciler.render.text.plan import summary
from reconciler.render.vocabulary import words
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.words import count, span

MOST_LOUD = 60
"""Destructive and refused changes that the head shows; all of them lead the list."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first thing to read. `tone` is ``stop``, ``danger``, ``change`` or ``calm``."""

    tone: str
    title: str
    says: str


def head(plan: Mapping[str, Json], context: Context) -> dict[str, Json]:
    """Title and facts, as pairs of a label and a text."""
    counts = plan["summary"]
    facts = [
        ("Account", harmless(plan["account"])),
        ("Region", harmless(plan["region"])),
        ("Commit", harmless(plan["commit"][:12])),
        ("Plan", harmless(plan["digest"][:12])),
        ("AWS calls to find out", str(counts["calls_made"])),
        ("AWS calls to apply", str(counts["calls_planned"])),
        ("As declared", count(counts["unchanged"], "resource")),
    ]
    return {
        "word": "Drift" if context.drift else "Plan",
        "environment": harmless(plan["environment"]),
        "platform": harmless(plan["platform"]),
        "facts": [fact for fact in facts if fact[1]],
        "digest": harmless(plan["digest"]),
        "link": context.link if context.link.startswith(("https://", "http://")) else "",
    }


def verdict(plan: Mapping[str, Json], context: Context) -> Verdict:
    """Whether it may run, what it loses, or how much differs."""
    errors = sum(each["severity"] == "error" for each in plan["diagnostics"])
    if context.drift:
        return _drift(plan, context)
    counts = plan["summary"]
    refused, what = counts["refused"], _what(counts["destructive"], counts["widening"])
    says = summary(plan, Ink(color=False))
    if errors:
        return Verdict("stop", f"Blocked by {count(errors, 'error')}", says)
    if refused:
        title = f"{count(refused, 'change is', 'changes are')} refused"
        return Verdict("stop", ", ".join([title, *what]), says)
    if what:
        return Verdict("danger", ", ".join(what), says)
    if any(each["code"] == PLACE_MOVED for each in plan["diagnostics"]):
        return Verdict("danger", "The environment itself changes", says)
    if not counts["changes"]:
        return Verdict("calm", "Nothing to do", says)
    return Verdict("change", f"{count(counts['changes'], 'change')}, nothing is lost", says)


def _what(losing: int, opening: int) -> list[str]:
    lost = f"{count(losing, 'change destroys', 'changes destroy')} data or service"
    opened = count(opening, "change widens access", "changes widen access")
    return [*([lost] if losing else []), *([opened] if opening else [])]


def _drift(plan: Mapping[str, Json], context: Context) -> Verdict:
    number, found = plan["summary"]["changes"], origins(plan, context.owned)
    same = count(plan["summary"]["unchanged"], "resource")
    owned = found[Origin.OWNED]
    moving = f" {count(owned, 'resource is', 'resources are')} owned by another."
    says = f"{same} as declared.{moving if owned else ''}"
    if not number:
        return Verdict("calm", "No drift", says)
    title = f"{count(number, 'resource differs', 'resources differ')} from the specs"
    calm = number == found[Origin.PENDING]
    return Verdict("change" if calm else "danger", f"{title}: {words.origins(found)}", says)


def loud(changes: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """What the head names of the changes that lose, open or are refused, and how many are left."""
    nothing: dict[str, Json] = {"at": None, "loses": [], "opens": [], "permits": [], "refused": ""}
    found = [
        {**nothing, **change, "index": index}
        for index, change in enumerate(changes)
        if change.get("loses") or change.get("opens") or change.get("refused")
    ]
    return {"shown": found[:MOST_LOUD], "more": max(0, len(found) - MOST_LOUD)}


def findings(plan: Mapping[str, Json]) -> list[dict[str, str]]:
    """The diagnostics of a plan, ready to be shown."""
    return [
        {
            "severity": harmless(each["severity"]),
            "code": harmless(each["code"]),
            "message": harmless(each["message"]),
            "help": harmless(each["help"] or ""),
            "at": span(each["at"]),
            "address": harmless(each["address"] or ""),
        }
        for each in plan["diagnostics"]
    ]
