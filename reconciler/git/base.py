"""The commit that a change starts from: as CI says, else the one before the last."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.git.run import GitError, ask
from reconciler.git.tree import ID

IDS = ("CI_MERGE_REQUEST_DIFF_BASE_SHA",)
BRANCHES = ("GITHUB_BASE_REF", "CHANGE_TARGET", "CODEBUILD_WEBHOOK_BASE_REF")
"""Variables of GitLab, GitHub Actions, Jenkins and CodeBuild in the job of a change."""
HEADS = "refs/heads/"
"""CodeBuild says the branch with this."""
BEFORE = "HEAD^1"


def base(variables: Mapping[str, str], asked: str = "") -> str:
    """The full id of the commit; "" where the repository does not have it.

    Who asks for one gets that one or none.
    A job often has the merge of the change alone: its first parent is the base.
    """
    told = [asked] if asked else [variables.get(name, "") for name in IDS]
    branches = [] if asked else [variables.get(name, "") for name in BRANCHES]
    known = [each.removeprefix(HEADS) for each in branches if each]
    names = [*filter(None, told), *(f"refs/remotes/origin/{each}" for each in known)]
    names += [] if asked else [BEFORE]
    return next((found for name in names if (found := _id(name))), "")


def _id(name: str) -> str:
    try:
        said = ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError:
        return ""
    return said if ID.fullmatch(said) else ""
