"""Drift: what is not as the specs say, from declared to live, with who caused it.

Tells the drift of a plan (what somebody changed behind the specs' back) and,
in the morning's report, everything that differs. Causes and actors of a step or
a difference are told here for every form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.actor import ActorKind
from reconciler.model.change import BY_RIGHT, Action, Cause
from reconciler.model.value import Json
from reconciler.render.html import text as page
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.crowd import crowd
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import View, address, many, place
from reconciler.render.section import Report, Section, register
from reconciler.render.sections import destruction
from reconciler.render.text import drift
from reconciler.render.vocabulary import actor, protection
from reconciler.render.vocabulary.difference import rows
from reconciler.render.vocabulary.entries import Entry
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.words import CAUSES

_OUTSIDE = frozenset({Cause.HAND, Cause.BOTH, Cause.AWS})
_BY_HAND = frozenset({Cause.HAND, Cause.BOTH})
_LEFT = BY_RIGHT
_ROWS = 12
_SAID: Mapping[str, str] = {
    "changed": "differs",
    "missing": "does not exist",
    "failed": "AWS reports it as failed",
    "undeclared": "is not declared any more",
    "superseded": "is older than keepRevisions",
    "foreign": "carries no ownership tags of ours",
}
_WHOLE: Mapping[tuple[str, str], str] = {
    ("missing", Cause.HAND): "deleted by hand",
    ("missing", Cause.SPEC): "new in the specs",
    ("undeclared", Cause.SPEC): "removed from the specs",
}
_ACTORS: Mapping[str, str] = {
    ActorKind.PIPELINE: "our pipeline",
    ActorKind.TOOL: "another tool",
    ActorKind.AUTOSCALER: "an autoscaler",
    ActorKind.AWS: "AWS",
}
"""What an actor is; a person is called by name alone."""
_CURES: Mapping[str, str] = {
    Action.CREATE: "an apply creates it",
    Action.REPLACE: "an apply replaces it",
    Action.DELETE: "an apply deletes it",
    Action.ADOPT: "an apply takes it over",
}


def by_others(view: View) -> list[Entry]:
    """The entries of a plan that are there because of somebody or something else."""
    return [entry for entry in view.entries if _causes(entry) & _OUTSIDE]


def _causes(entry: Entry) -> set[str]:
    halves = (entry.step, *entry.step["fields"])
    return {half.get("cause", Cause.UNKNOWN) for half in halves}


def in_plan(view: View) -> Part | None:
    """What an apply takes back although no spec changed."""
    found = by_others(view)
    if not found:
        return None
    blocks = (Block(told, _short(entry)) for entry, told in _told(found, view, _OUTSIDE))
    what = "resource is" if len(found) == 1 else "resources are"
    head = f"### Drift: {len(found):,} {what} not as last applied"
    return Part(head, blocks, len(found), "resource")


def report(view: View) -> Part | None:
    """Everything that differs; what an apply would destroy first, each with at least a line."""
    if not view.entries:
        return None
    found = [*view.loud, *view.quiet]
    return Part(
        head="### Declared → live",
        blocks=(Block(told, _short(entry)) for entry, told in _told(found, view)),
        total=len(found),
        noun="resource",
        crowd=lambda room: crowd(view, found, _label, room),
    )


def owned(view: View) -> Part | None:
    """What others move by right at run time; an apply leaves it alone."""
    found = [Entry(step) for step in view.context.owned]
    if not found:
        return None
    moves = "resource moves" if len(found) == 1 else "resources move"
    head = f"### Owned by others: {len(found):,} {moves} by right at run time"
    blocks = (Block(told, _short(entry)) for entry, told in _told(found, view, leave=True))
    return Part(head, blocks, len(found), "resource")


def kinds(found: Sequence[Entry]) -> str:
    """``2 changed by hand, 1 missing``: how much of what, most first."""
    counts = Counter(_word(entry) for entry in found)
    return ", ".join(f"{number:,} {word}" for word, number in counts.most_common())


def _word(entry: Entry) -> str:
    how = drift.kind(entry)
    if said := _WHOLE.get((how, entry.step.get("cause", ""))):
        return said
    if how != "changed":
        return how
    causes = _causes(entry) - {Cause.UNKNOWN}
    return CAUSES[next(iter(causes))] if len(causes) == 1 else "changed"


def _told(
    found: Sequence[Entry],
    view: View,
    only: frozenset[Cause] = frozenset(),
    *,
    leave: bool = False,
) -> Iterator[tuple[Entry, str]]:
    for entry in found:
        yield entry, "\n".join([_head(entry), *_rows(entry, view, only, leave=leave)])


def _label(entry: Entry) -> str:
    lost = f", an apply loses {code(entry.destroys, 60)}" if entry.destroys else ""
    lost += ", an apply widens access" if entry.widens else ""
    return f"{code(entry.step['type'], 100)}: {_word(entry)}{lost}"


def _short(entry: Entry) -> str:
    lost = f", an apply loses {code(entry.destroys, 60)}" if entry.destroys else ""
    lost += ", an apply widens access" if entry.widens else ""
    return f"- {code(address(entry.step))}: {_word(entry)}{lost}"


def _head(entry: Entry) -> str:
    step = entry.step
    how = drift.kind(entry)
    said = [f"- {code(address(step))}"]
    whole = _WHOLE.get((how, step.get("cause", "")), "")
    if how != "changed" or not step["fields"]:
        said.append(f"**{whole or _SAID[how]}** {by(step)}".rstrip())
    else:
        said.append(by(step))
    if entry.refused:
        said.append(f"an apply is refused: {prose(entry.refused)}")
    elif cure := _CURES.get(step["action"], ""):
        said.append(cure)
    if entry.destroys:
        said.append(destruction.deed(entry))
    said += [f"an apply **{prose(each)}**" for each in protection.widens(entry)]
    return " · ".join(filter(None, (*said, place(step["at"]))))


def _rows(entry: Entry, view: View, only: frozenset[Cause], *, leave: bool) -> Iterator[str]:
    """``Threshold 250000 → 400000``, values as declared, then live, and who did it."""
    step = entry.step
    if drift.kind(entry) != "changed":
        return
    found = [
        (row, field)
        for field in step["fields"]
        if not only or field.get("cause", "") in only
        for row in rows(tuple(field["path"]), field["after"], field["before"])
    ]
    most = len(found) if view.full else _ROWS
    for row, field in found[:most]:
        lead = " ".join(
            filter(None, (code(row.path, 200), code(row.text(view.width), 4 * view.width)))
        )
        said = [f"  - {lead}"]
        if cause := CAUSES.get(field.get("cause", ""), ""):
            said.append(f"**{cause}** {by(field)}".rstrip())
        stays = leave or step["action"] == Action.NONE or field.get("cause", "") in _LEFT
        said.append(_cure(row.sign, field.get("cause", ""), stays=stays))
        if field["at"] and field["at"] != step["at"]:
            said.append(place(field["at"]))
        yield " · ".join(said)
    if hidden := len(found) - len(found[:most]):
        yield f"  - … and {many(hidden, 'more difference')}"


def _cure(sign: str, cause: str, *, stays: bool) -> str:
    if stays:
        return "an apply leaves it"
    if sign == "+":
        return "an apply removes it"
    return "an apply sets it" if cause == Cause.SPEC else "an apply restores it"


def by(told: Mapping[str, Json]) -> str:
    """``by alice via console, 2026-11-20 14:02Z``, "" where nobody looked."""
    actor = told.get("by")
    if not isinstance(actor, Mapping):
        return ""
    kind, name = actor.get("class", ActorKind.UNKNOWN), actor.get("name", "")
    if kind == ActorKind.UNKNOWN and not name:
        reason = prose(actor.get("why", ""), 300)
        return f"(by whom is not known{': ' if reason else ''}{reason})"
    said = f"by {code(name, 120) or _ACTORS.get(kind, 'somebody')}"
    if name and kind in _ACTORS:
        said += f" ({_ACTORS[kind]})"
    if actor.get("via"):
        said += f" via {prose(actor['via'], 120)}"
    return f"{said}, {code(actor['at'], 40)}" if actor.get("at") else said


# -- at the terminal, on the page, for machines


def drifted_by(step: Mapping[str, Json], ink: Ink) -> Iterator[str]:
    """Who made a step of a plan necessary, where it is drift or somebody else did it."""
    causes = {step["cause"], *(each["cause"] for each in step["fields"])} & _BY_HAND
    kind = (step.get("by") or {}).get("class")
    if kind == ActorKind.PIPELINE or (kind == ActorKind.UNKNOWN and not causes):
        return
    if who := actor.by(step.get("by")):
        yield ink(who, "dim")


def made_by(step: Mapping[str, Json], _ink: Ink) -> Iterator[str]:
    """Who made a resource differ, in the morning's report."""
    if who := actor.by(step.get("by")):
        yield who


def on_page(half: Mapping[str, Json]) -> dict[str, Json]:
    """Actor and cause in words."""
    return {"by": page.actor(half.get("by")), "cause": CAUSES.get(half.get("cause", ""), "")}


def as_data(step: Mapping[str, Json]) -> dict[str, Json]:
    return {"cause": step["cause"], "by": step.get("by")}


def field_as_data(each: Mapping[str, Json]) -> dict[str, Json]:
    return {"cause": each["cause"]}


register(
    Section(
        name="drift",
        report=Report.PLAN,
        order=30,
        budget=8_000,
        markdown=in_plan,
        text_step=drifted_by,
        html_step=on_page,
        html_field=on_page,
    )
)
register(
    Section(
        name="drift",
        report=Report.DRIFT,
        order=10,
        budget=44_000,
        markdown=report,
        text_step=made_by,
        html_step=on_page,
        html_field=on_page,
        json_step=as_data,
        json_field=field_as_data,
    )
)
register(Section(name="owned", report=Report.DRIFT, order=20, budget=8_000, markdown=owned))
