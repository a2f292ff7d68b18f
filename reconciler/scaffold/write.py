"""Puts new files into a folder: all of them or none, and never over one that is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.disk import read, write as disk
from reconciler.disk.place import lies_in, real
from reconciler.scaffold.files import IGNORED, ignored

_SPECS = (".yaml", ".yml", ".json")
_PLATFORM = ("specs", "environments")
_MOST = 1 << 20


def conflicts(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Paths that are in the way: files of these names, files for folders, another platform.

    A link to a folder elsewhere is in the way too.
    """
    found = {name for name in files if os.path.lexists(folder / name)}
    for name in files:
        parents = [folder / parent for parent in list(Path(name).parents)[:-1]]
        found |= {
            path.relative_to(folder).as_posix()
            for path in parents
            if os.path.lexists(path) and not (path.is_dir() and lies_in(path, folder))
        }
    for part in _PLATFORM:
        if (folder / part).is_dir() and part not in found:
            there = [path for path in sorted((folder / part).rglob("*")) if path.suffix in _SPECS]
            found |= {path.relative_to(folder).as_posix() for path in there}
    if os.path.lexists(folder) and not folder.is_dir():
        found.add(".")
    return sorted(found)


def write(folder: Path, files: Mapping[str, str]) -> bool:
    """Write the files, and what Git must ignore; whether `.gitignore` was changed.

    Whatever goes wrong, an interruption included, what was written is taken away again.

    Raises:
        OSError: a file could not be written, or appeared in the meantime.
    """
    made: list[Path] = []
    try:
        for name, text in files.items():
            _folder((folder / name).parent, made)
            disk.write_new(folder / name, text.encode(), within=folder)
            made.append(folder / name)
        return _ignore(folder, real(folder / IGNORED))
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _folder(path: Path, made: list[Path]) -> None:
    """Make a folder and those around it, and note down each that is new."""
    for each in reversed([path, *path.parents]):
        if not each.is_dir():
            each.mkdir()
            made.append(each)


def _ignore(folder: Path, path: Path) -> bool:
    """Add to `.gitignore` in one step, so that it is never half a file."""
    try:
        present = read.whole(path, within=folder, most=_MOST).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        present = ""
    wanted = ignored(present)
    if wanted == present:
        return False
    disk.replace(path, wanted.encode("utf-8", "surrogateescape"), within=folder)
    return True
