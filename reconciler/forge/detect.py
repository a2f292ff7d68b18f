"""Where a command runs: which forge, repository, change request and token. Pure but for one file.

The environment of the CI system answers, options go before it. What is missing is a finding
that names the variable, the option and the permission.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.forge.api import Secret
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json

GITHUB, GITLAB = "github", "gitlab"
PROVIDERS = (GITHUB, GITLAB)
_PUBLIC = {GITHUB: "https://api.github.com", GITLAB: "https://gitlab.com/api/v4"}
_PULL = re.compile(r"refs/pull/(\d+)/")
_BUILD = re.compile(r"pr/(\d+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What options say; "" and nothing leave it to the environment."""

    provider: str = ""
    repository: str = ""
    change: int | None = None
    api: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post."""

    provider: str
    api: str
    repository: str
    token: Secret
    change: int | None = None
    commit: str = ""
    run: int = 0
    """The number of the CI run; later runs have higher ones. 0 is not known."""
    job_token: bool = False
    ca_file: str = ""


def detect(
    environ: Mapping[str, str],
    wanted: Wanted,
    *,
    change: bool,
    read: Callable[[str], str] = lambda path: Path(path).read_text(encoding="utf-8"),
) -> tuple[Place | None, list[Diagnostic]]:
    """The place, or what is missing. `change` says that a change request is needed."""
    provider = wanted.provider or _provider(environ)
    if not provider:
        text = "this does not run in GitHub Actions or GitLab CI, so the forge is not known"
        help_ = "give `--provider github` or `--provider gitlab`, and `--repository`"
        return None, [Diagnostic("CI001", text, help=help_)]
    event = _event(environ, read) if provider == GITHUB else {}
    place = (_github if provider == GITHUB else _gitlab)(environ, wanted, event)
    found = [*_missing(place), *(_no_change(place) if change and place.change is None else ())]
    return (None, found) if found else (place, [])


def _provider(environ: Mapping[str, str]) -> str:
    if environ.get("GITHUB_ACTIONS"):
        return GITHUB
    return GITLAB if environ.get("GITLAB_CI") else ""


def _github(environ: Mapping[str, str], wanted: Wanted, event: Json) -> Place:
    head = _dig(event, "pull_request", "head", "sha")
    return Place(
        GITHUB,
        wanted.api or environ.get("GITHUB_API_URL") or _PUBLIC[GITHUB],
        wanted.repository or environ.get("GITHUB_REPOSITORY", ""),
        Secret(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or ""),
        wanted.change or _pull(environ, event) or _elsewhere(environ),
        head if isinstance(head, str) else environ.get("GITHUB_SHA", ""),
        _number(environ.get("GITHUB_RUN_ID")) or 0,
    )


def _gitlab(environ: Mapping[str, str], wanted: Wanted, _event: Json) -> Place:
    own = environ.get("GITLAB_TOKEN", "")
    change = wanted.change or _number(environ.get("CI_MERGE_REQUEST_IID"))
    return Place(
        GITLAB,
        wanted.api or environ.get("CI_API_V4_URL") or _PUBLIC[GITLAB],
        wanted.repository or environ.get("CI_PROJECT_ID", ""),
        Secret(own or environ.get("CI_JOB_TOKEN", "")),
        change or _elsewhere(environ),
        environ.get("CI_COMMIT_SHA", ""),
        _number(environ.get("CI_PIPELINE_ID")) or 0,
        job_token=not own,
        ca_file=environ.get("CI_SERVER_TLS_CA_FILE", ""),
    )


def _pull(environ: Mapping[str, str], event: Json) -> int | None:
    """The pull request of an event: its own, the one commented on, or that of the run before."""
    for path in (("pull_request", "number"), ("number",)):
        if number := _number(_dig(event, *path)):
            return number
    if _dig(event, "issue", "pull_request") and (found := _number(_dig(event, "issue", "number"))):
        return found
    earlier = _dig(event, "workflow_run", "pull_requests")
    if isinstance(earlier, list) and len(earlier) == 1:
        return _number(_dig(earlier[0], "number"))
    ref = _PULL.match(environ.get("GITHUB_REF", ""))
    return _number(ref[1]) if ref else None


def _elsewhere(environ: Mapping[str, str]) -> int | None:
    """The change request as Jenkins and CodeBuild tell it."""
    build = _BUILD.fullmatch(environ.get("CODEBUILD_WEBHOOK_TRIGGER", ""))
    return _number(build[1]) if build else _number(environ.get("CHANGE_ID"))


def _event(environ: Mapping[str, str], read: Callable[[str], str]) -> Json:
    """The event that started the job; nothing when it cannot be read."""
    try:
        return json.loads(read(environ["GITHUB_EVENT_PATH"]))
    except (KeyError, OSError, ValueError):
        return {}


def _missing(place: Place) -> list[Diagnostic]:
    found = []
    if not place.repository:
        name = "GITHUB_REPOSITORY" if place.provider == GITHUB else "CI_PROJECT_ID"
        text = f"the repository is not known: {name} is not set"
        found.append(Diagnostic("CI001", text, help="give `--repository OWNER/NAME`"))
    if not place.token:
        text, help_ = _TOKEN[place.provider]
        found.append(Diagnostic("CI002", text, help=help_))
    return found


_TOKEN = {
    GITHUB: (
        "there is no token: neither GITHUB_TOKEN nor GH_TOKEN is set",
        "set `env: GITHUB_TOKEN: ${{ github.token }}` on the step, as CI002 says",
    ),
    GITLAB: (
        "there is no token: GITLAB_TOKEN is not set",
        "keep a project access token (Reporter or higher, scope `api`) as variable GITLAB_TOKEN",
    ),
}


def _no_change(place: Place) -> list[Diagnostic]:
    if place.provider == GITHUB:
        text = "the pull request is not known: the event of GITHUB_EVENT_PATH has none"
        help_ = "run on `pull_request`, or give `--change NUMBER`"
    else:
        text = "the merge request is not known: CI_MERGE_REQUEST_IID is not set"
        help_ = "run in a merge request pipeline, or give `--change NUMBER`"
    return [Diagnostic("CI001", text, help=help_)]


def _dig(data: Json, *path: str) -> Json:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _number(value: Json) -> int | None:
    """A number above 0, also from text."""
    if isinstance(value, bool):
        return None
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdecimal() and int(text) > 0 else None
