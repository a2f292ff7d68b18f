"""What may stand at a place, in the words of whoever writes a spec."""

from __future__ import annotations

import json
import re

from schemas.generate.fields.walk import Field, Schema, shapes, values_of

FORMS = (
    ("a duration, such as {}", ("30m", "30d", "7d", "1h"), re.compile(r"[0-9]+(s|m|h|d)")),
    ("a size, such as {}", ("50GiB", "2GB"), re.compile(r"[0-9]+[KMGT]i?B")),
    ("a share, such as {}", ("10%", "1%"), re.compile(r"[0-9.]+%")),
    ("a time, such as {}", ("250ms",), re.compile(r"[0-9.]+(us|ms|s)")),
)
"""Forms of texts, how they are called, and texts of which one has to fit."""
LIMITS = (
    ("minimum", "at least"),
    ("exclusiveMinimum", "above"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "below"),
)
PLAIN = {"boolean": "true or false", "integer": "a whole number", "number": "a number"}
_MOST = 8


def type_of(field: Field) -> str:
    """The type of a field in words."""
    return _type(field.schema, field.definitions)


def default_of(field: Field) -> str:
    """Its default as it would be written; "" where it has none, or "left out" is the default."""
    default = field.schema.get("default")
    if default is None or default in ({}, [], ""):
        return ""
    return json.dumps(default, ensure_ascii=False) if not isinstance(default, str) else default


def form_of(pattern: str) -> tuple[str, str] | None:
    """What texts of a pattern are called, and one of them, where it is a form with a name."""
    for called, probes, shape in FORMS:
        fits = [each for each in probes if re.search(pattern, each)]
        loose = any(re.search(pattern, each) for each in ("x", "example", "x-1"))
        if fits and not loose and shape.fullmatch(fits[0]):
            return called.format(fits[0]), fits[0]
    return None


def _type(schema: Schema, definitions: Schema) -> str:
    found = dict.fromkeys(_one(each, definitions) for each in shapes(schema, definitions))
    found.pop("null", None)
    parts = [*found]
    return " or ".join(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + f" or {parts[-1]}"  # noqa: PLR2004 - a pair


def _one(schema: Schema, definitions: Schema) -> str:
    if "x-moorline-kind" in schema:
        kind = schema["x-moorline-kind"]
        return f"a reference to a spec of kind {kind}, by its name"
    if "enum" in schema or "const" in schema:
        values = [_written(each) for each in schema.get("enum") or [schema["const"]]]
        shown = [*values[:_MOST], *(["…"] if len(values) > _MOST else [])]
        return f"one of {', '.join(shown)}" if len(values) > 1 else values[0]
    match schema.get("type"):
        case "array":
            inner = schema.get("items")
            return f"a list, each {_type(inner, definitions) if inner else 'anything'}"
        case "object":
            return _object(schema, definitions)
        case "string":
            return _text(schema)
        case "null":
            return "null"
        case str(name):
            return PLAIN.get(name, name) + _bounds(schema)
        case _:
            return "anything"


def _object(schema: Schema, definitions: Schema) -> str:
    names = [*schema.get("properties", {})]
    if names:
        shown = ", ".join([*names[:_MOST], *(["…"] if len(names) > _MOST else [])])
        one = schema.get("maxProperties") == 1 and len(names) > 1
        return f"a section with exactly one of {shown}" if one else f"a section with {shown}"
    inner = values_of(schema)
    return f"a mapping of names, each to {_type(inner, definitions) if inner else 'anything'}"


def _text(schema: Schema) -> str:
    pattern = schema.get("pattern")
    if schema.get("format") == "date" or pattern == r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$":
        return "a day, such as 2026-12-31"
    if pattern and (form := form_of(str(pattern))):
        return form[0]
    examples = [each for each in schema.get("examples", ()) if isinstance(each, str)]
    if examples:
        return f"a text, such as {examples[0]}"
    return "a text"


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bounds(schema: Schema) -> str:
    said = [f"{words} {schema[key]}" for key, words in LIMITS if key in schema]
    return f", {' and '.join(said)}" if said else ""
