"""What the registry says of a type's handlers and of its tags.

Source: CloudFormation CLI user guide, "Resource type schema": `handlers`, `tagging`, and their
defaults in the meta-schema (`provider.definition.schema.v1.json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.facts.shape import Schema, resolve
from reconciler.model.value import Path

MINUTES = 120
"""How long a handler may take where nothing is said."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What AWS runs for one verb."""

    permissions: tuple[str, ...]
    """IAM actions that it asks for in the caller's name, sorted. Not always complete."""
    timeout: int
    """Minutes, from 2 to 2,160, until AWS gives up."""
    parent: Schema | None
    """JSON Schema of what a listing has to be given, definitions included; of no other verb."""


@dataclass(frozen=True, slots=True)
class Tags:
    """How a type is tagged."""

    property: Path
    shape: str
    """`list` of keys and values, or `map`."""
    taggable: bool
    on_create: bool
    """Whether a creation takes tags along; otherwise it takes a second call."""
    updatable: bool
    system: bool
    """Whether AWS puts tags of its own beside the others."""
    permissions: tuple[str, ...]


def handlers_of(raw: Schema) -> Mapping[str, Handler]:
    """The handlers by verb: create, read, update, delete, list."""
    return {verb: _handler(raw, it) for verb, it in raw.get("handlers", {}).items()}


def _handler(raw: Schema, said: Schema) -> Handler:
    parent = said.get("parent")
    if parent is not None:
        parent = {"type": "object", **parent, "definitions": raw.get("definitions", {})}
    return Handler(tuple(said["permissions"]), said.get("timeoutInMinutes", MINUTES), parent)


def tag_property_of(raw: Schema) -> Path | None:
    """Where tags stand."""
    if declared := raw.get("tagging", {}).get("property"):
        return tuple(declared.split("/"))
    return ("Tags",) if "Tags" in raw["properties"] else None


def tagging_of(raw: Schema) -> Tags | None:
    """How the type is tagged; nothing where it has no property for tags."""
    at, said = tag_property_of(raw), raw.get("tagging", {})
    shape = resolve(raw, at) if at else None
    if at is None or shape is None:
        return None
    taggable = said.get("taggable", True)
    return Tags(
        property=at,
        shape="list" if shape.is_list else "map",
        taggable=taggable,
        on_create=taggable and said.get("tagOnCreate", True),
        updatable=taggable and said.get("tagUpdatable", True),
        system=taggable and said.get("cloudFormationSystemTags", True),
        permissions=tuple(said.get("permissions", ())),
    )
