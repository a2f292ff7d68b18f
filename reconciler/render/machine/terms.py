"""Properties of a CloudFormation type in Terraform's words: names, values, and what is not shown.

Marks are read in their JSON form. Each value is written with two shadows of the
same form, as Terraform has them: what is unknown, and what is sensitive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from reconciler.facts import Facts, UnknownType, facts
from reconciler.facts.shape import Shape
from reconciler.model.value import Json, Mark, Path
from reconciler.render.vocabulary.value import mark_of

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ODD = re.compile(r"[^A-Za-z0-9_-]")
DEEPEST = 60
"""Levels of a value that are written; AWS has no property that goes so deep."""


class Written(NamedTuple):
    """A value and its shadows. `references` are the (type, name, output) of each property."""

    value: Json
    unknown: Json
    sensitive: Json
    references: Mapping[str, list[tuple[str, str, str]]]


class _Part(NamedTuple):
    value: Json
    unknown: Json
    sensitive: Json


class _Struct(NamedTuple):
    """What may stand under a path: properties, keys of a user's, or a whole document."""

    names: frozenset[str] = frozenset()
    open: bool = False
    document: bool = False


_HIDDEN = _Part(None, unknown=False, sensitive=True)
_UNKNOWN = _Part(None, unknown=True, sensitive=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one type."""

    type: str
    name: str
    """The type in Terraform."""
    known: Facts | None
    structs: dict[Path, _Struct] = field(default_factory=dict)

    def written(self, props: Mapping[str, Json]) -> Written:
        """All properties of a resource."""
        part = self._mapping(props, ())
        made = {snake(key): list(_references(value)) for key, value in props.items()}
        return Written(*part, {key: found for key, found in made.items() if found})

    def key(self, path: Path, key: str) -> str:
        """A key under a path: in snake case when it is a property, as it is when a user's."""
        struct = self._struct(path)
        return key if struct.open and key not in struct.names else snake(key)

    def _struct(self, path: Path) -> _Struct:
        if path not in self.structs:
            shape = self.known.shape_at(path) if self.known else None
            ours = _Struct(open=self.known is not None, document=bool(self.known and path))
            self.structs[path] = _struct(shape) if shape else ours
        return self.structs[path]

    def _value(self, value: Json, path: Path) -> _Part:
        if len(path) > DEEPEST:
            return _UNKNOWN
        match mark_of(value):
            case "$mark" | "$hidden" | "$secret" as mark:
                said = str(value[mark]).upper()
                return _UNKNOWN if said == Mark.UNKNOWN.name else _HIDDEN
            case "$ref" | "$join":
                return _UNKNOWN
            case "$text":
                return self._text(value["$text"])
        if isinstance(value, Mapping):
            if self._struct(path).document:
                return self._text(value)
            inner = value["$map"] if value.keys() == {"$map"} else value
            return self._mapping(inner, path)
        if isinstance(value, list):
            return self._list(value, path)
        return _Part(value, unknown=False, sensitive=False)

    def _text(self, document: Json) -> _Part:
        """A document as JSON text; not known as a whole when a part of it is not."""
        marks = {mark for mark in _marks(document) if mark}
        if marks & {"sensitive", "$hidden", "$secret"}:
            return _HIDDEN
        if marks:
            return _UNKNOWN
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        return _Part(text, unknown=False, sensitive=False)

    def _mapping(self, props: Mapping[str, Json], path: Path) -> _Part:
        value, unknown, sensitive = {}, {}, {}
        for key, item in props.items():
            part = self._value(item, (*path, key))
            name = self.key(path, key)
            if part.unknown is not True:
                value[name] = part.value
            if part.unknown:
                unknown[name] = part.unknown
            if part.sensitive:
                sensitive[name] = part.sensitive
        return _Part(value, unknown, sensitive)

    def _list(self, items: list[Json], path: Path) -> _Part:
        parts = [self._value(item, (*path, "*")) for item in items]
        unknown = [part.unknown for part in parts]
        sensitive = [part.sensitive for part in parts]
        return _Part(
            [part.value for part in parts],
            unknown if any(unknown) else False,
            sensitive if any(sensitive) else False,
        )


@cache
def terms(type_: str) -> Terms:
    """The words of a CloudFormation type, known to us or not."""
    try:
        known: Facts | None = facts(type_)
    except UnknownType:
        known = None
    service, _, rest = type_.removeprefix("AWS::").partition("::")
    parts = [service.lower(), *(snake(part) for part in rest.split("::") if part)]
    return Terms(type_, "awscc_" + identifier("_".join(parts)), known)


@cache
def snake(name: str) -> str:
    """``FeatureGroupName`` as ``feature_group_name``."""
    return _HUMPS.sub("_", name).lower()


def identifier(name: str) -> str:
    """A name that Terraform takes: letters, digits, `_` and `-`, no digit or `-` first."""
    plain = _ODD.sub("_", name)
    return plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"


def _struct(shape: Shape) -> _Struct:
    names = frozenset(shape.names)
    if names or shape.is_list:
        return _Struct(names)
    keyed = any({"patternProperties", "additionalProperties"} & it.keys() for it in shape.schemas)
    return _Struct(open=True, document=shape.is_open and not keyed)


def _marks(value: Json) -> Iterator[str]:
    """What kind of mark each leaf of a document is, "" for a plain one."""
    mark = mark_of(value)
    if mark == "$text":
        yield from _marks(value["$text"])
    elif mark:
        yield str(value["$mark"]) if mark == "$mark" else mark
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _marks(item)
    elif isinstance(value, list):
        for item in value:
            yield from _marks(item)


def _references(value: Json) -> Iterator[tuple[str, str, str]]:
    """Every reference in a value."""
    mark = mark_of(value)
    if mark == "$ref":
        type_, name, output = value["$ref"]
        yield type_, name, output
    elif mark in {"$mark", "$hidden"}:
        return
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
