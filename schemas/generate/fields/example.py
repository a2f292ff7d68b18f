"""An example of a field, in place in its document: found, judged by all that judges a spec, cut.

It is looked for in the documents of the platform, then made by putting a value into them. One that
makes a difference to AWS is preferred; what the field does not need is then taken out of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from schemas.generate.fields.change import At, value_at
from schemas.generate.fields.platform import Compiled, Data, Platform
from schemas.generate.fields.value import Values, others
from schemas.generate.fields.walk import ANY, ITEM, Field

_FRAME = (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("spec",))
_MOST = 6
"""Values that are tried at a place."""
_SECTIONS = 4
"""Sections that are tried around a field where none is there."""
_PAIRS = 400
"""Documents with two changes that are tried; after that the model should give an example."""
_MORE = 60
"""Documents that are tried after the first that is right, for one that makes a difference."""
_ENOUGH = 6
"""Examples that are right and make no difference, after which none is looked for that does."""


class NoExample(ValueError):
    """Nothing that is known fits a field: its model should give examples."""


def example(field: Field, every: list[Field], platform: Platform, values: Values) -> At:
    """A short document with the field in it.

    Raises:
        NoExample: none was found.
    """
    first: At | None = None
    judged, after = 0, 0
    for at in _candidates(field, every, platform, values):
        after += first is not None
        if judged >= _ENOUGH or after > _MORE:
            break
        if platform.compile(at.data).wrong:
            continue
        first = first or at
        judged += 1
        if _matters(at, platform, values):
            return _cut(at, platform, values, matters=True)
    if first is None:
        for at in islice(_pairs(field, every, platform, values), _PAIRS):
            if not platform.compile(at.data).wrong:
                first = at
                break
    if first is None:
        raise NoExample(f"{'.'.join(field.path)} ({field.section})")
    return _cut(first, platform, values, matters=False)


def _matters(at: At, platform: Platform, values: Values) -> bool:
    """Whether the graph is another one with another value, or without it.

    One that is the default shows less than another value, so it is none.
    """
    if at.value == at.field.schema.get("default"):
        return False
    here = platform.compile(at.data)
    if not at.field.required:
        there = platform.compile(at.without())
        if not there.wrong:
            return bool(_made(there) != _made(here))
    options = [each for _, each in others(at.value, values.of(at.field), at.field)][:4]
    for each in map(at.with_value, options):
        there = platform.compile(each)
        if not there.wrong and _made(there) != _made(here):
            return True
    return False


def _made(compiled: Compiled) -> Any:  # noqa: ANN401 - to be compared
    nodes = {node.address: (node.props, node.keep) for node in compiled.graph}
    return compiled.place, nodes


# -- candidates


def _candidates(
    field: Field, every: list[Field], platform: Platform, values: Values
) -> Iterator[At]:
    bases = platform.bases(_kind(every))
    for base in bases:
        for path in _places(base, (), field.path, field):
            yield At(base, path, field)
    options = values.of(field)[:_MOST]
    for base in bases:
        for value in options:
            yield from _put(base, field, value, every, values)


def _pairs(field: Field, every: list[Field], platform: Platform, values: Values) -> Iterator[At]:
    """Documents in which another field has changed too, or is gone."""
    options = values.of(field)[:_MOST]
    near = [each for each in every if _beside(each, field)]
    for base in platform.bases(_kind(every)):
        for other in near:
            for value in values.of(other)[:_MOST]:
                for made in _put(base, other, value, every, values):
                    for mine in options[:2]:
                        yield from _put(made.data, field, mine, every, values)
        for other in near:
            for there in _places(base, (), other.path, other):
                if not other.required:
                    less = At(base, there, other).without()
                    for mine in options[:2]:
                        yield from _put(less, field, mine, every, values)


def _kind(every: list[Field]) -> str:
    return next(each.section for each in every if each.path[0] == "spec" and len(each.path) == 2)  # noqa: PLR2004 - a field of the spec


def _beside(other: Field, field: Field) -> bool:
    """Whether a field is in the same section, or in one around it."""
    around = other.path[:-1]
    return other != field and not other.member and field.path[: len(around)] == around


def places_of(data: Data, field: Field) -> Iterator[tuple[str | int, ...]]:
    """Where in a document a field is; of what is no member of a list or mapping."""
    if not field.member:
        yield from _places(data, (), field.path, field)


def _places(
    data: Any,  # noqa: ANN401 - any value
    done: tuple[str | int, ...],
    rest: tuple[str, ...],
    field: Field,
) -> Iterator[tuple[str | int, ...]]:
    """Where in a document a field is, in a section of the right kind."""
    if not rest:
        yield done
        return
    part, *more = rest
    left = tuple(more)
    if not left and not _fits(data, field):
        return
    if part == ITEM and isinstance(data, list):
        for index, each in enumerate(data):
            yield from _places(each, (*done, index), left, field)
    elif part == ANY and isinstance(data, dict):
        for key, each in data.items():
            yield from _places(each, (*done, key), left, field)
    elif part not in {ITEM, ANY} and isinstance(data, dict) and part in data:
        yield from _places(data[part], (*done, part), left, field)


def _fits(data: Any, field: Field) -> bool:  # noqa: ANN401 - any value
    """Whether a value may be the section that a field is of."""
    names = field.around.get("properties")
    if names is None:
        return True
    needed = set(field.around.get("required", ()))
    return isinstance(data, dict) and needed <= data.keys() <= names.keys()


def _put(
    base: Data,
    field: Field,
    value: Any,  # noqa: ANN401 - any value
    every: list[Field],
    values: Values,
) -> Iterator[At]:
    """The document with a value at the field, in every place for it; what lacks is made."""
    for data, path in _around(base, field, every, values):
        parent = value_at(data, path)
        last: str | int = field.path[-1]
        if last == ITEM:
            last = 0
            parent[:1] = [copy.deepcopy(value)]
        else:
            if last == ANY:
                last = next(iter(parent), "example")
            elif field.around.get("maxProperties") == 1:
                parent.clear()
            parent[last] = copy.deepcopy(value)
        yield At(data, (*path, last), field)


def _holds(parent: Any, field: Field) -> bool:  # noqa: ANN401 - any value
    """Whether a value may have the field in it."""
    if field.path[-1] == ITEM:
        return isinstance(parent, list)
    if field.path[-1] == ANY:
        return isinstance(parent, dict)
    names = field.around["properties"].keys()
    return isinstance(parent, dict) and parent.keys() <= names


def _around(
    base: Data, field: Field, every: list[Field], values: Values
) -> Iterator[tuple[Data, tuple[str | int, ...]]]:
    """Documents in which there is the section of a field, and where it is in them."""
    above = field.path[:-1]
    if len(above) < 2:  # noqa: PLR2004 - metadata or spec
        yield copy.deepcopy(base), above
        return
    fields = [each for each in every if each.path == above]
    seen = False
    for each in fields:
        for place in _places(base, (), each.path, each):
            data = copy.deepcopy(base)
            if _holds(value_at(data, place), field):
                seen = True
                yield data, place
    if seen:
        return
    for each in fields:
        fit = [value for value in values.of(each) if _holds(value, field)]
        for value in fit[:_SECTIONS]:
            for made in _put(base, each, value, every, values):
                yield made.data, made.path


# -- only what it needs


def _cut(at: At, platform: Platform, values: Values, *, matters: bool) -> At:
    """The example without whatever can be left out while it stays right, and of use."""

    def right(each: At) -> bool:
        return not platform.compile(each.data, users=False).wrong

    def whole(each: At) -> bool:
        return not platform.compile(each.data).wrong

    def useful(each: At) -> bool:
        return whole(each) and _matters(each, platform, values)

    for keeps in (right, whole, useful):
        shorter = _without(at, keeps)
        if useful(shorter) if matters else whole(shorter):
            return shorter
    return at


def _without(at: At, keeps: Callable[[At], bool]) -> At:
    for path in [*_removable(at.data, ())]:
        if at.path[: len(path)] == path or path in _FRAME:
            continue
        try:
            value_at(at.data, path)
        except (KeyError, IndexError):
            continue
        data = copy.deepcopy(at.data)
        del value_at(data, path[:-1])[path[-1]]
        less = At(data, _moved(at.path, path), at.field)
        if keeps(less):
            at = less
    return at


def _moved(place: tuple[str | int, ...], gone: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A path after something is gone: what comes after it in a list moves up."""
    depth = len(gone) - 1
    last = gone[-1]
    if len(place) > depth and place[:depth] == gone[:-1]:
        here = place[depth]
        if isinstance(here, int) and isinstance(last, int) and here > last:
            return (*place[:depth], here - 1, *place[depth + 1 :])
    return place


def _removable(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - any value
    """Every key and item, those inside after what they are in, the last of a list first."""
    if isinstance(data, dict):
        for key, each in data.items():
            yield (*path, key)
            yield from _removable(each, (*path, key))
    elif isinstance(data, list):
        for index in reversed(range(len(data))):
            yield (*path, index)
            yield from _removable(data[index], (*path, index))
