"""Types by name: those that have a file, and any other that AWS's handlers serve when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
D = TypeVar("D")


class Registry(dict[str, T]):
    """Iteration knows the types that have a file, look-ups know all."""

    def __init__(self, served: Callable[[str], T | None]) -> None:
        """`served` makes the record of a type that has no file; nothing where there can be none."""
        super().__init__()
        self._served = served

    def __missing__(self, type_: str) -> T:
        found = self._served(type_)
        if found is None:
            raise KeyError(type_)
        return found

    def __contains__(self, type_: object) -> bool:
        known = super().__contains__(type_)
        return known or (isinstance(type_, str) and self._served(type_) is not None)

    def get(self, type_: str, default: T | D | None = None) -> T | D | None:  # type: ignore[override]
        """The record of a type, made now where it has no file."""
        try:
            return self[type_]
        except KeyError:
            return default
