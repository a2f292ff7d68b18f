"""A platform that examples stand in: the one of this repository, compiled and compared in memory.

Nothing is asked of AWS. What is live is what the specs before a change make, so that a plan shows
the change and nothing else; it is made by the rules that every plan is made by.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from reconciler.compile import check, compiler
from reconciler.compile.packing import keys
from reconciler.compile.spec import Spec
from reconciler.kinds.api import load
from reconciler.model.asset import Key, Packed
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.document import Document
from reconciler.model.graph import Graph
from reconciler.model.value import Json
from reconciler.resources.api import Place
from reconciler.specs import overlay
from reconciler.specs.envelope import API_VERSION
from reconciler.specs.source import parse

ROOT = Path(__file__).parents[3]
ENVIRONMENT = "Environment"
MORE = Path(__file__).with_name("specs")
"""Specs of what the platform of this repository does not have, for examples."""
CODE = "code"
"""The DataSource of those that keeps files of the repository."""
PLACE = "prod"
NEW = "example"
Data = dict[str, Any]
ALONE: Data = {
    "apiVersion": API_VERSION,
    "kind": ENVIRONMENT,
    "metadata": {"name": PLACE},
    "spec": {"platform": "acme", "account": "123456789012", "region": "eu-west-1"},
}
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What documents make, or what is wrong with them."""

    graph: Graph
    place: Place
    wrong: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, eq=False)
class Platform:
    """Documents by ``Kind/name``, with nothing left to fill in."""

    documents: Mapping[str, Document]
    places: Mapping[str, Document]
    """The environment without variables and overrides, and under `ENVIRONMENT` with them."""
    raw: Mapping[str, Document]
    """The documents as they are written, with variables; environments too."""
    uses: Mapping[str, frozenset[str]]
    """What each of the documents refers to."""
    cache: dict[tuple[bytes, bool], Compiled] = field(default_factory=dict, compare=False)

    def names(self) -> dict[str, tuple[str, ...]]:
        """Names of specs by kind."""
        found: dict[str, list[str]] = {}
        for each in self.documents:
            kind, _, name = each.partition("/")
            found.setdefault(kind, []).append(name)
        return {kind: tuple(sorted(names)) for kind, names in found.items()}

    def bases(self, kind: str) -> list[Data]:
        """Documents of a kind to put an example into: the kind's own, then those of here."""
        example = load()[kind].example
        metadata = {"name": NEW, "owner": "ml-platform"}
        own = {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata}
        found = [{**own, "spec": read(example)}]
        if kind == ENVIRONMENT:
            return [*found, copy.deepcopy(self.places[ENVIRONMENT].data)]
        found += [
            copy.deepcopy(each.data)
            for id_, each in sorted(self.documents.items())
            if id_.startswith(f"{kind}/")
        ]
        return found

    def compile(self, data: Data, *, users: bool = True) -> Compiled:
        """A document with all that it refers to, and where asked for what refers to it."""
        key = (orjson.dumps(data), users)
        if key not in self.cache:
            self.cache[key] = self._compile(data, users=users)
        return self.cache[key]

    def _compile(self, data: Data, *, users: bool) -> Compiled:
        if data["kind"] == ENVIRONMENT:
            return self._environment(data)
        if wrong := _by_itself(data):
            return Compiled(Graph(), Place("", "", "", ""), wrong)
        (document,) = parse(written(data), f"{data['kind']}.yaml").documents
        id_ = f"{data['kind']}/{data['metadata'].get('name')}"
        wanted = _named(data, self.documents) | (self._users(id_) if users else set())
        wanted |= {f"DataSource/{CODE}"} & self.documents.keys()
        around = [self.documents[each] for each in sorted(self._closed(wanted) - {id_})]
        return _compile([document, *around], self.places[PLACE])

    def _environment(self, data: Data) -> Compiled:
        """An environment with all specs: as they are written where it has their variables."""
        (document,) = parse(written(data), "Environment.yaml").documents
        whole = self.places[ENVIRONMENT].data["spec"].get("variables", {})
        filled = whole.keys() <= (data["spec"].get("variables") or {}).keys()
        others = [each for id_, each in self.raw.items() if id_.startswith(f"{ENVIRONMENT}/")]
        mine = data["metadata"]["name"]
        specs = self.raw if filled else self.documents
        kept = [each for each in specs.values() if each.data["kind"] != ENVIRONMENT]
        here = self.places[PLACE].data["spec"]["region"]
        if data["spec"].get("region") != here:  # nor one that names what is in the other region
            kept = [each for each in kept if f":{here}:" not in " ".join(_texts(each.data))]
        if "assets" not in data["spec"]:  # then no spec may name files of the repository
            kept = [each for each in kept if _id(each) not in _homeless(self)]
        return _compile(kept, document, [each for each in others if _name(each) != mine])

    def closed(self, id_: str) -> set[str]:
        """A spec with all that it refers to."""
        return self._closed({id_})

    def _users(self, id_: str) -> set[str]:
        return {each for each, uses in self.uses.items() if id_ in uses}

    def _closed(self, wanted: set[str]) -> set[str]:
        """Specs with all that they refer to."""
        found, todo = set[str](), list(wanted)
        while todo:
            each = todo.pop()
            if each not in found:
                found.add(each)
                todo += self.uses[each]
        return found


@cache
def platform() -> Platform:
    """The platform in `specs/` as it is in one environment, with nothing left to fill in.

    Without one there is an environment alone, and kinds have only examples of their own.

    Raises:
        ValueError: the platform is wrong.
    """
    files = sorted([*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("environments/*.yaml")])
    files += sorted(MORE.glob("*.yaml")) if files else []
    raw = [one for file in files for one in parse(file.read_bytes(), file.name).documents]
    raw += [] if files else parse(written(ALONE), "environment.yaml").documents
    view, found = overlay.resolve(raw, PLACE)
    if view is None:
        raise ValueError(f"the example platform has no {PLACE}: {found}")
    whole = view.document.data
    gone = ("extends", "overrides", "variables")
    flat = {key: each for key, each in whole["spec"].items() if key not in gone}
    if any(_name(each) == CODE for each in raw):
        flat["assets"] = {"source": CODE}
    full = {key: each for key, each in whole["spec"].items() if key != "extends"}
    documents = {}
    for each in raw:
        if each.data["kind"] != ENVIRONMENT:
            laid, _ = overlay.apply(each, view)
            documents[_id(each)] = laid
    uses = {id_: frozenset(_named(each.data, documents)) - {id_} for id_, each in documents.items()}
    (place, filled) = (
        parse(written({**whole, "spec": each}), "environment.yaml").documents[0]
        for each in (flat, full)
    )
    written_ = {_id(each): each for each in raw}
    return Platform(documents, {PLACE: place, ENVIRONMENT: filled}, written_, uses)


def _id(document: Document) -> str:
    return f"{document.data['kind']}/{_name(document)}"


def _name(document: Document) -> str:
    return str(document.data["metadata"]["name"])


def _named(data: Data, documents: Mapping[str, Document]) -> set[str]:
    """Specs whose names are somewhere in a document, where it may refer to one."""
    texts = {*_texts(data.get("spec"))}
    kinds = _kinds(data["kind"])
    found = {f"{kind}/{text}" for kind in kinds for text in texts}
    found |= {id_ for id_ in documents for text in texts if f"${{ref:{id_}." in text}
    return found & documents.keys()


@cache
def _kinds(kind: str) -> frozenset[str]:
    """The kinds that a spec of a kind may refer to."""
    found = set[str]()

    def visit(part: Json) -> None:
        if isinstance(part, Mapping):
            if "x-moorline-kind" in part:
                found.add(part["x-moorline-kind"])
            for each in part.values():
                visit(each)
        elif isinstance(part, list):
            for each in part:
                visit(each)

    visit(load()[kind].model.model_json_schema(by_alias=True))
    return frozenset(found)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def read(text: str) -> Json:
    """The one value of a YAML text."""
    (document,) = parse(text, "example.yaml").documents
    return document.data


def written(data: Json) -> str:
    """A value as YAML, in the order in which it is."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text


def _by_itself(data: Data) -> tuple[Diagnostic, ...]:
    """What is wrong with a document whatever is around it: most that are tried are."""
    kind = load()[data["kind"]]
    try:
        model = kind.model.model_validate_json(orjson.dumps(data.get("spec")))
    except ValidationError as error:
        return (Diagnostic("SPEC020", str(error)),)
    said = (each for each in kind.check(model) if each.severity is Severity.ERROR)
    return tuple(Diagnostic(each.code, each.message, None, each.help) for each in said)


@cache
def _homeless(platform: Platform) -> frozenset[str]:
    """The specs that cannot be where an environment names no bucket for files."""
    place = platform.places[PLACE].data
    spec = {key: each for key, each in place["spec"].items() if key != "assets"}
    (bare,) = parse(written({**place, "spec": spec}), "environment.yaml").documents
    return frozenset(
        id_
        for id_ in platform.documents
        if _compile([platform.documents[each] for each in sorted(platform.closed(id_))], bare).wrong
    )


def _packed(spec: Spec) -> dict[Key, Packed]:
    """Files of the repository that a spec names, as if they were there."""
    return {
        (path, form): Packed(
            path, form, hashlib.sha256(path.encode()).hexdigest(), 1000, 1, _files(path)
        )
        for path, form in keys(spec.model)
    }


def _files(path: str) -> tuple[str, ...]:
    """The files at a path: those of the example, where it has some."""
    here = ROOT / path
    found = sorted(str(each.relative_to(here)) for each in here.rglob("*") if each.is_file())
    return tuple(found) or (path,)


def _compile(
    documents: list[Document], place: Document, others: Iterable[Document] = ()
) -> Compiled:
    view, found = overlay.resolve([place, *others, *documents], _name(place))
    nowhere = Place("", "", "", "")
    if view is None or any(each.is_error for each in found):
        return Compiled(Graph(), nowhere, tuple(found))
    specs, problems = compiler.read(documents, view)
    if wrong := tuple(each for each in (*found, *problems) if each.is_error):
        return Compiled(Graph(), nowhere, wrong)
    specs = tuple(replace(each, packed=_packed(each)) for each in specs)
    graph, more = compiler.build(specs, view)
    wrong = tuple(each for each in more if each.is_error) or tuple(check.refusals(graph))
    return Compiled(graph, compiler.place_of(view), wrong)
