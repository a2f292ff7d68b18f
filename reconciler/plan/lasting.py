"""What the requests of a change usually take, by what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import FieldChange
from reconciler.model.value import Path, canonical
from reconciler.resources.api import Resource
from reconciler.resources.items import named
from reconciler.resources.stages import OneByOne
from reconciler.resources.whole import at


def expected(fields: Iterable[FieldChange], resource: Resource) -> float:
    """Seconds that the stages of an update usually take, by what differs."""
    order, paths = resource.stages, {each.path: each for each in fields}
    total = sum(each.seconds for each in order.apart if any(p[0] in each.props for p in paths))
    for whole in order.renewed:
        if any(_inside((path[0], *path), whole.fixed) for path in paths if path[0] == whole.prop):
            total += whole.seconds
    for slow in order.gradual:
        if (field := paths.get((slow.prop,))) and _numbers(field):
            total += slow.seconds * len(slow.through(field.before, field.after))
    for each in order.one_by_one:
        keys = resource.keyed.get(each.prop, ())
        told = each.fixed | {*((keys,) if isinstance(keys, str) else keys)}
        if differs := paths.get((each.prop,)):
            total += _of_lists(each, differs, resource)
        items: dict[str, list[FieldChange]] = {}
        for path, field in paths.items():
            if path[0] == each.prop and len(path) > 1:
                items.setdefault(path[1], []).append(field)
        for found in items.values():
            item = [field for field in found if len(field.path) == 2]  # noqa: PLR2004 - the item
            anew = any(_inside(field.path, told) for field in found)
            total += each.adds if anew or any(it.before is None for it in item) else 0.0
            total += each.removes if anew or any(it.after is None for it in item) else 0.0
    return total


def _numbers(field: FieldChange) -> bool:
    return all(type(it) is int and it > 0 for it in (field.before, field.after))


def _of_lists(each: OneByOne, field: FieldChange, resource: Resource) -> float:
    """Seconds of a list that differs as a whole."""
    keys = resource.keyed.get(each.prop)
    lists = [it if isinstance(it, list | tuple) else () for it in (field.before, field.after)]
    have, want = (named(it, keys, each.prop, resource) or {} for it in lists)
    both = have.keys() & want.keys()
    anew = sum(
        any(canonical(at(have[it], path)) != canonical(at(want[it], path)) for path in each.fixed)
        for it in both
    )
    gone, new = len(have.keys() - both) + anew, len(want.keys() - both) + anew
    return gone * each.removes + new * each.adds


def _inside(path: Path, fixed: frozenset[str]) -> bool:
    """Whether a difference of an item is at or below a member that no request changes."""
    return any(path[2:][: len(steps)] == steps for steps in (tuple(f.split(".")) for f in fixed))
