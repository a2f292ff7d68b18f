"""Items of lists by what identifies them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.model.value import Json
from reconciler.resources.api import Keys, Resource
from reconciler.resources.whole import at, empty

BETWEEN = ":"
"""Stands between the members that an item is known by."""


def named(
    items: Sequence[Json], keys: Keys | None, place: str, resource: Resource
) -> dict[str, Json] | None:
    """Items by all the members that identify them; nothing where these do not tell them apart."""
    if keys is None:
        return None
    found: dict[str, Json] = {}
    for item in items:
        name = name_of(item, keys, place, resource)
        if not name or name in found:
            return None
        found[name] = item
    return found


def name_of(item: Json, keys: Keys, place: str, resource: Resource) -> str:
    """What an item is called in paths; "" where a member that identifies it is missing."""
    if not isinstance(item, Mapping):
        return ""
    parts = []
    for key in (keys,) if isinstance(keys, str) else keys:
        value = at(item, key)
        value = resource.defaults.get(f"{place}.{key}") if empty(value) else value
        if empty(value):
            return ""
        parts.append(str(value))
    return BETWEEN.join(parts)
