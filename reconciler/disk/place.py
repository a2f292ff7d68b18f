"""Where a path really leads, and its folder opened without a link on the way."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class RefusedError(OSError):
    """A path is not followed, or what is there is no file. `strerror` says why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(errno.ELOOP, why, str(path))


class OutsideError(RefusedError):
    """A path leads out of the folder that it must stay in."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "it leads out of the project")


def real(path: Path) -> Path:
    """Where a path leads, through every link; what is missing is where it would be."""
    return Path(os.path.realpath(path))


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a path really leads to a place below a folder, or to the folder itself."""
    return real(path).is_relative_to(real(folder))


def not_a_file(mode: int) -> str:
    """What something is that is not a regular file; "" for a file."""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


@contextmanager
def folder(path: Path, within: Path, *, make: bool = False) -> Iterator[int]:
    """A descriptor of a folder inside another one, of which nobody can make a link meanwhile.

    Links on the way are followed as long as they stay inside.

    Raises:
        OutsideError: it is outside.
        OSError: it is not there, or may not be opened.
    """
    top, target = real(within), real(path)
    if not target.is_relative_to(top):
        raise OutsideError(path)
    if make:
        with suppress(FileExistsError):
            top.mkdir(parents=True)
    at = opened(target, top, path, make=make)
    try:
        yield at
    finally:
        os.close(at)


def opened(target: Path, top: Path, path: Path, *, make: bool = False) -> int:
    """As `folder`, for places that `real` has answered: a link on the way is an error now."""
    try:
        at = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in target.parts[len(top.parts) :]:
            try:
                inner = _enter(part, at, make=make)
            finally:
                os.close(at)
            at = inner
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    return at


def _enter(part: str, at: int, *, make: bool) -> int:
    try:
        return os.open(part, _FOLDER, dir_fd=at)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(part, dir_fd=at)
    return os.open(part, _FOLDER, dir_fd=at)
