"""Finds the schema of a property by its path.

A path is a tuple of property names. Items of a list add nothing to it, keys of
a map do: `("Tags", "Key")`, `("Environment", "Variables", "STAGE")`. Where a
list is met, `*`, an index and `[anything]` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.model.value import Path

Schema: TypeAlias = Mapping[str, Any]
_BRANCHES = ("allOf", "anyOf", "oneOf")
_ITEM = re.compile(r"\*|-?\d+|\[.*\]")


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a path: every schema that applies there, references resolved."""

    path: Path
    schemas: tuple[Schema, ...]
    required: bool = False

    @property
    def is_list(self) -> bool:
        return any("items" in it or "array" in _types(it) for it in self.schemas)

    @property
    def is_open(self) -> bool:
        """Whether any name may follow: a JSON document, or an object with no named property."""
        return any(_open(it) for it in self.schemas) and not self.names

    @property
    def names(self) -> tuple[str, ...]:
        """The names that may follow, sorted."""
        return tuple(sorted({name for it in self.schemas for name in it.get("properties", ())}))

    @property
    def enum(self) -> tuple[Any, ...]:
        """The values that are allowed, where only some are."""
        return tuple(dict.fromkeys(value for it in self.schemas for value in it.get("enum", ())))


def resolve(root: Schema, path: Path) -> Shape | None:
    """The shape at `path`, or nothing when no schema allows the path."""
    shape = Shape((), tuple(_expand(root, root, frozenset())))
    for segment in path:
        below = _below(root, shape, segment)
        if below is None:
            return None
        shape = below
    return shape


def children(root: Schema, shape: Shape) -> Iterator[Shape]:
    """The shapes of all named properties right below; of a list, those of its items."""
    inner = _below(root, shape, "*") if shape.is_list else shape
    for name in (inner or shape).names:
        if (below := _below(root, shape, name)) is not None:
            yield below


def _below(root: Schema, shape: Shape, segment: str) -> Shape | None:
    if shape.is_list and _ITEM.fullmatch(segment):
        items = tuple(_items(root, shape.schemas))
        return Shape(shape.path, items or shape.schemas, shape.required)
    schemas = (*shape.schemas, *_items(root, shape.schemas)) if shape.is_list else shape.schemas
    found = [it for schema in schemas for it in _named(root, schema, segment)]
    path = (*shape.path, segment)
    if found:
        return Shape(path, tuple(found), any(segment in it.get("required", ()) for it in schemas))
    reached = Shape(shape.path, schemas)
    return Shape(path, ({},)) if reached.is_open else None


def _items(root: Schema, schemas: tuple[Schema, ...], depth: int = 0) -> Iterator[Schema]:
    """The items of a list, and of a list of lists."""
    for schema in schemas:
        items = schema.get("items")
        for it in items if isinstance(items, list) else [items] if items else ():
            expanded = tuple(_expand(root, it, frozenset()))
            yield from expanded
            if depth < 2:  # noqa: PLR2004 -- AWS nests lists at most three deep
                yield from _items(root, expanded, depth + 1)


def _named(root: Schema, schema: Schema, name: str) -> Iterator[Schema]:
    properties = schema.get("properties", {})
    if name in properties:
        yield from _expand(root, properties[name], frozenset())
        return
    for pattern, value in schema.get("patternProperties", {}).items():
        if _may_match(pattern, name):
            yield from _expand(root, value, frozenset())
    if isinstance(extra := schema.get("additionalProperties"), dict):
        yield from _expand(root, extra, frozenset()) if extra else iter(({},))


def _may_match(pattern: str, name: str) -> bool:
    """Whether `name` fits; `*` does, and so does all where Python cannot read the pattern."""
    try:
        return name == "*" or re.search(pattern, name) is not None
    except re.error:
        return True


def _expand(root: Schema, schema: Schema, seen: frozenset[str]) -> Iterator[Schema]:
    """The schema and all its branches, references resolved."""
    target = schema.get("$ref")
    if target is not None:
        if target not in seen:
            yield from _expand(root, _pointed(root, target), seen | {target})
        return
    yield schema
    for key in _BRANCHES:
        for branch in schema.get(key, ()):
            yield from _expand(root, branch, seen)


def _pointed(root: Schema, reference: str) -> Schema:
    found: Any = root
    for name in reference.removeprefix("#/").split("/"):
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _types(schema: Schema) -> tuple[str, ...]:
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else tuple(declared)


def _open(schema: Schema) -> bool:
    if not schema:
        return True
    if schema.get("additionalProperties") is False and "properties" in schema:
        return False
    # A map whose names are restricted by a pattern was asked for already.
    return "object" in _types(schema) and "patternProperties" not in schema
