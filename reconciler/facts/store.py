"""Reads and holds what is known of one CloudFormation type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

import orjson

from reconciler.facts.files import additions, corrections, schemas
from reconciler.facts.handlers import Handler, Tags, handlers_of, tag_property_of, tagging_of
from reconciler.facts.level import UNSERVED
from reconciler.facts.pack import Pack
from reconciler.facts.shape import Schema, Shape, children, resolve
from reconciler.facts.told import TOLD
from reconciler.model.value import Path


class UnknownType(LookupError):
    """There is no such CloudFormation type among the known ones."""

    def __init__(self, type_name: str) -> None:
        super().__init__(type_name)
        self.type = type_name

    def __str__(self) -> str:
        close = _closest(self.type)
        hint = f"; did you mean '{close}'?" if close else ""
        return f"unknown resource type '{self.type}'{hint}"


@dataclass(frozen=True)  # not slotted: the costly answers are cached properties
class Facts:
    """What the registry and our corrections say about one type. Paths are those of `shape`."""

    type: str
    schema: Schema
    """JSON Schema of the properties, API-only members included."""
    create_only: frozenset[Path]
    conditional: frozenset[Path]
    """Create-only for some changes of the value."""
    read_only: frozenset[Path]
    write_only: frozenset[Path]
    """Never read back, hence never compared."""
    api_only: frozenset[Path]
    """Properties that the API takes and CloudFormation lacks."""
    deprecated: frozenset[Path]
    identity: tuple[Path, ...]
    """In the order in which AWS joins the parts to one text."""
    other_identities: tuple[tuple[Path, ...], ...]
    tag_property: Path | None
    tagging: Tags | None
    """Nothing where the type has no property for tags."""
    handlers: Mapping[str, Handler]
    """By verb: create, read, update, delete, list; empty where the registry lists none."""
    level: str
    """What Cloud Control can do with it: `full`, `no update`, `no list`, `no update, no list` or
    `unserved`."""
    transforms: Mapping[Path, str]
    """JSONata of what AWS makes of a value: both forms are the same value."""
    replacement: str | None
    """`create_then_delete` or `delete_then_create`, where the registry says."""
    defaults: Mapping[Path, Any]
    """What AWS takes an absent property for."""

    @property
    def permissions(self) -> Mapping[str, tuple[str, ...]]:
        """IAM actions by handler."""
        return {verb: it.permissions for verb, it in self.handlers.items()}

    @property
    def has_update(self) -> bool | None:
        """Whether the type has an update handler; nothing when the registry lists no handlers."""
        return "update" in self.handlers if self.handlers else None

    @property
    def served(self) -> bool:
        """Whether Cloud Control makes, reads and deletes it, by its handlers."""
        return self.level != UNSERVED

    @property
    def can(self) -> frozenset[str]:
        """The verbs that do something: an update handler counts where a property may change."""
        return frozenset(it for it in self.handlers if f"no {it}" not in self.level)

    @property
    def required(self) -> frozenset[str]:
        """Properties without which the type cannot be created."""
        return frozenset(self.schema.get("required", ()))

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(sorted(self.schema["properties"]))

    @cached_property
    def stated(self) -> Schema:
        """As `schema`, without what only the service's own API takes: what Cloud Control takes."""
        return orjson.loads(_pack().text(self.type)) if self.api_only else self.schema

    @cached_property
    def sets(self) -> frozenset[Path]:
        """Lists whose order means nothing: `insertionOrder` is false, or items are unique."""
        return frozenset(_sets(self.schema, Shape((), (self.schema,)), frozenset()))

    def ordered(self, path: Path) -> bool | None:
        """Whether the order of a list means something; nothing where AWS does not say."""
        shape = self.shape_at(path)
        said = {it.get("insertionOrder") for it in shape.schemas} if shape else set()
        return False if False in said else True if True in said else None

    @cached_property
    def _shapes(self) -> dict[Path, Shape | None]:
        return {}

    def shape_at(self, path: Path) -> Shape | None:
        """What may stand at `path`; nothing when the type has no such property."""
        if path not in self._shapes:
            self._shapes[path] = resolve(self.schema, path)
        return self._shapes[path]

    def hides(self, path: Path) -> bool:
        """Whether AWS never gives back what stands at `path`, numbers of items skipped."""
        plain = tuple(name for name in path if not name.isdecimal())
        return any(_leads(each, plain) for each in self.untold)

    @cached_property
    def untold(self) -> frozenset[Path]:
        """What is write-only and no other API tells: nobody can read it."""
        return self.write_only - TOLD.get(self.type, frozenset())

    def knows(self, path: Path) -> bool:
        """Whether the type has a property at `path`."""
        return self.shape_at(path) is not None


@cache
def facts(type_name: str) -> Facts:
    """What is known of a type.

    Raises:
        UnknownType: the type is not among `known_types()`.
    """
    if type_name not in _pack().entries:
        raise UnknownType(type_name)
    raw = orjson.loads(_pack().text(type_name))
    more = (*additions().get(type_name, ()), *corrections()["apart"]["types"].get(type_name, ()))
    api_only = tuple(_extend(raw, more))
    return Facts(
        type=type_name,
        schema=raw,
        create_only=_paths(raw, "createOnly"),
        conditional=_paths(raw, "conditionalCreateOnly"),
        read_only=_paths(raw, "readOnly"),
        write_only=_paths(raw, "writeOnly"),
        api_only=frozenset(api_only),
        deprecated=_paths(raw, "deprecated"),
        identity=tuple(_path(it) for it in raw["primaryIdentifier"]),
        other_identities=tuple(
            tuple(_path(it) for it in ids) for ids in raw.get("additionalIdentifiers", ())
        ),
        tag_property=tag_property_of(raw),
        tagging=tagging_of(raw),
        handlers=handlers_of(raw),
        level=_pack().entries[type_name].level,
        transforms={_path(at): it for at, it in raw.get("propertyTransform", {}).items()},
        replacement=raw.get("replacementStrategy"),
        defaults={
            _path(it["path"]): it["value"] for it in corrections()["defaults"].get(type_name, ())
        },
    )


@cache
def known_types() -> frozenset[str]:
    """Every CloudFormation type of AWS."""
    return frozenset(_pack().entries)


@cache
def served_types() -> frozenset[str]:
    """Every type that Cloud Control makes, reads and deletes, by its handlers."""
    return frozenset(name for name, it in _pack().entries.items() if it.level != UNSERVED)


@cache
def _pack() -> Pack:
    return Pack(schemas() / "aws")


def _closest(type_name: str) -> str | None:
    """The known type that was probably meant; by service first, which is ten times faster."""
    services = _by_service()
    asked = type_name.split("::")[1] if "::" in type_name else type_name
    service = asked if asked in services else next(iter(get_close_matches(asked, services, 1)), "")
    return next(iter(get_close_matches(type_name, services.get(service, ()), 1, 0.75)), None)


@cache
def _by_service() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(known_types()):
        found.setdefault(name.split("::")[1], []).append(name)
    return found


def _leads(pattern: Path, path: Path) -> bool:
    """Whether a path is at or below a pattern, in which ``*`` is any name or an item of a list."""
    if not pattern:
        return True
    if pattern[0] == "*":
        return _leads(pattern[1:], path) or (bool(path) and _leads(pattern[1:], path[1:]))
    return bool(path) and pattern[0] == path[0] and _leads(pattern[1:], path[1:])


def _path(text: str) -> Path:
    return tuple(text.split("/"))


def _paths(raw: Schema, key: str) -> frozenset[Path]:
    return frozenset(_path(it) for it in raw.get(key, ()))


def _extend(raw: Schema, entries: tuple[Mapping[str, Any], ...]) -> Iterator[Path]:
    """Put API-only members where they belong, and say which paths that made."""
    for entry in entries:
        at = _path(entry["at"]) if entry["at"] else ()
        shape = resolve(raw, at)
        if shape is None:
            continue
        if "enum" in entry:
            for values in (it["enum"] for it in shape.schemas if "enum" in it):
                values.extend(entry["enum"])
            continue
        hosts = [it for it in shape.schemas if "properties" in it] or [raw]
        if shape.is_list:
            items = resolve(raw, (*at, "*"))
            hosts = [it for it in (items.schemas if items else ()) if "properties" in it]
        for host in hosts:
            for name, schema in entry["properties"].items():
                host["properties"].setdefault(name, schema)
        yield from ((*at, name) for name in entry["properties"])


def _sets(root: Schema, shape: Shape, above: frozenset[int]) -> Iterator[Path]:
    for child in children(root, shape):
        if any(it.get("insertionOrder") is False or it.get("uniqueItems") for it in child.schemas):
            yield child.path
        inside = frozenset(id(it) for it in child.schemas)
        if not inside & above:  # some types contain themselves
            yield from _sets(root, child, above | inside)
