"""What was reviewed: the plan in the comment on the change request that a commit came from.

A plan is known by its digest, which the comment ends with. What counts is not a text, which
anybody can write, but who wrote it: the user whose token comments, named or the token's own.
A comment that somebody else changed afterwards does not count either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from reconciler.forge.api import Comment
from reconciler.forge.detect import GITHUB, Place
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json

_DIGEST = re.compile(r"^plan `([0-9a-f]{16,64})` ", re.MULTILINE)
"""How the last line of a comment begins. Texts of specs are in lists and blocks before it."""
_ID = "id:"
_MANUAL = "look at the plan; apply it by the manual way, which asks for approval of this plan"


@dataclass(frozen=True, slots=True)
class Merged:
    """A change request that a commit came from, and what its comment says was planned."""

    number: int
    digest: str = ""
    """The beginning of the digest; "" without a plan of the environment."""
    doubt: str = ""
    """Why a comment with the marker does not count."""


def path_of(place: Place, commit: str) -> str:
    """Where the forge lists the change requests of a commit."""
    sha = quote(commit, safe="")
    if place.provider == GITHUB:
        return f"repos/{quote(place.repository, safe='/')}/commits/{sha}/pulls?per_page=100"
    return f"projects/{quote(place.repository, safe='')}/repository/commits/{sha}/merge_requests"


def numbers(place: Place, found: Iterable[Json], commit: str) -> list[int]:
    """Those of a list of change requests that made the commit when they were merged.

    A request that only has the commit in it may have gone anywhere.
    """
    if place.provider == GITHUB:
        merged = [each for each in found if each.get("merged_at")]
        return [int(each["number"]) for each in merged if each.get("merge_commit_sha") == commit]
    made = ("merge_commit_sha", "squash_commit_sha", "sha")
    merged = [each for each in found if each.get("state") == "merged"]
    return [int(each["iid"]) for each in merged if commit in {each.get(name) for name in made}]


def is_by(comment: Comment, author: str) -> bool:
    """Whether an account wrote it, given as its name or as ``id:NUMBER``."""
    if author.startswith(_ID):
        return bool(comment.author_id) and author.removeprefix(_ID) == str(comment.author_id)
    return bool(author) and comment.author.lower() == author.lower()


def planned(
    number: int,
    comments: Iterable[Comment],
    marker: str,
    author: Callable[[], str],
    edited_by: Callable[[Comment], str],
) -> Merged:
    """What the comment that starts with a marker says; of the author, changed by nobody else."""
    marked = [each for each in comments if each.body.startswith(marker)]
    if not marked:
        return Merged(number)
    who = author()
    ours = [each for each in marked if is_by(each, who)]
    if not ours:
        names = ", ".join(sorted({repr(each.author) for each in marked}))
        return Merged(number, doubt=f"the comment in #{number} is by {names}, not by {who!r}")
    editor = edited_by(ours[0])
    if editor and editor.lower() != ours[0].author.lower():
        return Merged(number, doubt=f"{editor!r} has changed the comment in #{number}")
    said = _DIGEST.findall(ours[0].body)
    return Merged(number, said[-1] if said else "")


def objection(
    digest: str, environment: str, commit: str, merged: Iterable[Merged]
) -> Diagnostic | None:
    """Why a plan with this digest is not one that was reviewed; nothing when it is."""
    merged = list(merged)
    if any(each.digest and digest.startswith(each.digest) for each in merged):
        return None
    short = commit[:12]
    if not merged:
        text = f"no merged change request has commit {short}, so no plan of it was reviewed"
        return Diagnostic("REVIEW002", text, help=_MANUAL)
    where = ", ".join(f"#{each.number}" for each in merged)
    plans = ", ".join(each.digest for each in merged if each.digest)
    doubts = "; ".join(each.doubt for each in merged if each.doubt)
    if doubts and not plans:
        help_ = f"give `--author` for whom `ci comment` comments as; else {_MANUAL}"
        return Diagnostic("REVIEW003", f"no plan was reviewed: {doubts}", help=help_)
    if not plans:
        text = f"{where} has no comment of ours with a plan of {environment!r}"
        return Diagnostic("REVIEW002", text, help=_MANUAL)
    text = f"the plan of {environment!r} is {digest[:16]}; in {where} it was {plans}"
    help_ = f"run this job again if another apply was under way, else {_MANUAL}"
    return Diagnostic("REVIEW001", text, help=help_)
