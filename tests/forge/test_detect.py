"""What a command knows of where it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.forge.detect import Wanted, detect

HUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/fraud",
    "GITHUB_TOKEN": "t" * 20,
    "GITHUB_EVENT_PATH": "event.json",
    "GITHUB_RUN_ID": "17",
    "GITHUB_SHA": "merge",
}
LAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://git.acme.test/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_PIPELINE_ID": "18",
    "GITLAB_TOKEN": "g" * 20,
    "CI_COMMIT_SHA": "c",
}


def found(environ: dict[str, str], wanted: Wanted | None = None, event: Any = None, **more: Any):
    def read(path: str) -> str:
        if event is None:
            raise FileNotFoundError(path)
        return event if isinstance(event, str) else json.dumps(event)

    return detect(environ, wanted or Wanted(), change=more.get("change", True), read=read)


EVENTS = {
    "of a pull request": {"number": 7, "pull_request": {"number": 7, "head": {"sha": "head"}}},
    "of a comment on one": {"issue": {"number": 7, "pull_request": {}}, "number": 7},
    "of an earlier run": {"workflow_run": {"pull_requests": [{"number": 7}]}},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_the_pull_request_is_that_of_an_event(event: Any) -> None:
    place, problems = found(HUB, event=event)
    assert problems == []
    assert (place.change, place.repository, place.run) == (7, "acme/fraud", 17)
    assert place.api == "https://api.github.com"


def test_the_commit_is_the_one_that_was_pushed_not_the_merge() -> None:
    assert found(HUB, event=EVENTS["of a pull request"])[0].commit == "head"
    assert found({**HUB, "GITHUB_REF": "refs/pull/9/merge"})[0].commit == "merge"


def test_a_merge_request_is_found() -> None:
    place, problems = found(LAB)
    assert problems == []
    assert (place.change, place.repository, place.run, place.job_token) == (7, "42", 18, False)
    assert place.api == "https://git.acme.test/api/v4"


def test_a_job_token_is_taken_where_there_is_no_other() -> None:
    environ = {key: value for key, value in LAB.items() if key != "GITLAB_TOKEN"}
    place, _ = found({**environ, "CI_JOB_TOKEN": "j" * 20})
    assert place.job_token


def test_options_go_first() -> None:
    wanted = Wanted("gitlab", "group/project", 9, "https://other.test/api/v4")
    place, _ = found({**HUB, **LAB}, wanted, event=EVENTS["of a pull request"])
    assert (place.provider, place.repository, place.change) == ("gitlab", "group/project", 9)
    assert place.api == "https://other.test/api/v4"


@pytest.mark.parametrize(
    "environ", [{"CHANGE_ID": "7"}, {"CODEBUILD_WEBHOOK_TRIGGER": "pr/7"}], ids=["jenkins", "build"]
)
def test_other_ci_systems_name_the_change_too(environ: dict[str, str]) -> None:
    wanted = Wanted("github", "acme/fraud")
    assert found({**environ, "GITHUB_TOKEN": "t" * 20}, wanted)[0].change == 7


def without(environ: dict[str, str], *names: str) -> dict[str, str]:
    return {key: value for key, value in environ.items() if key not in names}


MISSING = {
    "no CI": ({}, "CI001", "--provider"),
    "no repository": (without(HUB, "GITHUB_REPOSITORY"), "CI001", "GITHUB_REPOSITORY"),
    "no project": (without(LAB, "CI_PROJECT_ID"), "CI001", "CI_PROJECT_ID"),
    "no token": (without(HUB, "GITHUB_TOKEN"), "CI002", "GITHUB_TOKEN"),
    "an empty token": ({**HUB, "GITHUB_TOKEN": " "}, "CI002", "GITHUB_TOKEN"),
    "no token of GitLab": (without(LAB, "GITLAB_TOKEN"), "CI002", "GITLAB_TOKEN"),
    "no pull request": (HUB, "CI001", "--change"),
    "no merge request": (without(LAB, "CI_MERGE_REQUEST_IID"), "CI001", "CI_MERGE_REQUEST_IID"),
}


@pytest.mark.parametrize(("environ", "code", "named"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_named(environ: dict[str, str], code: str, named: str) -> None:
    place, problems = found(environ)
    assert place is None
    assert code in [each.code for each in problems]
    assert any(named in each.message + each.help for each in problems)


@pytest.mark.parametrize(
    "event", ["no json", [], {"number": True}, {"number": "-7"}, {"number": 0}]
)
def test_an_event_that_says_nothing_is_no_fault(event: Any) -> None:
    assert found(HUB, event=event)[0] is None
    assert found(HUB, event=event, change=False)[0] is not None
