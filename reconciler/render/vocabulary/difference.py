"""One changed property as the lines that explain it: leaves of documents, items of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.model.value import Json, canonical
from reconciler.render.vocabulary.value import brief, document, mark_of, pair, path_text

Path = tuple[str, ...]
ARROW = " → "


class Row(NamedTuple):
    """A place, and what happens there. A `sign` says that only one side has a value."""

    path: str
    sign: str
    before: Json
    after: Json
    at: str = ""

    def text(self, width: int) -> str:
        """``250000 → 400000``, ``+ country: String`` or ``- x``."""
        if self.sign == "=":
            return "same items in another order"
        if self.sign:
            value = self.before if self.sign == "-" else self.after
            return f"{self.sign} {brief(value, width - 2)}"
        before, after = pair(self.before, self.after, max(16, width - len(ARROW)))
        return f"{before}{ARROW}{after}"


def rows(path: Path, before: Json, after: Json, at: str = "") -> Iterator[Row]:
    """The lines of one changed property, at least one."""
    for row in _compare(path, document(before), document(after)):
        yield row._replace(at=at)


def leaves(path: Path, value: Json) -> Iterator[Row]:
    """Every value of a property of a resource that is made."""
    value = document(value)
    if isinstance(value, Mapping) and value and not mark_of(value):
        for key, item in value.items():
            yield from leaves((*path, str(key)), item)
    elif path[-1:] == ("Tags",) and isinstance(value, list) and all(map(_is_tag, value)):
        for tag in value:
            yield Row(path_text((*path, tag["Key"])), "+", None, tag["Value"])
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for index, item in enumerate(value):
            yield from leaves((*path, str(index)), item)
    else:
        yield Row(path_text(path), "+", None, value)


def _compare(path: Path, before: Json, after: Json) -> Iterator[Row]:
    if _is_map(before) and _is_map(after):
        inside = [
            row
            for key in sorted(before.keys() | after.keys())
            if canonical(before.get(key)) != canonical(after.get(key))
            for row in _compare((*path, key), document(before.get(key)), document(after.get(key)))
        ]
        yield from inside or [Row(path_text(path), "", before, after)]
    elif isinstance(before, list | None) and isinstance(after, list | None) and (before or after):
        yield from _items(path, before or [], after or [])
    elif after is None:
        place, item = _named(path, before)
        yield Row(path_text(place), "-", item, None)
    elif before is None:
        place, item = _named(path, after)
        yield Row(path_text(place), "+", None, item)
    else:
        yield Row(path_text(path), "", before, after)


def _is_map(value: Json) -> bool:
    return isinstance(value, Mapping) and not mark_of(value)


def _is_tag(value: Json) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"Key", "Value"}


def _items(path: Path, before: list[Json], after: list[Json]) -> Iterator[Row]:
    left = [canonical(item) for item in before]
    right = [canonical(item) for item in after]
    known, wanted = set(left), set(right)
    place = path_text(path)
    gone = [item for item, key in zip(before, left, strict=True) if key not in wanted]
    new = [item for item, key in zip(after, right, strict=True) if key not in known]
    if not (gone or new):
        yield Row(place, "=" if sorted(left) == sorted(right) else "", before, after)
    yield from (Row(place, "-", item, None) for item in gone)
    yield from (Row(place, "+", None, item) for item in new)


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
