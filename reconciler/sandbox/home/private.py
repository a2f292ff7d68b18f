"""Files and folders that belong to the user alone; none is reached through a link.

A folder that somebody else owns or may write is refused, because whoever can change it could
name the process that is stopped and the state that is loaded.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OTHERS = 0o077


class SandboxError(RuntimeError):
    """Why a sandbox cannot be used; `help` says what to do."""

    def __init__(self, message: str, help_: str = "") -> None:
        """`help_` is empty where the message says it all."""
        super().__init__(message)
        self.help = help_


def is_there(folder: Path) -> bool:
    """Whether the folder exists; SandboxError when it is not the user's alone."""
    try:
        found = folder.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    wrong = _wrong(found)
    if wrong:
        msg = f"The sandbox does not use {str(folder)!r}: it {wrong}."
        raise SandboxError(msg, _repair(folder, wrong))
    return True


def made(folder: Path) -> Path:
    """The folder, made with its parents when it is not there; SandboxError as above."""
    missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    for each in reversed(missing):
        with suppress(FileExistsError):  # another command makes it too
            each.mkdir(FOLDER_MODE)
    is_there(folder)
    for parent in folder.resolve().parents:
        mode = parent.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            msg = f"The sandbox does not use {str(folder)!r}: everybody may rename what is in"
            raise SandboxError(f"{msg} {str(parent)!r}.", f"`chmod o-w {parent}`")
    return folder


def _wrong(found: os.stat_result) -> str:
    if stat.S_ISLNK(found.st_mode):
        return "is a link"
    if not stat.S_ISDIR(found.st_mode):
        return "is no folder"
    if found.st_uid != os.geteuid():
        return f"belongs to user {found.st_uid}, not to {os.geteuid()}"
    mode = stat.S_IMODE(found.st_mode)
    return f"is open to other users (mode {mode:04o})" if mode & OTHERS else ""


def _repair(folder: Path, wrong: str) -> str:
    if "mode" in wrong:
        return f"look whether what is in it is yours, then `chmod 700 {folder}`"
    return "move it away, or name another folder in XDG_STATE_HOME"


def opened(path: Path, flags: int) -> int:
    """A descriptor of a regular file that is no link; OSError otherwise."""
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would be waited for
    descriptor = os.open(path, flags & ~os.O_TRUNC, FILE_MODE)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        os.close(descriptor)
        msg = f"{str(path)!r} is no file of this user"
        raise OSError(msg)
    if flags & os.O_TRUNC:
        os.ftruncate(descriptor, 0)
    return descriptor


def read(path: Path) -> bytes:
    """The content of a regular file; OSError for a link."""
    with os.fdopen(opened(path, os.O_RDONLY), "rb") as file:
        return file.read()


def write(path: Path, *content: bytes) -> None:
    """Replace a file at once; what was there is not followed."""
    part = path.with_name(f"{path.name}.{os.urandom(8).hex()}.part")
    try:
        with os.fdopen(opened(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.writelines(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
