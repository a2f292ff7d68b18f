"""Puts new files into a folder: all of them or none, and never over one that is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.scaffold.files import IGNORED, ignored

_SPECS = (".yaml", ".yml", ".json")
_PLATFORM = ("specs", "environments")


def conflicts(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Paths that are in the way: files of these names, files for folders, another platform."""
    found = {name for name in files if os.path.lexists(folder / name)}
    for name in files:
        parents = [folder / parent for parent in list(Path(name).parents)[:-1]]
        found |= {
            path.relative_to(folder).as_posix()
            for path in parents
            if os.path.lexists(path) and not path.is_dir()
        }
    for part in _PLATFORM:
        if (folder / part).is_dir():
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
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                made.append(folder / name)
                file.write(text)
        return _ignore(folder / IGNORED)
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


def _ignore(path: Path) -> bool:
    """Add to `.gitignore` in one step, so that it is never half a file."""
    present = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    wanted = ignored(present)
    if wanted == present:
        return False
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_text(wanted, "utf-8", "surrogateescape", newline="\n")
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path.resolve())
    finally:
        beside.unlink(missing_ok=True)
    return True
