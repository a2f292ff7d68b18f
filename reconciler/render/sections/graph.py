"""The picture: what changes and what depends on what, as Mermaid."""

from __future__ import annotations

from reconciler.render.diagram import mermaid
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.view import View
from reconciler.render.section import Report, Section, register

_SIZES = (40, 25, 12)
"""Resources in the picture; a smaller one is drawn where there is less room."""
_LONGEST = 8_000
_OPEN = 12


def part(view: View) -> Part | None:
    """Nothing when there is nothing to connect."""
    if len(view.entries) < 2:  # noqa: PLR2004 - one box says nothing
        return None
    open_ = " open" if len(view.entries) <= _OPEN else ""
    lead = f"<details{open_}><summary>What depends on what</summary>"
    drawn = ""
    for limit in _SIZES:
        drawn = mermaid.graph(view.plan, limit).strip("\n")
        if len(drawn) <= _LONGEST:
            break
    text = f"{lead}\n\n```mermaid\n{drawn}\n```\n\n</details>"
    return Part("### Graph", [Block(text)], 1, "picture")


register(Section(name="graph", report=Report.PLAN, order=50, budget=5_000, markdown=part))
