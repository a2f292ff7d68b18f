"""Which files Git does not ignore: those of the commit, and new ones that may become part of it."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.git.run import GitError, ask, installed

_NONE = "not a git repository"


def unignored(paths: Collection[str]) -> frozenset[str] | None:
    """The files at these paths and below, named from the current folder; nothing without Git.

    Raises:
        OSError: Git does not say.
    """
    if not installed():
        return None
    try:
        listed = ask("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths)
    except GitError as error:
        if _NONE in str(error):
            return None
        raise OSError(str(error)) from error
    return frozenset(filter(None, listed.split("\0")))
