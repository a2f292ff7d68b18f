"""Check a graph's properties against what AWS accepts, by its own schemas. Pure.

A finding here is a fault of a spec that its kind did not catch, so it points at
the spec line behind the property.
"""

from __future__ import annotations

from reconciler.facts import check, facts
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.resources.api import lookup

TAGS = "Tags"


def problems(graph: Graph) -> list[Diagnostic]:
    """Everything AWS would refuse, as far as its published schemas say."""
    return [found for node in graph for found in _node(node)]


def _node(node: Node) -> list[Diagnostic]:
    resource = lookup(node.address.type)
    ours = {companion.prop for companion in resource.companions} if resource else set()
    if resource and facts(node.address.type).tag_property != (TAGS,):
        ours.add(TAGS)  # the type keeps tags under another name or in another form
    props = {
        key: value  # empty says "not set", which AWS never sees
        for key, value in node.props.items()
        if key not in ours and value not in ("", [], {})
    }
    out = []
    for problem in check.problems(node.address.type, props):
        path = ".".join(problem.path)
        at = node.origin.line_of(problem.path) if node.origin else None
        text = f"{node.address.type}.{path}: {problem.message}" if path else problem.message
        out.append(Diagnostic("GRAPH005", text, at, "", address=node.address))
    return out
