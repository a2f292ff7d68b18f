"""The commit of the current folder, and whether the files of a platform are those of it.

A file differs when its bytes do. Line ends do not count, since a checkout may convert them and
YAML reads them alike; nor does the executable bit. What other conversions of a checkout make of
a file is another file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.disk import read
from reconciler.disk.place import real
from reconciler.git.run import MOST, GitError, Repository, ask, objects_of, repository
from reconciler.git.tree import FILES, ID, LINK, Entry, blob_id, entries


def head() -> str:
    """The full id of the commit of the current folder; "" when there is none."""
    try:
        said = ask("rev-parse", "--verify", "HEAD")
    except GitError:
        return ""
    return said if ID.fullmatch(said) else ""


def commit(paths: Sequence[Path], files: Sequence[Path]) -> tuple[str, bool]:
    """The full id of the commit, and whether what is at these paths differs from it.

    `files` are those that are read: one that is not in the commit is a difference too, ignored
    by Git or not. "" without a commit.
    """
    try:
        place = repository()
    except GitError:
        return "", False
    if not ID.fullmatch(place.head):
        return "", False
    try:
        return place.head, _differs(place, paths, files)
    except (GitError, OSError):  # what cannot be compared is not known to be of the commit
        return place.head, True


def name_in(place: Repository, path: Path) -> str:
    """The name of a path in a repository.

    Raises:
        GitError: it is outside.
    """
    name = os.path.relpath(real(path), real(place.top))
    if name == ".." or name.startswith("../"):
        raise GitError(f"{path} is outside the repository")
    return name


def _differs(place: Repository, paths: Sequence[Path], files: Sequence[Path]) -> bool:
    names = [name_in(place, path) for path in paths if os.path.lexists(path)]
    used = [name_in(place, path) for path in files]
    with objects_of(place) as objects:
        found = entries(objects, place.head, dict.fromkeys([*names, *used]))
    known = {entry.name for entry in found}
    return any(name not in known for name in used) or any(
        not _same(place, entry) for entry in found
    )


def _same(place: Repository, entry: Entry) -> bool:
    path = place.top / entry.name
    if entry.mode == LINK:
        there = path.is_symlink()
        return there and blob_id(os.fsencode(path.readlink()), place.form) == entry.id
    if entry.mode not in FILES:  # a module: its files are in no commit of this repository
        return True
    if path.is_symlink() or name_in(place, path) != entry.name:
        return False
    try:
        content = read.whole(path, within=place.top, most=MOST)
    except OSError:
        return False
    return entry.id in {
        blob_id(content, place.form),
        blob_id(content.replace(b"\r\n", b"\n"), place.form),
    }
