"""Reads the spec files of a folder: the only part of `specs` that touches the disk."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.document import Document, Parsed
from reconciler.secret import search
from reconciler.secret.shapes import assignments
from reconciler.specs.encoding import MAX_BYTES
from reconciler.specs.source import parse

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read. `sources` has the text of each file by its shown name, masked.

    `hidden` are values that no message may show.
    """

    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


def load(paths: Iterable[Path], *, relative_to: Path | None = None) -> Loaded:
    """Read files and folders (recursively, in sorted order; hidden files are skipped).

    A file given by name is read whatever its suffix. Names in positions are
    relative to `relative_to` (default: the current directory).
    """
    asked = [Path(path) for path in paths]
    base = Path(os.path.abspath(relative_to or Path.cwd()))  # noqa: PTH100 keeps symlinks
    documents: list[Document] = []
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    hidden: frozenset[str] = frozenset()
    files = _files(asked, base, found)
    with _without_garbage_collection():
        for path, name in files.items():
            raw = _read(path, name, found)
            if raw is None:
                continue
            parsed = parse(raw, name)
            documents += parsed.documents
            found += parsed.diagnostics
            text = raw.decode(errors="replace").removeprefix("\ufeff")
            secrets, values = _secrets(name, text, parsed)
            found += secrets
            sources[name] = search.masked(text, values)
            hidden |= values
    if not files and not found:
        found.append(_nothing(asked, base))
    return Loaded(tuple(documents), tuple(found), len(files), sources, hidden)


def _secrets(name: str, text: str, parsed: Parsed) -> tuple[list[Diagnostic], frozenset[str]]:
    """Secrets of a file, each found once, and every text that must not be shown."""
    inside = [secret for each in parsed.documents for secret in search.in_document(each)]
    values = {value for secret in inside for value in secret.values}
    outside = [
        secret
        for secret in search.in_text(name, text)
        if not any(one in other or other in one for one in secret.values for other in values)
    ]
    values |= {value for secret in outside for value in secret.values}
    if parsed.diagnostics:  # what could not be parsed has no fields to go by
        values |= {text[found.start : found.end] for found in assignments(text)}
    return [secret.diagnostic for secret in (*inside, *outside)], frozenset(values)


def _nothing(asked: list[Path], base: Path) -> Diagnostic:
    where = ", ".join(repr(_shown(path, base)) for path in asked) or "no folder"
    help_ = "name a folder with *.yaml files, or start one with `moorline init`"
    return Diagnostic("YAML022", f"no spec files in {where}", None, help_)


def _files(asked: list[Path], base: Path, found: list[Diagnostic]) -> dict[Path, str]:
    """Files to read and the names to show, each file once however it is reached."""
    files: dict[Path, str] = {}
    seen: set[str] = set()
    for root in asked:
        if not root.exists():
            at = _shown(root, base)
            found.append(_unreadable(at, "there is no such file or folder"))
            continue
        for path in _walk(root, base, found) if root.is_dir() else [root]:
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                files[path] = _shown(path, base)
    return files


def _walk(root: Path, base: Path, found: list[Diagnostic]) -> Iterator[Path]:
    """Spec files below a folder; a folder inside itself (by symbolic links) is a finding."""
    open_: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
    while open_:
        folder, above = open_.pop()
        real = os.path.realpath(folder)
        if real in above:
            text = "this symbolic link leads back to a folder around it"
            found.append(
                Diagnostic("YAML023", text, Span(_shown(folder, base), 1, 1), "remove the link")
            )
            continue
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            found.append(_unreadable(_shown(folder, base), error.strerror or str(error)))
            continue
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        yield from (e for e in visible if e.suffix in _SUFFIXES and not e.is_dir())
        folders = [(entry, above | {real}) for entry in visible if entry.is_dir()]
        open_ += reversed(folders)


def _read(path: Path, name: str, found: list[Diagnostic]) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found.append(_unreadable(name, reason))
        return None


def _unreadable(name: str, reason: str) -> Diagnostic:
    help_ = "check the path and its permissions"
    return Diagnostic("YAML021", f"cannot read {name!r}: {reason}", Span(name, 1, 1), help_)


def _shown(path: Path, base: Path) -> str:
    full = Path(os.path.abspath(path))  # noqa: PTH100 keeps symlinks
    if full.is_relative_to(base):
        return full.relative_to(base).as_posix()
    relative = os.path.relpath(full, base)
    return Path(relative).as_posix() if relative.count("..") <= 2 else full.as_posix()  # noqa: PLR2004


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Parsing makes many objects that stay: collecting in between only costs time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
