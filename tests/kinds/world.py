"""A platform made of a few specs, compiled without AWS and without the compiler.

It stands in for `reconciler.compile.compiler`: names follow the convention, references
are answered by the other specs of the world, and facts are given as values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.compile.admit import admit
from reconciler.compile.packing import keys, once
from reconciler.compile.served import served
from reconciler.kinds.api import Admission, Lookup, Problem, Scope, Section, load
from reconciler.kinds.peers import Home
from reconciler.model.address import Address
from reconciler.model.asset import Form, Packed
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.graph import Node, build_graph
from reconciler.model.value import Json, Path, to_json
from reconciler.resources import api as resources
from reconciler.resources.api import Place
from reconciler.specs.shape import shape
from reconciler.specs.source import parse

PLACE = Place("123456789012", "eu-west-1", "acme", "test")
FILE = "specs.yaml"


def spec_of(kind: str, text: str) -> tuple[Section | None, list[Diagnostic]]:
    """A `spec` from YAML, checked against the model of its kind."""
    (document,) = parse(text, FILE).documents
    return shape(document, load()[kind].model)


def good(kind: str, text: str) -> Section:
    """A `spec` from YAML that has to fit its model."""
    spec, found = spec_of(kind, text)
    assert spec is not None, found
    return spec


def problems(kind: str, text: str) -> list[Problem]:
    """What `check` has to say about a spec of the right shape."""
    return list(load()[kind].check(good(kind, text)))


def naming(type_: str, name: str, digest: str) -> Address:
    parts = [f"{PLACE.prefix}{name}", digest]
    if type_ == "AWS::S3::Bucket":
        parts.append(PLACE.account)
    return Address(type_, "-".join(filter(None, parts)))


@dataclass
class World:
    """Specs by kind and name, as YAML."""

    specs: Mapping[tuple[str, str], str]
    facts: Mapping[Lookup, Json] | None = None
    boundary: str = ""
    home: Home | None = field(default_factory=lambda: Home("artifacts", ""))
    packed: Mapping[str, Packed] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    deferred: dict[str, str] = field(default_factory=dict)
    admissions: list[Admission] = field(default_factory=list)
    models: dict[tuple[str, str], Any] = field(default_factory=dict)

    def scope(self, kind: str, name: str) -> Scope:
        return Scope(
            kind=kind,
            name=name,
            owner="fraud-team",
            description="Probability of fraud.",
            place=PLACE,
            naming=naming,
            spans=lambda path: Span("/".join((f"{kind}/{name}", *path)), 1, 1),
            peer=self.peer,
            served=lambda type_: served(type_, resources.load()),
            facts=self.facts,
            boundary=self.boundary,
            own={each[:2]: each for each in load()[kind].named(self.model(kind, name))},
            packed={key: self._packed(*key) for key in keys(self.model(kind, name))},
            home=self.home,
        )

    def _packed(self, path: str, form: Form) -> Packed:
        """What stands for a file of the repository: as given, else a digest of its name."""
        digest = hashlib.sha256(path.encode()).hexdigest()
        return self.packed.get(path) or Packed(path, form, digest, 1000, 1, (path,))

    def model(self, kind: str, name: str) -> Any:
        if (kind, name) not in self.models:
            self.models[kind, name] = good(kind, self.specs[kind, name])
        return self.models[kind, name]

    def peer(self, kind: str, name: str) -> Mapping[str, Json]:
        return load()[kind].exports(self.model(kind, name), self.scope(kind, name))

    def build(self, kind: str, name: str) -> list[Node]:
        """The nodes of one spec; problems and reasons to wait are kept."""
        scope = self.scope(kind, name)
        nodes = [
            *load()[kind].build(self.model(kind, name), scope),
            *scope.role_nodes(),
            *scope.made.values(),
        ]
        self.found += scope.problems
        self.admissions += scope.admissions
        if scope.deferred:
            self.deferred[f"{kind}/{name}"] = scope.deferred.why
        return nodes

    def build_all(self) -> list[Node]:
        nodes = [node for kind, name in self.specs for node in self.build(kind, name)]
        nodes = admit(nodes, self.admissions)
        nodes = once(nodes)
        self.found += build_graph(nodes)[1]
        return nodes

    def lookups(self, kind: str, name: str) -> list[Lookup]:
        return list(load()[kind].lookups(self.model(kind, name), self.scope(kind, name)))


def as_json(nodes: Iterable[Node]) -> list[Json]:
    """Nodes in the form of the golden files."""
    return [
        {
            "address": str(node.address),
            "props": to_json(node.props),
            "keep": node.keep,
            "lines": {".".join(prop) or ".": at.file for prop, at in _lines(node).items()},
        }
        for node in nodes
    ]


def _lines(node: Node) -> Mapping[Path, Span]:
    return node.origin.fields if node.origin else {}


def named(nodes: Iterable[Node], type_: str) -> list[Node]:
    """The nodes of one type."""
    return [node for node in nodes if node.address.type == type_]
