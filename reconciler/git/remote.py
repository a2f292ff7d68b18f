"""What the repository of the current folder says of where it is kept, "" for nothing."""

from __future__ import annotations

from reconciler.git.run import GitError, ask


def origin() -> str:
    """The address of the remote called origin."""
    return _said("remote", "get-url", "origin")


def default_branch() -> str:
    """The branch that origin's HEAD names; else the current one."""
    remote = _said("symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    return remote.removeprefix("origin/") or _said("symbolic-ref", "--short", "HEAD")


def _said(*arguments: str) -> str:
    try:
        return ask(*arguments)
    except GitError:
        return ""
