"""What changes, or what there is, in Graphviz's language, complete: for `dot` and for analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.diagram.net import COLOURS, INK, Net, of_graph as net_of_graph, of_plan
from reconciler.render.formats import Context

__all__ = ["document", "graph", "of_graph"]


def document(plan: Mapping[str, Json], context: Context) -> str:  # noqa: ARG001 - the contract
    """The graph of what changes, as a file."""
    return graph(plan)


def graph(plan: Mapping[str, Json], limit: int = 0) -> str:
    """The graph of what changes; all of it unless there is a limit."""
    return "\n".join([*_lines(of_plan(plan, limit)), ""])


def of_graph(graph_json: Mapping[str, Json], limit: int = 0) -> str:
    """A compiled graph; all of it unless there is a limit."""
    return "\n".join([*_lines(net_of_graph(graph_json, limit)), ""])


def _lines(net: Net) -> Iterator[str]:
    yield "digraph moorline {"
    yield f"  graph [rankdir=LR, label={_quoted(net.title)}, fontname=Helvetica];"
    yield f'  node [shape=box, style="rounded,filled", fontname=Helvetica, fontcolor="{INK}"];'
    for number, box in enumerate(net.boxes):
        fill, line = COLOURS[box.style]
        label = _quoted(box.title, box.name)
        yield f'  n{number} [label={label}, class={box.style}, fillcolor="{fill}", color="{line}"];'
    for source, target in net.arrows:
        yield f"  n{source} -> n{target};"
    yield "}"


def _quoted(*lines: str) -> str:
    """Lines of a label. Graphviz has escapes of its own, and reads HTML's entities."""
    safe = (
        line.replace("&", "&amp;").replace("\\", "&#92;").replace('"', "&quot;") for line in lines
    )
    return '"' + "\\n".join(safe) + '"'
