"""Two resources that nothing in AWS would tell apart: no name, no tags, and the same properties.

What AWS's own handlers serve is found again by what it is called or by what cannot change. Where
two have the same of that, one would be taken for the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy.api import Rule, register
from reconciler.resources.api import lookup

CODE = Code(
    "CLOUD009",
    "two resources that nothing tells apart",
    "AWS chooses their ids, they carry no tags, and what cannot change of them is the same.",
    "Give them different names or properties, or leave one out.",
)


def check_graph(graph: Graph) -> Iterator[Diagnostic]:
    """Nodes that have their mark in common with an earlier one."""
    known: dict[tuple[str, str], Address] = {}
    for node in graph:
        resource = lookup(node.address.type)
        mark = resource.generic.mark(node.props) if resource and resource.generic else ""
        if not mark:
            continue
        first = known.setdefault((node.address.type, mark), node.address)
        if first != node.address:
            text = f"nothing in AWS tells {str(node.address)!r} from {str(first)!r}"
            at = node.origin.at if node.origin else None
            help_ = "give them different names or properties that cannot change"
            yield Diagnostic(CODE.code, text, at, help_, address=node.address)


register(Rule(CODE, check_graph))
