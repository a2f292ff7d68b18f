"""The files of another commit, written as regular files into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reconciler.disk import write
from reconciler.git.commit import name_in
from reconciler.git.run import MOST, GitError, Objects, objects_of, repository
from reconciler.git.tree import FILES, ID, LINK, MODULE, RUNS, Entry, entries

_MANY = 10_000
"""Files; a platform has hundreds."""
_WORDS = {LINK: "a link", MODULE: "another repository"}


def knows(commit_id: str) -> bool:
    """Whether the repository has this commit."""
    if not ID.fullmatch(commit_id):
        return False
    try:
        with objects_of(repository()) as objects:
            objects.ask("cat-file", "-e", f"{commit_id}^{{commit}}")
    except GitError:
        return False
    return True


def inside(path: Path) -> Path:
    """Where a folder is in the repository, and so below the folder of an export.

    Raises:
        GitError: it is outside.
    """
    return Path(name_in(repository(), path))


def export(commit_id: str, paths: Sequence[Path], into: Path, *, again: bool = False) -> list[Path]:
    """Write files of a commit below a folder; answers where each of the paths is now.

    With `again` files that an earlier call has written are written once more.

    Raises:
        GitError: the commit has no such path, or there is no such commit, or what is there
            is no regular file.
    """
    place = repository()
    names = [name_in(place, path) for path in paths]
    with objects_of(place) as objects:
        found = entries(objects, commit_id, names)
        _check(names, found)
        contents = _contents(objects, found)
    for entry, content in zip(found, contents, strict=True):
        place_ = into / entry.name
        try:
            (write.replace if again else write.write_new)(place_, content, within=into)
            if entry.mode == RUNS:
                place_.chmod(0o755)
        except OSError as error:
            raise GitError(f"{entry.name} cannot be written: {error.strerror}") from error
    return [into / name for name in names]


def _check(names: Sequence[str], found: Sequence[Entry]) -> None:
    for name in names:
        if not any(f"{each.name}/".startswith(f"{name}/") or name == "." for each in found):
            raise GitError(f"the commit has no {name}")
    for entry in found:
        if entry.mode not in FILES:
            raise GitError(f"{entry.name} is {_WORDS.get(entry.mode, 'no file')} in the commit")
    if len(found) > _MANY or sum(each.size for each in found) > MOST // 2:
        raise GitError(f"the commit has {len(found):,} files there, which is too much to be read")


def _contents(objects: Objects, found: Sequence[Entry]) -> list[bytes]:
    """What is in files, in their order."""
    asked = "".join(f"{each.id}\n" for each in found).encode()
    said = objects.ask("cat-file", "--batch", given=asked)
    contents, at = [], 0
    for entry in found:
        end = said.find(b"\n", at)
        head = said[at:end].split()
        if len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004 - id, type, size
            raise GitError(f"{entry.name} is not in the repository")
        start, at = end + 1, end + 1 + int(head[2]) + 1
        contents.append(said[start : at - 1])
    return contents
