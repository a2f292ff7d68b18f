"""Which versions of models take over: from which, approved by whom, with which figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import View
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless

TITLE = "New versions of models"
_DAY = 10


def _found(view: View) -> list[Mapping[str, Json]]:
    return [*view.plan.get("versions", ())]


def line(each: Mapping[str, Json]) -> str:
    """``fraud v12 → v13, approved by alice until 2027-02-28, auc 0.94 → 0.95``."""
    before = f"v{each['before']} → " if each["before"] is not None else ""
    parts = [f"{each['registry']} {before}v{each['after']}"]
    until = f" until {each['until'][:_DAY]}" if each["until"] else ""
    parts.append(f"approved by {each['by']}{until}" if each["by"] else "not approved")
    for name, (old, new) in sorted(each["metrics"].items()):
        parts.append(f"{name} {f'{old:.6g} → ' if old is not None else ''}{new:.6g}")
    if each["unknown"]:
        parts.append(f"unknown: {each['unknown']}")
    return ", ".join(parts)


def markdown(view: View) -> Part | None:
    found = _found(view)
    blocks = [Block(f"- {code(each['spec'], 200)}: {prose(line(each), 500)}") for each in found]
    return Part(f"### {TITLE}", blocks, len(found), "version") if found else None


def text(view: View, ink: Ink) -> Iterator[str]:
    found = _found(view)
    if not found:
        return
    yield ""
    yield f"  {ink(TITLE, 'bold')}"
    for each in found:
        yield f"      {harmless(each['spec'])}  {harmless(line(each))}"


def html(view: View) -> Panel | None:
    lines = tuple(f"{harmless(each['spec'])}: {harmless(line(each))}" for each in _found(view))
    return Panel(TITLE, lines) if lines else None


register(
    Section(
        name="versions",
        report=Report.PLAN,
        order=42,
        budget=2_000,
        markdown=markdown,
        text=text,
        html=html,
    )
)
