"""What `ci init` leaves to do can be pasted, and `ci check` says what of it is done."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.session import Session
from reconciler.cli.ci.check import Looker, code
from reconciler.cli.frame.project import Exit
from reconciler.delivery import api, write
from reconciler.delivery.site import Site
from reconciler.delivery.steps import steps
from reconciler.delivery.todo import State, Todo, UntoldError, look
from reconciler.forge.api import ForgeError, Trouble
from reconciler.forge.limits import Answer
from reconciler.sandbox.inprocess import ACCOUNT, Sandbox, sandbox

from .pasted import carried_out, deployed, pasted, request
from .written import PROVIDERS, site, stage

OWN = {"jenkins": "ci.acme.test/oidc"}
"""Jenkins has no issuer that everybody uses."""
HOME = (stage("dev", ACCOUNT, first=True), stage("prod", ACCOUNT))


@cache
def todos(provider: str, place: Site) -> list[Todo]:
    system = api.load()[provider]
    return steps(system, place, write.files(system, place))


def commands(provider: str, place: Site) -> list[str]:
    return [each for todo in todos(provider, place) for each in todo.commands]


# -- what is shown can be pasted


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_steps_are_a_script_that_a_shell_takes(provider: str) -> None:
    place = site(branch="release/2.0-x", issuer=OWN.get(provider, ""))
    script = "\n".join(commands(provider, place))
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    bare = re.sub(r"\$\([^)]*\)|<<'JSON'", "", script)
    assert not re.search(r"…|<\w+>|YOUR|OWNER/|example\.com", bare), "a placeholder"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_command_of_aws_is_one_that_aws_takes(provider: str) -> None:
    place = site(issuer=OWN.get(provider, ""))
    system = api.load()[provider]
    files = write.files(system, place)
    found = 0
    for command in commands(provider, place):
        for each in _queries(command):
            read = pasted(each)
            found += 1
            if (read.service, read.operation) == ("cloudformation", "deploy"):
                deployed(read, _plain_yaml(files[read.one("template-file")]))
            else:
                request(read)
    assert found >= 6


def _queries(command: str) -> Iterator[str]:
    """The commands of `aws` in one of the shell: itself, and those whose answers it takes."""
    inner = re.compile(r'"\$\((aws [^()]*(?:\[[^]]*\][^()]*)*)\)"')
    yield from (each[1] for each in inner.finditer(command))
    outer = inner.sub("arn:x", command)
    if outer.startswith("aws "):
        yield outer


def _plain_yaml(text: str) -> str:
    """A template whose short tags a plain reader takes for texts."""
    return re.sub(r"!\w+", "", text) if "!Ref" in text or "!Sub" in text else text


def test_the_order_is_that_in_which_they_can_be_done() -> None:
    ids = [each.id for each in todos("github", site())]
    assert len(ids) == len({*ids})
    wanted = ["oidc-provider-111122223333", "receipts-dev", "roles-dev", "environment-dev-github",
              "code-owners", "branch-protection", "files"]  # fmt: skip
    assert [each for each in ids if each in wanted] == wanted


def test_the_real_values_are_in_the_commands() -> None:
    text = "\n".join(commands("github", site(branch="trunk")))
    for value in (
        "acme-prod-receipts",
        "eu-west-1",
        "repos/acme/platform/branches/trunk/protection",
        "arn:aws:iam::333344445555:oidc-provider/token.actions.githubusercontent.com",
        "moorline-roles-staging",
        '"plan prod"',
        ".github/workflows/moorline-apply.yml",
    ):
        assert value in text, value


def test_no_step_trusts_an_example() -> None:
    found = todos("jenkins", site())
    assert [each.id for each in found] == ["plugins", "issuer"]
    assert look(found[-1], Forge({})).state is State.MISSING


def test_no_command_waits_for_a_person_who_pastes_the_next() -> None:
    for provider in PROVIDERS:
        for command in commands(provider, site(issuer=OWN.get(provider, ""))):
            assert not command.startswith("read "), command


def test_an_environment_that_lacks_its_receipts_and_roles_is_told_so_first() -> None:
    place = site(stages=(stage("dev", first=True, bucket="", named=False),))
    first = todos("github", place)[0]
    role = "arn:aws:iam::111122223333:role/moorline-dev"
    assert first.write.splitlines() == [
        "spec:",
        "  receipts: {bucket: acme-dev-receipts-111122223333}",
        f"  roles: {{plan: {role}-plan, apply: {role}-apply}}",
    ]
    assert "acme-dev-receipts-111122223333" in "\n".join(commands("github", place))


def test_a_bucket_of_us_east_1_names_no_location() -> None:

    place = site(stages=(replace(stage("dev", first=True), region="us-east-1"),))
    assert "LocationConstraint" not in "\n".join(commands("github", place))


def test_a_branch_is_quoted_in_every_command() -> None:
    odd = "a'b;$(touch pwned)"
    for provider in PROVIDERS:
        script = "\n".join(commands(provider, site(branch=odd)))
        done = subprocess.run(["bash", "-n"], input=script.encode(), check=False)
        assert done.returncode == 0
        quoted = re.sub(r"'(?:[^']|'\"'\"')*'", "", script.partition("<<'JSON'")[0])
        assert "$(touch" not in quoted


# -- what is done


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        yield found


class NoForge:
    """A forge that cannot be reached."""

    def send(self, _method: str, path: str) -> Answer:
        raise ForgeError(Trouble.DOWN, path, "no connection")

    def pages(self, path: str) -> Iterator[Any]:
        raise ForgeError(Trouble.DOWN, path, "no connection")


def looker(aws: Sandbox, http: Any = None) -> Looker:
    def session(_region: str) -> Session:
        return Session(aws, clock=FakeClock())

    return Looker(session, http, "" if http else "there is no token")


def states(found: list[Todo], reader: Any) -> dict[str, State]:
    return {each.id: look(each, reader).state for each in found}


def test_what_was_pasted_is_seen_to_be_done(aws: Sandbox) -> None:
    place = site(stages=HOME)
    wanted = [each for each in todos("github", place) if "account" in each.where]
    assert {*states(wanted, looker(aws)).values()} == {State.MISSING}
    template = write.files(api.load()["github"], place)[write.ROLES]
    for todo in wanted:
        for command in todo.commands:
            carried_out(aws, command, ACCOUNT, template)
    assert {*states(wanted, looker(aws)).values()} == {State.DONE}


def test_half_of_it_is_missing(aws: Sandbox) -> None:
    place = site(stages=HOME[:1])
    wanted = {each.id: each for each in todos("github", place)}
    template = write.files(api.load()["github"], place)[write.ROLES]
    for name in (f"oidc-provider-{ACCOUNT}", "receipts-dev", "roles-dev"):
        carried_out(aws, wanted[name].commands[0], ACCOUNT, template)
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    aws.client("iam").update_assume_role_policy(
        RoleName="moorline-dev-apply",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}),
    )
    roles = look(wanted["roles-dev"], looker(aws))
    assert (roles.state, "trusted otherwise" in roles.why) == (State.MISSING, True)
    opened = {"BlockPublicAcls": False, "BlockPublicPolicy": True}
    aws.client("s3").put_public_access_block(
        Bucket="acme-dev-receipts", PublicAccessBlockConfiguration=opened
    )
    bucket = look(wanted["receipts-dev"], looker(aws))
    assert (bucket.state, "BlockPublicAcls" in bucket.why) == (State.MISSING, True)


@pytest.mark.parametrize(
    ("operation", "step", "permission"),
    [
        ("GetOpenIDConnectProvider", f"oidc-provider-{ACCOUNT}", "iam:GetOpenIDConnectProvider"),
        ("GetRole", "roles-dev", "iam:GetRole"),
    ],
)
def test_what_may_not_be_read_is_neither_done_nor_missing(
    aws: Sandbox, operation: str, step: str, permission: str
) -> None:
    aws.fail("iam", operation, "AccessDenied", times=9, status=403)
    wanted = {each.id: each for each in todos("github", site(stages=HOME))}
    found = look(wanted[step], looker(aws))
    assert (found.state, found.permission) == (State.UNKNOWN, permission)


def test_an_unknown_answer_and_another_account_are_not_known(aws: Sandbox) -> None:
    aws.fail("iam", "GetRole", "SomethingNew", times=9, status=400)
    here = {each.id: each for each in todos("github", site(stages=HOME))}
    assert look(here["roles-dev"], looker(aws)).state is State.UNKNOWN
    there = {each.id: each for each in todos("github", site())}
    found = look(there["receipts-prod"], looker(aws))
    assert (found.state, ACCOUNT in found.why) == (State.UNKNOWN, True)


@dataclass
class Forge:
    """A reader of a forge that holds documents by path; a path that is not there is None."""

    documents: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()

    def aws(self, *_: object) -> Any:
        raise UntoldError("no credentials")

    def forge(self, path: str, permission: str) -> Any:
        if path in self.denied:
            raise UntoldError("HTTP 403", permission)
        return self.documents.get(path)

    def forge_list(self, path: str, permission: str) -> Any:
        return self.forge(path, permission) or []

    def file(self, path: str) -> str | None:
        return self.texts.get(path)


ENV = "repos/acme/platform/environments/prod"
MAIN = "repos/acme/platform/branches/main"
ONLY_MAIN = {"branch_policies": [{"name": "main"}]}
ASKS = {
    "protection_rules": [{"type": "required_reviewers"}],
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
}
KEPT = {
    "required_pull_request_reviews": {},
    "required_status_checks": {"contexts": ["validate", "plan dev", "plan staging"],
                               "checks": [{"context": "plan prod"}]},
}  # fmt: skip
THERE = {"repos/acme/platform": {"id": 1}}
LAB = "projects/acme%2Fplatform"
HUB_CASES = [
    ("environment-prod-github", {}, State.UNKNOWN, "may not see it"),
    ("environment-prod-github", THERE, State.MISSING, "no environment"),
    ("environment-prod-github", {**THERE, ENV: {}}, State.MISSING, "asks nobody"),
    ("environment-prod-github",
     {**THERE, ENV: {**ASKS, "deployment_branch_policy": None}}, State.MISSING, "any branch"),
    ("environment-prod-github", {**THERE, ENV: ASKS}, State.MISSING, "no branch may deploy"),
    ("environment-prod-github",
     {**THERE, ENV: ASKS, f"{ENV}/deployment-branch-policies": ONLY_MAIN}, State.DONE, ""),
    ("branch-protection", {}, State.UNKNOWN, "not to be seen"),
    ("branch-protection", {MAIN: {"protected": False}}, State.MISSING, "not protected"),
    ("branch-protection", {MAIN: {"protected": True}}, State.UNKNOWN, "by which rules"),
    ("branch-protection",
     {MAIN: {"protected": True}, f"{MAIN}/protection": {}}, State.MISSING, "without a review"),
    ("branch-protection",
     {MAIN: {"protected": True}, f"{MAIN}/protection": {"required_pull_request_reviews": {}}},
     State.MISSING, "does not wait for validate"),
    ("branch-protection", {MAIN: {"protected": True}, f"{MAIN}/protection": KEPT}, State.DONE, ""),
]  # fmt: skip
LAB_CASES = [
    ("token", {}, State.MISSING, "no variable"),
    ("token", {f"{LAB}/variables/GITLAB_TOKEN": {"masked": True, "protected": True}},
     State.MISSING, "protected"),
    ("token", {f"{LAB}/variables/GITLAB_TOKEN": {"masked": False}}, State.MISSING, "not masked"),
    ("token", {f"{LAB}/variables/GITLAB_TOKEN": {"masked": True}}, State.DONE, ""),
    ("branch-protection", {}, State.MISSING, "not protected"),
    ("branch-protection",
     {f"{LAB}/protected_branches/main": {"push_access_levels": [{"access_level": 40}]}},
     State.MISSING, "pushed to"),
    ("branch-protection",
     {f"{LAB}/protected_branches/main": {"push_access_levels": [{"access_level": 0}]}},
     State.DONE, ""),
    ("schedule", {}, State.MISSING, "no schedule"),
    ("schedule", {f"{LAB}/pipeline_schedules": [{"ref": "refs/heads/main", "active": False}]},
     State.MISSING, "no schedule"),
    ("schedule", {f"{LAB}/pipeline_schedules": [{"ref": "refs/heads/main", "active": True}]},
     State.DONE, ""),
]  # fmt: skip
CASES = [("github", *each) for each in HUB_CASES] + [("gitlab", *each) for each in LAB_CASES]


@pytest.mark.parametrize(("provider", "step", "documents", "state", "why"), CASES)
def test_settings_of_the_forge(
    provider: str, step: str, documents: Any, state: State, why: str
) -> None:
    wanted = {each.id: each for each in todos(provider, site())}
    found = look(wanted[step], Forge(documents))
    assert found.state is state, found
    assert why in found.why


def test_a_refusal_of_the_forge_names_the_permission() -> None:
    wanted = {each.id: each for each in todos("github", site())}
    reader = Forge({MAIN: {"protected": True}}, denied=frozenset({f"{MAIN}/protection"}))
    found = look(wanted["branch-protection"], reader)
    assert (found.state, found.permission) == (State.UNKNOWN, "Administration: read")


def test_files_are_done_when_they_are_as_they_would_be_written() -> None:
    system = api.load()["github"]
    files = write.files(system, site())
    last = todos("github", site())[-1]
    assert look(last, Forge({}, files)).state is State.DONE
    found = look(last, Forge({}, {**files, write.ROLES: "mine"}))
    assert (found.state, write.ROLES in found.why) == (State.MISSING, True)
    assert look(last, Forge({})).state is State.MISSING


def test_code_owners_are_read_wherever_the_forge_reads_them() -> None:
    (owners,) = (each for each in todos("github", site()) if each.id == "code-owners")
    text = "/.github/ @a\n/delivery/ @a\n/environments/ @a\n"
    assert look(owners, Forge({}, {"CODEOWNERS": text})).state is State.DONE
    assert look(owners, Forge({}, {"CODEOWNERS": "* @a\n"})).state is State.DONE
    assert look(owners, Forge({}, {"CODEOWNERS": "/.github/ @a\n"})).state is State.MISSING


def test_a_forge_that_is_down_says_nothing(aws: Sandbox) -> None:
    found = states([each for each in todos("gitlab", site()) if "GitLab" in each.where],
                   looker(aws, NoForge()))  # fmt: skip
    assert {*found.values()} == {State.UNKNOWN}


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ({State.DONE: 3}, Exit.OK),
        ({State.DONE: 3, State.UNKNOWN: 1}, Exit.BLOCKED),
        ({State.MISSING: 1, State.UNKNOWN: 1}, Exit.CHANGES),
    ],
)
def test_the_exit_code_never_takes_what_cannot_be_told_for_done(counts: Any, wanted: Exit) -> None:
    assert code(counts) is wanted


def test_a_file_outside_of_the_folder_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("x")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "secret")
    monkeypatch.chdir(inside)
    reader = Looker(lambda _: None, None, "")  # type: ignore[arg-type, return-value]
    assert reader.file("../secret") is None
    assert reader.file("link") is None
