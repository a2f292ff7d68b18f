"""Fields of specs that name a file or folder of the repository, which becomes an asset.

The compiler finds them before anything is built, so that what they name can be read: no kind
touches the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import BaseModel, Field

from reconciler.model.asset import Form
from reconciler.model.value import Path

_PART = r"[A-Za-z0-9_+@=,][A-Za-z0-9_.+@=, -]*"
RepositoryPath: TypeAlias = Annotated[
    str,
    Field(
        pattern=rf"^{_PART}(/{_PART})*/?$",
        max_length=500,
        examples=["jobs/clean.py", "functions/score"],
    ),
]
"""A file or folder of the repository, from the folder in which `moorline` runs; never one that
begins with a dot, or lies outside."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Marks a `RepositoryPath`, and says what is made of it.

    ``script: Annotated[RepositoryPath, Pack(Form.FILE)]``. A file may become an archive, a folder
    is never a file.
    """

    form: Form


def packs(value: object, path: Path = ()) -> Iterator[tuple[Path, str, Form]]:
    """Every marked field of a spec that is given: its path, what it says, what is made of it."""
    if isinstance(value, BaseModel):
        for name, mark, alias in _fields(type(value)):
            if (inner := getattr(value, name)) is not None:
                yield from _inside(inner, mark, (*path, alias))
    else:
        yield from _inside(value, None, path)


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, Pack | None, str], ...]:
    """Of each field that is marked or leads to a mark: its attribute, its mark, its YAML name."""
    found = []
    for name, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Pack)]
        mark = marks[0] if marks else _mark(info.annotation)  # type: ignore[arg-type]
        if mark is not None or any(map(_leads, _models(info.annotation))):
            found.append((name, mark, info.alias or name))
    return tuple(found)


def _leads(model: type[BaseModel]) -> bool:
    """Whether a spec with such a section, or one made of it, may have a mark somewhere."""
    seen, next_ = set[type[BaseModel]](), [model]
    while next_:
        if (one := next_.pop()) not in seen:
            seen.add(one)
            next_ += one.__subclasses__()
            for info in one.model_fields.values():
                marked = any(isinstance(mark, Pack) for mark in info.metadata)
                if marked or _mark(info.annotation) is not None:  # type: ignore[arg-type]
                    return True
                next_ += _models(info.annotation)
    return False


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _inside(item: object, mark: Pack | None, path: Path) -> Iterator[tuple[Path, str, Form]]:
    if isinstance(item, BaseModel):
        yield from packs(item, path)
    elif isinstance(item, str):
        if mark is not None:
            yield path, item, mark.form
    elif isinstance(item, Mapping):
        for key, inner in item.items():
            yield from _inside(inner, mark, (*path, str(key)))
    elif isinstance(item, list | tuple):
        for index, inner in enumerate(item):
            yield from _inside(inner, mark, (*path, str(index)))


@cache
def _mark(annotation: Any) -> Pack | None:  # noqa: ANN401 - any type expression
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Pack):
            return mark
    found = (_mark(inner) for inner in getattr(annotation, "__args__", ()))
    return next((each for each in found if each is not None), None)
