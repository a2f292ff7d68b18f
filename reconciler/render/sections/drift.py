"""Drift: what is not as the specs say, from live to declared, with who caused it.

Tells the drift of a plan (what somebody changed behind the specs' back) and, in the morning's
report, everything that differs, by why it does. Causes and actors of a step or a difference
are told here for every form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.actor import ActorKind
from reconciler.model.change import BY_RIGHT, Action, Cause
from reconciler.model.origin import Origin, origin
from reconciler.model.value import Json
from reconciler.render.html import text as page
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.crowd import crowd
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import WIDEST, View, address, many, place
from reconciler.render.section import Report, Section, register
from reconciler.render.sections import destruction
from reconciler.render.text import drift
from reconciler.render.text.groups import grouped
from reconciler.render.vocabulary import actor, protection, words
from reconciler.render.vocabulary.difference import rows_of
from reconciler.render.vocabulary.entries import Entry, told
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.words import ORIGINS

_OUTSIDE = frozenset({Cause.HAND, Cause.BOTH, Cause.AWS})
_BY_HAND = frozenset({Cause.HAND, Cause.BOTH})
_LEFT = BY_RIGHT
_LEGEND = "`+` is what an apply adds, `-` what it removes."
_ROWS = 12
_SAID: Mapping[str, str] = {
    "changed": "differs",
    "missing": "does not exist",
    "failed": "AWS reports it as failed",
    "undeclared": "is made by no spec any more",
    "superseded": "is beyond keepRevisions",
    "foreign": "carries no ownership tags of ours",
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
    """Everything that differs, by why; what an apply would destroy first in each group."""
    groups = grouped([*view.loud, *view.quiet])
    if not groups:
        return None
    return Part(
        head=f"### Live → declared\n\n{_LEGEND}",
        blocks=(
            block
            for number, (group, found) in enumerate(groups)
            for block in _blocks(group, found, view, "\n" if number else "")
        ),
        total=len(view.entries),
        noun="resource",
        crowd=lambda room: crowd(
            view, [entry for _, found in groups for entry in found], _label, room
        ),
    )


def _blocks(group: Origin, found: Sequence[Entry], view: View, above: str) -> Iterator[Block]:
    """The entries of a group; the first one carries the group's title."""
    title = f"{above}#### {ORIGINS[group].capitalize()}: {len(found):,}\n\n"
    for entry, said in _told(found, view):
        yield Block(f"{title}{said}", f"{title}{_short(entry)}")
        title = ""


def owned(view: View) -> Part | None:
    """What others move by right at run time; an apply leaves it alone."""
    found = [Entry(step) for step in view.context.owned]
    if not found:
        return None
    title = f"{ORIGINS[Origin.OWNED].capitalize()}: {len(found):,}"
    head = f"### {title}\n\nAn apply leaves it as it is."
    blocks = (Block(told, _short(entry)) for entry, told in _told(found, view, leave=True))
    return Part(head, blocks, len(found), "resource")


def word(entry: Entry) -> str:
    """``not yet applied: new in the specs``."""
    how, group = drift.kind(entry), origin(entry.step)
    said = drift.whole(how, entry.step, group) or (how if how != "changed" else "")
    return ": ".join(filter(None, (ORIGINS[group], said)))


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
    return f"{code(entry.step['type'], 100)}: {word(entry)}{lost}"


def _short(entry: Entry) -> str:
    lost = f", an apply loses {code(entry.destroys, 60)}" if entry.destroys else ""
    lost += ", an apply widens access" if entry.widens else ""
    return f"- {code(address(entry.step))}: {word(entry)}{lost}"


def _head(entry: Entry) -> str:
    step = entry.step
    how = drift.kind(entry)
    said = [f"- {code(address(step))}"]
    whole = drift.whole(how, step, origin(step))
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


def _shown(field: Mapping[str, Json], only: frozenset[Cause]) -> bool:
    return not only or field.get("cause", "") in only


def _rows(entry: Entry, view: View, only: frozenset[Cause], *, leave: bool) -> Iterator[str]:
    """``Threshold 400000 → 250000``, the value as it is live first, and where it comes from."""
    step = entry.step
    actor_ = str((step.get("by") or {}).get("class", ""))
    if drift.kind(entry) != "changed":
        return
    found = [
        (row, field)
        for field in told(each for each in step["fields"] if _shown(each, only))
        for row in rows_of(field)
    ]
    most = len(found) if view.full else _ROWS
    for row, field in found[:most]:
        lead = " ".join(
            filter(None, (code(row.path, 200), code(row.text(view.width, WIDEST), 4 * WIDEST)))
        )
        said = [f"  - {lead}"]
        if cause := words.cause(field, actor_):
            said.append(f"**{cause}**")
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
    if sign == "-":
        return "an apply removes it"
    if sign == "+":
        return "an apply adds it"
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
    """Who made a resource differ, in the morning's report; that we wrote it last proves nothing."""
    if who := actor.by(step.get("by")):
        ours = step["by"]["class"] == ActorKind.PIPELINE and origin(step) is Origin.UNKNOWN
        yield f"last written {who}" if ours else who


def on_page(half: Mapping[str, Json]) -> dict[str, Json]:
    """Actor and cause in words; `who` is the class of the actor of a difference's resource."""
    who = (half.get("by") or {}).get("class", half.get("who", ""))
    return {"by": page.actor(half.get("by")), "cause": words.cause(half, str(who))}


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
