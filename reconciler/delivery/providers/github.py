"""GitHub Actions: its workflows, and tokens of GitHub for AWS."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from urllib.parse import quote

from reconciler.delivery import approvals
from reconciler.delivery.api import ENVIRONMENT, Provider, Trust, literal, register
from reconciler.delivery.site import Site
from reconciler.delivery.todo import Reader, Todo, UntoldError, command

ISSUER = "token.actions.githubusercontent.com"
FOLDER = ".github/workflows"
_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_READ = "Metadata: read"
_ACTIONS = "Actions: read"
_CONTENTS = "Contents: read"
_ADMIN = "Administration: read"
"""Permissions of a token. Source: GitHub REST reference, "Permissions required for fine-grained
personal access tokens"."""


def trust(site: Site) -> Trust:
    """A job with an environment says so in its token, so the environment's rules guard apply."""
    repo = f"repo:{literal(site.repository)}"
    steps = (f"{repo}:environment:{ENVIRONMENT}-rollout",) if site.driven else ()
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{repo}:pull_request", f"{repo}:ref:refs/heads/{literal(site.branch)}"),
        apply=(f"{repo}:environment:{ENVIRONMENT}", *steps),
        approve=(f"{repo}:environment:{ENVIRONMENT}-approve",),
    )


def then(site: Site) -> Iterator[Todo]:
    """Environments that ask a person, owners of the files that deliver, a protected branch."""
    for stage in site.stages:
        yield _environment(site, stage.name, "an apply" if stage.gated else "")
    for stage in site.real if approvals.there(site, trust(site)) else ():
        yield _environment(site, f"{stage.name}-approve", "an approval")
    for stage in (each for each in site.driven if not each.sandbox):
        yield _environment(site, f"{stage.name}-rollout", "")
    yield _owners(site)
    yield _protection(site)


def _where(site: Site) -> str:
    return f"GitHub {site.repository}, an administrator's login of `gh`"


def _api(method: str, path: str, *fields: tuple[str, str]) -> str:
    return command("gh", "api", "--method", method, path, more=fields)


def _environment(site: Site, name: str, asks: str) -> Todo:
    """An environment of the forge; `asks` is before what it asks a person, if before anything."""
    path = f"repos/{site.repository}/environments/{name}"
    rule = "deployment_branch_policy"
    only = (
        ("-F", f"{rule}[protected_branches]=false"),
        ("-F", f"{rule}[custom_branch_policies]=true"),
    )
    make = _api("PUT", path, *only)
    if asks:
        make += ' \\\n  -F "reviewers[][type]=User" -F "reviewers[][id]=$(gh api user --jq .id)"'
    branch = _api("POST", f"{path}/deployment-branch-policies", ("-f", f"name={site.branch}"))

    def check(reader: Reader) -> str:
        if reader.forge(f"repos/{site.repository}", _READ) is None:
            raise UntoldError(f"{site.repository} is not there, or the token may not see it", _READ)
        found = reader.forge(path, _ACTIONS)
        if found is None:
            return f"there is no environment {name}"
        rules = {each.get("type") for each in found.get("protection_rules") or ()}
        if asks and "required_reviewers" not in rules:
            return f"{name} asks nobody before {asks}"
        if not found.get(rule):
            return f"any branch may deploy to {name}"
        if found[rule].get("custom_branch_policies"):
            listed = reader.forge(f"{path}/deployment-branch-policies", _ACTIONS) or {}
            names = [each.get("name") for each in listed.get("branch_policies") or ()]
            if names != [site.branch]:
                said = ", ".join(map(str, names)) or "no branch"
                return f"{said} may deploy to {name}, and not {site.branch} alone"
        return ""

    more = "; you are its reviewer, add others in the settings" if asks else ""
    says = f"make the environment {name}, for {site.branch} alone{more}"
    return Todo(f"environment-{name}-github", says, _where(site), (make, branch), check=check)


def _owners(site: Site) -> Todo:
    folders = ("/.github/", "/delivery/", "/environments/")
    lines = shlex.join([f"{folder} %s\\n" for folder in folders])
    write = f'for line in {lines}; do printf "$line" "@$(gh api user --jq .login)"; done'

    def check(reader: Reader) -> str:
        text = next((text for each in _OWNERS if (text := reader.file(each)) is not None), "")
        owned = {line.split()[0] for line in text.splitlines() if len(line.split()) > 1}
        lacking = [each for each in folders if not owned & {each, each.rstrip("/"), "*"}]
        return f"nobody owns {', '.join(lacking)}" if lacking else ""

    says = "name who has to review the files that deliver"
    commands = ("mkdir -p .github", f"{write} >> .github/CODEOWNERS", "git add .github/CODEOWNERS")
    return Todo("code-owners", says, _where(site), commands, check=check)


def _protection(site: Site) -> Todo:
    path = f"repos/{site.repository}/branches/{quote(site.branch, safe='')}"
    checks = ["validate", *(f"plan {stage.name}" for stage in site.stages)]
    wanted = {
        "required_status_checks": {"strict": False, "contexts": checks},
        "enforce_admins": True,
        "required_pull_request_reviews": {
            "required_approving_review_count": 1,
            "require_code_owner_reviews": True,
        },
        "restrictions": None,
    }
    body = json.dumps(wanted, indent=2)
    head = command("gh", "api", "--method", "PUT", f"{path}/protection", "--input", "-")

    def check(reader: Reader) -> str:
        found = reader.forge(path, _CONTENTS)
        if found is None:
            raise UntoldError(f"the branch {site.branch} is not to be seen", _CONTENTS)
        if not found.get("protected"):
            return f"{site.branch} is not protected"
        kept = reader.forge(f"{path}/protection", _ADMIN)
        if kept is None:
            raise UntoldError(f"{site.branch} is protected, and by which rules is not told", _ADMIN)
        if kept.get("required_pull_request_reviews") is None:
            return f"{site.branch} takes changes without a review"
        told = kept.get("required_status_checks") or {}
        known = {*told.get("contexts", ()), *(e.get("context") for e in told.get("checks", ()))}
        lacking = [each for each in checks if each not in known]
        return f"{site.branch} does not wait for {', '.join(lacking)}" if lacking else ""

    says = f"protect {site.branch}: changes by pull request only, with a review and the plans"
    commands = (f"{head} <<'JSON'\n{body}\nJSON",)
    return Todo("branch-protection", says, _where(site), commands, check=check)


register(
    Provider(
        name="github",
        says="GitHub Actions",
        files={
            f"{FOLDER}/moorline-pull-request.yml": "pull-request.yml.j2",
            f"{FOLDER}/moorline-apply.yml": "apply.yml.j2",
            f"{FOLDER}/moorline-drift.yml": "drift.yml.j2",
            f"{FOLDER}/moorline-manual.yml": "manual.yml.j2",
            f"{FOLDER}/moorline-rollout.yml": "rollout.yml.j2",
        },
        trust=trust,
        then=then,
    )
)
