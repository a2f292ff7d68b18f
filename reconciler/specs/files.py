"""Which files of a folder are specs, and where a link among them may lead.

A repository names regular files inside itself. A link leads to such a one, and to no hidden
file, since the repository's own credentials are kept in those.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.disk.place import real
from reconciler.model.diagnostic import Diagnostic, Span

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class File:
    """A file to read, the name to show, and the folder that it must lie in."""

    path: Path
    target: Path
    """Where it really is."""
    name: str
    within: Path | None
    """None for a file that the user named, which may be anything anywhere."""


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for files. `typed` are the paths that the user named himself; None for all.

    The folder `base` is that of the project.
    """

    base: Path
    typed: Collection[Path] | None
    found: list[Diagnostic]

    def files(self, asked: Iterable[Path]) -> list[File]:
        """Files to read, each once however it is reached."""
        files: dict[Path, File] = {}
        for root in asked:
            for file in self._below(root):
                files.setdefault(file.target, file)
        return list(files.values())

    def _below(self, root: Path) -> Iterator[File]:
        name, project = shown(root, self.base), real(self.base)
        free = self.typed is None or root in self.typed
        if not free and not _leads_inside(root, project):
            self.found.append(leads_out(name))
        elif not root.exists():
            self.found.append(unreadable(name, "there is no such file or folder"))
        elif root.is_dir():
            near = not free or real(root).parent == project
            within = project if near else real(root)
            for path in self._walk(root, within):
                yield File(path, real(path), shown(path, self.base), within)
        else:
            yield File(root, real(root), name, None if free else project)

    def _walk(self, root: Path, within: Path) -> Iterator[Path]:
        """Spec files below a folder; a folder inside itself (by symbolic links) is a finding."""
        open_: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
        while open_:
            folder, above = open_.pop()
            at = os.path.realpath(folder)
            if at in above:
                text = "this symbolic link leads back to a folder around it"
                span = Span(shown(folder, self.base), 1, 1)
                self.found.append(Diagnostic("YAML023", text, span, "remove the link"))
                continue
            entries = list(self._visible(folder, within))
            yield from (each for each in entries if _is_spec(each) and not each.is_dir())
            open_ += reversed([(each, above | {at}) for each in entries if each.is_dir()])

    def _visible(self, folder: Path, within: Path) -> Iterator[Path]:
        """What is not hidden, without the links that lead out."""
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            name = shown(folder, self.base)
            self.found.append(unreadable(name, error.strerror or str(error)))
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_symlink() or _leads_inside(entry, within):
                yield entry
            elif _is_spec(entry) or entry.is_dir():
                self.found.append(leads_out(shown(entry, self.base)))


def _is_spec(path: Path) -> bool:
    return path.suffix in _SUFFIXES


def _leads_inside(path: Path, folder: Path) -> bool:
    target = real(path)
    if not target.is_relative_to(folder):
        return False
    return not any(part.startswith(".") for part in target.relative_to(folder).parts)


def leads_out(name: str) -> Diagnostic:
    """The finding for a link that is not followed. It tells nothing of what is there."""
    text = f"{name!r} is a link to what is no visible file of the project, and is not read"
    help_ = "put the file itself there; only what you name on the command line may be anywhere"
    return Diagnostic("YAML025", text, Span(name, 1, 1), help_)


def no_file(name: str, what: str) -> Diagnostic:
    """The finding for a pipe, a device or the like."""
    text = f"{name!r} cannot be read: {what}"
    return Diagnostic("YAML026", text, Span(name, 1, 1), "put a file there, or remove it")


def unreadable(name: str, reason: str) -> Diagnostic:
    """The finding for what the system does not let us read."""
    help_ = "check the path and its permissions"
    return Diagnostic("YAML021", f"cannot read {name!r}: {reason}", Span(name, 1, 1), help_)


def shown(path: Path, base: Path) -> str:
    """The name of a path for people, relative to a folder where that is short."""
    full = Path(os.path.abspath(path))  # noqa: PTH100 keeps symlinks
    if full.is_relative_to(base):
        return full.relative_to(base).as_posix()
    relative = os.path.relpath(full, base)
    return Path(relative).as_posix() if relative.count("..") <= 2 else full.as_posix()  # noqa: PLR2004
