"""Services and versions that AWS closed: a row for each, what needs it, and where it stands.

Rows are data (`schemas/availability.json`, and a platform's own); this says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase, translate
from functools import cache, cached_property

import orjson

from reconciler.model.value import Join, Json, JsonText, Path, Props


class Status(StrEnum):
    """What AWS said of a service. Source: AWS General Reference, "Service lifecycle"."""

    MAINTENANCE = "maintenance"
    """Nobody new may begin; who uses it goes on."""
    SUNSET = "sunset"
    """Nobody new may begin, and it ends on a day."""
    SHUTDOWN = "shutdown"
    """It is gone."""
    REOPENED = "reopened"
    """It was closed, and everybody may begin again."""


class Standing(StrEnum):
    """Where a service stands on a day."""

    OPEN = "open"
    UPCOMING = "upcoming"
    """What the row says begins on a later day."""
    CLOSED = "closed"
    """Only for who uses it already."""
    ENDED = "ended"


@dataclass(frozen=True)  # not slotted: the members are found once for all rows
class Asked:
    """A resource of which it is asked what services it needs."""

    type: str
    props: Props

    def called(self, name: str) -> Sequence[tuple[Path, Json]]:
        """Its members of that name in their order, with their paths; ``*`` for all."""
        return self._members.get(name, ())

    @cached_property
    def _members(self) -> Mapping[str, Sequence[tuple[Path, Json]]]:
        found: dict[str, list[tuple[Path, Json]]] = {}
        for path, name, value in _members(self.props):
            for key in dict.fromkeys((name, "*")):
                found.setdefault(key, []).append((path, value))
        return found


@dataclass(frozen=True, slots=True)
class Touch:
    """What of a resource needs the service: the whole type, or a member with such a value."""

    type: str
    """The CloudFormation type; ``*`` stands for any text."""
    member: str = ""
    """The name of a member at any depth, documents included; ``*`` for every one, "" for none:
    then the whole resource is the service's."""
    values: tuple[str, ...] = ()
    """Patterns of the values that need it; without them every value that is not empty does."""
    unless: Props = field(default_factory=dict)
    """Members of the value with which it asks for nothing."""
    proves: bool = True
    """AWS takes it from nobody who may not use the service, so that what is live shows use."""

    def found(self, asked: Asked) -> Iterator[Path]:
        """Where a resource needs the service; the empty path for the whole of it."""
        if fnmatchcase(asked.type, self.type):
            yield from self.among(asked)

    def among(self, asked: Asked) -> Iterator[Path]:
        """Where a resource of its type needs the service, by the members that it has."""
        if not self.member:
            yield ()
            return
        last: Path | None = None
        for path, value in asked.called(self.member):
            inside = last is not None and path[: len(last)] == last
            if not inside and self._needs(value):
                last = path
                yield path

    def _needs(self, value: Json) -> bool:
        if self.values:
            said = _text(value)
            return said is not None and _any_of(self.values)(said) is not None
        if self.unless and isinstance(value, Mapping):
            return bool(value) and any(value.get(key) != it for key, it in self.unless.items())
        return bool(value)


@dataclass(frozen=True, slots=True)
class Row:
    """One service, or one version of a part of it."""

    name: str
    title: str
    status: Status
    since: date
    """The first day on which `status` holds."""
    replacement: str
    """What AWS or we recommend instead, as a phrase."""
    source: str
    until: date | None = None
    """The last day of use, where AWS has named one."""
    touches: tuple[Touch, ...] = ()
    calls: tuple[str, ...] = ()
    """Patterns of ``client.method`` that AWS refuses to whom it does not let in."""
    messages: tuple[str, ...] = ()
    """Patterns (regular expressions, any case) of the refusals of these calls alone."""
    listings: bool = False
    """AWS refuses reads too, so whoever is refused has nothing there."""
    version: bool = False
    """It is a version: an account does not lose it with the last object."""

    def standing(self, today: date) -> Standing:
        """Where it stands on a day (UTC)."""
        if self.status is Status.REOPENED:
            return Standing.OPEN
        if today < self.since:
            return Standing.UPCOMING
        over = self.until is not None and today > self.until
        return Standing.ENDED if over or self.status is Status.SHUTDOWN else Standing.CLOSED

    def proven(self, asked: Asked) -> bool:
        """Whether a live resource shows that the account uses it."""
        return any(
            next(touch.found(asked), None) is not None for touch in self.touches if touch.proves
        )

    @property
    def types(self) -> frozenset[str]:
        """Types, or patterns of them, whose every resource is one of the service's."""
        return frozenset(each.type for each in self.touches if not each.member and each.proves)

    def owns(self, type_: str) -> bool:
        """Whether every resource of a type is one of the service's."""
        return any(fnmatchcase(type_, each) for each in self.types)


@cache
def _any_of(values: tuple[str, ...]) -> Callable[[str], object]:
    """Whether a text fits any of some patterns."""
    return re.compile("|".join(map(translate, values))).match


def _members(value: Json, name: str = "", path: Path = ()) -> Iterator[tuple[Path, str, Json]]:
    """Every member with its path and name; items of a list carry the name of the list."""
    value = _document(value)
    if path:
        yield path, name, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _members(item, str(key), (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _members(item, name, (*path, str(index)))


def _document(value: Json) -> Json:
    """A JSON document as data, also where it is a text already."""
    if isinstance(value, JsonText):
        return value.document
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def _text(value: Json) -> str | None:
    """A scalar as text; of a text that is put together, the parts that are known."""
    if type(value) is str:
        return value
    if isinstance(value, Join):
        return "".join(part for part in value.parts if isinstance(part, str))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
