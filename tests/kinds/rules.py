"""What the rules find in a platform of a few specs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, build_graph
from reconciler.policy.api import load

from .specs import ALL, world
from .world import World


@cache
def usual() -> World:
    """The usual world, of which every spec is built once."""
    return world()


def graph_of(changes: Mapping[tuple[str, str], str]) -> Graph:
    """The graph of the usual world, some specs replaced or added."""
    made = world(changes)
    if changes.keys().isdisjoint(ALL):  # nothing in the usual world can name what is added
        made.base = usual()
    return build_graph(made.build_all())[0]


def found(graph: Graph, code: str) -> list[Diagnostic]:
    """The findings of one rule."""
    return list(load()[code].check(graph))


def said(changes: Mapping[tuple[str, str], str], code: str) -> list[tuple[str, str]]:
    """How bad each finding of a rule is, and where: the spec and the path in it."""
    return [
        (str(each.severity), str(each.at).removesuffix(":1:1"))
        for each in found(graph_of(changes), code)
    ]
