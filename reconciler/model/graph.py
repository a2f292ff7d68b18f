"""The desired state: resources as nodes, and the order that their references impose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from reconciler.model.address import Address
from reconciler.model.asset import Packed
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.value import Path, Props, references
from reconciler.model.waiting import Waiting

NAME_LINE: Path = ("@name",)
"""In place of a property path: the line that chooses the name in AWS."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The part of a spec that a node comes from.

    `spec` is ``Kind/name``; `fields` maps a property path to the spec line that
    causes it, for the properties where the kind knows better than the whole spec.
    """

    spec: str
    at: Span
    fields: Mapping[Path, Span] = field(default_factory=dict)

    def line_of(self, path: Path) -> Span:
        """The spec line behind a property, or behind the closest property around it."""
        while path:
            if path in self.fields:
                return self.fields[path]
            path = path[:-1]
        return self.fields.get((), self.at)


@dataclass(frozen=True, slots=True)
class Node:
    """A resource that should exist. `props` has CloudFormation property names."""

    address: Address
    props: Props
    depends_on: tuple[Address, ...] = ()
    origin: Origin | None = None
    keep: int = 1
    """How many revisions stay when the name carries a content digest, the live one included."""
    asset: Packed | None = None
    """The bytes that it is, where it is an asset."""

    @property
    def needs(self) -> frozenset[Address]:
        """Every resource that must exist before this one."""
        found = {ref.target for ref in references(self.props)} | set(self.depends_on)
        return frozenset(found - {self.address})


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes by address, in the order they were declared."""

    nodes: Mapping[Address, Node] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    """Specs that cannot be compiled yet; what they own must be left alone."""
    region: str = ""
    """Where it is to be; empty for a graph that is for no place."""
    account: str = ""
    """Whose it is to be; empty likewise."""
    specs: frozenset[str] = frozenset()
    """Every spec (``Kind/name``) that is declared, those that make nothing included."""

    @property
    def deferred(self) -> frozenset[str]:
        """The specs (``Kind/name``) that wait."""
        return frozenset(each.spec for each in self.waiting)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, address: object) -> bool:
        return address in self.nodes


def build_graph(
    nodes: Iterable[Node], waiting: Iterable[Waiting] = ()
) -> tuple[Graph, list[Diagnostic]]:
    """Index the nodes; name clashes, dangling references and cycles come back as findings."""
    by_address: dict[Address, Node] = {}
    found: list[Diagnostic] = []
    for node in nodes:
        first = by_address.setdefault(node.address, node)
        found += [_clash(first, node)] if first is not node else []
    needs = {address: node.needs for address, node in by_address.items()}
    for address, targets in needs.items():
        found += [
            _dangling(by_address[address], target)
            for target in sorted(targets)
            if target not in by_address
        ]
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        found.append(_cycle([by_address[a] for a in error.args[1] if a in by_address]))
    return Graph(by_address, tuple(waiting)), found


def _place(node: Node) -> Span | None:
    return node.origin.at if node.origin else None


def _named(node: Node) -> Span | None:
    """Where the name of a node is chosen, or else its spec."""
    return node.origin.fields.get(NAME_LINE, node.origin.at) if node.origin else None


def _clash(first: Node, second: Node) -> Diagnostic:
    other = f" (the other is {_named(first)})" if first.origin else ""
    return Diagnostic(
        "GRAPH001",
        f"two specs make the same resource {str(second.address)!r}{other}",
        _named(second),
        "rename one of the two specs, or give one of them another 'awsName'",
        address=second.address,
    )


def _dangling(node: Node, target: Address) -> Diagnostic:
    return Diagnostic(
        "GRAPH002",
        f"{str(node.address)!r} needs {str(target)!r}, which no spec makes",
        _place(node),
        "declare the missing spec or remove the reference",
        address=node.address,
    )


def _cycle(nodes: list[Node]) -> Diagnostic:
    path = " -> ".join(str(node.address) for node in nodes)
    at = min((place for node in nodes if (place := _place(node))), default=None)
    return Diagnostic(
        "GRAPH003", f"resources need each other: {path}", at, "remove one reference of the circle"
    )
