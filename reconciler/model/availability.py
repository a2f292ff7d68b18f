"""Services and versions that AWS closed: a row for each, what needs it, and where it stands.

Rows are data (`schemas/availability.json`, and a platform's own); this says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase, translate
from functools import cache, cached_property

import orjson

from reconciler.model.value import SINGLE, Join, Json, JsonText, Path, Props

ANY = "*"
"""In place of a member's name: every member."""
_OPENS = frozenset({"{", "["})
"""How the text of an object or a list begins."""
_SIGNS = frozenset("*?[")


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
        return self._every if name == ANY else self._named.get(name, ())

    def says(self, values: tuple[str, ...]) -> bool:
        """Whether any text in it fits one of some patterns."""
        fits = _any_of(values)
        return any(map(fits, self._said))

    @cached_property
    def _members(self) -> Sequence[tuple[Path, str, Json]]:
        found: list[tuple[Path, str, Json]] = []
        _members(self.props, "", (), found)
        return found

    @cached_property
    def _every(self) -> Sequence[tuple[Path, Json]]:
        return [(path, value) for path, _, value in self._members]

    @cached_property
    def _named(self) -> Mapping[str, Sequence[tuple[Path, Json]]]:
        found: dict[str, list[tuple[Path, Json]]] = {}
        for path, name, value in self._members:
            found.setdefault(name, []).append((path, value))
        return found

    @cached_property
    def _said(self) -> Collection[str]:
        told = (_text(value) for _, _, value in self._members)
        return {text for text in told if text is not None}


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

    @property
    def anywhere(self) -> bool:
        """Whether it is a text that may stand in any member."""
        return self.member == ANY and bool(self.values)

    def found(self, asked: Asked) -> Iterator[Path]:
        """Where a resource needs the service; the empty path for the whole of it."""
        if fits(asked.type, self.type):
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
        return any(fits(type_, each) for each in self.types)


def fits(text: str, pattern: str) -> bool:
    """Whether a pattern stands for a text. Most have no sign in them, and need no expression."""
    return text == pattern or (not _SIGNS.isdisjoint(pattern) and fnmatchcase(text, pattern))


@cache
def _any_of(values: tuple[str, ...]) -> Callable[[str], object]:
    """Whether a text fits any of some patterns."""
    return re.compile("|".join(map(translate, values))).match


def _members(value: Json, name: str, path: Path, found: list[tuple[Path, str, Json]]) -> None:
    """Every member with its path and name; items of a list carry the name of the list."""
    value = _document(value)
    if path:
        found.append((path, name, value))
    if type(value) in SINGLE:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            _members(item, str(key), (*path, str(key)), found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _members(item, name, (*path, str(index)), found)


def _document(value: Json) -> Json:
    """A JSON document as data, also where it is a text already."""
    if isinstance(value, str):
        if value[:1] in _OPENS:
            with suppress(orjson.JSONDecodeError):
                return orjson.loads(value)
    elif isinstance(value, JsonText):
        return value.document
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
