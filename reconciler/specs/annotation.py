"""What a pydantic model expects at a place: its fields, its choices, the branches of a union.

pydantic's error locations mix keys with labels of union branches; `locate`
walks one next to the annotations and the data, and yields the path in the document.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, RootModel, Tag
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from reconciler.model.value import Json, Path

Annotation = Any  # a type expression; typing has no type for all of them


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error is: `path` below the start, and what is expected there.

    `union` says that the error is inside one branch of a union without a discriminator.
    """

    path: Path
    annotation: Annotation
    union: bool = False


def bare(annotation: Annotation) -> Annotation:
    """The annotation without metadata, aliases and root models around it."""
    while True:
        if _is_annotated(annotation):
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif is_model(annotation) and issubclass(annotation, RootModel):
            annotation = expected(annotation.model_fields["root"])
        elif branches(annotation) and len(present(annotation)) == 1:
            annotation = present(annotation)[0]
        else:
            return annotation


def _is_annotated(annotation: Annotation) -> bool:
    origin: object = get_origin(annotation)
    return origin is Annotated


def is_model(annotation: Annotation) -> bool:
    """Whether it is a pydantic model class."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def branches(annotation: Annotation) -> tuple[Annotation, ...]:
    """The members of a union, None included; nothing for anything else."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return get_args(annotation)
    return ()


def present(annotation: Annotation) -> tuple[Annotation, ...]:
    """The members of a union (or the annotation itself) other than None."""
    members = branches(annotation) or (annotation,)
    return tuple(member for member in members if member is not type(None))


def fields(annotation: Annotation) -> dict[str, FieldInfo]:
    """The fields of a model by the name they have in a document."""
    annotation = bare(annotation)
    if not is_model(annotation):
        return {}
    return {_written(name, info): info for name, info in annotation.model_fields.items()}


def expected(info: FieldInfo) -> Annotation:
    """What a field expects, with everything that pydantic moved out of its annotation."""
    if info.discriminator is not None:
        return Annotated[info.annotation, info]
    return info.rebuild_annotation()


def pattern(annotation: Annotation) -> str:
    """The regular expression that a text has to match; "" for any text and for no text."""
    for item in _metadata(annotation):
        for each in (item, *getattr(item, "metadata", ())):
            found = getattr(each, "pattern", None)
            if isinstance(found, str):
                return found
    inner = present(_without_metadata(annotation))
    below = (pattern(each) for each in inner if each is not annotation)
    return next(filter(None, below), "")


def choices(annotation: Annotation) -> list[Json]:
    """The values that a Literal or an Enum allows."""
    annotation = bare(annotation)
    origin: object = get_origin(annotation)
    if origin is Literal:
        return [value.value if isinstance(value, Enum) else value for value in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [member.value for member in annotation]
    return []


def locate(annotation: Annotation, data: Json, loc: Sequence[int | str]) -> Place:
    """Follow an error location; steps that are not in the document are left out of the path."""
    path: list[str] = []
    steps = list(loc)
    while steps and steps[0] != "[key]":
        tagged = _tagged(annotation)
        annotation = bare(annotation)
        if tagged:  # the location holds the tag
            annotation = tagged.get(str(steps.pop(0)), Any)
            continue
        if len(present(annotation)) > 1:
            return Place(tuple(path), annotation, union=True)
        step = steps.pop(0)
        following = _below(annotation, step)
        if following is None:
            continue
        annotation = following
        path.append(str(step))
        data = _inside(data, step)
    return Place(tuple(path), annotation)


def _written(name: str, info: FieldInfo) -> str:
    alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
    return alias or name


def _below(annotation: Annotation, step: int | str) -> Annotation | None:
    """What is expected one step further in; None if that is no step but a label."""
    if is_model(annotation):
        info = fields(annotation).get(str(step)) or annotation.model_fields.get(str(step))
        return expected(info) if info is not None else Any
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if not isinstance(origin, type):
        return Any if annotation is Any else None
    if issubclass(origin, Mapping):
        return arguments[1] if arguments else Any
    if issubclass(origin, tuple) and arguments and arguments[-1] is not ...:
        return arguments[int(step)] if int(step) < len(arguments) else Any
    if issubclass(origin, Sequence | AbstractSet) and not issubclass(origin, str):
        return arguments[0] if arguments else Any
    return None


def _inside(data: Json, step: int | str) -> Json:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _tagged(annotation: Annotation) -> dict[str, Annotation]:
    """The branches of a discriminated union by tag."""
    key: object = None
    while len(branches(annotation)) > 1 and len(present(annotation)) == 1:
        annotation = present(annotation)[0]
    for item in _metadata(annotation):
        if isinstance(item, FieldInfo | Discriminator):
            key = item.discriminator or key
    if key is None:
        return {}
    found: dict[str, Annotation] = {}
    for branch in present(_without_metadata(annotation)):
        for tag in _tags(branch, key):
            found[tag] = branch
    return found


def _tags(branch: Annotation, key: object) -> Iterator[str]:
    for item in _metadata(branch):
        if isinstance(item, Tag):
            yield item.tag
    info = bare(branch).model_fields.get(key) if is_model(bare(branch)) else None
    if info is not None:
        yield from map(str, choices(info.annotation))


def _metadata(annotation: Annotation) -> Iterator[Any]:
    while _is_annotated(annotation):
        annotation, *metadata = get_args(annotation)
        yield from metadata
    if isinstance(annotation, TypeAliasType):
        yield from _metadata(annotation.__value__)


def _without_metadata(annotation: Annotation) -> Annotation:
    while _is_annotated(annotation) or isinstance(annotation, TypeAliasType):
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            annotation = get_args(annotation)[0]
    return annotation
