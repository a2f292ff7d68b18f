"""What was reviewed: the plan in the comment on the change request that a commit came from.

A plan is known by its digest, which the comment ends with. Only a comment of the token's
own user counts, so that nobody reviews by writing one by hand.
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
_MANUAL = "look at the plan; apply it by the manual way, which asks for approval of this plan"


@dataclass(frozen=True, slots=True)
class Merged:
    """A change request that a commit came from, and what its comment says was planned."""

    number: int
    digest: str = ""
    """The beginning of the digest; "" without a plan of the environment."""


def path_of(place: Place, commit: str) -> str:
    """Where the forge lists the change requests of a commit."""
    sha = quote(commit, safe="")
    if place.provider == GITHUB:
        return f"repos/{quote(place.repository, safe='/')}/commits/{sha}/pulls?per_page=100"
    return f"projects/{quote(place.repository, safe='')}/repository/commits/{sha}/merge_requests"


def numbers(place: Place, found: Iterable[Json]) -> list[int]:
    """The merged ones of a list of change requests."""
    if place.provider == GITHUB:
        return [int(each["number"]) for each in found if each.get("merged_at")]
    return [int(each["iid"]) for each in found if each.get("state") == "merged"]


def planned(comments: Iterable[Comment], marker: str, me: Callable[[], str]) -> str:
    """The digest in the comment that starts with a marker and is ours; "" without one."""
    marked = [each for each in comments if each.body.startswith(marker)]
    ours = [each for each in marked if each.author == me()] if marked else []
    said = _DIGEST.findall(ours[0].body) if ours else []
    return said[-1] if said else ""


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
    if not plans:
        text = f"{where} has no comment of ours with a plan of {environment!r}"
        return Diagnostic("REVIEW002", text, help=_MANUAL)
    text = f"the plan of {environment!r} is {digest[:16]}; in {where} it was {plans}"
    help_ = f"run this job again if another apply was under way, else {_MANUAL}"
    return Diagnostic("REVIEW001", text, help=help_)
