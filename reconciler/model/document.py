"""A document: its data, and where each part of it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.value import Json, Path


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document. List indexes are strings in a path, as in ``("steps", "0")``.

    `data` may share parts (YAML aliases) and must not be changed.
    """

    data: Json
    file: str
    keys: Mapping[Path, Span]
    values: Mapping[Path, Span]

    def at(self, path: Path = ()) -> Span:
        """Where the value at `path` is, or the closest value around it that was written."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]

    def key_at(self, path: Path) -> Span:
        """Where the key of `path` is, or the closest key (else value) around it."""
        while path and path not in self.keys:
            if path in self.values:
                return self.values[path]
            path = path[:-1]
        return self.keys[path] if path else self.values[()]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of a file, and what is wrong with it."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
