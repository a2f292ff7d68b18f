"""What the registry says of a type's handlers: what they may do, how long, and of its tags."""

from __future__ import annotations

from typing import Any, TypeAlias

from schemas.generate.paths import path_of
from schemas.generate.shapes import Shapes

Json: TypeAlias = Any
_TAGGING = ("taggable", "tagOnCreate", "tagUpdatable", "cloudFormationSystemTags")


def handlers(schema: Json, shapes: Shapes) -> dict[str, Json]:
    """Each handler's permissions, its minutes where they are said, and a list's parents."""
    return {verb: _handler(schema, it, shapes) for verb, it in schema.get("handlers", {}).items()}


def _handler(schema: Json, handler: Json, shapes: Shapes) -> dict[str, Json]:
    found: dict[str, Json] = {"permissions": sorted(set(handler.get("permissions", ())))}
    if "timeoutInMinutes" in handler:
        found["timeoutInMinutes"] = handler["timeoutInMinutes"]
    if parent := handler.get("handlerSchema"):
        found["parent"] = shapes.of_type(_inlined(schema, parent, frozenset()))
    return found


def _inlined(schema: Json, node: Json, above: frozenset[str]) -> Json:
    """A handler's schema that stands alone but for the type's definitions.

    It points to the type's properties as `resource-schema.json#/properties/NAME`, and twice
    without a file.
    """
    if isinstance(node, list):
        return [_inlined(schema, it, above) for it in node]
    if not isinstance(node, dict):
        return node
    target = node.get("$ref", "")
    pointer = target.partition("#")[2]
    if not pointer.startswith("/properties/"):
        return {key: _inlined(schema, it, above) for key, it in node.items()}
    found = {} if pointer in above else _pointed(schema, pointer) or {}
    return _inlined(schema, found, above | {pointer})


def _pointed(root: Json, pointer: str) -> Json:
    for name in pointer.removeprefix("/").split("/"):
        root = root.get(name) if isinstance(root, dict) else None
    return root


def tagging(schema: Json) -> dict[str, Json]:
    """What is said of tags; older types say `taggable` alone, beside their properties."""
    stated = schema.get("tagging")
    stated = stated if isinstance(stated, dict) else {}
    found = {key: stated[key] for key in _TAGGING if key in stated}
    if "taggable" in schema:
        found.setdefault("taggable", schema["taggable"])
    if "tagProperty" in stated:
        found["property"] = path_of(stated["tagProperty"])
    if stated.get("permissions"):
        found["permissions"] = sorted(set(stated["permissions"]))
    return found


def transforms(schema: Json) -> dict[str, str]:
    """JSONata by path: what AWS makes of a value, which then counts as the same value."""
    return {path_of(at): text for at, text in schema.get("propertyTransform", {}).items()}
