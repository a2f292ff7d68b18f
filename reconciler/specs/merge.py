"""JSON merge patch (RFC 7386) that keeps positions: what a patch sets is placed in the patch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path


def patch(
    base: Document, change: Document, below: Path = (), *, keep: Path | None = None
) -> Document:
    """`base` with the value at `below` in `change` laid over it.

    Below `keep` a null is not a removal but a value: patches lie there themselves.
    """
    layer = change.data
    for step in below:
        layer = layer[step]
    data = merged(base.data, layer, keep)
    keys = _Layered(data, base.data, base.keys, _Top(layer, change.keys, below))
    values = _Layered(data, base.data, base.values, _Top(layer, change.values, below))
    return Document(data, base.file, keys, values)


def merged(base: Json, layer: Json, keep: Path | None = None) -> Json:
    """The value of a merge patch: mappings merge, null removes, all else replaces."""
    if not isinstance(layer, dict):
        return layer
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in layer.items():
        below = keep[1:] if keep and keep[0] == key else () if keep == () else None
        if value is None and keep != ():
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value, below)
    return result


@dataclass(frozen=True, slots=True)
class _Top:
    """The upper layer: its data, and the positions of the document it is part of."""

    data: Json
    positions: Mapping[Path, Span]
    below: Path


class _Layered(Mapping[Path, Span]):
    """The positions of merged data, looked up in the layer that a value comes from."""

    __slots__ = ("_base", "_below", "_data", "_top")

    def __init__(self, data: Json, base: Json, below: Mapping[Path, Span], top: _Top) -> None:
        self._data = data
        self._base = base
        self._below = below
        self._top = top

    def __getitem__(self, path: Path) -> Span:
        if not _has(self._data, path):
            raise KeyError(path)
        if self._from_top(path):
            return self._top.positions[(*self._top.below, *path)]
        return self._below[path]

    def _from_top(self, path: Path) -> bool:
        base, top = self._base, self._top.data
        for step in path:
            if not isinstance(base, dict) or not isinstance(top, dict):
                return True
            if step not in top:
                return False
            base, top = base.get(step), top[step]
        return not (isinstance(base, dict) and isinstance(top, dict))

    def __iter__(self) -> Iterator[Path]:
        return (path for path in _paths(self._data, ()) if self._knows(path))

    def _knows(self, path: Path) -> bool:
        if self._from_top(path):
            return (*self._top.below, *path) in self._top.positions
        return path in self._below

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _has(data: Json, path: Path) -> bool:
    for step in path:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return False
    return True


def _paths(data: Json, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _paths(value, (*path, str(index)))
