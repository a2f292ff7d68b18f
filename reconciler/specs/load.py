"""Reads the spec files of a folder. With `files` the only part of `specs` that touches the disk."""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.disk import read
from reconciler.disk.place import RefusedError
from reconciler.kinds import api as kinds
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document, Parsed
from reconciler.secret import search
from reconciler.secret.shapes import assignments
from reconciler.specs import unread
from reconciler.specs.encoding import MAX_BYTES
from reconciler.specs.files import File, Search, no_file, shown, unreadable
from reconciler.specs.source import parse

_LEAST = 4
"""Characters of a hidden text that are masked wherever they stand: shorter ones are in words."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read. `sources` has the text of each file by its shown name, masked.

    `hidden` are values that no message may show. `unread` are names that files may declare which
    could not be read.
    """

    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


def load(
    paths: Iterable[Path],
    *,
    relative_to: Path | None = None,
    typed: Collection[Path] | None = None,
) -> Loaded:
    """Read files and folders (recursively, in sorted order; hidden files are skipped).

    A file given by name is read whatever its suffix. Names in positions are
    relative to `relative_to` (default: the current directory). `typed` are the paths that the
    user named and that may be anywhere, as all may by default; the others must really lie in
    that folder.
    """
    asked = [Path(path) for path in paths]
    base = _base(relative_to)
    documents: list[Document] = []
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    hidden: frozenset[str] = frozenset()
    files = Search(base, typed, found).files(asked)
    lost = frozenset({unread.ANYTHING} if found else ())
    with without_garbage_collection():
        for file in files:
            raw = _read(file, found)
            if raw is None:
                lost |= unread.names(file.name, "")
                continue
            parsed = parse(raw, file.name)
            documents += parsed.documents
            found += parsed.diagnostics
            text = raw.decode(errors="replace").removeprefix("\ufeff")
            secrets, values = _secrets(file.name, text, parsed)
            found += secrets
            if any(each.is_error for each in parsed.diagnostics):
                lost |= unread.names(file.name, text)
            sources[file.name] = search.masked(text, values)
            hidden |= values
    if not files and not found:
        found.append(_nothing(asked, base))
    return Loaded(tuple(documents), tuple(found), len(files), sources, hidden, lost)


def listed(paths: Iterable[Path], *, typed: Collection[Path] | None = None) -> list[Path]:
    """The files that `load` would read."""
    return [file.path for file in Search(_base(None), typed, []).files(map(Path, paths))]


def _base(relative_to: Path | None) -> Path:
    return Path(os.path.abspath(relative_to or Path.cwd()))  # noqa: PTH100 keeps symlinks


def _secrets(name: str, text: str, parsed: Parsed) -> tuple[list[Diagnostic], frozenset[str]]:
    """Secrets of a file, each found once, and every text that must not be shown."""
    inside = [secret for each in parsed.documents for secret in search.in_document(each)]
    values = {value for secret in inside for value in secret.values}
    values |= {value for each in parsed.documents for value in _unshown(each)}
    outside = [
        secret
        for secret in search.in_text(name, text)
        if not any(one in other or other in one for one in secret.values for other in values)
    ]
    values |= {value for secret in outside for value in secret.values}
    if parsed.diagnostics:  # what could not be parsed has no fields to go by
        values |= {text[found.start : found.end] for found in assignments(text)}
    return [secret.diagnostic for secret in (*inside, *outside)], frozenset(values)


def _unshown(document: Document) -> Iterator[str]:
    """Texts that no message may show, because the kind says that AWS never gives them back."""
    data = document.data if isinstance(document.data, dict) else {}
    name = data.get("kind")
    kind = kinds.load().get(name) if isinstance(name, str) else None
    for path in kind.hidden(data.get("spec")) if kind else ():
        value = data["spec"]
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]
        if len(value) >= _LEAST:
            yield value


def _nothing(asked: list[Path], base: Path) -> Diagnostic:
    where = ", ".join(repr(shown(path, base)) for path in asked) or "no folder"
    help_ = "name a folder with *.yaml files, or start one with `moorline init`"
    return Diagnostic("YAML022", f"no spec files in {where}", None, help_)


def _read(file: File, found: list[Diagnostic]) -> bytes | None:
    try:
        if file.within is not None:
            most = MAX_BYTES + 1
            return read.resolved(file.target, file.within, most=most, path=file.path)
        with file.path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except RefusedError as error:
        found.append(no_file(file.name, str(error.strerror)))
    except (OSError, ValueError) as error:
        found.append(unreadable(file.name, getattr(error, "strerror", None) or str(error)))
    return None


@contextmanager
def without_garbage_collection(*, last: bool = False) -> Iterator[None]:
    """Parsing makes many objects that stay: collecting in between only costs time.

    After what a command does `last` nothing that it made is looked through any more.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if last:
            gc.freeze()
        if on:
            gc.enable()
