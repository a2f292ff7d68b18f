"""Reaching into a model by the paths of a schema: names only, lists are gone through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]
Json = Any


def split(text: str) -> Path:
    """A path from its form with slashes."""
    return tuple(name for name in text.split("/") if name not in {"", "*"})


def values(document: Json, path: Path) -> Iterator[Json]:
    """What stands at a path, once for each item of the lists above it."""
    if isinstance(document, list):
        for item in document:
            yield from values(item, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        rest = path[1:]
        below = document[path[0]]
        if rest:
            yield from values(below, rest)
        else:
            yield below


def holders(document: Json, path: Path) -> Iterator[dict[str, Json]]:
    """The objects that have, or could have, the last name of a path."""
    if isinstance(document, list):
        for item in document:
            yield from holders(item, path)
    elif isinstance(document, dict):
        if len(path) == 1:
            yield document
        elif path[0] in document:
            yield from holders(document[path[0]], path[1:])


def drop(document: Json, path: Path) -> bool:
    """Take away what stands at a path, and objects that are empty because of it."""
    if isinstance(document, list):
        return sum(drop(item, path) for item in document) > 0
    if not isinstance(document, dict) or path[0] not in document:
        return False
    if len(path) == 1:
        del document[path[0]]
        return True
    gone = drop(document[path[0]], path[1:])
    if gone and document[path[0]] == {}:
        del document[path[0]]
    return gone


def fill(document: Json, path: Path, value: Json) -> None:
    """Put a value where nothing is, if there is an object to put it into."""
    for holder in holders(document, path):
        holder.setdefault(path[-1], value)


def values_whole(document: Json, path: Path) -> Iterator[Json]:
    """What stands at a path with no list on the way: lists themselves are found as they are."""
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return
        document = document[name]
    yield document


def tags(document: Json, path: Path | None) -> dict[str, str]:
    """The tags at a path, whether they are a list or a map."""
    found = next(values_whole(document, path), None) if path else None
    if isinstance(found, dict):
        return {str(key): str(value) for key, value in found.items()}
    pairs = (each for each in found or () if isinstance(each, dict) and "Key" in each)
    return {str(each["Key"]): str(each.get("Value", "")) for each in pairs}
