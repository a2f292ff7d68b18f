"""The files of an asset as they lie on the disk: plain ones, inside, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler.disk import read
from reconciler.disk.place import RefusedError, folder, not_a_file
from reconciler.model.asset import Form, Refusal

MOST = 64 << 20
"""Bytes of an asset. One request puts it, and ten are put at once."""
FILES = 5000
_COMPILED = "__pycache__"
_LINK = "put the file itself there: what a reviewer sees in the repository is what goes"


class RefusedAsset(Exception):
    """Something cannot be an asset."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Found:
    """One file of an asset."""

    inside: str
    """Its name in an archive."""
    path: str
    """Its name in the repository."""
    runs: bool


def refused(code: str, message: str, help_: str = "") -> RefusedAsset:
    """Why something cannot be an asset."""
    return RefusedAsset(Refusal(code, message, help_))


def found(root: Path, path: str, form: Form, known: Collection[str] | None) -> list[Found]:
    """The files of an asset. `known` are the files that Git does not ignore, if there is a Git.

    Raises:
        RefusedAsset: there is none, or something there cannot be part of one.
        OSError: the disk did not say.
    """
    name = path.rstrip("/")
    mode = _mode(root, name, path)
    if stat.S_ISREG(mode):
        if known is not None and name not in known:
            raise _ignored(path)
        return [Found(PurePosixPath(name).name, name, bool(mode & 0o100))]
    if form is Form.FILE:
        raise refused("ASSET003", f"{path!r} is a folder", "name one file of it")
    files = [*_below(root, name, name)]
    kept = [each for each in files if known is None or each.path in known]
    if files and not kept:
        raise _ignored(path)
    if not kept:
        text = f"there are no files in {path!r}"
        raise refused("ASSET003", text, "add them, or correct the path")
    return kept


def _ignored(path: str) -> RefusedAsset:
    return refused(
        "ASSET005",
        f"Git ignores {path!r}, so no other checkout has it",
        "take it out of .gitignore and commit it, or build it elsewhere",
    )


def _mode(root: Path, name: str, path: str) -> int:
    """What is at a path, each part of which is spelt as it is there and is no link."""
    here = Path()
    mode = 0
    for part in name.split("/"):
        if part not in _names(root, here, path):
            raise refused("ASSET003", f"there is no {path!r}", _near(root, here, part))
        here /= part
        mode = os.lstat(root / here).st_mode
        if stat.S_ISLNK(mode):
            raise refused("ASSET004", f"{here.as_posix()!r} is a link", _LINK)
    if not stat.S_ISDIR(mode) and (what := not_a_file(mode)):
        raise refused("ASSET004", f"{path!r} is {what}", "name a file or a folder")
    return mode


def _names(root: Path, here: Path, path: str) -> list[str]:
    try:
        return read.names(root / here, within=root)
    except NotADirectoryError:
        text = f"there is no {path!r}: {here.as_posix()!r} is a file"
        raise refused("ASSET003", text, "correct the path") from None


def _near(root: Path, here: Path, part: str) -> str:
    """What is there that is spelt alike."""
    names = read.names(root / here, within=root)
    close = next((each for each in names if each.lower() == part.lower()), "")
    return f"it is spelt {(here / close).as_posix()!r}" if close else "correct the path"


def _below(root: Path, name: str, top: str) -> Iterator[Found]:
    """Every file below a folder. What begins with a dot stays out, and what Python compiles."""
    count = 0
    todo = [name]
    while todo:
        here = todo.pop()
        with folder(root / here, root) as at:
            for leaf in sorted(os.listdir(at)):  # noqa: PTH208 - a descriptor has no path
                full = f"{here}/{leaf}"
                if leaf == ".git":
                    raise refused("ASSET004", f"{here!r} is another repository", _LINK)
                if leaf.startswith(".") or leaf == _COMPILED or leaf.endswith(".pyc"):
                    continue
                if not leaf.isprintable():
                    text = f"{here!r} has a file whose name is no plain text: {leaf!r}"
                    raise refused("ASSET004", text, "rename it")
                mode = os.stat(leaf, dir_fd=at, follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    todo.append(full)
                elif what := not_a_file(mode):
                    raise refused("ASSET004", f"{full!r} is {what}", _LINK)
                else:
                    count += 1
                    yield Found(full.removeprefix(f"{top}/"), full, bool(mode & 0o100))
                if count > FILES:
                    text = f"{top!r} has more than {FILES:,} files"
                    raise refused("ASSET006", text, "name a smaller folder")


def content(root: Path, each: Found, room: int) -> bytes:
    """What is in a file, of at most `room` bytes.

    Raises:
        RefusedAsset: it is larger, or no plain file any more.
        OSError: the disk did not say.
    """
    try:
        head = read.head(root / each.path, within=root, most=room + 1)
    except RefusedError as error:
        raise refused("ASSET004", f"{each.path!r}: {error.strerror}", _LINK) from None
    if len(head) > room:
        text = f"{each.path!r} takes it over {MOST >> 20} MiB, which is the most of an asset"
        raise refused("ASSET006", text, "build it elsewhere and name it by 'source' and 'path'")
    return head
