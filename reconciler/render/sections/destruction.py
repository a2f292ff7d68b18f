"""What is lost, opened or refused: every resource with why, by whose leave, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Severity
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.crowd import crowd
from reconciler.render.markdown.escape import code, fence, prose
from reconciler.render.markdown.view import WIDEST, View, address, many, place
from reconciler.render.section import Report, Section, register
from reconciler.render.vocabulary import protection
from reconciler.render.vocabulary.difference import rows_of
from reconciler.render.vocabulary.entries import Entry, differences
from reconciler.render.vocabulary.place import Finding
from reconciler.render.vocabulary.words import why

REFUSED = "PLAN-REFUSED"
"""The rule of a change that the environment's protection refuses; no finding has its code."""
_RULE = Code(
    REFUSED,
    "change refused",
    "The plan would lose something or widen access, and the environment does not let it; apply will"
    " not do it.",
    "Approve it by address in the environment's protection, or take the change back.",
)
_MOST = 6
"""Changed properties of one resource; the losing ones come first."""


def part(view: View) -> Part | None:
    """The loudest section; nothing when no step loses or opens something or is refused."""
    if not view.loud:
        return None
    losing = sum(bool(entry.destroys) for entry in view.loud)
    opening = sum(entry.widens for entry in view.loud)
    refused = sum(bool(entry.refused) for entry in view.loud)
    said = []
    if losing:
        said.append(f"**{many(losing, 'change')} {'loses' if losing == 1 else 'lose'} something**")
    if opening:
        verb = "widens" if opening == 1 else "widen"
        said.append(f"**{many(opening, 'change')} {verb} access**")
    if (permitted := len(view.loud) - refused) and said:
        said.append(f"{permitted:,} permitted")
    if refused:
        said.append(f"{refused:,} refused" if said else f"**{many(refused, 'change')} refused**")
    head, sign = "Refused", "WARNING"
    if losing or opening:
        head, sign = "Destructive" if losing else "Wider access", "CAUTION"
    return Part(
        head=f"### {head}\n\n> [!{sign}]\n> {', '.join(said)}",
        blocks=(Block("\n".join(_full(entry, view)), short(entry)) for entry in view.loud),
        total=len(view.loud),
        noun="change",
        crowd=lambda room: crowd(view, view.loud, _label, room),
    )


def short(entry: Entry) -> str:
    """One bounded line: what is done, to what, what is lost, and whether it may."""
    said = [_lead(entry)]
    if entry.destroys:
        said.append(f"loses {code(entry.destroys, 60)}")
    said += ["widens access"] if entry.widens else []
    return ", ".join([*said, _state(entry)])


def _lead(entry: Entry) -> str:
    return f"- **{entry.step['action']}** {code(address(entry.step))}"


def _state(entry: Entry) -> str:
    return "**refused**" if entry.refused else "permitted"


def _label(entry: Entry) -> str:
    step = entry.step
    lost = f", loses {code(entry.destroys, 60)}" if entry.destroys else ""
    lost += ", widens access" if entry.widens else ""
    return f"**{step['action']}** {code(step['type'], 100)}{lost}, {_state(entry)}"


def _full(entry: Entry, view: View) -> Iterator[str]:
    step = entry.step
    causes = [*protection.causes(entry)]
    at = next((field["at"] for field in causes if field["at"]), step["at"])
    lost = "; ".join(prose(each) for each in protection.lost(entry)) if entry.destroys else ""
    lead = f"{_lead(entry)}: **{lost}**" if lost else _lead(entry)
    yield " · ".join(filter(None, (lead, place(at))))
    yield from _opened(entry)
    if reason := why(step):
        yield f"  - because: {prose(reason)}"
    yield from _fields(entry, view)
    if entry.refused:
        yield f"  - **refused**: {prose(entry.refused)}"
        yield from _remedy(entry, view)
    else:
        yield from (f"  - {prose(line)}" for line in protection.permits(entry))
    if entry.blocked_by and not entry.refused:
        yield f"  - held back: needs the refused {code(entry.blocked_by)}"


def _opened(entry: Entry) -> Iterator[str]:
    """Who may do more, and the requests that show it."""
    for each in protection.opened(entry):
        said = each.removeprefix("  newly allowed: ")
        lead = "    - newly allowed: " if said != each else "  - **"
        yield f"{lead}{prose(said)}{'**' if said == each else ''}"


def _fields(entry: Entry, view: View) -> Iterator[str]:
    causes = [*protection.causes(entry)]
    others = [field for field in differences(entry.step) if field not in causes[:_MOST]]
    most = len(causes) + len(others) if view.full else _MOST
    found = [(row, field["at"]) for field in [*causes, *others][:most] for row in rows_of(field)]
    for row, at in found[:most]:
        told = (
            code(row.path or "(all)", 200),
            code(row.text(view.width, WIDEST), 4 * WIDEST),
            place(at),
        )
        yield f"  - {' '.join(filter(None, told))}"
    if hidden := len(found) - len(found[:most]):
        yield f"  - … and {many(hidden, 'more difference')}"


def _remedy(entry: Entry, view: View) -> Iterator[str]:
    """Take the cause back, or approve it; the lines to copy, for each class."""
    remedy = protection.remedy(entry, view.plan["environment"])
    if remedy:
        yield f"  - {prose(remedy)}"
        yield from (f"    {line}" for line in fence(protection.snippet(entry), "yaml").split("\n"))


def deed(entry: Entry) -> str:
    """What an apply would lose, for reports that destroy nothing themselves."""
    lost = "; ".join(prose(each) for each in protection.lost(entry))
    word = "deletes it" if entry.step["action"] == Action.DELETE else "is destructive"
    return f"an apply {word}: **{lost}**"


def refused(view: View) -> Iterator[Finding]:
    """The changes that are refused, as findings."""
    for entry in view.entries:
        if entry.refused:
            step = entry.step
            at = step["at"] or {"file": "", "line": 0, "column": 0}
            id_ = f"{step['type']}/{step['name']}"
            deeds = "; ".join(each.strip() for each in protection.deeds(entry))
            message = f"refused to {step['action']} {id_!r}: {entry.refused}"
            message = f"{message}: {deeds}" if deeds else message
            place_ = at["file"], at["line"], at["column"]
            yield Finding(REFUSED, Severity.ERROR, message, _RULE.fix, *place_, 0, id_)


register(
    Section(
        name="destruction",
        report=Report.PLAN,
        order=10,
        budget=22_000,
        markdown=part,
        sarif=refused,
        codes=(_RULE,),
    )
)
register(Section(name="destruction", report=Report.DRIFT, order=40, sarif=refused, codes=(_RULE,)))
