"""One change as the ways of widening see it: plain values before and after, and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import orjson

from reconciler.access.model import Guard
from reconciler.access.statements import Kind
from reconciler.access.witness import Site
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.loss import Destruction, Loss, Opened
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, Json, JsonText, Mark, Path, Props, Ref
from reconciler.resources.api import Place, Resource, fill
from reconciler.resources.members import identity, known_by

NEWER = "arn:(known after apply):"
"""Begins what stands for an ARN that only AWS can give: no pattern but a wide one has it."""
OPEN = "‹"
"""Begins what stands for an id in a plan without AWS; see `plan.offline`."""
_TOP = frozenset({"Tags", "Description"})


@dataclass(frozen=True)  # not slotted: it keeps what it was asked
class Turn:
    """A change. `new` says that there is nothing yet that could be widened."""

    change: Change
    resource: Resource
    place: Place
    new: bool

    @property
    def address(self) -> Address:
        return self.change.address

    @cached_property
    def props(self) -> tuple[str, ...]:
        """The top-level properties to look at: of what is new all, else those that differ."""
        if self.new:
            return tuple(key for key in self.change.desired if key not in _TOP)
        named = dict.fromkeys(each.path[0] for each in self.change.fields if each.path)
        return tuple(key for key in named if key not in _TOP)

    @cached_property
    def before(self) -> Props:
        """What is live of them; nothing of what is new."""
        return {} if self.new else {key: plain(self.change.live.get(key)) for key in self.props}

    @cached_property
    def after(self) -> Props:
        """What they are to be."""
        return {key: plain(self.change.desired.get(key)) for key in self.props}

    @cached_property
    def arn(self) -> str:
        """The ARN of the resource; "" where it is not known."""
        outputs = self.change.observed.outputs if self.change.observed else {}
        for name in ("Arn", *outputs):
            found = outputs.get(name)
            if isinstance(found, str) and found.startswith("arn:"):
                return found
        slots = {**self.place.slots(self.address.name), **outputs}
        try:
            made = fill(self.resource.arn, slots)
        except KeyError:
            return ""
        return made if isinstance(made, str) else ""

    def site(self, kind: Kind, guard: Guard = Guard.RESOURCE) -> Site:
        """Where a policy of it stands."""
        at = self.arn
        place = self.place
        return Site(kind, guard, at, place.account, place.region, place.partition)


def access(says: Iterable[str], path: Path, *, sure: bool, opens: Iterable[Opened] = ()) -> Loss:
    """Wider access, as what a step loses: it is permitted in the same way."""
    word = "widens access" if sure else "may widen access"
    return Loss(str(Destruction.ACCESS), f"{word}: {'; '.join(says)}", path, opens=tuple(opens))


def plain(value: Json) -> Json:  # noqa: PLR0911 - one for each form
    """A value without marks, with documents that are written as texts in their place."""
    match value:
        case Ref():
            return f"{NEWER}{value.target}"
        case Join():
            return "".join(part if isinstance(part, str) else plain(part) for part in value.parts)
        case JsonText():
            return plain(value.document)
        case Hidden() | Secret() | Mark():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case str() if value.startswith(OPEN):  # an id that no receipt shows
            return f"arn:{value}"
        case str() if value.lstrip().startswith("{") and '"Statement"' in value:
            return _parsed(value)
        case _:
            return value


def _parsed(text: str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def policy(value: Json) -> bool:
    """Whether a value is a policy of IAM's grammar, by its form."""
    if not isinstance(value, Mapping) or "Statement" not in value:
        return False
    listed = value["Statement"]
    items = [listed] if isinstance(listed, Mapping) else listed
    if not isinstance(items, list | tuple):
        return False
    return all(isinstance(each, Mapping) and "Effect" in each for each in items)


def listed(value: Json) -> list[Json]:
    """A list, or one item as one, or none."""
    if value is None:
        return []
    return [*value] if isinstance(value, list | tuple) else [value]


Pair = tuple[Path, Json, Json]
"""A place, and its values before and after."""


def names(value: Json) -> Iterator[str]:
    """The names of all members; of a policy that is written as a text, ``Statement``."""
    match value:
        case dict() | Mapping():
            for key, item in value.items():
                yield key
                if type(item) is not str or item.startswith("{"):
                    yield from names(item)
        case list() | tuple():
            for item in value:
                if type(item) is not str:
                    yield from names(item)
        case JsonText():
            yield from names(value.document)
        case str() if '"Statement"' in value:
            yield "Statement"
        case _:
            return


def pairs(before: Json, after: Json, path: Path = ()) -> Iterator[Pair]:
    """Every member of two values side by side, outermost first; lists are left whole."""
    yield path, before, after
    if policy(before) or policy(after):
        return
    one = before if isinstance(before, Mapping) else {}
    two = after if isinstance(after, Mapping) else {}
    for key in dict.fromkeys([*one, *two]):
        yield from pairs(one.get(key), two.get(key), (*path, key))
    if isinstance(before, list) or isinstance(after, list):
        for index, (left, right) in enumerate(_side_by_side(listed(before), listed(after))):
            yield from pairs(left, right, (*path, str(index)))


def _side_by_side(before: list[Json], after: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Items that are objects, equal ones together, the others by what they are known by.

    So what is of one is not taken for what another had. Where nothing tells them, in their order.
    """
    mine = [each for each in before if isinstance(each, Mapping) and each not in after]
    theirs = [each for each in after if isinstance(each, Mapping) and each not in before]
    keys = known_by(mine, theirs) if mine and theirs else ()
    if not keys:
        yield from zip_longest(mine, theirs)
        return
    had = {identity(each, keys): each for each in mine}
    yield from ((had.pop(identity(each, keys), None), each) for each in theirs)
    yield from ((each, None) for each in had.values())
