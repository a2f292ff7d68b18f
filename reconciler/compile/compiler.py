"""Documents in, graph or diagnostics out. Pure.

Three passes: `read` turns documents into checked specs of one environment,
`questions` says what must be asked of AWS first, `build` makes the graph. Every
finding of every file comes out of one run; what depends on a broken spec is
left out rather than reported again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.compile import (
    deferred as deferring,
    lacking,
    naming,
    packing,
    placed,
    served,
    tags,
)
from reconciler.compile.admit import admit
from reconciler.compile.rooted import rooted
from reconciler.compile.sealed import sealed
from reconciler.compile.spec import SPEC, Spec
from reconciler.compile.unresolved import unresolved
from reconciler.kinds import api as kinds
from reconciler.kinds.api import Kind, Lacking, LackingError, Lookup, Scope, Served
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.model.document import Document
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.model.loss import Approval
from reconciler.model.policy import Policy
from reconciler.model.value import Json
from reconciler.model.waiting import Waiting
from reconciler.resources import api as resources
from reconciler.resources.api import Place
from reconciler.secret.search import in_document
from reconciler.specs import overlay
from reconciler.specs.envelope import Envelope, envelopes
from reconciler.specs.overlay import EnvironmentView
from reconciler.specs.shape import shape
from reconciler.specs.unread import among, misframed

ENVIRONMENT = "Environment"


def place_of(view: EnvironmentView) -> Place:
    """The account, region and names of an environment."""
    return Place(view.account, view.region, view.platform, view.name)


def policy_of(
    view: EnvironmentView,
    *,
    today: date,
    adopt: frozenset[Address] = frozenset(),
) -> Policy:
    """What an environment lets a plan do on a day."""
    protection = view.spec.protection
    approvals = (
        Approval(
            each.address,
            str(each.allows),
            each.why,
            each.by,
            date.fromisoformat(each.until),
            view.document.at((*SPEC, "protection", "approvals", str(index))),
        )
        for index, each in enumerate(protection.approvals)
    )
    existing = {name: view.document.at((*SPEC, "services", name)) for name in view.spec.services}
    allow, said = frozenset(map(str, protection.allow)), tuple(approvals)
    high = view.spec.availability == "high"
    return Policy(allow, adopt, approvals=said, today=today, existing=existing, available=high)


def read(
    documents: Iterable[Document], view: EnvironmentView, lost: Collection[str] = ()
) -> tuple[tuple[Spec, ...], list[Diagnostic]]:
    """The specs of an environment that are right in themselves, and all that is wrong.

    A reference to one of the names in `lost`, of what could not be read, is no second finding.
    """
    registry = kinds.load()
    found: list[Diagnostic] = []
    laid: list[Document] = []
    for document in documents:
        if _kind(document) != ENVIRONMENT:
            merged, problems = overlay.apply(document, view)
            laid.append(merged)
            found += problems
            if merged is not document:  # an environment may bring a secret in
                found += [secret.diagnostic for secret in in_document(merged)]
    framed, problems = envelopes(laid, registry)
    found += problems
    declared = {envelope.id for envelope in framed}
    broken = {*lost, *(name for name, _ in misframed(laid, registry))}
    specs = []
    for envelope in framed:
        spec, problems = _spec(envelope, registry[envelope.kind], declared, broken, view)
        found += problems
        if spec is not None and envelope.sound:
            specs.append(spec)
    return tuple(specs), ordered([*found, *packing.undeclared(view, declared)])


def _kind(document: Document) -> Json:
    return document.data.get("kind") if isinstance(document.data, Mapping) else None


def _spec(
    envelope: Envelope,
    kind: Kind[Any],
    declared: set[str],
    broken: set[str],
    view: EnvironmentView,
) -> tuple[Spec | None, list[Diagnostic]]:
    whole = "spec" in envelope.document.data
    model, found = shape(envelope.document, kind.model, SPEC) if whole else (None, [])
    if model is None:
        return None, found
    spec = Spec(envelope, kind, model, tuple(kinds.used(model)))
    for problem in kind.check(model):
        at = (spec.key_at if problem.on_key else spec.at)(problem.path)
        help_, severity = problem.help, problem.severity
        found.append(Diagnostic(problem.code, problem.message, at, help_, severity))
    named = ((path, type_, spec.at(path)) for path, type_ in kind.types(model))
    found += served.unserved(named, resources.load())
    found += [
        unresolved(other, name, spec.at(path), declared)
        for path, other, name in spec.uses
        if f"{other}/{name}" not in declared and not among(name, broken)
    ]
    found += packing.homeless(spec, view)
    home = packing.uses(model, view, spec.id)
    spec = replace(spec, uses=(*spec.uses, *home))
    return (None if any(each.is_error for each in found) else spec), found


def questions(specs: Iterable[Spec], view: EnvironmentView) -> list[Lookup]:
    """What must be asked of AWS before these specs can be built, each question once."""
    builder = Builder(specs, view, None)
    asked = dict.fromkeys(
        lookup
        for spec in builder.specs.values()
        for lookup in lacking.none(spec.kind.lookups(spec.model, builder.scope(spec)))
    )
    return list(asked)


def build(
    specs: Iterable[Spec],
    view: EnvironmentView,
    facts: Mapping[Lookup, Json] | None = None,
) -> tuple[Graph, list[Diagnostic]]:
    """The graph of an environment. `facts` answers `questions`; nothing means offline."""
    return Builder(specs, view, facts).build()


def exported(
    specs: Iterable[Spec], view: EnvironmentView
) -> dict[str, Mapping[str, Json | Lacking]]:
    """What each of these specs exports, by ``Kind/name``; what lacks something is left out."""
    builder, found = Builder(specs, view, None), {}
    for spec in builder.specs.values():
        with suppress(LackingError, KeyError):
            found[spec.id] = builder.exports(spec)
    return found


class Builder:
    """The specs of an environment while they are compiled, each in a scope of its own."""

    def __init__(
        self,
        specs: Iterable[Spec],
        view: EnvironmentView,
        facts: Mapping[Lookup, Json] | None,
    ) -> None:
        known = {spec.id: spec for spec in specs}
        good = rooted({id_: spec.targets for id_, spec in known.items()})
        self.specs = {id_: spec for id_, spec in known.items() if id_ in good}
        self.view = view
        self.place = place_of(view)
        self.facts = facts
        self.resources = resources.load()
        self.home = packing.home(view)
        self._scopes: dict[str, Scope] = {}
        self._exports: dict[str, Mapping[str, Json | Lacking]] = {}
        self._asked: list[str] = []
        self.unfit: list[Diagnostic] = []
        if self.home and self.home.id in self.specs:
            self.unfit = packing.unfit(view, self._peer(packing.KIND, self.home.source))
        if self.unfit:
            self.home = None

    def scope(self, spec: Spec) -> Scope:
        """The scope of a spec, the same one each time."""
        if spec.id not in self._scopes:
            self._scopes[spec.id] = Scope(
                kind=spec.kind.name,
                name=spec.envelope.metadata.name,
                owner=spec.owner,
                description=spec.envelope.metadata.description or "",
                tags=spec.tags,
                place=self.place,
                naming=self._address,
                spans=spec.at,
                peer=self._peer,
                served=self._served,
                facts=self.facts,
                boundary=self.view.spec.boundary or "",
                own={each[:2]: each for each in spec.kind.named(spec.model)},
                packed=spec.packed,
                home=self.home,
                available=self.view.spec.availability == "high",
            )
        return self._scopes[spec.id]

    def build(self) -> tuple[Graph, list[Diagnostic]]:
        nodes: dict[str, list[Node]] = {}
        found = [*self.unfit]
        deferred: dict[str, Waiting] = {}
        for spec in self.specs.values():
            scope = self.scope(spec)
            try:
                made = {node.address: node for node in spec.kind.build(spec.model, scope)}
                made |= {node.address: node for node in scope.role_nodes()} | scope.made
            except LackingError as error:
                found.append(lacking.finding(error, spec.uses, spec.at))
                continue
            except Exception as error:  # noqa: BLE001 - a broken kind must not hide other findings
                if not self._unhoused(error):
                    found.append(lacking.broken(spec.kind.name, error, spec.at))
                continue
            found += scope.problems
            if scope.deferred:
                deferred[spec.id] = scope.deferred
            else:
                nodes[spec.id] = [self._finish(node, scope) for node in made.values()]
        imageless = [each for scope in self._scopes.values() for each in scope.imageless]
        asked = [each for id_ in nodes for each in self._scopes[id_].admissions]
        nodes = {id_: admit(made, asked) for id_, made in nodes.items()}
        uses = {id_: spec.targets for id_, spec in self.specs.items()}
        deferring.spread(nodes, deferred, uses)
        lines = {id_: self.specs[id_].at(()) for id_ in deferred}
        found += deferring.findings(deferred, lines)
        found += [
            *tags.problems(self.view, self.specs.values(), nodes),
            *placed.problems(self.view, imageless),
        ]
        all_nodes = packing.once(node for made in nodes.values() for node in made)
        graph, problems = build_graph(all_nodes, deferred.values())
        where, specs = self.place, frozenset(self.specs)
        graph = replace(graph, region=where.region, account=where.account, specs=specs)
        return graph, ordered([*found, *problems])

    def _unhoused(self, error: Exception) -> bool:
        """That the place of assets is lacking or broken, which its own finding says."""
        place = self.home.id if self.home else ""
        return isinstance(error, KeyError) and error.args == (place,) and place not in self.specs

    def _address(self, type_: str, base: str, content: str) -> Address:
        return naming.address(type_, base, content, self.place, self.resources)

    def _served(self, type_: str) -> Served | None:
        return served.served(type_, self.resources)

    def exports(self, spec: Spec) -> Mapping[str, Json | Lacking]:
        """What a spec exports."""
        return self._peer(spec.kind.name, spec.envelope.metadata.name)

    def _peer(self, kind: str, name: str) -> Mapping[str, Json | Lacking]:
        id_ = f"{kind}/{name}"
        if id_ in self._asked:
            raise LackingError(kind, name, lacking.CIRCLE)
        if id_ not in self._exports:
            spec = self.specs[id_]
            self._asked.append(id_)
            try:
                self._exports[id_] = spec.kind.exports(spec.model, self.scope(spec))
            finally:
                self._asked.pop()
        return self._exports[id_]

    def _finish(self, node: Node, scope: Scope) -> Node:
        """Add what every resource has: its name and its tags."""
        resource = self.resources[node.address.type]
        props = naming.named(node.props, resource, self.place.slots(node.address.name))
        if resource.signed:
            props[tags.TAGS] = tags.tags(node, scope, resource, self.view)
        if resource.generic:
            props = sealed(props, node.address)
        return replace(node, props=props)
