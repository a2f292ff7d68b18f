"""Write drift back into the specs: the scalars that make them say what is live. Pure.

A value is written only where compiling the edited files gives exactly what is live, and
changes nothing else; everything else is named with the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from reconciler.drift.splice import Edit, Site, SpliceError, edit, sites, spliced
from reconciler.model.address import Address
from reconciler.model.change import Effect, FieldChange, Observed, Reason
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import Step
from reconciler.model.value import Json, Mark, Path, canonical, to_json
from reconciler.plan.diff import TAGS, compare
from reconciler.plan.inverse import guesses, leaf
from reconciler.resources.api import Resource
from reconciler.specs.overlay import BUILT_IN, EnvironmentView
from reconciler.specs.source import parse

Compile = Callable[[Mapping[str, str]], Graph | None]
"""The graph of the platform with these texts in place of files; nothing when they are wrong."""
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z][A-Za-z0-9_]*)\}")
MOST = 40
"""Guesses that are compiled for one difference."""
SEVERAL = "no single value of a spec makes it so"


@dataclass(frozen=True, slots=True)
class Written:
    """A difference that the specs now have, and the line that says it."""

    address: Address
    path: Path
    at: Span
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Left:
    """A difference that could not be written, and why."""

    address: Address
    path: Path
    why: str
    at: Span | None = None
    """The line of the spec that says it."""


@dataclass(slots=True)
class Keeper:
    """Collects edits. `texts` are the files as they are, read when they are asked for."""

    view: EnvironmentView
    texts: Callable[[str], str]
    compile: Compile
    resources: Mapping[str, Resource]
    edits: dict[tuple[str, int], Edit] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    follow: list[tuple[Address, Path]] = field(default_factory=list)
    """Descriptions that say a value that was written: the next apply updates them."""
    _graph: Graph = field(default_factory=Graph)
    _live: dict[tuple[Address, Path], Json] = field(default_factory=dict)

    def keep(self, steps: list[Step]) -> None:
        """Take over what has drifted in these resources."""
        self._graph = self.compile({}) or Graph()
        self._live = {(s.address, f.path): f.before for s in steps for f in s.fields}
        for step in steps:
            if not step.fields:
                self.left.append(Left(step.address, (), _whole(step)))
            for each in step.fields:
                try:
                    self._field(step, each)
                except SpliceError as error:
                    self.left.append(Left(step.address, each.path, str(error), each.at))
        kept = {(each.address, each.path) for each in self.written}  # some come with another one
        self.left = [each for each in self.left if (each.address, each.path) not in kept]

    def changed(self) -> dict[str, str]:
        """The new text of every file that changes."""
        return self._with(None)

    # -- one difference

    def _field(self, step: Step, difference: FieldChange) -> None:
        live, declared, at = difference.before, difference.after, difference.at
        if isinstance(live, Mark) or isinstance(declared, Mark):
            raise SpliceError("it is a secret, or not known")
        if at is None:
            raise SpliceError("no line of a spec says it")
        if any(w.address == step.address and w.path == difference.path for w in self.written):
            return
        if isinstance(live, list | Mapping):
            declared, live = leaf(declared, live) or (declared, live)
        if not isinstance(live, str | int | float | bool):
            raise SpliceError(f"it is not a single value; edit {at}")
        whys: list[str] = []
        found = sites(self.texts(at.file), at.file, at)
        alike = [each for each in step.fields if each.at == at and each.before is not None]
        meant = alike if len(found) == 1 else [difference]  # one scalar may be two properties
        for made in islice(self._edits(found, declared, live, whys), MOST):
            refused = self._try(step, meant, made)
            if not refused:
                return
            if len(found) == 1:  # else it may not be the one that is meant
                whys.append(refused)
        told = next((why for why in whys if why != SEVERAL), SEVERAL)
        raise SpliceError(f"{told}; edit {at}")

    def _edits(
        self, found: list[Site], declared: Json, live: Json, whys: list[str]
    ) -> Iterator[Edit]:
        """What could be written; a variable is followed to where it is set."""
        for site in found:
            try:
                where = self._behind(site)
                for guess in guesses(where.value, declared, live):
                    self._shared(where)
                    yield edit(self.texts(where.file), where, guess)
            except SpliceError as error:
                if len(found) == 1:
                    whys.append(str(error))

    def _behind(self, site: Site) -> Site:
        uses = isinstance(site.value, str) and "${" in site.value
        return self._variable(site) if uses else site

    def _variable(self, site: Site) -> Site:
        match = _VARIABLE.fullmatch(str(site.value))
        if match is None:
            raise SpliceError(f"{site.at} is put together from variables")
        name = match["name"]
        path = ("spec", "variables", name)
        if name in BUILT_IN or path not in self.view.document.values:
            raise SpliceError(f"{site.at} is the variable {name!r}, which the environment is")
        at = self.view.document.at(path)
        return next(iter(sites(self.texts(at.file), at.file, at)))

    def _shared(self, site: Site) -> None:
        """Refuse a value of an environment that others are built on."""
        owner = self._environment(site)
        if owner and owner != self.view.name:
            raise SpliceError(
                f"{site.at} belongs to the environment {owner!r}, which others share;"
                f" set it in {self.view.name!r}"
            )

    def _environment(self, site: Site) -> str:
        data = parse(self.texts(site.file), site.file).documents[site.document].data
        if not isinstance(data, dict) or data.get("kind") != "Environment":
            return ""
        return str((data.get("metadata") or {}).get("name"))

    # -- trying

    def _try(self, step: Step, meant: list[FieldChange], made: Edit) -> str:
        """Why an edit is not it; "" when it was taken."""
        key = (made.site.file, made.site.start)
        if key in self.edits:
            return f"{made.site.at} was given another value already"
        graph = self.compile(self._with(made))
        if graph is None:
            return "the live value is not one that a spec may have"
        changes = {(a, each.path): each for a, each in self._changes(graph)}
        for each in meant:
            mine = changes.get((step.address, each.path))
            if mine is None or not _same(mine.after, each.before):
                return SEVERAL
        follows = {key for key in changes if _follows(step, *key)} - self._live.keys()
        for (address, path), each in changes.items():
            if (address, path) in follows:
                continue
            if (address, path) not in self._live:
                return f"it would also change {'.'.join(path) or 'all'} of {address}"
            if not _same(each.after, self._live[address, path]):
                return f"it would make {'.'.join(path)} of {address} neither live nor declared"
        old = self.texts(made.site.file)[made.site.start : made.site.end]
        self.written += [
            Written(address, path, made.site.at, old, made.text)
            for address, path in changes.keys() - follows
        ]
        self.follow += sorted((address, path) for address, path in follows)
        self.edits[key] = made
        self._graph = graph
        return ""

    def _with(self, more: Edit | None) -> dict[str, str]:
        by_file: dict[str, list[Edit]] = {}
        for each in (*self.edits.values(), *([more] if more else [])):
            by_file.setdefault(each.site.file, []).append(each)
        return {file: spliced(self.texts(file), edits) for file, edits in by_file.items()}

    def _changes(self, graph: Graph) -> Iterator[tuple[Address, FieldChange]]:
        """How another graph differs from the present one."""
        before, after = self._graph.nodes, graph.nodes
        for address in sorted(before.keys() ^ after.keys()):
            yield address, _WHOLE
        for address in sorted(before.keys() & after.keys()):
            old, new = before[address], after[address]
            if canonical(old.props) != canonical(new.props):
                fields = _difference(old, new, self.resources[address.type])
                yield from ((address, each) for each in fields)


_WHOLE = FieldChange((), None, None, Effect.REPLACE)
"""Stands for a resource that appears, goes, or differs where nothing is compared."""


def _difference(old: Node, new: Node, resource: Resource) -> tuple[FieldChange, ...]:
    tags = {tag["Key"]: tag["Value"] for tag in old.props.get(TAGS) or ()}
    found = compare(new.address, new.props, Observed(old.props, tags=tags), resource).fields
    return found or (_WHOLE,)


def _whole(step: Step) -> str:
    match step.reason:
        case Reason.ABSENT:
            return "it does not exist: remove it from the specs, or apply"
        case Reason.NOT_DECLARED | Reason.NOT_MADE:
            return "no spec declares it: write one and adopt it, or apply"
        case _:
            return "it differs as a whole"


def _follows(step: Step, address: Address, path: Path) -> bool:
    """Whether it is a text for people about the same resource."""
    return address == step.address and path[-1:] != () and path[-1].endswith("Description")


def _same(one: Json, other: Json) -> bool:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
    if numbers:
        return math.isclose(one, other, rel_tol=1e-9)
    return canonical(to_json(one)) == canonical(to_json(other))
