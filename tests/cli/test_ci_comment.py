"""`moorline ci comment`, as a job runs it, against a local forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from forge import server
from forge.store import TOKEN

from reconciler.model.address import Address
from reconciler.model.change import Action, Reason
from reconciler.model.plan import Plan, Step, plan_to_json
from reconciler.planfile import file as planfile

from . import forks
from .folder import plain
from .result import checked

HIDDEN = {"GITHUB_", "GITLAB_", "CI_", "GH_"}
BUCKET = Address("AWS::S3::Bucket", "acme-prod-ledger")
STEP = Step(str(BUCKET), BUCKET, Action.CREATE, Reason.ABSENT)
PLAN = Plan("prod", "acme", "123456789012", "eu-west-1", (STEP,), commit="4f2c9e1")
EMPTY = replace(PLAN, steps=())
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class Job:
    """A job of CI: a folder, a forge and the variables that it sets."""

    path: Path
    forge: server.Running
    provider: str = "github"
    token: str = TOKEN
    number: int = 1

    @property
    def variables(self) -> dict[str, str]:
        if self.provider == "gitlab":
            return {
                "GITLAB_CI": "true",
                "CI_API_V4_URL": self.forge.gitlab,
                "CI_PROJECT_ID": "42",
                "CI_MERGE_REQUEST_IID": "7",
                "CI_PIPELINE_ID": str(self.number),
                "GITLAB_TOKEN": self.token,
            }
        (self.path / "event.json").write_text('{"pull_request": {"number": 7}}')
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.forge.github,
            "GITHUB_REPOSITORY": "acme/fraud",
            "GITHUB_EVENT_PATH": "event.json",
            "GITHUB_RUN_ID": str(self.number),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_TOKEN": self.token,
        }

    @property
    def summary(self) -> Path:
        return self.path / "summary.md"

    @property
    def bodies(self) -> list[str]:
        return [each.body for each in getattr(self.forge.state, self.provider).notes]

    def run(self, *arguments: str, given: bytes = b"", expect: int | None = 0, **more: str):
        """One step; its token may come out nowhere."""
        bare = {k: v for k, v in plain().items() if not k.startswith(tuple(HIDDEN))}
        variables = {**bare, **self.variables, **more}
        result = checked(forks.run(["ci", *arguments], self.path, variables, given=given), expect)
        written = [path.read_text(errors="replace") for path in self.path.iterdir()]
        assert all(TOKEN not in text for text in [result.text, *written, *self.bodies])
        return result

    def write(self, plan: Plan, name: str = "plan.json", **more: Any) -> str:
        """A file of `plan -o`."""
        data = planfile.pack(planfile.make(plan, now=NOW, lifetime=3600))
        if more:
            data = json.dumps({**json.loads(data), **more}).encode()
        (self.path / name).write_bytes(data)
        return name


@pytest.fixture
def forge_server() -> Iterator[server.Running]:
    with server.running() as found:
        yield found


@pytest.fixture(params=["github", "gitlab"])
def job(request: pytest.FixtureRequest, forge_server: server.Running, tmp_path: Path) -> Job:
    return Job(tmp_path, forge_server, request.param)


@pytest.fixture
def hub(forge_server: server.Running, tmp_path: Path) -> Job:
    return Job(tmp_path, forge_server)


def test_a_plan_is_one_comment_that_is_edited(job: Job) -> None:
    first = job.run("comment", job.write(PLAN), "-e", "prod", "--json").json
    assert [each["done"] for each in first["comments"]] == ["created"]
    (body,) = job.bodies
    assert body.startswith("<!-- moorline:plan:prod -->\n")
    assert "acme-prod-ledger" in body
    again = job.run("comment", "plan.json", "--json").json
    assert [each["done"] for each in again["comments"]] == ["unchanged"]
    assert "prod: comment updated" in job.run("comment", job.write(EMPTY)).out
    assert len(job.bodies) == 1
    assert "acme-prod-ledger" not in job.bodies[0]


def test_what_plan_json_prints_is_taken_from_standard_input(hub: Job) -> None:
    given = json.dumps(plan_to_json(PLAN)).encode()
    hub.run("comment", "-e", "prod", given=given)
    hub.run("comment", "-", given=given)
    assert len(hub.bodies) == 1


def test_each_environment_has_its_own_comment(hub: Job) -> None:
    other = hub.write(replace(PLAN, environment="dev"), "dev.json")
    hub.run("comment", hub.write(PLAN), other)
    assert len(hub.bodies) == 2
    assert hub.summary.read_text().count("acme-prod-ledger") >= 2


def test_nothing_to_do_is_silence_but_for_the_summary(hub: Job) -> None:
    assert "comment silent" in hub.run("comment", hub.write(EMPTY)).out
    assert hub.bodies == []
    assert "prod" in hub.summary.read_text()


def test_a_dry_run_prints_and_posts_nothing(hub: Job) -> None:
    said = hub.run("comment", hub.write(PLAN), "--dry-run", "--link", "https://ci.test/1")
    assert said.out.startswith("<!-- moorline:plan:prod -->")
    assert "https://ci.test/1" in said.out
    (only,) = hub.run("comment", "plan.json", "--dry-run", "--json").json["comments"]
    assert only["body"].startswith("<!-- moorline:plan:prod -->")
    assert hub.forge.state.asked == []
    assert not hub.summary.exists()


FAULTS = {
    "a wrong token": ("", "CI003"),
    "a fork's token": ("fork", "CI004"),
    "a locked conversation": ("locked", "CI006"),
    "a rate limit": ("429:3600", "CI008"),
    "a forge that is down": ("503:3600", "CI007"),
    "a page instead of JSON": ("html", "CI009"),
    "a forge that repeats the token": ("echo", "CI009"),
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_the_plan_succeeds_in_spite_of(fault: str, code: str, job: Job) -> None:
    job.forge.state.writes = fault
    if not fault:
        job.forge.state.tokens.clear()
    said = job.run("comment", job.write(PLAN))
    assert f"warning[{code}]" in said.err
    if job.provider == "github":
        assert "its text is in the step summary" in said.err
        assert "acme-prod-ledger" in job.summary.read_text()
    else:
        assert "its text is on standard output" in said.err
        assert "acme-prod-ledger" in said.out
    strict = job.run("comment", "plan.json", "--strict", "--json", expect=1)
    assert strict.codes == [code]
    assert strict.json["comments"][0]["done"] == "failed"


def test_a_forge_that_is_down_is_asked_for_one_plan_only(hub: Job) -> None:
    hub.forge.state.always = "429:3600"
    other = hub.write(replace(PLAN, environment="dev"), "dev.json")
    said = hub.run("comment", hub.write(PLAN), other, "--json").json
    assert [each["done"] for each in said["comments"]] == ["failed", "failed"]
    assert len(hub.forge.state.asked) == 1


def test_a_summary_that_cannot_be_written_is_a_warning(hub: Job) -> None:
    said = hub.run("comment", hub.write(PLAN), "--json", GITHUB_STEP_SUMMARY="/no/such/folder")
    assert said.codes == ["CI016"]
    assert len(hub.bodies) == 1


MISSING = {
    "no CI": ({"GITHUB_ACTIONS": ""}, "CI001"),
    "no pull request": ({"GITHUB_EVENT_PATH": "none.json"}, "CI001"),
    "no token": ({"GITHUB_TOKEN": ""}, "CI002"),
    "an address without TLS": ({"GITHUB_API_URL": "http://ghe.test/api/v3"}, "CI009"),
}


@pytest.mark.parametrize(("variables", "code"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_named(variables: dict[str, str], code: str, hub: Job) -> None:
    said = hub.run("comment", hub.write(PLAN), "--strict", "--json", expect=1, **variables)
    assert said.codes == [code]
    assert hub.bodies == []
    assert "acme-prod-ledger" in hub.summary.read_text()


def test_options_stand_for_the_variables(hub: Job) -> None:
    options = ("--provider", "github", "--repository", "acme/fraud", "--change", "9")
    variables = {"GITHUB_ACTIONS": "", "GITHUB_REPOSITORY": "", "GITHUB_API_URL": ""}
    api = ("--api-url", hub.forge.github)
    hub.run("comment", hub.write(PLAN), *options, *api, **variables)
    assert [each.change for each in hub.forge.state.github.notes] == [9]


def test_an_older_run_does_not_overwrite_a_newer_one(job: Job) -> None:
    job.number = 20
    job.run("comment", job.write(PLAN))
    job.number = 19
    said = job.run("comment", job.write(EMPTY), "--json").json
    assert [each["done"] for each in said["comments"]] == ["older"]
    assert "acme-prod-ledger" in job.bodies[0]


def refused(job: Job, data: bytes, *arguments: str) -> list[str]:
    (job.path / "odd.json").write_bytes(data)
    codes = job.run("comment", "odd.json", *arguments, "--json", expect=1).codes
    assert job.forge.state.asked == []
    return codes


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"{", "CI011", id="what is not JSON"),
        pytest.param(b"\xff\xfe", "CI011", id="bytes that are no text"),
        pytest.param(b"[]", "CI011", id="a list"),
        pytest.param(b"{}", "CI011", id="an empty object"),
        pytest.param(b'{"diagnostics": [{"code": "SPEC012"}]}', "CI011", id="a failed plan"),
        pytest.param(b'{"format_version": 9}', "CI012", id="a newer plan"),
        pytest.param(b'{"format_version": 9, "plan": {}}', "CI012", id="a newer plan file"),
        pytest.param(b'{"plan": {"format_version": 9}}', "CI012", id="a newer plan in a file"),
        pytest.param(b'{"format_version": 1, "steps": []}', "CI012", id="an older plan"),
        pytest.param(b'{"format_version": 2, "plan": {}}', "CI012", id="an older plan file"),
        pytest.param(b'{"format_version": 4, "plan": {}}', "STALE001", id="a changed plan file"),
    ],
)
def test_it_is_refused(data: bytes, code: str, hub: Job) -> None:
    assert refused(hub, data) == [code]


@pytest.mark.parametrize("name", ["a\n::warning::b", "a--b", "", 7, "\x1b[31m"])
def test_a_name_that_is_none_is_not_repeated(name: Any, hub: Job) -> None:
    data = {**plan_to_json(PLAN), "environment": name}
    assert refused(hub, json.dumps(data).encode()) == ["CI011"]


def test_a_plan_of_another_environment_is_refused(hub: Job) -> None:
    data = planfile.pack(planfile.make(PLAN, now=NOW, lifetime=1))
    assert refused(hub, data, "-e", "dev") == ["CI011"]


def test_the_subcommands_are_listed_with_what_they_do(hub: Job) -> None:
    said = hub.run("--help", GITHUB_ACTIONS="").out
    assert "comment" in said
    assert "report" in said
    assert hub.run("nothing", expect=1).out == ""
