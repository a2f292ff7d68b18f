"""Writes files inside a folder, each whole or not at all; the last part of a path is no link.

What is replaced is the name, by renaming: a link that stood there is gone afterwards, and what
it led to is as it was.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from reconciler.disk.place import RefusedError, folder, not_a_file

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def write_new(path: Path, data: bytes, *, within: Path) -> None:
    """Put a file where there is none.

    Raises:
        FileExistsError: something is there, be it a link to nowhere.
        RefusedError: the folder lies outside.
        OSError: it could not be written.
    """
    with folder(path.parent, within, make=True) as at, _beside(path, data, at) as part:
        os.link(part, path.name, src_dir_fd=at, dst_dir_fd=at, follow_symlinks=False)


def replace(path: Path, data: bytes, *, within: Path) -> None:
    """Put a file in the place of what is there, with the permissions of a file that was there.

    Raises:
        RefusedError: the folder lies outside.
        OSError: it could not be written; what was there still is.
    """
    with folder(path.parent, within, make=True) as at, _beside(path, data, at) as part:
        with suppress(FileNotFoundError):
            before = os.stat(path.name, dir_fd=at, follow_symlinks=False)
            if stat.S_ISREG(before.st_mode):
                os.chmod(part, before.st_mode & 0o7777, dir_fd=at)
        os.rename(part, path.name, src_dir_fd=at, dst_dir_fd=at)


def remove(path: Path, *, within: Path) -> None:
    """Take a name away.

    Raises:
        RefusedError: the folder lies outside.
        OSError: it is not there, or could not be taken away.
    """
    with folder(path.parent, within) as at:
        os.unlink(path.name, dir_fd=at)


def lockable(path: Path, *, within: Path) -> IO[bytes]:
    """A file to lock, opened for reading and writing and made where there is none.

    Raises:
        RefusedError: the folder lies outside, or there is something that is no file.
        OSError: it could not be opened.
    """
    with folder(path.parent, within, make=True) as at:
        with suppress(FileNotFoundError):
            _check(os.stat(path.name, dir_fd=at, follow_symlinks=False).st_mode, path)
        file = os.open(path.name, _LOCK, 0o666, dir_fd=at)
    opened = os.fdopen(file, "r+b")
    try:
        _check(os.fstat(file).st_mode, path)
    except OSError:
        opened.close()
        raise
    return opened


def _check(mode: int, path: Path) -> None:
    if what := not_a_file(mode):
        raise RefusedError(path, f"{what} is there")


@contextmanager
def _beside(path: Path, data: bytes, at: int) -> Iterator[str]:
    """The name of a new file with this content, in the same folder; it does not stay."""
    part = f".{path.name[:100]}.{os.urandom(8).hex()}.tmp"
    try:
        with os.fdopen(os.open(part, _NEW, 0o666, dir_fd=at), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield part
    except OSError as error:
        if isinstance(error, RefusedError):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        with suppress(OSError):
            os.unlink(part, dir_fd=at)
