"""What of a resource is somebody else's at run time, kept out of a comparison. Pure.

What an `Owner` of the type has is taken from the live side into the desired one: it never differs,
and a request that sends the whole sends it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.model.change import Change, Effect, FieldChange, Observed
from reconciler.model.value import Json, Path, Props, canonical
from reconciler.plan.normal import dotted
from reconciler.resources.api import Resource
from reconciler.resources.items import named
from reconciler.resources.owner import CONTEXT, claimed, may_be, owner


def lent(desired: Props, observed: Observed, resource: Resource) -> Props:
    """The desired properties, with the live values that others own, or that meet what is asked."""
    desired = _adapted(desired, observed.props, resource)
    if not resource.owners:
        return desired
    found: Props = _lent(desired, observed.props, (), _told(observed), _as_said(desired, resource))
    return found


def _as_said(desired: Props, resource: Resource) -> Resource:
    """The type with those owners that the desired properties leave."""
    owners = claimed(desired, resource.owners)
    return resource if owners == resource.owners else replace(resource, owners=owners)


def _adapted(desired: Props, live: Props, resource: Resource) -> Props:
    found = {
        prop: adapt(desired[prop], live[prop], live)
        for prop, adapt in resource.adapts.items()
        if desired.get(prop) is not None and live.get(prop) is not None
    }
    return {**desired, **found} if found else desired


def theirs(live: Props, resource: Resource) -> Props:
    """The live properties without what others own, or may own where nobody was asked."""
    if not resource.owners:
        return live
    found: Props = _without(live, (), live, resource)
    return found


def owned(change: Change, declared: Props, resource: Resource) -> Iterator[FieldChange]:
    """What others have moved away from what is declared, each with its owner."""
    if change.observed is None or not resource.owners:
        return
    told = _told(change.observed)
    mine = _as_said(declared, resource)
    yield from _moved(declared, change.observed.props, (), (), told, mine)


def unsettled(fields: Iterable[FieldChange], resource: Resource) -> list[FieldChange]:
    """Differences that nobody may have made by right, where nobody was asked."""
    return [each for each in fields if not may_be(each.path, resource.owners)]


def _told(observed: Observed) -> Props:
    return {**observed.props, CONTEXT: observed.context}


def _lent(want: Json, have: Json, place: Path, live: Props, resource: Resource) -> Json:
    if place and have is not None and owner(place, live, resource.owners):
        return have
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        return {
            key: _lent(item, have.get(key), (*place, key), live, resource)
            for key, item in want.items()
        }
    if isinstance(want, list | tuple) and isinstance(have, list | tuple):
        return [
            _lent(item, other, (*place, "*"), live, resource)
            for item, other in _paired(want, have, place, resource)
        ]
    return want


def _without(value: Json, place: Path, live: Props, resource: Resource) -> Json:
    if isinstance(value, Mapping):
        return {
            key: _without(item, (*place, key), live, resource)
            for key, item in value.items()
            if not owner((*place, key), live, resource.owners)
            and not may_be((*place, key), resource.owners)
        }
    if isinstance(value, list | tuple):
        return [_without(item, (*place, "*"), live, resource) for item in value]
    return value


def _moved(  # noqa: PLR0913 - two values, where they stand, and what says whose they are
    want: Json, have: Json, path: Path, place: Path, live: Props, resource: Resource
) -> Iterator[FieldChange]:
    if have is None:
        return
    if place and (who := owner(place, live, resource.owners)):
        if canonical(want) != canonical(have):
            yield FieldChange(path, have, want, Effect.NONE, cause=who)
    elif isinstance(want, Mapping) and isinstance(have, Mapping):
        for key in sorted(want.keys() & have.keys()):
            at = ((*path, key), (*place, key))
            yield from _moved(want[key], have[key], *at, live, resource)
    elif isinstance(want, list | tuple) and isinstance(have, list | tuple):
        keys = resource.keyed.get(dotted(place))
        names = [*(named(want, keys, dotted(place), resource) or {})]
        for number, (item, other) in enumerate(_paired(want, have, place, resource)):
            name = names[number] if number < len(names) else str(number)
            yield from _moved(item, other, (*path, name), (*place, "*"), live, resource)


def _paired(
    want: Sequence[Json], have: Sequence[Json], place: Path, resource: Resource
) -> Iterator[tuple[Json, Json]]:
    """Items of two lists that are the same ones: by what identifies them, else by their place."""
    keys = resource.keyed.get(dotted(place))
    known = named(have, keys, dotted(place), resource)
    wanted = named(want, keys, dotted(place), resource)
    if known is not None and wanted is not None:
        yield from ((item, known.get(name)) for name, item in wanted.items())
    elif len(want) == len(have):
        yield from zip(want, have, strict=True)
    else:
        yield from ((item, None) for item in want)
