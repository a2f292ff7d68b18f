"""Which member of one list is which of another: by what identifies it, else by what it is like.

For people alone: what differs, and what is done about it, is decided elsewhere. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from typing import TypeAlias

from reconciler.model.value import Json, canonical
from reconciler.resources.whole import at

__all__ = ["Pair", "aligned", "called", "identity", "known_by", "matched", "moved", "only"]

SID, EFFECT = "Sid", "Effect"
"""What a statement of a policy may have, and what each of them has."""
FIRST = (SID, "ChannelName", "VariantName", "FeatureName", "Name", "Key", "Id", "Priority")
"""Members that AWS's lists are known by, surest first; others that are unique come after them."""
_ENDS = ("Name", "Id", "Key", "Arn", "name", "id", "key")
LIKE = 0.5
"""More of two members than this is the same where one is the other, changed; from 0 to 1. Half of
two objects with the same keys is the same whatever they hold."""
MOST = 10_000
"""Pairs of members that are compared part by part; in longer lists only equal ones are found."""

Parts: TypeAlias = "Counter[tuple[tuple[str, ...], bytes]]"
Pair: TypeAlias = "tuple[int | None, int | None]"
"""Where a member stands on either side; nothing where it does not."""


def known_by(before: Sequence[Json], after: Sequence[Json]) -> tuple[str, ...]:
    """The one key whose values tell the members of both sides apart; nothing where none does.

    Every member is an object that has it, its values are texts or whole numbers, and no two on a
    side are equal. Of several, one that AWS's lists are known by, else the one whose values both
    sides share most.
    """
    sides = [side for side in (before, after) if side]
    if not sides or not all(isinstance(item, Mapping) for side in sides for item in side):
        return ()
    if all(EFFECT in item for side in sides for item in side):
        return _statements(sides)
    shared = set.intersection(*({*item} for side in sides for item in side))
    found = [key for key in sorted(map(str, shared)) if all(_unique(side, key) for side in sides)]
    if len(sides) > 1:
        common = {key: _common(before, after, key) for key in found}
        found = [key for key in found if common[key] or key in FIRST]
    else:
        common = dict.fromkeys(found, 0)
        found = [key for key in found if key in FIRST or key.endswith(_ENDS)]
    best = min(found, key=lambda key: (_rank(key), -common[key]), default="")
    return (best,) if best else ()


def _statements(sides: Sequence[Sequence[Mapping[str, Json]]]) -> tuple[str, ...]:
    """Of a policy's statements, which may have names: those that have one are known by it."""
    names = [[item[SID] for item in side if _plain(item.get(SID))] for side in sides]
    unique = all(len({*each}) == len(each) for each in names)
    return (SID,) if unique and any(names) else ()


def identity(item: Json, keys: Sequence[str]) -> tuple[tuple[str, Json], ...]:
    """The members that an item is known by, with their values; nothing where one is missing."""
    if not keys or not isinstance(item, Mapping):
        return ()
    found = tuple((key, at(item, key)) for key in keys)
    return found if all(_plain(value) or type(value) is float for _, value in found) else ()


def called(known: Sequence[tuple[str, Json]]) -> str:
    """``Sid=ReadModels``: what a member is called in a path."""
    return ",".join(f"{key.rpartition('.')[2]}={value}" for key, value in known)


def matched(before: Sequence[Json], after: Sequence[Json], keys: Sequence[str]) -> list[Pair]:
    """Every member of both sides once: those that stay in the order of `after`, then those gone."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    free: dict[object, list[int]] = defaultdict(list)
    names = [_label(item, keys) for item in before], [_label(item, keys) for item in after]
    for index, name in enumerate(names[0]):
        free[name].append(index)
    for index, name in enumerate(names[1]):
        if places := free.get(name):
            old = index if index in places else places[0]
            places.remove(old)
            found[index] = old
            taken.add(old)
    left = [index for index in range(len(before)) if index not in taken]
    new = [index for index in range(len(after)) if index not in found]
    named = (
        [index for index in left if identity(before[index], keys)],
        [index for index in new if identity(after[index], keys)],
    )
    found |= _renamed(before, after, *named, keys)
    known, met = {*named[0], *found.values()}, {*named[1], *found}
    left = [index for index in left if index not in known]
    found |= _closest(before, after, left, [index for index in new if index not in met])
    gone = {*range(len(before))} - {*found.values()}
    return [*((found.get(i), i) for i in range(len(after))), *((i, None) for i in sorted(gone))]


def only(before: Json, after: Json, keys: Sequence[str] = ()) -> tuple[Json, Json] | None:
    """The one value that is another in two lists, or in what is in them; None where more differs.

    What comes without anything that goes, or goes alone, is no value that is another.
    """
    found = [*islice(_differing(before, after, keys), 2)]
    return found[0] if len(found) == 1 and None not in found[0] else None


def _differing(one: Json, other: Json, keys: Sequence[str]) -> Iterator[tuple[Json, Json]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            yield from _differing(one.get(key), other.get(key), ())
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = matched(one, other, keys or known_by(one, other))
        gone = [one[old] for old, new in pairs if old is not None and new is None]
        come = [other[new] for old, new in pairs if old is None and new is not None]
        yield from zip_longest(gone, come)
        for old, new in pairs:
            if old is not None and new is not None:
                yield from _differing(one[old], other[new], ())
    elif canonical(one) != canonical(other):
        yield one, other


def moved(pairs: Sequence[Pair]) -> set[int]:
    """Places in the new list of members that do not stand in the order of the old one any more."""
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    tails: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for place, (old, _) in enumerate(both):
        rank = bisect_left(tails, old)
        back.append(ends[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [old]
        ends[rank : rank + 1] = [place]
    stays: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        stays.add(both[place][1])
        place = back[place]
    return {new for _, new in both} - stays


def aligned(before: Sequence[Json], after: Sequence[Json], keys: Sequence[str]) -> bool:
    """Whether a place names the same member on both sides; plain values may differ in place."""
    if len(before) != len(after):
        return False
    for old, new in matched(before, after, keys):
        if old is None or new is None:
            item = before[old] if old is not None else after[new or 0]
            if isinstance(item, Mapping | list | tuple):
                return False
        elif old != new:
            return False
    return True


def _unique(side: Sequence[Mapping[str, Json]], key: str) -> bool:
    values = [item.get(key) for item in side]
    return all(map(_plain, values)) and len({*values}) == len(values)


def _plain(value: Json) -> bool:
    """Whether it can name something."""
    return (type(value) is str and bool(value)) or type(value) is int


def _common(before: Sequence[Json], after: Sequence[Json], key: str) -> int:
    return len({item[key] for item in before} & {item[key] for item in after})


def _rank(key: str) -> int:
    if key in FIRST:
        return FIRST.index(key)
    return len(FIRST) + (0 if key.endswith(_ENDS) else 1)


def _label(item: Json, keys: Sequence[str]) -> object:
    return identity(item, keys) or canonical(item)


def _renamed(
    before: Sequence[Json],
    after: Sequence[Json],
    left: list[int],
    new: list[int],
    keys: Sequence[str],
) -> dict[int, int]:
    """Members of which nothing but the name is another one."""
    rest: dict[bytes, list[int]] = defaultdict(list)
    for index in left:
        if body := _rest(before[index], keys):
            rest[canonical(body)].append(index)
    return {
        index: places.pop(0)
        for index in new
        if (body := _rest(after[index], keys)) and (places := rest.get(canonical(body)))
    }


def _rest(item: Json, keys: Sequence[str]) -> Json:
    return {key: value for key, value in item.items() if key not in keys}


def _closest(
    before: Sequence[Json], after: Sequence[Json], left: list[int], new: list[int]
) -> dict[int, int]:
    """Members that have most in common, the most alike first; of equally alike ones the nearest."""
    if len(left) * len(new) > MOST:
        return {}
    one = {index: Counter(_parts(before[index])) for index in left}
    other = {index: Counter(_parts(after[index])) for index in new}
    ranked = sorted(
        (-share, abs(i - j), i, j)
        for i in left
        for j in new
        if isinstance(before[i], Mapping) and isinstance(after[j], Mapping)
        if (share := _share(one[i], other[j])) > LIKE
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in (each[2:] for each in ranked):
        if i not in taken and j not in found:
            taken.add(i)
            found[j] = i
    return found


def _parts(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """What a member consists of: its keys, and the values below them."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield (*path, str(key)), b""
            yield from _parts(item, (*path, str(key)))
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _parts(item, (*path, "*"))
    else:
        yield path, canonical(value)


def _share(one: Parts, other: Parts) -> float:
    least = min(one.total(), other.total())  # what is live also has what AWS filled in
    return (one & other).total() / least if least else 0.0
