"""Troubles of a forge as findings: a code, and which variable or permission is needed."""

from __future__ import annotations

from reconciler.forge.api import ForgeError, Secret, Trouble
from reconciler.forge.detect import GITHUB, Place
from reconciler.forge.github import GitHub
from reconciler.forge.gitlab import GitLab
from reconciler.forge.http import Clock, Patience
from reconciler.model.diagnostic import Diagnostic, Severity

LATER = frozenset({"CI007", "CI008"})
"""Nobody has to correct anything: the forge is down or asks to slow down."""
_CODES = {
    Trouble.TOKEN: "CI003",
    Trouble.PERMISSION: "CI004",
    Trouble.MISSING: "CI005",
    Trouble.LOCKED: "CI006",
    Trouble.DOWN: "CI007",
    Trouble.LIMITED: "CI008",
    Trouble.REFUSED: "CI009",
}
_HELP = {
    Trouble.MISSING: "correct `--repository` and `--change`, or let the token see the repository",
    Trouble.LOCKED: "unlock the conversation, or read the text in the job",
    Trouble.DOWN: "run it again later; `--api-url` and HTTPS_PROXY say where the forge is",
    Trouble.LIMITED: "run it again later, or less often",
    Trouble.REFUSED: "correct what the message names, such as `--api-url`",
}


def finding(error: ForgeError, place: Place, *, issue: bool = False) -> Diagnostic:
    """The finding about a request that came to nothing; it is a warning."""
    help_ = _HELP.get(error.trouble) or _credentials(error.trouble, place, issue=issue)
    text = f"{_name(place)} did not take the {'issue' if issue else 'comment'}: {error}"
    return Diagnostic(_CODES[error.trouble], text, help=help_, severity=Severity.WARNING)


def open_forge(
    place: Place, *, patience: Patience | None = None, clock: Clock | None = None
) -> GitHub | GitLab:
    """The client of a place.

    Raises:
        ForgeError: its address is none that a token may be sent to.
    """
    token = Secret(place.token.reveal())
    if place.provider == GITHUB:
        return GitHub(
            place.api,
            place.repository,
            token,
            change=place.change,
            patience=patience,
            clock=clock,
        )
    return GitLab(
        place.api,
        place.repository,
        token,
        job_token=place.job_token,
        change=place.change,
        patience=patience,
        clock=clock,
        ca_file=place.ca_file,
    )


def _credentials(trouble: Trouble, place: Place, *, issue: bool) -> str:
    if place.provider != GITHUB:
        own = "CI_JOB_TOKEN may not do this: set " if place.job_token else "renew or widen "
        return f"{own}GITLAB_TOKEN, a project access token of role Reporter or higher, scope `api`"
    if trouble is Trouble.TOKEN:
        return "GITHUB_TOKEN is wrong or has expired: set it to `${{ github.token }}`"
    scope = "issues: write" if issue else "pull-requests: write"
    more = "" if issue else "; a fork's pull request never gets it: read the text in the job"
    return f"add `permissions: {scope}` to the job{more}"


def _name(place: Place) -> str:
    return "GitHub" if place.provider == GITHUB else "GitLab"
