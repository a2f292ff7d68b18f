"""Jobs that go on with rollouts: written where a spec lets CI drive one, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from reconciler.delivery import api, write
from reconciler.delivery.site import Site

from .test_files import check
from .written import PROVIDERS, data, shells, site

ADVANCE = "moorline rollout advance --all --yes --wait 5m --no-color"
WEIGHS = "sagemaker:UpdateEndpointWeightsAndCapacities"


def driven(*names: str) -> Site:
    whole = site()
    stages = (
        replace(each, stepwise=each.name in names, driven=each.name in names)
        for each in whole.stages
    )
    return replace(whole, stages=tuple(stages))


@cache
def made(provider: str, *names: str) -> dict[str, str]:
    return write.files(api.load()[provider], driven(*names))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_schedule_goes_on_with_the_rollouts_of_an_environment(provider: str) -> None:
    said = [each for each in shells(provider, made(provider, "dev")) if ADVANCE in each.text]
    text = "".join(made(provider, "dev").values())

    assert len(said) == 1
    assert "*/5 * * * *" in text or "rate(5 minutes)" in text or provider == "gitlab"
    assert WEIGHS in made(provider, "dev")["delivery/aws-roles.yaml"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_is_written_where_nobody_drives(provider: str) -> None:
    text = "".join(write.files(api.load()[provider], site()).values())

    assert ADVANCE not in text
    assert "GetMetricData" not in text


def test_each_environment_has_a_job_of_its_own() -> None:
    jobs = data(made("github", "dev", "prod")[".github/workflows/moorline-rollout.yml"])["jobs"]

    assert {name: job["environment"] for name, job in jobs.items()} == {
        "rollout-dev": "dev-rollout",
        "rollout-prod": "prod-rollout",
    }
    assert {job["env"]["AWS_ROLE_ARN"].rpartition("-")[2] for job in jobs.values()} == {"apply"}


def test_an_environment_that_asks_nobody_takes_the_role_only_where_it_is_needed() -> None:
    github = api.load()["github"]

    assert github.trust(site()).apply == ("repo:acme/platform:environment:${Environment}",)
    assert github.trust(driven("dev")).apply[1:] == (
        "repo:acme/platform:environment:${Environment}-rollout",
    )
    todos = [each.id for each in github.then(driven("dev"))]
    assert "environment-dev-rollout-github" in todos
    assert "environment-prod-rollout-github" not in todos


def test_a_schedule_of_gitlab_is_told_from_that_of_drift() -> None:
    jobs = data(made("gitlab", "dev")[".gitlab/moorline.yml"])
    (drift,) = jobs[".moorline-schedule"]["rules"]
    (steps,) = jobs[".moorline-rollout"]["rules"]

    assert '$MOORLINE_SCHEDULE != "rollout"' in drift["if"]
    assert '$MOORLINE_SCHEDULE == "rollout"' in steps["if"]
    (todo,) = [it for it in api.load()["gitlab"].then(driven("dev")) if it.id.endswith("rollouts")]
    assert "key=MOORLINE_SCHEDULE" in todo.commands[1]


@pytest.mark.parametrize(
    ("provider", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")]
)
def test_the_files_are_as_the_schema_of_the_ci_system_says(
    tmp_path: Path, provider: str, schema: str
) -> None:
    path = {"github": ".github/workflows/moorline-rollout.yml", "gitlab": ".gitlab/moorline.yml"}
    file = tmp_path / "file.yml"
    file.write_text(made(provider, "dev", "prod")[path[provider]])
    more = ("--data-transform", "gitlab-ci") if provider == "gitlab" else ()

    said = check(tmp_path, "check-jsonschema", "--builtin-schema", schema, *more, str(file))
    assert said == ""
