"""The texts of a property tree, each with its path."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import LISTS, SINGLE, Join, Json, JsonText, Path


def texts(value: Json, path: Path = ()) -> list[tuple[Path, str]]:
    """Every text in a property tree with its path; of a join, the parts that are known."""
    found: list[tuple[Path, str]] = []
    _texts(value, path, found)
    return found


def _texts(value: Json, path: Path, found: list[tuple[Path, str]]) -> None:
    kind = type(value)
    if kind is str:
        found.append((path, value))
    elif kind is Join:
        found += ((path, part) for part in value.parts if isinstance(part, str))
    elif kind in SINGLE:
        return
    elif kind is dict or (kind not in LISTS and isinstance(value, Mapping)):
        for key, item in value.items():
            _texts(item, (*path, str(key)), found)
    elif kind in LISTS or isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _texts(item, (*path, str(index)), found)
    elif isinstance(value, JsonText):
        _texts(value.document, path, found)
    elif isinstance(value, str):
        found.append((path, value))
