"""The form of properties in which equal means the same to AWS. Pure.

Both sides of a comparison are brought into it: policies and documents are parsed, sets are
sorted, secrets are as AWS masks them
or as their token says which they are, and a member that an answer may lack has its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

import orjson

from reconciler.model.secret import Secret
from reconciler.model.value import Json, JsonText, Path, Props, canonical
from reconciler.resources import policy
from reconciler.resources.api import Resource
from reconciler.resources.items import name_of
from reconciler.resources.whole import empty


def normal(props: Props, resource: Resource) -> Props:
    """Properties in the form in which they are compared."""
    return {key: _normal(value, key, resource, whole=False) for key, value in props.items()}


def settled(props: Props, resource: Resource) -> Props:
    """What is left of live properties when everything that AWS may leave out is as if it had.

    It stays the same when an answer begins to have a member, or ceases to.
    """
    found = {key: _normal(value, key, resource, whole=True) for key, value in props.items()}
    return {
        key: value
        for key, value in found.items()
        if not empty(value) and value != resource.defaults.get(key)
    }


def member(value: Json, name: str, around: str, resource: Resource) -> Json:
    """A member of a live object at the dotted place `around`; its default where it is not given."""
    found = value.get(name)
    if empty(found):
        default = resource.defaults.get(f"{around}.{name}" if around else name)
        return found if default is None else default
    return found


def dotted(place: Path) -> str:
    """A place as records name it: without the stars of list items."""
    return ".".join(part for part in place if part != "*")


def _normal(value: Json, place: str, resource: Resource, *, whole: bool) -> Json:
    """With `whole`, objects also have the defaults of what they lack: nothing in them is walked."""
    if place in resource.policies:
        return policy.normal(value) if value else None
    if isinstance(value, Secret):
        return value.seen
    if place in resource.documents:
        return _parsed(value)
    if isinstance(value, str) and (mask := resource.masked.get(place)):
        return mask(value)
    if isinstance(value, Mapping):
        inner = {k: _normal(v, f"{place}.{k}", resource, whole=whole) for k, v in value.items()}
        return _filled(inner, place, resource) if whole else inner
    if isinstance(value, list | tuple):
        return _items(list(value), place, resource, whole=whole)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    return value


def _items(value: list[Json], place: str, resource: Resource, *, whole: bool) -> list[Json]:
    alike = place in resource.sets
    many = [_normal(item, place, resource, whole=whole or alike) for item in value]
    keys = resource.keyed.get(place)
    if keys is not None:
        pairs = [(name_of(item, keys, place, resource), item) for item in many]
        return [item for _, item in sorted(pairs, key=itemgetter(0))]
    return sorted(many, key=canonical) if alike else many


def _filled(value: Props, place: str, resource: Resource) -> Props:
    """An object of which all members count, in whichever form AWS answers it."""
    kept = {k: v for k, v in value.items() if f"{place}.{k}" not in resource.unread}
    for path, default in resource.defaults.items():
        around, _, name = path.rpartition(".")
        if around == place and empty(kept.get(name)):
            kept[name] = default
    return kept


def _parsed(value: Json) -> Json:
    """A document as data, in whichever form it is carried."""
    if isinstance(value, JsonText):
        return value.document
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
