"""The groups of the drift report: why things differ, how many there are, and one line of sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.model import origin
from reconciler.model.diagnostic import Severity
from reconciler.model.origin import Origin
from reconciler.model.value import Json
from reconciler.render.vocabulary import words
from reconciler.render.vocabulary.entries import Entry, entries
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.words import ORIGINS, count

__all__ = ["LEGEND", "grouped", "origins", "summary", "title"]

_STYLES: Mapping[str, str] = {
    Origin.HAND: "yellow",
    Origin.OTHER: "yellow",
    Origin.UNKNOWN: "yellow",
    Origin.PENDING: "cyan",
    Origin.OWNED: "dim",
}
LEGEND = "Live → declared: + is what an apply adds, - what it removes."


def grouped(
    found: Sequence[Entry], owned: Sequence[Mapping[str, Json]] = ()
) -> list[tuple[Origin, list[Entry]]]:
    """What differs by why it does, and what is owned by another; groups without any left out."""
    groups: dict[Origin, list[Entry]] = {Origin(each): [] for each in ORIGINS}
    for entry in found:
        groups[origin.origin(entry.step)].append(entry)
    groups[Origin.OWNED] = [Entry(step) for step in owned]
    return [(group, those) for group, those in groups.items() if those]


def origins(
    plan_json: Mapping[str, Json], owned: Sequence[Mapping[str, Json]] = ()
) -> dict[str, int]:
    """How many resources there are of each group; those that differ are counted once each."""
    return origin.origins((entry.step for entry in entries(plan_json)), owned)


def title(group: Origin, number: int, ink: Ink) -> str:
    """The line above a group."""
    said = f"{ORIGINS[group].capitalize()}: {number:,}"
    more = ", which an apply leaves as it is" if group is Origin.OWNED else ""
    return f"{ink(said, _STYLES[group])}{ink(more, 'dim')}"


def summary(
    plan_json: Mapping[str, Json], ink: Ink, owned: Sequence[Mapping[str, Json]] = ()
) -> str:
    """How much differs and why, what is as declared, and what is owned by another."""
    counts, found = plan_json["summary"], origins(plan_json, owned)
    number, same, others = counts["changes"], counts["unchanged"], found[Origin.OWNED]
    are = "is" if same == 1 else "are"
    more = f" {others:,} {'is' if others == 1 else 'are'} owned by another." if others else ""
    errors = sum(each["severity"] == Severity.ERROR for each in plan_json["diagnostics"])
    if errors:
        more += f" {count(errors, 'error')}: what {'it is' if errors == 1 else 'they are'} about"
        more = ink(f"{more} was not compared.", "red")
    if not number and errors:
        return f"No drift was found in {count(same, 'resource')}.{more}"
    if not number:
        return ink(f"No drift. {count(same, 'resource')} {are} as declared.{more}", "green")
    verb = "differs" if number == 1 else "differ"
    lead = f"{count(number, 'resource')} {verb} from the specs: {words.origins(found)}."
    return f"{lead} {same:,} {are} as declared.{more}"
