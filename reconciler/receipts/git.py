"""What Git knows of the files of a platform: the commit they are of, and those of another one.

Reads only. The one place that runs `git`; without it, or outside a repository, there is
no commit and nothing to revert to.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

LIMIT = 60
"""Seconds after which `git` hangs."""


class GitError(Exception):
    """Git does not have what was asked for. The message is its own."""


def commit(paths: Sequence[Path]) -> tuple[str, bool]:
    """The full id of the commit, and whether these paths differ from it; "" without one."""
    try:
        head = _git("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        listed = _git("status", "--porcelain", "--untracked-files=all", "--", *map(str, paths))
    except GitError:
        return "", False
    return head, bool(listed.strip())


def knows(commit_id: str) -> bool:
    """Whether the repository has this commit."""
    try:
        _git("cat-file", "-e", f"{commit_id}^{{commit}}")
    except GitError:
        return False
    return True


def export(commit_id: str, paths: Sequence[Path], into: Path) -> list[Path]:
    """Write files of a commit below a folder; answers where each of the paths is now.

    Raises:
        GitError: the commit has no such path, or there is no such commit.
    """
    import tarfile  # noqa: PLC0415 - only for a way back

    top = Path(_git("rev-parse", "--show-toplevel").decode().strip())
    names = [os.path.relpath(os.path.realpath(path), os.path.realpath(top)) for path in paths]
    outside = [name for name in names if name.startswith("..")]
    if outside:
        raise GitError(f"{outside[0]} is outside the repository")
    packed = _git("archive", "--format=tar", commit_id, "--", *names, at=top)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(into, filter="data")
    return [into / name for name in names]


def _git(*arguments: str, at: Path | None = None) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - arguments of our own, no shell
            ["git", *arguments],  # noqa: S607 - whichever git the user has
            cwd=at,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(said[0] if said else f"git {arguments[0]} failed")
    return done.stdout
