"""Marks of fields that name other specs, and the names that a spec gives in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from reconciler.kinds import reference
from reconciler.model.value import Path


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks a string as the name of another spec: ``Annotated[str, Reference("DataSource")]``."""

    kind: str

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "x-moorline-kind": self.kind}


@dataclass(frozen=True, slots=True)
class Embedded:
    """Marks a tree of values whose texts may hold ``${ref:KIND/NAME.Output}``."""


def used(value: object, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Every reference in a spec: its path, and the kind and name it points to."""
    if isinstance(value, BaseModel):
        for name, alias, mark, embedded, inner in _fields(type(value)):
            item = getattr(value, name)
            if item is None:
                continue
            here = (*path, alias)
            if mark is not None and isinstance(item, str):
                yield here, mark.kind, item
            elif embedded:
                yield from ((at, use.kind, use.name) for at, use in reference.uses(item, here))
            else:
                yield from _inside(item, inner, here)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from used(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from used(item, (*path, str(index)))


@cache
def _fields(
    model: type[BaseModel],
) -> tuple[tuple[str, str, Reference | None, bool, Reference | None], ...]:
    """Of each field of a model: its attribute, its name in YAML, and what marks it or its items."""
    found = []
    for name, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Reference)]
        embedded = any(isinstance(mark, Embedded) for mark in info.metadata)
        mark = marks[0] if marks else None
        found.append((name, info.alias or name, mark, embedded, _mark(info.annotation)))  # type: ignore[arg-type]
    return tuple(found)


def _inside(item: object, mark: Reference | None, path: Path) -> Iterator[tuple[Path, str, str]]:
    """References in the items of ``list[Annotated[str, Reference(…)]]`` and the like."""
    if mark is None:
        yield from used(item, path)
    elif isinstance(item, str):
        yield path, mark.kind, item
    elif isinstance(item, Mapping):
        for key, text in item.items():
            if isinstance(text, str):
                yield (*path, str(key)), mark.kind, text
    elif isinstance(item, list | tuple):
        for index, text in enumerate(item):
            if isinstance(text, str):
                yield (*path, str(index)), mark.kind, text


@cache
def _mark(annotation: Any) -> Reference | None:  # noqa: ANN401 - any type expression
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Reference):
            return mark
    for inner in getattr(annotation, "__args__", ()):
        if (mark := _mark(inner)) is not None:
            return mark
    return None
