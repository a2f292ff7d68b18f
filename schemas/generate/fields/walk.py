"""Every field of a kind, from the JSON Schema of its model: where it is, and what may stand there.

A path has ``*`` for the name of a member of a mapping and ``[]`` for a member of a list. Where a
value may be one of several sections, a field of the same name may be in more than one of them:
path and section together name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.kinds.api import Kind
from reconciler.kinds.environment import Environment
from reconciler.specs.envelope import Metadata

Schema: TypeAlias = Mapping[str, Any]
ANY, ITEM = "*", "[]"
REF = "#/$defs/"
_FREE = False
"""A member of a list or a mapping is never required by its name."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a document of a kind. `definitions` are what its schema refers to."""

    path: tuple[str, ...]
    schema: Schema
    required: bool
    section: str
    """The section that it is a field of, by the name of its model."""
    around: Schema
    """The schema of that section."""
    definitions: Schema
    above: Field | None = None
    """The field that the section stands in; nothing for one of `spec` itself."""

    @property
    def key(self) -> tuple[tuple[str, ...], str]:
        """What tells it from every other field of its kind."""
        return self.path, self.section

    @property
    def member(self) -> bool:
        """Whether it is a member of a mapping or a list, and no field with a name."""
        return self.path[-1] in {ANY, ITEM}

    @property
    def says(self) -> str:
        """Its description, or that of the section that it takes."""
        texts = (str(each.get("description", "")) for each in self.shapes)
        found = str(self.schema.get("description", "")) or next(filter(None, texts), "")
        return " ".join(found.replace("``", "`").split())

    @property
    def shapes(self) -> list[Schema]:
        """Everything that may stand here, references followed and alternatives taken apart."""
        return [*shapes(self.schema, self.definitions)]


def fields(kind: Kind[Any]) -> Iterator[Field]:
    """All fields of documents of a kind, those of its metadata first."""
    metadata = Metadata.model_json_schema(by_alias=True)
    if kind.model is Environment:  # its tags stand in its spec
        del metadata["properties"]["tags"]
    yield from _section(metadata, ("metadata",), "Metadata", metadata.get("$defs", {}))
    spec = kind.model.model_json_schema(by_alias=True)
    yield from _section(spec, ("spec",), kind.name, spec.get("$defs", {}))


def _section(
    schema: Schema,
    path: tuple[str, ...],
    section: str,
    definitions: Schema,
    above: Field | None = None,
) -> Iterator[Field]:
    if "x-moorline-told" in schema:  # a section of the same fields tells of them
        return
    needed = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        required = name in needed
        field = Field((*path, name), inner, required, section, schema, definitions, above)
        yield field
        yield from _inside(field)


def _inside(field: Field) -> Iterator[Field]:
    for shape in field.shapes:
        yield from _of_shape(shape, field)


def _of_shape(shape: Schema, field: Field) -> Iterator[Field]:
    below = field.definitions
    if "properties" in shape:
        yield from _section(shape, field.path, str(shape.get("title", "")), below, field)
    if isinstance(items := shape.get("items"), Mapping):
        member = Field((*field.path, ITEM), items, _FREE, field.section, shape, below, field)
        yield member
        yield from _inside(member)
    if (values := values_of(shape)) is not None:
        member = Field((*field.path, ANY), values, _FREE, field.section, shape, below, field)
        yield member
        yield from _inside(member)


def values_of(shape: Schema) -> Schema | None:
    """The schema of the values of a mapping with free names; nothing for anything else."""
    patterns = [*shape.get("patternProperties", {}).values()]
    found = patterns[0] if patterns else shape.get("additionalProperties")
    return found if isinstance(found, Mapping) and found else None


def shapes(schema: Schema, definitions: Schema) -> Iterator[Schema]:
    """A schema without references and alternatives: one for each thing that may stand there."""
    if "$ref" in schema:
        yield from shapes(definitions[str(schema["$ref"]).removeprefix(REF)], definitions)
    options = [each for word in ("anyOf", "oneOf", "allOf") for each in schema.get(word, ())]
    if options and "properties" not in schema:
        words = {key: schema[key] for key in ("examples",) if key in schema}
        for each in options:
            yield from shapes({**each, **words} if "$ref" not in each else each, definitions)
    elif "$ref" not in schema:
        yield schema
