"""Short sentences for what JSON Schema found wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Protocol

from reconciler.model.value import Json


class Fault(Protocol):
    """What of an error of jsonschema-rs a sentence is made of."""

    @property
    def kind(self) -> Json: ...
    @property
    def instance(self) -> Json: ...
    @property
    def message(self) -> str: ...
    @property
    def schema_path(self) -> Json: ...


_SHOWN = 6  # more allowed values than this are not listed
_WIDTH = 60

_LIMITS = {
    "minLength": "needs at least {} characters",
    "maxLength": "takes at most {} characters",
    "minItems": "needs at least {} items",
    "maxItems": "takes at most {} items",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minProperties": "needs at least {} properties",
    "maxProperties": "takes at most {} properties",
}


def message(  # noqa: PLR0911 -- one sentence for each keyword
    keyword: str, error: Fault, schema: Mapping[str, Json]
) -> str:
    """What is wrong, for the value and the limit at hand."""
    kind: Json = error.kind
    value = error.instance
    if keyword in _LIMITS:
        limit = _LIMITS[keyword].format(_number(getattr(kind, "limit", "?")))
        return f"{limit}, not {_size(keyword, value)}"
    match keyword:
        case "required":
            return f"'{kind.property}' is missing"
        case "type":
            return f"must be {_either(kind.types)}, not {_kind(value)}"
        case "enum":
            return _enum(value, kind.options)
        case "const":
            return f"must be {_quoted(kind.expected_value)}, not {_quoted(value)}"
        case "pattern":
            return f"{_quoted(value)} does not match {kind.pattern}"
        case "uniqueItems":
            return "an item is there twice"
        case "dependencies" | "not":
            return _excluded(error, schema)
        case "anyOf" | "oneOf":
            return _choice(keyword, error, schema)
        case _:
            return error.message


def _choice(keyword: str, error: Fault, schema: Mapping[str, Json]) -> str:
    """Most choices are between properties, of which one has to be there."""
    path = [*error.schema_path]
    if keyword not in path:
        return "fits none of the allowed forms"
    branches = _at(schema, path[: path.index(keyword) + 1])
    names = [it["required"][0] for it in branches if list(it) == ["required"]]
    if not names or len(names) < len(branches):
        return "fits none of the allowed forms, or more than one"
    return f"needs {'exactly' if keyword == 'oneOf' else 'at least'} one of {_listed(names)}"


def _excluded(error: Fault, schema: Mapping[str, Json]) -> str:
    path = [*error.schema_path]
    if "dependencies" not in path:
        return "has properties that exclude each other"
    place = path.index("dependencies") + 2
    given = error.instance if isinstance(error.instance, dict) else {}
    others = [it for it in _required(_at(schema, path[:place])) if it in given]
    return f"'{path[place - 1]}' and {_listed(others)} exclude each other"


def _required(schema: Json) -> Iterator[str]:
    """Every name in a `required` below."""
    if isinstance(schema, dict):
        yield from schema.get("required", ())
        for it in schema.values():
            yield from _required(it)
    elif isinstance(schema, list):
        for it in schema:
            yield from _required(it)


def _at(schema: Json, path: list[Json]) -> Json:
    """What stands at a path of the schema; the paths of errors lead through definitions."""
    for key in path:
        schema = schema[key]
    return schema


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _number(limit: object) -> object:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _size(keyword: str, value: Json) -> str:
    counted = keyword[3:] in {"Length", "Items", "Properties"}
    return str(len(value) if counted else value)


def _enum(value: Json, options: Json) -> str:
    allowed = [str(it) for it in options]
    close = get_close_matches(str(value), allowed, 1, 0.6)
    if close:
        hint = f"; did you mean '{close[0]}'?"
    elif len(allowed) <= _SHOWN:
        hint = f"; allowed: {', '.join(sorted(allowed))}"
    else:
        hint = f"; {len(allowed)} values are allowed"
    return f"{_quoted(value)} is not allowed{hint}"


def _either(types: Json) -> str:
    names = [types] if isinstance(types, str) else sorted(types)
    return " or ".join(f"{'an' if name[0] in 'aeio' else 'a'} {name}" for name in names)


def _kind(value: object) -> str:
    match value:
        case bool():
            return f"the boolean {str(value).lower()}"
        case str():
            return f"the string {_quoted(value)}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "an array"
        case dict():
            return "an object"
        case _:
            return "null"


def _quoted(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"'{text if len(text) <= _WIDTH else text[:_WIDTH] + '...'}'"
