"""Reads regular files inside a folder: never a pipe, a device, or what a link has outside.

Nothing here waits for a writer, and nothing reads more than it was told to.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from reconciler.disk.place import OutsideError, RefusedError, folder, not_a_file, opened, real

_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC


def head(path: Path, *, within: Path, most: int) -> bytes:
    """At most so many bytes of the beginning of a file.

    Raises:
        RefusedError: it lies outside the folder, or is no regular file.
        OSError: it is not there or may not be read.
    """
    target, top = real(path), real(within)
    if not target.is_relative_to(top) or target == top:
        raise OutsideError(path)
    return resolved(target, top, most=most, path=path)


def resolved(target: Path, top: Path, *, most: int, path: Path) -> bytes:
    """As `head`, for places that `real` has answered: a link on the way is an error now."""
    at = opened(target.parent, top, path)
    try:
        return _head(target.name, at, most, path)
    except RefusedError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.close(at)


def whole(path: Path, *, within: Path, most: int) -> bytes:
    """All of a file, as `head` reads it.

    Raises:
        RefusedError: it is larger than that, lies outside, or is no regular file.
        OSError: it is not there or may not be read.
    """
    found = head(path, within=within, most=most + 1)
    if len(found) > most:
        raise RefusedError(path, f"it is larger than {most:,} bytes")
    return found


def names(path: Path, *, within: Path) -> list[str]:
    """What is in a folder.

    Raises:
        RefusedError: it lies outside.
        OSError: it is not there or may not be read.
    """
    with folder(path, within) as at:
        return sorted(os.listdir(at))  # noqa: PTH208 - a descriptor has no path


def _head(name: str, at: int, most: int, path: Path) -> bytes:
    """Looks before it opens, since opening a device can do something, and again after."""
    _check(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode, path)
    file = os.open(name, _FILE, dir_fd=at)
    with os.fdopen(file, "rb") as opened:
        _check(os.fstat(file).st_mode, path)
        return opened.read(most)


def _check(mode: int, path: Path) -> None:
    if stat.S_ISLNK(mode):  # where it leads is looked up before
        raise RefusedError(path, "it is a link that leads in a circle")
    if what := not_a_file(mode):
        raise RefusedError(path, f"it is {what}")
