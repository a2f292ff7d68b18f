"""Parts: properties of one CloudFormation type that AWS keeps behind calls of their own.

A part knows how to read its property and which calls change it. Four shapes
cover the field: `Facet` (one value with get/put/delete), `Members` (a set whose
items are added and removed), `Keyed` (named items, each put and deleted) and
`Switch` (a boolean with one call for each value).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from reconciler.model.value import Json, Props, canonical
from reconciler.resources.answers import Absent
from reconciler.resources.codecs import SAME, Codec
from reconciler.resources.keeping import kept
from reconciler.resources.whole import Whole


class Request(NamedTuple):
    """One call an adapter wants. The resource's key is added unless `bare`."""

    method: str
    params: Props
    bare: bool = False
    service: str = ""
    """The client, where it is another one than the type's."""


class Reader(Protocol):
    """The read-only side of a client. Unknown failures travel through as exceptions."""

    def call(self, method: str, params: Props) -> Mapping[str, Json]:
        """One request; the answer without its metadata."""
        ...

    def maybe(self, method: str, params: Props, unset: frozenset[str]) -> Mapping[str, Json] | None:
        """Like `call`; nothing when AWS answers one of the `unset` error codes."""
        ...

    def pages(self, method: str, params: Props, at: str) -> list[Json]:
        """The items under the key `at` of every page."""
        ...

    def of(self, service: str, absent: Iterable[Absent]) -> Reader:
        """The same look by another client, whose words for what is not there these are."""
        ...


class Part(Protocol):
    """Something that owns one property."""

    @property
    def prop(self) -> str:
        """The CloudFormation name of the property, or a name of ours where it has none."""
        ...

    @property
    def last(self) -> bool:
        """Whether its calls must be undone before the resource can be deleted."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """Client methods that read it."""
        ...

    @property
    def writes(self) -> tuple[str, ...]:
        """Client methods that change it."""
        ...

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """What a whole answer of each read has."""
        ...

    def read(self, reader: Reader, key: Props) -> Json:
        """The live value in CloudFormation form; nothing when it is not set."""
        ...

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """The requests that lead from one value to the other."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A value with one get/put/delete trio, named ``get_<stem>`` and so on.

    `answer` is the key of the value in the response ("" when the response is the
    value) and `request` the key in the put request (the value's members
    themselves when ""). `remove` names the delete method where it is not
    ``delete_<stem>``; it is nothing where there is none. `off` is the API value
    that means "not set" where no delete method exists; a value that was never
    set reads as that. `unset` are error codes that say that nothing is set.
    """

    prop: str
    stem: str
    answer: str = ""
    request: str = ""
    codec: Codec = SAME
    remove: str | None = ""
    off: Json = None
    unset: frozenset[str] = frozenset()
    params: Props = field(default_factory=dict)
    whole: Whole | None = None
    """What a whole answer has, where it is not the member `answer`."""
    keeps: tuple[str, ...] = ()
    """What a put carries along of the live value where it is not given; see `keeping.kept`."""
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (f"get_{self.stem}",)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {f"get_{self.stem}": self.whole or Whole(has=frozenset({self.answer} - {""}))}

    @property
    def writes(self) -> tuple[str, ...]:
        put, delete = f"put_{self.stem}", self._delete
        return (put, delete) if delete else (put,)

    @property
    def _delete(self) -> str | None:
        if self.off is not None or self.remove is None:
            return None
        return self.remove or f"delete_{self.stem}"

    def read(self, reader: Reader, key: Props) -> Json:
        body = reader.maybe(f"get_{self.stem}", {**key, **self.params}, self.unset)
        value = body.get(self.answer) if body and self.answer else body
        value = value or self.off
        return self.codec.decode(value) if value else None

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        if after is None and self.off is None:
            if before is not None and (delete := self._delete):
                yield Request(delete, {})
            return
        after = kept(before, after, self.keeps)
        body = self.off if after is None else self.codec.encode(after)
        yield Request(
            f"put_{self.stem}", {**self.params, **({self.request: body} if self.request else body)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A boolean with one call for each of its two values; `at` is its dotted path when read.

    Where AWS answers a word, `means` has what each says: a trigger that is ``ACTIVATED`` is on.
    A word that is not in it says nothing, so the state is unknown, neither on nor off.
    """

    prop: str
    get: str
    at: str
    on: str
    off: str
    last: bool = False
    means: Mapping[str, bool] = field(default_factory=dict)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.get,)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        words = {self.at: frozenset(self.means)} if self.means else {}
        return {self.get: Whole(has=frozenset({self.at}), words=words)}

    @property
    def writes(self) -> tuple[str, ...]:
        return (self.on, self.off)

    def read(self, reader: Reader, key: Props) -> Json:
        value: Json = reader.call(self.get, key)
        for name in self.at.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return self.means[value] if self.means else bool(value)

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        if bool(before) != bool(after) or before is None:
            yield Request(self.on if after else self.off, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """An unordered set whose items are added and removed one by one.

    `field` is the member of a listed item that holds the value.
    """

    prop: str
    list_: str
    at: str
    field: str
    add: str
    remove: str
    param: str
    last: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.list_,)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {self.list_: Whole(items=self.at, each=frozenset({self.field}))}

    @property
    def writes(self) -> tuple[str, ...]:
        return (self.add, self.remove)

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages(self.list_, key, self.at)
        return sorted(item[self.field] for item in found)

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {canonical(item): item for item in before or ()}
        want = {canonical(item): item for item in after or ()}
        for item in sorted(want.keys() - have.keys()):
            yield Request(self.add, {self.param: want[item]})
        for item in sorted(have.keys() - want.keys()):
            yield Request(self.remove, {self.param: have[item]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Named items, each with its own get/put/delete trio."""

    prop: str
    stem: str
    list_: str
    at: str
    name: str
    value: str
    codec: Codec = SAME
    repeats: tuple[str, ...] = ()
    """Parameters that the answer about one item repeats."""
    policies: bool = False
    """Each item is an IAM policy."""
    last: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.list_, f"get_{self.stem}")

    @property
    def wholes(self) -> Mapping[str, Whole]:
        same = {name: (name,) for name in self.repeats}
        has = frozenset({self.value})
        one = Whole(has=has, policies=has if self.policies else frozenset(), same=same)
        return {self.list_: Whole(items=self.at), f"get_{self.stem}": one}

    @property
    def writes(self) -> tuple[str, ...]:
        return (f"put_{self.stem}", f"delete_{self.stem}")

    def read(self, reader: Reader, key: Props) -> Json:
        names = sorted(reader.pages(self.list_, key, self.at))
        return [self._get(reader, key, name) for name in names]

    def _get(self, reader: Reader, key: Props, name: str) -> Json:
        body = reader.call(f"get_{self.stem}", {**key, self.name: name})
        return {self.name: name, self.value: self.codec.decode(body[self.value])}

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {item[self.name]: item[self.value] for item in before or ()}
        want = {item[self.name]: item[self.value] for item in after or ()}
        for name in sorted(want):
            if name not in have or canonical(have[name]) != canonical(want[name]):
                body = {self.name: name, self.value: self.codec.encode(want[name])}
                yield Request(f"put_{self.stem}", body)
        for name in sorted(have.keys() - want.keys()):
            yield Request(f"delete_{self.stem}", {self.name: name})
