"""Where a spec says what becomes of a resource: paths in it, and the lines that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from reconciler.model.diagnostic import Span
from reconciler.model.value import Path

OUTSIDE = ".."
"""The first part of a path that begins beside `spec`, at the top of its document."""
DESCRIPTION: Path = (OUTSIDE, "metadata", "description")


class Named(NamedTuple):
    """The name that a user chose for one resource of a spec, in place of the conventional one."""

    type: str
    suffix: str
    """What tells it from others of the type, "" for the only one."""
    name: str
    path: Path
    """Where in `spec` it is chosen."""


class Lines(Mapping[Path, Span]):
    """Spec lines by property path, found when asked: most are never shown."""

    def __init__(self, paths: Mapping[Path, Path], spans: Callable[[Path], Span]) -> None:
        self._paths = paths
        self._spans = spans

    def __getitem__(self, path: Path) -> Span:
        return self._spans(self._paths[path])

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[Path]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
