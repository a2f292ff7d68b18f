"""GitLab CI: one file of jobs that the root file includes, and tokens of GitLab for AWS."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import quote

from reconciler.delivery.api import Provider, Trust, literal, register
from reconciler.delivery.site import Site, Stage
from reconciler.delivery.todo import Reader, Todo

ISSUER = "gitlab.com"
VARIABLE = "GITLAB_TOKEN"
_MAINTAINER = "role Maintainer, scope `read_api`"
_DEVELOPER = "role Developer, scope `read_api`"
"""What a token needs. Source: GitLab API reference of each resource."""


def trust(site: Site) -> Trust:
    """A token names project and branch; AWS cannot see its environment, so protect the branch."""
    project = f"project_path:{literal(site.repository)}:ref_type:branch:ref"
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{project}:*",),
        apply=(f"{project}:{literal(site.branch)}",),
    )


def then(site: Site) -> Iterator[Todo]:
    """The token of the jobs, a protected branch and environments, the schedule of drift."""
    yield _token(site)
    yield _branch(site)
    for stage in site.stages:
        if stage.gated:
            yield _environment(site, stage)
    yield _schedule(site)
    if site.driven:
        yield _steps(site)


def _project(site: Site) -> str:
    return f"projects/{quote(site.repository, safe='')}"


def _where(site: Site) -> str:
    return f"GitLab {site.repository}, a maintainer's token with scope `api` in GITLAB_TOKEN"


def _post(site: Site, path: str, *data: str) -> str:
    """A request of the API; the token is the shell's, and in no list of processes of ours."""
    url = f"https://{site.issuer or ISSUER}/api/v4/{_project(site)}/{path}"
    head = 'curl --fail-with-body --silent --show-error --header "PRIVATE-TOKEN: ${GITLAB_TOKEN:?}"'
    lines = [head, f"--request POST {shlex.quote(url)}"]
    return " \\\n  ".join([*lines, *(f"--data-urlencode {shlex.quote(each)}" for each in data)])


def _token(site: Site) -> Todo:
    made = _post(site, "access_tokens", "name=moorline", "scopes[]=api", "access_level=20")
    made += " \\\n  --data-urlencode \"expires_at=$(date -u -d '+364 days' +%F)\""
    told = """python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])'"""
    kept = _post(site, "variables", f"key={VARIABLE}", "masked=true", "protected=false")
    kept += ' \\\n  --data-urlencode "value=$MOORLINE_TOKEN"'

    def check(reader: Reader) -> str:
        found = reader.forge(f"{_project(site)}/variables/{VARIABLE}", _MAINTAINER)
        if found is None:
            return f"there is no variable {VARIABLE}"
        if found.get("protected"):
            return f"{VARIABLE} is protected, and merge requests do not get it"
        return "" if found.get("masked") else f"{VARIABLE} is not masked, so jobs may print it"

    says = f"make a project access token, and keep it as the masked variable {VARIABLE}"
    commands = (f"MOORLINE_TOKEN=$({made} \\\n  | {told})", kept)
    return Todo("token", says, _where(site), commands, check=check)


def _branch(site: Site) -> Todo:
    data = (f"name={site.branch}", "push_access_level=0", "merge_access_level=40")

    def check(reader: Reader) -> str:
        name = quote(site.branch, safe="")
        found = reader.forge(f"{_project(site)}/protected_branches/{name}", _DEVELOPER)
        if found is None:
            return f"{site.branch} is not protected"
        pushes = [each.get("access_level") for each in found.get("push_access_levels") or ()]
        if any(level != 0 for level in pushes):
            return f"{site.branch} may be pushed to without a merge request"
        return "" if not found.get("allow_force_push") else f"{site.branch} may be force-pushed"

    says = f"protect {site.branch}: changes by merge request only (it answers 409 if it is already)"
    command = _post(site, "protected_branches", *data)
    return Todo("branch-protection", says, _where(site), (command,), check=check)


def _environment(site: Site, stage: Stage) -> Todo:
    data = (f"name={stage.name}", "deploy_access_levels[][access_level]=40")

    def check(reader: Reader) -> str:
        path = f"{_project(site)}/protected_environments/{stage.name}"
        found = reader.forge(path, f"{_MAINTAINER}, GitLab Premium")
        return f"{stage.name} is not protected" if found is None else ""

    says = f"let maintainers alone deploy to {stage.name} (GitLab Premium)"
    commands = (_post(site, "protected_environments", *data),)
    return Todo(f"environment-{stage.name}-gitlab", says, _where(site), commands, check=check)


def _schedule(site: Site) -> Todo:
    data = ("description=Moorline drift", f"ref={site.branch}", "cron=0 6 * * *")

    def check(reader: Reader) -> str:
        found = reader.forge_list(f"{_project(site)}/pipeline_schedules", _DEVELOPER)
        refs = {site.branch, f"refs/heads/{site.branch}"}
        if any(each.get("ref") in refs and each.get("active") for each in found):
            return ""
        return f"no schedule of {site.branch} runs, so nobody hears of drift"

    says = f"run a pipeline of {site.branch} every morning, which reports drift"
    commands = (_post(site, "pipeline_schedules", *data),)
    return Todo("schedule", says, _where(site), commands, check=check)


def _steps(site: Site) -> Todo:
    """A second schedule, told apart from that of drift by a variable of its own."""
    says = "Moorline rollouts"
    data = (f"description={says}", f"ref={site.branch}", "cron=*/5 * * * *")
    made = _post(site, "pipeline_schedules", *data)
    told = """python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'"""
    path = 'pipeline_schedules/"$MOORLINE_SCHEDULE_ID"/variables'
    url = f"https://{site.issuer or ISSUER}/api/v4/{_project(site)}/"
    head = 'curl --fail-with-body --silent --show-error --header "PRIVATE-TOKEN: ${GITLAB_TOKEN:?}"'
    kept = " \\\n  ".join(
        [
            head,
            f"--request POST {shlex.quote(url)}{path}",
            "--data-urlencode key=MOORLINE_SCHEDULE",
            "--data-urlencode value=rollout",
        ]
    )

    def check(reader: Reader) -> str:
        found = reader.forge_list(f"{_project(site)}/pipeline_schedules", _DEVELOPER)
        there = any(each.get("description") == says and each.get("active") for each in found)
        return "" if there else f"no schedule {says!r} runs, so rollouts go no further"

    what = f"run a pipeline of {site.branch} every five minutes, which goes on with rollouts"
    commands = (f"MOORLINE_SCHEDULE_ID=$({made} \\\n  | {told})", kept)
    return Todo("schedule-rollouts", what, _where(site), commands, check=check)


register(
    Provider(
        name="gitlab",
        says="GitLab CI",
        files={".gitlab/moorline.yml": "moorline.yml.j2", ".gitlab-ci.yml": "root.yml.j2"},
        trust=trust,
        then=then,
    )
)
