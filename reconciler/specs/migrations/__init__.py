"""What older specs say and how it is said today: one file of data for each change of the language.

A file has `MOVES`, and is found by its place; they are carried out in the order of the names.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache

from reconciler.model.value import Path
from reconciler.specs.moves import ANY, Move


@cache
def moves() -> tuple[Move, ...]:
    """All moves, the oldest first."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").MOVES for name in names)
    return tuple(move for each in found for move in each)


@cache
def renamed() -> Mapping[str, frozenset[str]]:
    """What fields of a name are called today."""
    found: dict[str, frozenset[str]] = {}
    for move in moves():
        if move.to:
            found[move.at[-1]] = found.get(move.at[-1], frozenset()) | {move.to}
    return found


@cache
def moved() -> Mapping[str, str]:
    """Fields at the top of a `spec` that stand elsewhere in the document today."""
    return {move.at[1]: ".".join((*move.within, move.at[1])) for move in moves() if move.within}


def today(name: str, known: Iterable[str], *, top: bool, path: Path = ()) -> list[str]:
    """What an older field is called today, among the fields that are known where it stands.

    `path` leads to it in its `spec`, where that is known: one word may have become two.
    """
    here = {move.to for move in moves() if move.to and path and _like(move.at[1:], path)}
    found = sorted((here or renamed().get(name, frozenset())) & {*known})
    return found or ([moved()[name]] if top and name in moved() else [])


def _like(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(
        one in (ANY, other) for one, other in zip(pattern, path, strict=True)
    )
