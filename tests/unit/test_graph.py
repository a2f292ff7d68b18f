"""The graph: clashes, dangling references and circles are findings, never exceptions."""

from __future__ import annotations

import pytest

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Node, Origin, build_graph
from reconciler.model.value import Join, JsonText, Ref

A, B, C = (Address("T", name) for name in "abc")


def node(address: Address, *refs: Address, depends: tuple[Address, ...] = ()) -> Node:
    origin = Origin("Kind/spec", Span("specs.yaml", 1, 1))
    props = {f"p{index}": Ref(ref, "Arn") for index, ref in enumerate(refs)}
    return Node(address, props, depends, origin)


GRAPHS = {
    "nothing": ([], []),
    "a chain": ([node(A), node(B, A), node(C, B)], []),
    "a node that refers to itself": ([node(A, A)], []),
    "two nodes of one name": ([node(A), node(A)], ["GRAPH001"]),
    "a reference to nothing": ([node(A, B)], ["GRAPH002"]),
    "a dependency on nothing": ([node(A, depends=(B,))], ["GRAPH002"]),
    "each missing target is a finding": ([node(A, B, C)], ["GRAPH002", "GRAPH002"]),
    "two nodes that need each other": ([node(A, B), node(B, A)], ["GRAPH003"]),
    "a circle of three": ([node(A, B), node(B, C), node(C, A)], ["GRAPH003"]),
    "a circle and a dangling reference": (
        [node(A, B), node(B, A, C)],
        ["GRAPH002", "GRAPH003"],
    ),
}


@pytest.mark.parametrize(("nodes", "expected"), GRAPHS.values(), ids=GRAPHS.keys())
def test_the_findings_of(nodes: list[Node], expected: list[str]) -> None:
    _, found = build_graph(nodes)
    assert [each.code for each in found] == expected


def test_a_node_needs_what_it_refers_to_at_any_depth_and_depends_on() -> None:
    props = {
        "a": [{"b": Ref(A, "Arn")}],
        "c": Join(("x", Ref(B, "Name"))),
        "d": JsonText({"e": Ref(C, "Arn")}),
    }
    other = Address("T", "d")
    assert Node(Address("T", "x"), props, (other,)).needs == {A, B, C, other}


def test_the_first_of_two_clashing_nodes_stays() -> None:
    first, second = node(A), node(A)
    graph, _ = build_graph([first, second])
    assert (len(graph), graph.nodes[A] is first, A in graph, B in graph) == (1, True, True, False)


LINES = {
    "the property itself": (("VpcConfig", "Subnets"), 3),
    "the closest property around it": (("VpcConfig", "SecurityGroupIds"), 2),
    "the whole spec": (("Tags",), 1),
}


@pytest.mark.parametrize(("path", "line"), LINES.values(), ids=LINES.keys())
def test_the_line_behind_a_property_is_that_of(path: tuple[str, ...], line: int) -> None:
    fields = {
        ("VpcConfig",): Span("specs.yaml", 2, 1),
        ("VpcConfig", "Subnets"): Span("specs.yaml", 3, 1),
    }
    origin = Origin("Kind/spec", Span("specs.yaml", 1, 1), fields)
    assert origin.line_of(path).line == line


def test_a_line_for_all_properties_stands_before_that_of_the_spec() -> None:
    origin = Origin("Kind/spec", Span("f", 1, 1), {(): Span("f", 9, 1)})
    assert origin.line_of(("Any",)).line == 9
