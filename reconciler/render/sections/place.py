"""A change of the environment's place: before everything else, and never nothing to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostic import PLACE_MOVED
from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import prose
from reconciler.render.markdown.view import View, many, place
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.words import span

TITLE = "The environment itself changes"


def moved(view: View) -> list[Mapping[str, Json]]:
    """The findings about it."""
    return [each for each in view.plan["diagnostics"] if each["code"] == PLACE_MOVED]


def markdown(view: View) -> Part | None:
    found = moved(view)
    blocks = [Block(f"- {prose(each['message'], 800)} {place(each['at'])}") for each in found]
    head = f"### {TITLE}\n\n> [!CAUTION]\n> **{many(len(found), 'change')} of its place**"
    return Part(head, blocks, len(found), "change") if found else None


def head(view: View, ink: Ink) -> Iterator[str]:
    found = moved(view)
    if found:
        yield ""
        yield f"  {ink(f'! {TITLE}', 'alarm')}"
    for each in found:
        yield f"      {harmless(each['message'])}   {ink(span(each['at']), 'dim')}".rstrip()


def html(view: View) -> Panel | None:
    found = moved(view)
    return Panel(TITLE, tuple(harmless(each["message"]) for each in found)) if found else None


register(
    Section(
        name="place",
        report=Report.PLAN,
        order=1,
        budget=6_000,
        markdown=markdown,
        text_head=head,
        html=html,
    )
)
