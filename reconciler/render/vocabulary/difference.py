"""One changed property as the lines that explain it: leaves of documents, members of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reconciler.model.value import Json, canonical
from reconciler.render.vocabulary.ink import cells
from reconciler.render.vocabulary.value import among, brief, document, mark_of, pair, path_text
from reconciler.resources import policy
from reconciler.resources.members import called, identity, known_by, matched, moved

Path = tuple[str, ...]
ARROW = " → "
MOVES = 3
"""Members of one list that are each said to have moved; of more, only that they did."""
_SHORT = 60
"""Characters of a member that stands on one line; a longer one is told leaf by leaf."""
_NEAR = 50
"""Others of a list that a shortened value is held against."""


class Row(NamedTuple):
    """A place, and what happens there. A `sign` says that only one side has a value.

    Of a member that moved both sides are its number in the list, and the sign is ``=``.
    """

    path: str
    sign: str
    before: Json
    after: Json
    at: str = ""
    others: tuple[Json, ...] = ()
    """What else comes or goes in its list: however it is cut, it must not look like that."""

    @property
    def value(self) -> Json:
        """The only side that there is."""
        return self.before if self.sign == "-" else self.after

    def text(self, width: int, most: int = 0) -> str:
        """``250000 → 400000``, ``+ country: String`` or ``- x``, in about `width` cells.

        What differs is not cut: a line is as wide as it needs, but for `most`, if that is more.
        """
        if self.sign == "=":
            return _moved(self.before, self.after)
        if self.sign:
            return f"{self.sign} {among(self.value, self.others, max(width, most) - 2)}"
        found = pair(self.before, self.after, max(16, width - len(ARROW)))
        if not found.whole and most > width:
            found = pair(self.before, self.after, most - len(ARROW))
        return f"{found.one}{ARROW}{found.other}"

    def fits(self, width: int) -> bool:
        """Whether one line of this width shows it whole, or leaves out only what is the same."""
        if self.sign == "=":
            return True
        if self.sign:
            return cells(brief(self.value)) <= width - 2
        found = pair(self.before, self.after, max(16, width - len(ARROW)))
        return found.whole and not 0 <= found.context < _LEAST


_LEAST = 8
"""Characters beside a difference without which nobody knows where it is."""


def _moved(before: Json, after: Json) -> str:
    if isinstance(before, int) and isinstance(after, int):
        return f"moved from place {before} to {after}"
    return "same items in another order"


def rows(
    path: Path, before: Json, after: Json, at: str = "", by: Sequence[str] = ()
) -> Iterator[Row]:
    """The lines of one changed property, at least one. `by` is what members are known by."""
    for row in _compare(path, before, after, by):
        yield row._replace(at=at)


def rows_of(field: Mapping[str, Json], at: str = "") -> Iterator[Row]:
    """The lines of one of `entries.differences`, from what is live to what is declared."""
    path, sides = tuple(field["path"]), (field["before"], field["after"])
    yield from rows(path, *sides, at, field.get("by", ()))


def leaves(path: Path, value: Json, sign: str = "+") -> Iterator[Row]:
    """Every value of what is made, or of what goes."""
    value = document(value)
    if isinstance(value, Mapping) and value and not mark_of(value):
        for key, item in value.items():
            yield from leaves((*path, str(key)), item, sign)
    elif path[-1:] == ("Tags",) and isinstance(value, list) and all(map(_is_tag, value)):
        for tag in value:
            yield _only(path_text((*path, tag["Key"])), sign, tag["Value"])
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        keys = known_by(value, ())
        for index, item in enumerate(value):
            place, body = (*path, str(index)), item
            if name := identity(item, keys):
                rest = {key: each for key, each in item.items() if key not in keys}
                place, body = (*path, called(name)), rest or item
            yield from leaves(place, body, sign)
    else:
        yield _only(path_text(path), sign, value)


def _only(path: str, sign: str, value: Json, others: tuple[Json, ...] = ()) -> Row:
    before, after = (value, None) if sign == "-" else (None, value)
    return Row(path, sign, before, after, others=others)


def _compare(path: Path, was: Json, will: Json, by: Sequence[str] = ()) -> Iterator[Row]:
    before, after = _policies(document(was), document(will))
    if _is_map(before) and _is_map(after):
        inside = [
            row
            for key in sorted(before.keys() | after.keys())
            if canonical(before.get(key)) != canonical(after.get(key))
            for row in _compare((*path, key), before.get(key), after.get(key))
        ]
        yield from inside or [Row(path_text(path), "", was, will)]
    elif isinstance(before, list | None) and isinstance(after, list | None) and (before or after):
        yield from _items(path, before or [], after or [], by)
    elif after is None:
        place, item = _named(path, before)
        yield Row(path_text(place), "-", item, None)
    elif before is None:
        place, item = _named(path, after)
        yield Row(path_text(place), "+", None, item)
    else:
        yield Row(path_text(path), "", before, after)


def _policies(before: Json, after: Json) -> tuple[Json, Json]:
    """Two policies in the form in which order and lists of one mean nothing; else as they are."""
    both = _is_policy(before) and _is_policy(after)
    return (policy.normal(before), policy.normal(after)) if both else (before, after)


def _is_policy(value: Json) -> bool:
    found: Json = value.get("Statement") if _is_map(value) else None
    return bool(found) and all(map(_grants, found if isinstance(found, list) else [found]))


def _grants(item: Json) -> bool:
    """Whether it is a statement, and nothing in it is of a form of ours."""
    whom = ("Principal", "NotPrincipal")
    return _is_map(item) and "Effect" in item and not any(mark_of(item.get(key)) for key in whom)


def _is_map(value: Json) -> bool:
    return isinstance(value, Mapping) and not mark_of(value)


def _is_tag(value: Json) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"Key", "Value"}


def _items(path: Path, before: list[Json], after: list[Json], by: Sequence[str]) -> Iterator[Row]:
    """What goes, what comes, what changes and what moves, member by member."""
    keys = tuple(by) or known_by(before, after)
    pairs = matched(before, after, keys)
    gone = [before[old] for old, new in pairs if old is not None and new is None]
    come = [after[new] for old, new in pairs if old is None and new is not None]
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    alone = len(before) == len(after) == len(gone) == 1
    if alone and not (_is_map(before[0]) or _is_map(after[0])):
        yield Row(path_text(path), "", before[0], after[0])
        return
    if len(before) != len(after) and {*map(canonical, before)} == {*map(canonical, after)}:
        yield Row(path_text(path), "", before, after)  # one that stays is there more or less often
        return
    others = tuple(gone + come)
    found = [row for item in gone for row in _member(path, "-", item, keys, others)]
    found += [row for item in come for row in _member(path, "+", item, keys, others)]
    for old, new in both:
        if canonical(before[old]) != canonical(after[new]):
            name = called(identity(before[old], keys)) or str(new)
            found += _compare((*path, name), before[old], after[new])
    statements = all(_is_map(item) and "Effect" in item for item in (*before, *after))
    away = set() if statements else moved(pairs)
    order = [each for each in both if each[1] in away]
    named = bool(order) and all(identity(after[new], keys) for _, new in order)
    if len(order) > MOVES or (order and not named):
        found.append(Row(path_text(path), "=", before, after))
    else:
        for old, new in order:
            name = called(identity(after[new], keys))
            found.append(Row(path_text((*path, name)), "=", old + 1, new + 1))
    yield from found or [Row(path_text(path), "", before, after)]


def _member(
    path: Path, sign: str, item: Json, keys: Sequence[str], others: tuple[Json, ...]
) -> Iterator[Row]:
    """A member that comes or goes, under its name where it has one."""
    name = identity(item, keys)
    rest = {key: value for key, value in item.items() if key not in keys} if name else item
    if name and not rest:
        value = name[0][1] if len(name) == 1 else item
        yield _only(path_text(path), sign, value, tuple(map(_alone, others)))
        return
    place = (*path, called(name)) if name else path
    if _is_map(rest) and len(brief(rest, _SHORT + 1)) > _SHORT:
        yield from leaves(place, rest, sign) if name else [_only(path_text(place), sign, rest)]
    else:
        yield _only(path_text(place), sign, rest, () if name else others[:_NEAR])


def _alone(item: Json) -> Json:
    """What a member without anything but its name is called."""
    return next(iter(item.values())) if _is_map(item) and len(item) == 1 else item


def _named(path: Path, item: Json) -> tuple[Path, Json]:
    """A list item whose key stands in its path: ``country: String`` under the list."""
    if len(path) < 2 or not _is_map(item):  # noqa: PLR2004 - a list and a key
        return path, item
    key = next((key for key, value in item.items() if value == path[-1]), None)
    if key is None:
        return path, item
    rest = {name: value for name, value in item.items() if name != key}
    if not rest:
        return path[:-1], path[-1]
    return path[:-1], f"{path[-1]}: {brief(next(iter(rest.values())) if len(rest) == 1 else rest)}"
