"""A graph as lines of text: what comes first, and what each thing leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import cells, harmless

__all__ = ["of_graph"]


def of_graph(graph: Mapping[str, Json]) -> str:
    """One block for each node in the order given, with the nodes that need it."""
    return "\n".join(_lines(graph))


def _lines(graph: Mapping[str, Json]) -> Iterator[str]:
    nodes = graph["nodes"]
    names = {f"{node['type']}/{node['name']}": node for node in nodes}
    leads: dict[str, list[str]] = {name: [] for name in names}
    for name, node in names.items():
        for need in node["needs"]:
            leads.setdefault(need, []).append(name)
    stages = {name: harmless(node.get("stage", "")) for name, node in names.items()}
    width = max((cells(stage) for stage in stages.values()), default=0)
    for name, stage in stages.items():
        lead = f"{stage}{' ' * (width - cells(stage))}  " if width else ""
        yield f"{lead}{harmless(name)}"
        for user in sorted(leads[name]):
            yield f"{' ' * cells(lead)}  → {harmless(user)}"
    if not nodes:
        yield "nothing"
