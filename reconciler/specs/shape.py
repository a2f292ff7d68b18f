"""Checks a part of a document against a pydantic model, in words and at exact places.

pydantic decides; this module only finds the line of each error and explains it.
For a union without a discriminator it explains the one branch that was most
likely meant, not all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs import brought
from reconciler.specs.annotation import Annotation, fields, locate, present
from reconciler.specs.complaint import Complaint, Target, complain
from reconciler.specs.elsewhere import elsewhere
from reconciler.specs.union import Branch, choose

M = TypeVar("M", bound=BaseModel)
_MOST = 100
"""Findings per document; more would not be read."""
_MAX_DEPTH = 30
_UNKNOWN = "extra_forbidden"


def shape(document: Document, model: type[M], path: Path = ()) -> tuple[M | None, list[Diagnostic]]:
    """The model instance for the value at `path`, or what is wrong with that value."""
    data = document.data
    for step in path:
        data = data[int(step)] if isinstance(data, list) else data.get(step)
    try:
        return model.model_validate_json(orjson.dumps(data)), []
    except ValidationError as error:
        complaints = list(_explain(model, data, (), _errors(error), 0))
        found = [_diagnostic(document, path, each) for each in _without_echoes(complaints)]
        return None, list(dict.fromkeys(found))[:_MOST]


def _without_echoes(complaints: list[Complaint]) -> list[Complaint]:
    """Drop "'version' is missing" where "did you mean 'version'?" already says it."""
    meant = {(each.path[:-1], each.meant) for each in complaints if each.meant}
    return [
        each for each in complaints if not (each.missing and (each.path, each.missing) in meant)
    ]


def _errors(error: ValidationError) -> list[ErrorDetails]:
    """The errors, without "too few items" where pydantic only left out the wrong ones."""
    found = error.errors(include_url=False)[: 10 * _MOST]
    return [each for each in found if each["type"] != "too_short" or _is_short(each)]


def _is_short(error: ErrorDetails) -> bool:
    given = error["input"]
    least = error.get("ctx", {}).get("min_length", 0)
    return not (isinstance(given, list | dict) and len(given) >= least)


def _explain(
    annotation: Annotation, data: Json, path: Path, errors: Sequence[ErrorDetails], depth: int
) -> Iterator[Complaint]:
    """One complaint for each error; the errors of one union together make one."""
    unions: set[Path] = set()
    for error in errors:
        place = locate(annotation, data, error["loc"])
        inner = _at(data, place.path)
        full = (*path, *place.path)
        if place.union and depth < _MAX_DEPTH:
            if full not in unions:
                unions.add(full)
                needed = _needed(annotation, data, place.path)
                yield from _union(
                    Target(full, place.annotation, (), inner, needed=needed), error, depth
                )
            continue
        siblings = fields(locate(annotation, data, error["loc"][:-1]).annotation)
        info = siblings.get(full[-1]) if full else None
        about = (info.description or "") if info is not None else ""
        at = elsewhere(annotation, data, error["loc"]) if error["type"] == _UNKNOWN else ""
        known = tuple(siblings)
        needed = info is not None and info.is_required()
        yield complain(error, Target(full, place.annotation, known, inner, about, at, needed))


def _needed(annotation: Annotation, data: Json, path: Path) -> bool:
    """Whether the field at a path cannot be left out."""
    around = fields(locate(annotation, data, path[:-1]).annotation)
    return bool(path) and path[-1] in around and around[path[-1]].is_required()


def _union(target: Target, error: ErrorDetails, depth: int) -> Iterator[Complaint]:
    tried = [Branch(each, tuple(_try(each, target.value))) for each in present(target.annotation)]
    chosen = choose(tried, target.value, target.path, needed=target.needed)
    if isinstance(chosen, Complaint):
        yield chosen
    elif chosen.errors:
        yield from _explain(chosen.annotation, target.value, target.path, chosen.errors, depth + 1)
    else:
        yield complain(error, target)


def _try(annotation: Annotation, data: Json) -> list[ErrorDetails]:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    try:
        adapter.validate_json(orjson.dumps(data), strict=True)
    except ValidationError as error:
        return _errors(error)
    return []


def _at(data: Json, path: Path) -> Json:
    for step in path:
        try:
            data = data[int(step)] if isinstance(data, list) else data[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return data


def _diagnostic(document: Document, path: Path, complaint: Complaint) -> Diagnostic:
    full = (*path, *complaint.path)
    at = _place(document, full, complaint)
    help_ = complaint.help
    if complaint.unknown:
        kind = document.data.get("kind") if isinstance(document.data, dict) else None
        said = brought.special if complaint.meant else brought.sentence
        help_ = said(complaint.unknown, str(kind)) or help_
    return Diagnostic(complaint.code, complaint.message, at, help_)


def _place(document: Document, path: Path, complaint: Complaint) -> Span:
    """The key for what concerns a key or a whole collection, else the value."""
    on_key = complaint.on_key or isinstance(_at(document.data, path), dict | list)
    return document.key_at(path) if on_key and path else document.at(path)
