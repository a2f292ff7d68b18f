"""What is lost or refused: every resource with what, why, by whose leave, and what to do."""

from __future__ import annotations

import json
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
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.place import Finding
from reconciler.render.vocabulary.words import why

REFUSED = "PLAN-REFUSED"
"""The rule of a change that the environment's protection refuses; no finding has its code."""
_RULE = Code(
    REFUSED,
    "change refused",
    "The plan would lose something that the environment protects; apply will not do it.",
    "Approve the loss by address in the environment's protection, or take the change back.",
)
_MOST = 6
"""Changed properties of one resource; the losing ones come first."""


def part(view: View) -> Part | None:
    """The loudest section; nothing when no step destroys or is refused."""
    if not view.loud:
        return None
    losing = sum(bool(entry.destroys) for entry in view.loud)
    refused = sum(bool(entry.refused) for entry in view.loud)
    said = [f"**{many(losing, 'change')} {'loses' if losing == 1 else 'lose'} something**"]
    if permitted := len(view.loud) - refused:
        said.append(f"{permitted:,} permitted")
    if refused:
        said.append(f"{refused:,} refused")
    lead = ", ".join(said if losing else [f"**{many(refused, 'change')} refused**"])
    return Part(
        head=f"### Destructive\n\n> [!CAUTION]\n> {lead}"
        if losing
        else f"### Refused\n\n> [!WARNING]\n> {lead}",
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
    return ", ".join([*said, _state(entry)])


def _lead(entry: Entry) -> str:
    return f"- **{entry.step['action']}** {code(address(entry.step))}"


def _state(entry: Entry) -> str:
    return "**refused**" if entry.refused else "permitted"


def _label(entry: Entry) -> str:
    step = entry.step
    lost = f", loses {code(entry.destroys, 60)}" if entry.destroys else ""
    return f"**{step['action']}** {code(step['type'], 100)}{lost}, {_state(entry)}"


def _full(entry: Entry, view: View) -> Iterator[str]:
    step = entry.step
    causes = [*protection.causes(entry)]
    at = next((field["at"] for field in causes if field["at"]), step["at"])
    lost = "; ".join(prose(each) for each in protection.lost(entry)) if entry.destroys else ""
    lead = f"{_lead(entry)}: **{lost}**" if lost else _lead(entry)
    yield " · ".join(filter(None, (lead, place(at))))
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
    """Take the cause back, or approve it; the line to copy, one for each loss."""
    remedy = protection.remedy(entry, view.plan["environment"])
    first = next(remedy, "")
    if not first:
        return
    yield f"  - {prose(first.partition(', or approve it')[0])}, or approve it:"
    classes = dict.fromkeys(
        each["destroys"]
        for each in entry.losses
        if not (each["allowed"] or each["approval"]) and each["destroys"]
    )
    name = json.dumps(address(entry.step), ensure_ascii=False)
    whose = f"# in the spec of environment {harmless(view.plan['environment'])}"
    lines = [whose, "protection:", "  approvals:"]
    for each in classes or {entry.destroys: None}:
        word = each if each.isalpha() else json.dumps(harmless(each), ensure_ascii=False)
        lines += [f"    - address: {name}", f"      loses: {word}"]
        lines += ["      why: …", "      by: …", "      until: …"]
    yield from (f"    {line}" for line in fence(lines, "yaml").split("\n"))


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
            message = f"refused to {step['action']} {id_!r}: {entry.refused}"
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
