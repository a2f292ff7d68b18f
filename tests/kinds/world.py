"""A platform made of a few specs, compiled without AWS and without the compiler.

It stands in for `reconciler.compile.compiler`: names follow the convention, references
are answered by the other specs of the world, and facts are given as values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from reconciler.compile.admit import admit
from reconciler.compile.packing import keys, once
from reconciler.compile.served import served
from reconciler.kinds.api import Admission, Lookup, Problem, Scope, Section, load
from reconciler.kinds.lines import Named
from reconciler.kinds.peers import Home
from reconciler.model.address import Address
from reconciler.model.asset import Form, Key, Packed
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


@cache
def _kept(kind: str, text: str) -> Section:
    """As `good`, once in a process: a model is frozen."""
    return good(kind, text)


def problems(kind: str, text: str) -> list[Problem]:
    """What `check` has to say about a spec of the right shape."""
    return list(load()[kind].check(good(kind, text)))


_Built: TypeAlias = tuple[Sequence[Node], list[Diagnostic], list[Admission], str]


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
    base: World | None = None
    """One with some of the same specs, which name no others: these are built once, there."""
    _built: dict[tuple[str, str], _Built] = field(default_factory=dict)
    _exports: dict[tuple[str, str], tuple[Any, Mapping[str, Json]]] = field(default_factory=dict)
    _own: dict[tuple[str, str], dict[tuple[str, str], Named]] = field(default_factory=dict)
    _packs: dict[tuple[str, str], dict[Key, Packed]] = field(default_factory=dict)

    def scope(self, kind: str, name: str) -> Scope:
        model = self.model(kind, name)
        if (kind, name) not in self._own:
            self._own[kind, name] = {each[:2]: each for each in load()[kind].named(model)}
            self._packs[kind, name] = {key: self._packed(*key) for key in keys(model)}
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
            own=self._own[kind, name],
            packed=self._packs[kind, name],
            home=self.home,
        )

    def _packed(self, path: str, form: Form) -> Packed:
        """What stands for a file of the repository: as given, else a digest of its name."""
        digest = hashlib.sha256(path.encode()).hexdigest()
        return self.packed.get(path) or Packed(path, form, digest, 1000, 1, (path,))

    def model(self, kind: str, name: str) -> Any:
        if (kind, name) not in self.models:
            self.models[kind, name] = _kept(kind, self.specs[kind, name])
        return self.models[kind, name]

    def peer(self, kind: str, name: str) -> Mapping[str, Json]:
        """What a spec exports, once: as the compiler asks it."""
        id_ = (kind, name)
        if id_ not in self._exports or self._exports[id_][0] is not self.facts:
            given = load()[kind].exports(self.model(kind, name), self.scope(kind, name))
            self._exports[id_] = (self.facts, given)
        return self._exports[id_][1]

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
        nodes = [node for id_ in self.specs for node in self._of_base(*id_) or self.build(*id_)]
        nodes = admit(nodes, self.admissions)
        nodes = once(nodes)
        self.found += build_graph(nodes)[1]
        return nodes

    def _of_base(self, kind: str, name: str) -> Sequence[Node]:
        """What the base makes of a spec, and has to say about it; nothing if it has none."""
        base = self.base
        if base is None or (kind, name) not in base.specs:
            return ()
        if (kind, name) not in base._built:
            base.found, base.admissions = [], []
            nodes = base.build(kind, name)
            why = base.deferred.get(f"{kind}/{name}", "")
            base._built[kind, name] = nodes, base.found, base.admissions, why
        nodes, found, admissions, why = base._built[kind, name]
        self.found += found
        self.admissions += admissions
        self.deferred |= {f"{kind}/{name}": why} if why else {}
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
