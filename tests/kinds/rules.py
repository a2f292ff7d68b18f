"""What the rules find in a platform of a few specs."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, build_graph
from reconciler.policy.api import load

from .specs import world


def graph_of(changes: Mapping[tuple[str, str], str]) -> Graph:
    """The graph of the usual world, some specs replaced or added."""
    return build_graph(world(changes).build_all())[0]


def found(graph: Graph, code: str) -> list[Diagnostic]:
    """The findings of one rule."""
    return list(load()[code].check(graph))


def said(changes: Mapping[tuple[str, str], str], code: str) -> list[tuple[str, str]]:
    """How bad each finding of a rule is, and where: the spec and the path in it."""
    return [
        (str(each.severity), str(each.at).removesuffix(":1:1"))
        for each in found(graph_of(changes), code)
    ]
