"""Columns as a schema of Avro, and back. Pure.

The text has what readers need and no descriptions: those stand in the catalog, where a change of
them is no new version. A column that need not be there may be null, and is null by default, so
that a reader of the new schema can read what was written without it. Source: Apache Avro 1.11
specification, "Schema Declaration", "Logical Types" (unknown ones are ignored by readers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.facts.columns import DataType
from reconciler.model.value import Json

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = {
    "string": "string",
    "boolean": "boolean",
    "int": "int",
    "bigint": "long",
    "float": "float",
    "double": "double",
    "binary": "bytes",
}
_LOGICAL = {
    "tinyint": ("int", "tinyint"),
    "smallint": ("int", "smallint"),
    "date": ("int", "date"),
    "timestamp": ("long", "timestamp-micros"),
}
_BACK = {avro: name for name, avro in _PLAIN.items()}
_BACK_LOGICAL = {logical: name for name, (_, logical) in _LOGICAL.items()} | {
    "timestamp-millis": "timestamp"
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column as readers see it. `type` is absent where a foreign schema says one of no column."""

    name: str
    type: DataType | None
    required: bool = False


def definition(name: str, fields: Iterable[Field]) -> dict[str, Json]:
    """The record schema of columns. `name` becomes a name of Avro."""
    return {
        "type": "record",
        "name": re.sub(r"[^A-Za-z0-9_]", "_", name),
        "fields": [_field(each) for each in fields],
    }


def _field(field: Field) -> dict[str, Json]:
    assert field.type is not None  # noqa: S101 - what a spec says has a type
    written = _written(field.type, field.name)
    if field.required:
        return {"name": field.name, "type": written}
    return {"name": field.name, "type": ["null", written], "default": None}


def _written(type_: DataType, path: str) -> Json:
    if type_.name in _PLAIN:
        return _PLAIN[type_.name]
    if type_.name in _LOGICAL:
        base, logical = _LOGICAL[type_.name]
        return {"type": base, "logicalType": logical}
    if type_.name == "decimal":
        precision, scale = type_.sizes
        sizes = {"precision": precision, "scale": scale}
        return {"type": "bytes", "logicalType": "decimal", **sizes}
    if type_.name in {"char", "varchar"}:
        return {"type": "string", "logicalType": type_.name, "length": type_.sizes[0]}
    if type_.name == "array":
        return {"type": "array", "items": ["null", _written(type_.inner[0][1], path)]}
    if type_.name == "map":
        return {"type": "map", "values": ["null", _written(type_.inner[1][1], path)]}
    fields = [
        {"name": name, "type": ["null", _written(each, f"{path}_{name}")], "default": None}
        for name, each in type_.inner
    ]
    return {"type": "record", "name": path, "fields": fields}


def fields(text: str | Mapping[str, Json]) -> list[Field] | None:
    """The columns that a schema says; nothing where it is no record of Avro."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None
    if not isinstance(found, Mapping) or not isinstance(found.get("fields"), list):
        return None
    return list(_read_fields(found["fields"]))


def _read_fields(found: Iterable[Json]) -> Iterator[Field]:
    for each in found:
        if isinstance(each, Mapping) and isinstance(each.get("name"), str):
            inner, optional = _unwrapped(each.get("type"))
            yield Field(each["name"], _read(inner), not optional and "default" not in each)


def _unwrapped(type_: Json) -> tuple[Json, bool]:
    """What may be null, and whether it may."""
    if not isinstance(type_, list):
        return type_, False
    rest = [each for each in type_ if each != "null"]
    return (rest[0] if len(rest) == 1 else None), len(rest) < len(type_)


def _read(type_: Json) -> DataType | None:  # noqa: PLR0911 - one for each form
    if isinstance(type_, str):
        return DataType(_BACK[type_]) if type_ in _BACK else None
    if not isinstance(type_, Mapping):
        return None
    base, logical = type_.get("type"), type_.get("logicalType")
    try:
        if logical == "decimal":
            return DataType("decimal", (int(type_["precision"]), int(type_.get("scale", 0))))
        if logical in {"char", "varchar"}:
            return DataType(str(logical), (int(type_["length"]),))
    except (KeyError, TypeError, ValueError):
        return None
    if logical in _BACK_LOGICAL:
        return DataType(_BACK_LOGICAL[logical])
    if base == "array" and (item := _read(_unwrapped(type_.get("items"))[0])):
        return DataType("array", (), (("", item),))
    if base == "map" and (value := _read(_unwrapped(type_.get("values"))[0])):
        return DataType("map", (), (("key", DataType("string")), ("value", value)))
    if base == "record":
        return _record(type_.get("fields"))
    return _read(base) if isinstance(base, str) else None


def _record(found: Json) -> DataType | None:
    inner = [*_read_fields(found)] if isinstance(found, list) else []
    known = tuple((each.name, each.type) for each in inner if each.type is not None)
    return DataType("struct", (), known) if known and len(known) == len(inner) else None
