"""Values inside a resource's properties, and the marks that stand for values not at hand.

A property tree holds JSON plus six kinds of mark. `Ref` and `Join` are known
once another resource exists; `JsonText` is a document that AWS takes as a
string; `Hidden` is sent and never shown; `Secret` says where a value is kept that only the call
itself is given; `UNKNOWN` and `SENSITIVE` stand in a plan for what is not known yet or must never
be shown. Each mark has one JSON form, so a plan is plain JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

import orjson

from reconciler.model.address import Address
from reconciler.model.secret import Secret

Json: TypeAlias = Any
Props: TypeAlias = Mapping[str, Json]
Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another resource. `output` is a name the resource's adapter declares."""

    target: Address
    output: str


@dataclass(frozen=True, slots=True)
class Join:
    """A string put together from literals and references."""

    parts: tuple[str | Ref, ...]


@dataclass(frozen=True, slots=True)
class JsonText:
    """A document that AWS takes as a JSON string; kept as data until its references are known."""

    document: Json


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that AWS takes and never gives back. Its form says whose it is, not what it is.

    `path` leads to it in the desired properties of `owner`. `value` is absent where a plan was
    read from a file.
    """

    owner: Address
    path: Path
    value: Json = field(default=None, repr=False, compare=False)
    readable: bool = False
    """Whether AWS gives it back, so that it is compared; a spec calls it sensitive."""

    def __str__(self) -> str:
        return str(Mark.SENSITIVE)


class Mark(StrEnum):
    """A value that a plan cannot or must not show."""

    UNKNOWN = "(known after apply)"
    SENSITIVE = "(sensitive)"


UNKNOWN = Mark.UNKNOWN
SENSITIVE = Mark.SENSITIVE
FORMS = frozenset({"$ref", "$join", "$text", "$hidden", "$marked", "$secret", "$mark", "$map"})
"""Keys of the JSON forms of marks; a user's own object with one of them stands in a ``$map``."""


def to_json(value: Json) -> Json:  # noqa: PLR0911 - one for each form
    """The JSON form of a property tree, marks included."""
    match value:
        case Ref():
            return {"$ref": [value.target.type, value.target.name, value.output]}
        case Join():
            return {"$join": [to_json(part) for part in value.parts]}
        case JsonText():
            return {"$text": to_json(value.document)}
        case Hidden():
            form = "$marked" if value.readable else "$hidden"
            return {form: [value.owner.type, value.owner.name, *value.path]}
        case Secret():
            return {"$secret": [value.arn, value.member, value.version]}
        case Mark():
            return {"$mark": value.name.lower()}
        case Mapping():
            plain = {key: to_json(item) for key, item in value.items()}
            return {"$map": plain} if plain.keys() <= FORMS and len(plain) == 1 else plain
        case list() | tuple():
            return [to_json(item) for item in value]
        case _:
            return value


def from_json(value: Json) -> Json:  # noqa: C901, PLR0911 - one for each form
    """The inverse of `to_json`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, body),) = value.items()
        match key:
            case "$ref":
                return Ref(Address(body[0], body[1]), body[2])
            case "$join":
                return Join(tuple(from_json(part) for part in body))
            case "$text":
                return JsonText(from_json(body))
            case "$hidden" | "$marked":
                owner, path = Address(body[0], body[1]), tuple(body[2:])
                return Hidden(owner, path, readable=key == "$marked")
            case "$secret":
                return Secret(*body)
            case "$mark":
                return Mark[body.upper()]
            case "$map":
                return {key: from_json(item) for key, item in body.items()}
            case _:
                pass
    return {key: from_json(item) for key, item in value.items()}


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def _mark(value: object) -> Json:
    if isinstance(value, Ref | Join | JsonText | Hidden | Secret):
        return to_json(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def canonical(value: Json) -> bytes:
    """The one byte form of a value: sorted keys, no spaces, marks as JSON."""
    try:
        return orjson.dumps(value, default=_mark, option=_OPTIONS)
    except TypeError:  # integers past 64 bits, which AWS does not take but YAML can hold
        return orjson.dumps(_narrow(value), default=_mark, option=_OPTIONS)


def _narrow(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _narrow(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_narrow(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        return str(value)
    return value


def digest(value: Json, length: int = 64) -> str:
    """The first `length` hexadecimal digits of the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()[:length]


def references(value: Json) -> list[Ref]:
    """Every `Ref` in a property tree, in document order."""
    found: list[Ref] = []
    for leaf in leaves(value):
        if isinstance(leaf, Ref):
            found.append(leaf)
        elif isinstance(leaf, Join):
            found += (part for part in leaf.parts if isinstance(part, Ref))
        elif isinstance(leaf, Hidden):
            found += references(leaf.value)
    return found


_OPEN = (Ref, Join, Hidden, Secret, Mark)


def resolve(value: Json, lookup: Callable[[Ref], Json]) -> Json:  # noqa: PLR0911 - as from_json
    """Put values in the place of references.

    `lookup` answers a value, `UNKNOWN`, or the reference itself to leave it open.
    A string with an unknown part is unknown. A document with a part that is not
    known stays a document, so that a diff can still show the rest of it.
    """
    if type(value) is str:
        return value
    match value:
        case Ref():
            return lookup(value)
        case Join():
            parts = tuple(lookup(part) if isinstance(part, Ref) else part for part in value.parts)
            if UNKNOWN in parts:
                return UNKNOWN
            if any(isinstance(part, Ref) for part in parts):
                return Join(parts)
            return "".join(map(str, parts))
        case JsonText():
            document = resolve(value.document, lookup)
            open_ = any(isinstance(leaf, _OPEN) for leaf in leaves(document))
            return JsonText(document) if open_ else orjson.dumps(document).decode()
        case Hidden():
            return replace(value, value=resolve(value.value, lookup))
        case dict() | Mapping():
            return {key: resolve(item, lookup) for key, item in value.items()}
        case list() | tuple():
            return [resolve(item, lookup) for item in value]
        case _:
            return value


def reveal(value: Json) -> Json:
    """The tree with hidden values themselves, for the one who sends it.

    Raises:
        LookupError: one of them is not at hand; its text names the place.
    """
    match value:
        case Hidden():
            if value.value is None:
                raise LookupError(f"{'.'.join(value.path)} of {value.owner}")
            return value.value
        case JsonText():
            return JsonText(reveal(value.document))
        case Mapping():
            return {key: reveal(item) for key, item in value.items()}
        case list() | tuple():
            return [reveal(item) for item in value]
        case _:
            return value


def hidden(value: Json) -> Iterator[Hidden]:
    """Every hidden value of a tree, in document order."""
    yield from (leaf for leaf in leaves(value) if isinstance(leaf, Hidden))


def put(props: Props, dotted: str, value: Json) -> dict[str, Json]:
    """A copy of `props` with a value at a dotted path; ``*`` is every item of a list."""
    head, _, rest = dotted.partition(".")
    if rest.startswith("*."):
        return {**props, head: [put(each, rest[2:], value) for each in props.get(head) or ()]}
    inner = put(props.get(head) or {}, rest, value) if rest else value
    return {**props, head: inner}


SINGLE = frozenset({str, int, float, bool, type(None), Ref, Join, Hidden, Secret, Mark})
"""Types of values with nothing inside."""
LISTS = frozenset({list, tuple})
"""The usual types of lists. Types are asked first: `isinstance` takes long to tell a `Mapping`."""


def leaves(value: Json) -> list[Json]:
    """Every scalar and mark in a property tree."""
    found: list[Json] = []
    _leaves(value, found)
    return found


def _leaves(value: Json, found: list[Json]) -> None:
    kind = type(value)
    if kind in SINGLE:
        found.append(value)
    elif kind is dict or (kind not in LISTS and isinstance(value, Mapping)):
        for item in value.values():
            _leaves(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _leaves(item, found)
    elif isinstance(value, JsonText):
        _leaves(value.document, found)
    else:
        found.append(value)
