"""The tags of every resource, and what AWS would refuse of the words that go into them. Pure.

They are of a spec's metadata and of the environment, so that is where a finding points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from reconciler.facts.tags import MOST, composed, key_faults, value_faults
from reconciler.kinds.api import Scope
from reconciler.kinds.lines import OUTSIDE
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path
from reconciler.policy.unresolved import CODE as UNRESOLVED
from reconciler.resources.api import (
    HOLDS_TAG,
    NAME_TAG,
    OWNERSHIP,
    TYPE_TAG,
    Place,
    Resource,
)
from reconciler.secret.references import WAY_OUT, unresolved
from reconciler.specs.overlay import EnvironmentView

CODE = "TAG001"
OURS = "moorline:"
TAGS = "Tags"
TAGGED: Path = (OUTSIDE, "metadata", "tags")
_HELP = "a tag has letters, digits, spaces and + - = . _ : / @"


class Owned(Protocol):
    """A spec with an owner and tags."""

    @property
    def id(self) -> str: ...
    def owned_at(self) -> Span: ...
    @property
    def owner(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str]: ...
    def at(self, path: Path) -> Span: ...
    def key_at(self, path: Path) -> Span: ...


def tags(node: Node, scope: Scope, resource: Resource, view: EnvironmentView) -> list[Json]:
    """All tags of a node: of the environment, of its spec, and its own over them."""
    place: Place = scope.place  # type: ignore[assignment]
    values = (place.platform, place.environment, f"{scope.kind}/{scope.name}", place.region)
    found = {**view.spec.tags, **scope.tags, **dict(zip(OWNERSHIP, values, strict=True))}
    if scope.owner:
        found["owner"] = scope.owner
    if resource.holds:
        found[HOLDS_TAG] = resource.holds
    if resource.told_by_tag:
        found[NAME_TAG] = node.address.name
    if resource.generic:
        found[TYPE_TAG] = node.address.type
    found |= {tag["Key"]: tag["Value"] for tag in node.props.get(TAGS) or ()}
    found = {composed(key): composed(value) for key, value in found.items()}
    if resource.tags is None:  # a mark has no room for more than whose it is
        found = {key: value for key, value in found.items() if key.startswith("moorline:")}
    return [{"Key": key, "Value": found[key]} for key in sorted(found)]


def problems(
    view: EnvironmentView, specs: Iterable[Owned], made: Mapping[str, Iterable[Node]]
) -> Iterator[Diagnostic]:
    """What of owners and of the environment's tags AWS would refuse, as far as anything has it."""
    specs = tuple(specs)
    yield from _twins(view, owned=any(spec.owner for spec in specs))
    yield from _reserved(view.spec.tags, lambda key: view.document.key_at(("spec", "tags", key)))
    for spec in specs:
        yield from _own(spec, view)
    tagged = {id_ for id_, nodes in made.items() if any(TAGS in node.props for node in nodes)}
    if not tagged:
        return
    for key, value in view.spec.tags.items():
        at = view.document.at(("spec", "tags", key))
        where = view.document.key_at(("spec", "tags", key))
        yield from _refused(key, key_faults, f"AWS takes no tag {key!r}", where)
        yield from _refused(value, value_faults, f"AWS refuses the value of the tag {key!r}", at)
    for spec in specs:
        if spec.id in tagged:
            text = "the owner becomes a tag that AWS would refuse"
            yield from _refused(spec.owner, value_faults, text, spec.owned_at())
    most = max((node for nodes in made.values() for node in nodes), key=_count)
    if _count(most) > MOST:
        text = f"{most.address} has {_count(most)} tags, and AWS takes {MOST}"
        at = view.document.key_at(("spec", "tags"))
        yield Diagnostic(CODE, text, at, "remove some of 'tags'", address=most.address)


def _own(spec: Owned, view: EnvironmentView) -> Iterator[Diagnostic]:
    """What is wrong with the tags of a spec, whether or not anything has them yet."""

    def where(key: str) -> Span:
        return spec.key_at((*TAGGED, key))

    yield from _reserved(spec.tags, where)
    others = {composed(key): (value, "the environment") for key, value in view.spec.tags.items()}
    if spec.owner:
        others["owner"] = (spec.owner, "the owner of the spec")
    folded = {key.casefold(): key for key in others}
    seen: dict[str, str] = {}
    for key, value in spec.tags.items():
        yield from _refused(key, key_faults, f"AWS takes no tag {key!r}", where(key))
        text = f"AWS refuses the value of the tag {key!r}"
        yield from _refused(value, value_faults, text, spec.at((*TAGGED, key)))
        own = composed(key)
        if (twin := seen.setdefault(own.casefold(), key)) is not key:
            text = f"the tag {key!r} is {twin!r} in another spelling, and IAM takes one of them"
            yield Diagnostic(CODE, text, where(key), "remove one of the two")
        other = folded.get(own.casefold())
        if other is None:
            continue
        given, whose = others[other]
        if other != own:
            text = f"the tag {key!r} is {other!r} of {whose} in another spelling"
            yield Diagnostic(CODE, text, where(key), f"write {other!r}, or remove it")
        elif composed(given) != composed(value):
            text = f"the tag {key!r} is {given!r} by {whose}, and {value!r} here"
            yield Diagnostic(CODE, text, spec.at((*TAGGED, key)), "remove one of the two")


def _twins(view: EnvironmentView, *, owned: bool) -> Iterator[Diagnostic]:
    """Tags of the environment that are one to IAM, which every role of it would have."""
    seen = {"owner": "owner"} if owned else {}
    for key in view.spec.tags:
        twin = seen.setdefault(composed(key).casefold(), key)
        if twin == key:
            continue
        text = f"the tag {key!r} is {twin!r} in another spelling, and IAM takes one of them"
        help_ = "remove one of the two" if twin in view.spec.tags else f"{twin!r} is in every spec"
        yield Diagnostic(CODE, text, view.document.key_at(("spec", "tags", key)), help_)


def _reserved(keys: Iterable[str], where: Callable[[str], Span | None]) -> Iterator[Diagnostic]:
    for key in keys:
        if composed(key).casefold().startswith(OURS):
            text = f"{OURS!r} begins the tags that Moorline writes itself"
            yield Diagnostic(CODE, text, where(key), "choose another key")


def _refused(
    text: str, faults: Callable[[str], Iterable[str]], said: str, at: Span | None
) -> Iterator[Diagnostic]:
    """The faults of a text; where it is a reference, its characters are not what is wrong."""
    found = [*unresolved(text)]
    for reference, tool in found:
        why = f"nobody would resolve {reference!r}: it is for {tool}"
        yield Diagnostic(UNRESOLVED.code, why, at, WAY_OUT)
    if not found:
        for fault in faults(composed(text)):
            yield Diagnostic(CODE, f"{said}: {fault}", at, _HELP)


def _count(node: Node) -> int:
    return len(node.props.get(TAGS) or ())
