"""The registry's pointers to properties, as paths."""

from __future__ import annotations

from collections.abc import Iterable


def path_of(pointer: str) -> str:
    """`/properties/A/*/B` as `A/B`: items of a list add nothing to a path.

    One pointer of the registry lacks its first slash.
    """
    names = pointer.removeprefix("/").removeprefix("properties/").split("/")
    return "/".join(name for name in names if name not in {"*", "items", "properties"})


def paths_of(pointers: Iterable[str]) -> list[str]:
    """Pointers whose order means nothing."""
    return sorted({path_of(pointer) for pointer in pointers})
