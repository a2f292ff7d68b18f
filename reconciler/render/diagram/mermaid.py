"""What changes, or what there is, as a Mermaid flowchart: GitHub and GitLab draw it in Markdown.

Names come from specs. All but plain characters stand as character codes, so no
name can end a label, begin a directive, or bring in HTML or Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.diagram.net import COLOURS, INK, Net, of_graph as net_of_graph, of_plan
from reconciler.render.formats import Context

__all__ = ["document", "graph", "of_graph"]

LIMIT = 60
"""Boxes that a page still shows well; more of them share boxes by type."""
ARROWS = 400
"""Mermaid draws no chart of more than 500."""
_PLAIN = re.compile(r"[^A-Za-z0-9 .,:/()=+→…-]")
_LIST = re.compile(r"\A(\s*)(\d*)([-+.)])")
"""What Markdown would take for the beginning of a list."""


def document(plan: Mapping[str, Json], context: Context) -> str:  # noqa: ARG001 - the contract
    """The chart of what changes, as a file."""
    return graph(plan) + "\n"


def graph(plan: Mapping[str, Json], limit: int = LIMIT) -> str:
    """The chart of what changes, without a fence around it."""
    return _chart(of_plan(plan, limit, ARROWS))


def of_graph(graph_json: Mapping[str, Json], limit: int = LIMIT) -> str:
    """The chart of a compiled graph."""
    return _chart(net_of_graph(graph_json, limit, ARROWS))


def _chart(net: Net) -> str:
    return "\n".join(_lines(net))


def _lines(net: Net) -> Iterator[str]:
    """Each line ends in its own semicolon: Mermaid may take the last one of a line for its own."""
    yield "flowchart LR"
    if not net.boxes:
        yield f'  empty["{_escaped(net.title)}"];'
    for number, box in enumerate(net.boxes):
        yield f'  n{number}["{_escaped(box.title)}<br/>{_escaped(box.name)}"]:::{box.style};'
    for source, target in net.arrows:
        yield f"  n{source} --> n{target};"
    for style in net.styles:
        fill, line = COLOURS[style]
        yield f"  classDef {style} fill:{fill},stroke:{line},color:{INK};"


def _escaped(words: str) -> str:
    """The words with everything that Mermaid, Markdown or HTML could read as character codes."""
    coded = _PLAIN.sub(lambda match: f"#{ord(match[0])};", words)
    return _LIST.sub(lambda match: f"{match[1]}{match[2]}#{ord(match[3])};", coded)
