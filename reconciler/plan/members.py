"""How people read a difference inside a list: which member it is in, or both lists. Pure.

What differs is found place by place, and decides; here nothing is decided. Where the members of
a list stand in the same places on both sides, a difference is told with what its member is known
by. Where they do not, the places name nothing, and both sides of the list are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.facts import UnknownType, facts
from reconciler.model.change import Listed, Member
from reconciler.model.value import (
    SENSITIVE,
    Json,
    JsonText,
    Path,
    Props,
)
from reconciler.plan.normal import member
from reconciler.resources.api import Resource
from reconciler.resources.generic import Difference
from reconciler.resources.items import name_of
from reconciler.resources.members import aligned, identity, known_by, matched
from reconciler.resources.whole import empty
from reconciler.secret.redact import redact_value
from reconciler.secret.veil import REFERENCE, veiled

__all__ = ["Read", "Reader", "itself", "whole"]


class Read(NamedTuple):
    """What a difference is told with."""

    members: tuple[Member, ...] = ()
    listed: Listed | None = None


@dataclass(slots=True)
class Reader:
    """Reads differences between two values in the same form; each list is looked at once."""

    want: Props
    have: Props
    resource: Resource
    secret: frozenset[Path] = frozenset()
    """Places, numbers of items left out, of values that nobody is shown although AWS gives them."""
    _hidden: dict[str, frozenset[Path]] = field(default_factory=dict)
    _seen: dict[Path, tuple[Listed, bool]] = field(default_factory=dict)

    def read(self, difference: Difference) -> Read:
        """How a difference is told."""
        members: list[Member] = []
        one: Json = self.have
        other: Json = self.want
        place: list[str] = []
        for depth, step in enumerate(difference.path):
            one, other = _inside(one), _inside(other)
            if isinstance(one, Mapping) and isinstance(other, Mapping):
                one, other = one.get(step), other.get(step)
                place.append(step)
            elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
                here = ".".join(place)
                if here in self.resource.keyed:
                    one, other = (self._keyed(each, here, step) for each in (one, other))
                    continue
                listed, stays = self._list(difference.path[:depth], one, other, here)
                if not (stays and step.isdecimal()):
                    return Read(tuple(members), listed)
                keys = listed.keys
                one, other = (_at(each, int(step)) for each in (one, other))
                if known := identity(
                    _shown(other, self.resource, difference.path[:depth], self.secret), keys
                ):
                    members.append(Member(depth, known))
            else:
                return Read(tuple(members))
        one, other = _inside(one), _inside(other)
        if isinstance(one, list | tuple) and isinstance(other, list | tuple):
            listed, _ = self._list(difference.path, one, other, ".".join(place))
            return Read(tuple(members), listed)
        return Read(tuple(members))

    def asked_at(self, path: Path, listed: Listed | None) -> Path:
        """As much of a path as names places of what is asked for, as its author wrote it.

        In the form in which both sides are compared, members of policies and sets are sorted; where
        members do not keep their places, the list is all that is known.
        """
        path = listed.path if listed else path
        place: list[str] = []
        for depth, step in enumerate(path):
            here = ".".join(place)
            if here in self.resource.policies or here in self.resource.sets:
                return path[:depth]
            if not step.isdecimal() and here not in self.resource.keyed:
                place.append(step)
        return path

    def concealed(self, path: Path, live: Json) -> Json:
        """A live value without what stands where a reference to a secret is asked for.

        Of a list any member counts: the live one may stand in another place.
        """
        top = path[0]
        if top not in self._hidden:
            self._hidden[top] = frozenset(_referring(self.want.get(top), (top,)))
        below = {
            each[len(path) :]
            for each in self._hidden[top]
            if all(one in ("*", other) for one, other in zip(each, path, strict=False))
        }
        return _without(live, below, ()) if below else live

    def _keyed(self, items: Json, here: str, name: str) -> Json:
        keys = self.resource.keyed[here]
        return next((it for it in items if name_of(it, keys, here, self.resource) == name), None)

    def _list(
        self, path: Path, before: Sequence[Json], after: Sequence[Json], here: str
    ) -> tuple[Listed, bool]:
        """Both sides of a list, and whether a place names the same member on both."""
        if path not in self._seen:
            one, other = whole(path, before, after, self.resource, self.secret)
            told = self.resource.told_by.get(here, ())
            keys = (told,) if isinstance(told, str) else told
            keys = keys if all(identity(it, keys) for it in (*one, *other)) else ()
            keys = keys or known_by(one, other)
            stays = aligned(one, other, keys) and not _plain(one, other)
            live = self._asked(one, other, keys, here)
            self._seen[path] = Listed(path, live, other, keys), stays
        return self._seen[path]

    def _loose(self, here: str) -> bool:
        """Whether the order of a list means nothing, as far as anybody says."""
        if any(here == each or here.startswith(f"{each}.") for each in self.resource.policies):
            return True
        generic = self.resource.generic is not None
        loose = generic and not facts(self.resource.type).ordered(tuple(here.split(".")))
        return loose or here in self.resource.sets

    def _asked(
        self, live: Sequence[Json], asked: Sequence[Json], keys: tuple[str, ...], here: str
    ) -> list[Json]:
        """A live list without what nobody asked for, in the members that stay.

        Where order means nothing, it is the declared one.
        """
        pairs = [pair for pair in matched(live, asked, keys) if pair[0] is not None]
        found = {
            old: live[old] if new is None else _asked(live[old], asked[new], here, self.resource)
            for old, new in pairs
            if old is not None
        }
        return [found[at] for at in (found if self._loose(here) else sorted(found))]


def _asked(live: Json, asked: Json, here: str, resource: Resource) -> Json:
    """A live value as far as it is compared; what means the same is as it was asked for."""
    whole_ = here in resource.policies or here in resource.documents
    if here in resource.unread or (empty(live) and empty(asked)) or whole_:
        return live if whole_ else asked
    if isinstance(live, Mapping) and isinstance(asked, Mapping):
        found = {key: member(live, key, here, resource) for key in asked}
        return {
            key: _asked(value, asked[key], f"{here}.{key}", resource)
            for key, value in found.items()
            if key in live or value is not None
        }
    if isinstance(live, list) and isinstance(asked, list) and len(live) == len(asked):
        return [_asked(one, other, here, resource) for one, other in zip(live, asked, strict=True)]
    return live


def _plain(one: Sequence[Json], other: Sequence[Json]) -> bool:
    """Whether they are lists of plain values, of which people read what comes and what goes."""
    return not any(isinstance(item, Mapping | list | tuple) for item in (*one, *other))


def itself(listed: Listed | None, before: Json, after: Json) -> bool:
    """Whether a difference of these sides has in itself all that is known of its list."""
    if listed is None or (listed.before, listed.after) != (before, after):
        return listed is None
    return bool(listed.keys == known_by(listed.before, listed.after))


def whole(
    path: Path,
    before: Json,
    after: Json,
    resource: Resource,
    secret: frozenset[Path] = frozenset(),
) -> tuple[Json, Json]:
    """Both sides of a value as a plan may show them, part by part.

    What is live where a reference to a secret is declared is the secret.
    """
    live = _without(before, frozenset(_referring(after, ())), ())
    return (
        _shown(live, resource, path, secret, live=True),
        _shown(after, resource, path, secret),
    )


def _without(value: Json, hidden: AbstractSet[Path], below: Path) -> Json:
    if not hidden:
        return value
    if below in hidden and value is not None:
        return SENSITIVE
    if isinstance(value, Mapping):
        return {key: _without(item, hidden, (*below, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, hidden, (*below, "*")) for item in value]
    return value


def _shown(
    value: Json, resource: Resource, path: Path, secret: frozenset[Path], *, live: bool = False
) -> Json:
    try:
        write_only = facts(resource.type).untold | secret
    except UnknownType:
        write_only = secret

    def each(value: Json, path: Path) -> Json:
        if isinstance(value, JsonText):
            return JsonText(each(value.document, path))
        if isinstance(value, Mapping):
            return {key: each(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [each(item, (*path, str(index))) for index, item in enumerate(value)]
        place = tuple(step for step in path if not step.isdecimal())
        return veiled(path, place, value, write_only, live=live)

    return redact_value(each(value, path))


def _referring(value: Json, below: Path) -> Iterator[Path]:
    """Places, whichever member they are in, at which a reference to a secret stands."""
    if isinstance(value, JsonText):
        yield from _referring(value.document, below)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _referring(item, (*below, key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _referring(item, (*below, "*"))
    elif isinstance(value, str) and REFERENCE in value:
        yield below


def _inside(value: Json) -> Json:
    """The data of a document that is carried as text."""
    if isinstance(value, JsonText):
        return value.document
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _at(items: Json, index: int) -> Json:
    return items[index] if index < len(items) else None
