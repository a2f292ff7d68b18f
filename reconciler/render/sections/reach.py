"""Which models and endpoints a plan reaches: of each changed spec, what is learned from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code
from reconciler.render.markdown.view import View, many
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, cells, harmless

TITLE = "Models that this reaches"
_MOST = 12
"""Changed specs that are told at the terminal."""


def _found(view: View) -> list[Mapping[str, Json]]:
    return [*view.plan.get("reaches", ())]


def markdown(view: View) -> Part | None:
    found = _found(view)
    blocks = [
        Block(f"- {code(each['spec'], 200)} → {', '.join(code(e, 200) for e in each['reaches'])}")
        for each in found
    ]
    return Part(f"### {TITLE}", blocks, len(found), "spec") if found else None


def text(view: View, ink: Ink) -> Iterator[str]:
    found = _found(view)
    if not found:
        return
    yield ""
    yield f"  {ink(TITLE, 'bold')}"
    shown = found if view.full else found[:_MOST]
    names = [harmless(each["spec"]) for each in shown]
    width = max(cells(name) for name in names)
    for name, each in zip(names, shown, strict=True):
        ends = ", ".join(harmless(end) for end in each["reaches"])
        yield f"      {name}{' ' * (width - cells(name))} → {ends}"
    if more := len(found) - len(shown):
        yield f"      … and {many(more, 'more spec')}, with --verbose"


def html(view: View) -> Panel | None:
    lines = tuple(
        f"{harmless(each['spec'])} → {', '.join(harmless(end) for end in each['reaches'])}"
        for each in _found(view)
    )
    return Panel(TITLE, lines) if lines else None


register(
    Section(
        name="reach",
        report=Report.PLAN,
        order=45,
        budget=2_000,
        markdown=markdown,
        text=text,
        html=html,
    )
)
