"""The desired state as JSON: every resource, its properties, what it needs, and why it exists."""

from __future__ import annotations

from reconciler.model.diagnostic import span_to_json
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, to_json

__all__ = ["as_json"]


def as_json(graph: Graph) -> dict[str, Json]:
    """Nodes by type and name; references and other marks keep their JSON form."""
    nodes = sorted(graph, key=lambda node: node.address)
    return {"nodes": [_node(node) for node in nodes], "deferred": sorted(graph.deferred)}


def _node(node: Node) -> dict[str, Json]:
    return {
        "type": node.address.type,
        "name": node.address.name,
        "props": to_json(node.props),
        "needs": [str(address) for address in sorted(node.needs)],
        "spec": node.origin.spec if node.origin else "",
        "at": span_to_json(node.origin.at) if node.origin else None,
    }
