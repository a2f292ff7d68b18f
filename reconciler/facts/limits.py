"""How large AWS takes a document or a list, where its published schemas do not say so.

Source: `schemas/limits.json`, which names AWS's page for each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from reconciler.facts.files import read
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, Json, JsonText, Mark, Path, Props, Ref

_SPACE = re.compile(r"\s+")
Length = Callable[[Ref], int]
"""How many characters an output will have, at least."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a property may hold."""

    type: str
    path: Path
    counts: str
    most: int
    what: str
    help: str
    source: str

    @property
    def unit(self) -> str:
        """What is counted, in words."""
        words = {"text": "characters without white space", "bytes": "bytes", "items": "members"}
        return words[self.counts]


@cache
def limits() -> Mapping[str, tuple[Limit, ...]]:
    """All limits, by type."""
    found: dict[str, tuple[Limit, ...]] = {}
    for each in read("limits.json")["limits"]:
        row = Limit(**{**each, "path": tuple(each["path"].split("."))})
        found[row.type] = (*found.get(row.type, ()), row)
    return found


def size(limit: Limit, props: Props, length: Length) -> int:
    """How much of it some properties have; what is not known yet counts with its least."""
    return sum(_one(limit, value, length) for value in _at(props, limit.path))


def _at(value: Json, path: Path) -> Iterator[Json]:
    if value is None:
        return
    if not path:
        yield value
    elif path[0] == "*":
        for item in value:
            yield from _at(item, path[1:])
    elif isinstance(value, Mapping):
        yield from _at(value.get(path[0]), path[1:])


def _one(limit: Limit, value: Json, length: Length) -> int:
    if limit.counts == "items":
        return len(value)
    known = _filled(value.document if isinstance(value, JsonText) else value, length)
    text = (
        known
        if isinstance(known, str)
        else json.dumps(known, separators=(",", ":"), ensure_ascii=False)
    )
    return len(_SPACE.sub("", text)) if limit.counts == "text" else len(text.encode())


def _filled(value: Json, length: Length) -> Json:  # noqa: PLR0911 - one for each form
    """The value with as many letters in the place of each output as it will have."""
    if type(value) is str:  # most of a document
        return value
    match value:
        case Ref():
            return "x" * length(value)
        case Join():
            return "".join("x" * length(it) if isinstance(it, Ref) else it for it in value.parts)
        case JsonText():
            inner = _filled(value.document, length)
            return json.dumps(inner, separators=(",", ":"), ensure_ascii=False)
        case Mark() | Secret():
            return ""
        case Hidden():
            return _filled(value.value, length)
        case Mapping():
            return {key: _filled(item, length) for key, item in value.items()}
        case list() | tuple():
            return [_filled(item, length) for item in value]
        case _:
            return value
