"""Reads and holds what is known of one CloudFormation type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

from reconciler.facts.files import additions, corrections, read, schemas
from reconciler.facts.shape import Schema, Shape, children, resolve
from reconciler.model.value import Path


class UnknownType(LookupError):
    """There is no such CloudFormation type among the known ones."""

    def __init__(self, type_name: str) -> None:
        close = _closest(type_name)
        hint = f"; did you mean '{close}'?" if close else ""
        super().__init__(f"unknown resource type '{type_name}'{hint}")
        self.type = type_name


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
    identity: tuple[Path, ...]
    other_identities: tuple[tuple[Path, ...], ...]
    tag_property: Path | None
    permissions: Mapping[str, tuple[str, ...]]
    """IAM actions by handler: create, read, update, delete, list."""
    has_update: bool | None
    """Whether the type has an update handler; nothing when the registry lists no handlers."""
    replacement: str | None
    """`create_then_delete` or `delete_then_create`, where the registry says."""
    defaults: Mapping[Path, Any]
    """What AWS takes an absent property for."""

    @property
    def required(self) -> frozenset[str]:
        """Properties without which the type cannot be created."""
        return frozenset(self.schema.get("required", ()))

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(sorted(self.schema["properties"]))

    @cached_property
    def sets(self) -> frozenset[Path]:
        """Lists whose order means nothing: `insertionOrder` is false, or items are unique."""
        return frozenset(_sets(self.schema, Shape((), (self.schema,)), frozenset()))

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
        return any(_leads(each, plain) for each in self.write_only)

    def knows(self, path: Path) -> bool:
        """Whether the type has a property at `path`."""
        return self.shape_at(path) is not None


@cache
def facts(type_name: str) -> Facts:
    """What is known of a type.

    Raises:
        UnknownType: the type is not among `known_types()`.
    """
    if type_name not in known_types():
        raise UnknownType(type_name)
    raw = read(f"aws/{type_name.replace('::', '_')}.json")
    api_only = tuple(_extend(raw, additions().get(type_name, ())))
    return Facts(
        type=type_name,
        schema=raw,
        create_only=_paths(raw, "createOnly"),
        conditional=_paths(raw, "conditionalCreateOnly"),
        read_only=_paths(raw, "readOnly"),
        write_only=_paths(raw, "writeOnly"),
        api_only=frozenset(api_only),
        identity=tuple(_path(it) for it in raw["primaryIdentifier"]),
        other_identities=tuple(
            tuple(_path(it) for it in ids) for ids in raw.get("additionalIdentifiers", ())
        ),
        tag_property=_tag_property(raw),
        permissions={verb: tuple(it) for verb, it in raw.get("handlers", {}).items()},
        has_update=raw["hasUpdate"],
        replacement=raw.get("replacementStrategy"),
        defaults={
            _path(it["path"]): it["value"] for it in corrections()["defaults"].get(type_name, ())
        },
    )


@cache
def known_types() -> frozenset[str]:
    """Every CloudFormation type there is a file for."""
    files = (schemas() / "aws").glob("AWS_*.json")
    return frozenset(file.stem.replace("_", "::") for file in files)


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


def _tag_property(raw: Schema) -> Path | None:
    if declared := raw.get("tagging", {}).get("property"):
        return _path(declared)
    return ("Tags",) if "Tags" in raw["properties"] else None


def _extend(raw: Schema, entries: tuple[Mapping[str, Any], ...]) -> Iterator[Path]:
    """Put API-only members where they belong, and say which paths that made."""
    for entry in entries:
        at = _path(entry["at"]) if entry["at"] else ()
        shape = resolve(raw, at)
        if shape is None:
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
