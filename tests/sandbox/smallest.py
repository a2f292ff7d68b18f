"""The smallest model that a type's schema takes, for any type."""

from __future__ import annotations

from random import Random
from typing import Any

from reconciler.facts import Facts
from reconciler.sandbox.services.cloudcontrol import pattern
from reconciler.sandbox.services.cloudcontrol.schema import _validator

Schema = dict[str, Any]
DEEP = 12


def smallest(about: Facts) -> Any:
    """A model without read-only values, which the schema takes; none where none was found."""
    root: Schema = dict(about.stated)
    fixed = {path[0] for path in about.read_only if len(path) == 1}
    choices = _choices(root, root)
    for choice in choices:
        found = _object({**root, "required": choice}, root, 0, fixed)
        if found is not None and _validator(about.type).is_valid(found):
            return found
    return None


def _choices(schema: Schema, root: Schema) -> list[list[str]]:
    """Names that may have to be there, one list for each way to satisfy the schema."""
    always = list(schema.get("required", ()))
    ways = [always]
    for key in ("oneOf", "anyOf", "allOf"):
        for each in schema.get(key, ()):
            resolved = _resolved(each, root)
            ways += [always + inner for inner in _choices(resolved, root) if inner]
    return ways


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for name in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found.get(name, {})
        schema = found
    return schema


def _object(schema: Schema, root: Schema, depth: int, without: set[str]) -> Any:
    if depth > DEEP:
        return None
    found = {}
    properties = schema.get("properties", {})
    names = [name for name in schema.get("required", ()) if name not in without]
    for key in ("oneOf", "anyOf"):
        if depth and schema.get(key) and not names:
            names += _resolved(schema[key][0], root).get("required", [])
            properties = {**properties, **_resolved(schema[key][0], root).get("properties", {})}
    for name in names:
        value = _value(properties.get(name, {"type": "string"}), root, depth + 1, name)
        if value is None:
            return None
        found[name] = value
    return found


def _value(schema: Schema, root: Schema, depth: int, name: str) -> Any:  # noqa: PLR0911
    schema = _resolved(schema, root)
    for key in ("oneOf", "anyOf", "allOf"):
        if schema.get(key) and "type" not in schema and "properties" not in schema:
            found = (_value(each, root, depth + 1, name) for each in schema[key])
            return next((it for it in found if it is not None), None)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    declared = schema.get("type", "object" if "properties" in schema else "string")
    kind = declared if isinstance(declared, str) else declared[0]
    if kind == "object":
        return _object(schema, root, depth, set())
    if kind == "array":
        items = schema.get("items", {})
        wanted = max(int(schema.get("minItems", 0)), 0)
        made = [_value(items, root, depth + 1, f"{name}{number}") for number in range(wanted)]
        return None if None in made else made
    if kind in {"integer", "number"}:
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0))
    if kind == "boolean":
        return False
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 0))
    dice = Random(name)
    if "pattern" in schema:
        return pattern.text(str(schema["pattern"]), dice, least, most)
    text = name.lower() + "x" * max(0, least - len(name))
    return text[:most] if most else text
