"""What a resource was before a step, as far as the differences of the step tell.

A path names properties, items of a list by their key or number, and places in
documents. Each difference is undone on a copy of what is desired; a property in
which a place cannot be found again is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from reconciler.model.change import Action
from reconciler.model.value import Json
from reconciler.render.vocabulary.value import document, mark_of

__all__ = ["before_of"]

UNKNOWN: Json = {"$mark": "unknown"}


class _LostError(Exception):
    """A place is not there any more."""


def before_of(step: Mapping[str, Json]) -> dict[str, Json]:
    """The properties that are live before a step, in the JSON form of the plan."""
    if step["action"] == Action.DELETE:
        return {}
    found: dict[str, Json] = dict(step["desired"])
    for field in step["fields"]:
        if not field["path"]:
            continue
        top, *rest = field["path"]
        try:
            value = _undone(found.get(top), rest, field["before"])
        except _LostError:
            value = UNKNOWN
        if value is None:
            found.pop(top, None)
        else:
            found[top] = value
    return found


def _undone(value: Json, path: Sequence[str], before: Json) -> Json:
    if not path:
        return before
    mark = mark_of(value)
    if mark == "$text":
        return {"$text": _undone(value["$text"], path, before)}
    if mark:
        return UNKNOWN
    if isinstance(value, Mapping):
        return _mapping(value, path, before)
    if isinstance(value, list) or value is None:
        return _list(value or [], path, before)
    inside = document(value)
    if isinstance(inside, str) or not isinstance(value, str):
        raise _LostError
    return json.dumps(_undone(inside, path, before), separators=(",", ":"), ensure_ascii=False)


def _mapping(value: Mapping[str, Json], path: Sequence[str], before: Json) -> Json:
    key, *rest = path
    changed = _undone(value.get(key), rest, before) if rest else before
    kept = {name: item for name, item in value.items() if name != key}
    return kept if changed is None else {**value, key: changed}


def _list(items: Sequence[Json], path: Sequence[str], before: Json) -> Json:
    key, *rest = path
    place = _place(items, key)
    if place is None:
        if rest:
            raise _LostError
        return [*items, _item(items, key, before)]
    old = items[place]
    if rest:
        changed = _undone(old, rest, before)
    elif before is not None and isinstance(old, Mapping) and not isinstance(before, Mapping):
        changed = {**old, "Value": before} if "Value" in old else before
    else:
        changed = _item(items, key, before) if before is not None else None
    return [*items[:place], *([] if changed is None else [changed]), *items[place + 1 :]]


def _place(items: Sequence[Json], key: str) -> int | None:
    """Where the item with a key stands: the one that has it as a value, or its number."""
    for index, item in enumerate(items):
        if isinstance(item, Mapping) and key in item.values():
            return index
    return int(key) if key.isdecimal() and int(key) < len(items) else None


def _item(items: Sequence[Json], key: str, before: Json) -> Json:
    """An item as it was; a tag's old value comes without its key."""
    tagged = not items or (isinstance(items[0], Mapping) and items[0].keys() == {"Key", "Value"})
    if tagged and not isinstance(before, Mapping | list):
        return {"Key": key, "Value": before}
    return before
