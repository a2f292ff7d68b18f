"""The jobs of GitLab, Jenkins and CodePipeline as written, run as the roles that each has there.

The environments are no sandboxes: Moorline takes them for AWS, whose address is the sandbox's. A
job has what its CI system gives it, a token for AWS or a builder's role in another account, and the
roles are those of the written template. IAM is enforced, also on the tokens.
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from sweeps import LONG, only_long

from reconciler.delivery import resolve
from reconciler.sandbox import lifecycle
from tests.cli import forks
from tests.cli.mistakes import environment, spec
from tests.forge.server import Running
from tests.forge.store import BOT, TOKEN, Store

from . import jobs
from .jobs import Job, Stack
from .merging import running
from .runner import BIN, LIMIT, Ran, Runner

ACCOUNT, DELIVERY, REGION = "123456789012", "999988887777", "eu-west-1"
NAMES = {"gitlab": "lab", "jenkins": "hand", "codepipeline": "pipe"}
ISSUERS = ("gitlab.com", "jenkins.example.com/oidc")
PLACE = """\
  platform: acme
  account: "123456789012"
  region: eu-west-1
  protection: {{allow: [records, keys]}}
  receipts: {{bucket: acme-{name}-receipts}}
  roles:
    plan: arn:aws:iam::123456789012:role/moorline-{name}-plan
    apply: arn:aws:iam::123456789012:role/moorline-{name}-apply
"""
KEY = "  keys: {data: {description: Card data.}}\n"
KEPT = f"arn:aws:secretsmanager:{REGION}:{DELIVERY}:secret:{{}}"
CHANGE, MAIN = 7, "main"


def bucket(name: str) -> str:
    return spec("DataSource", name, "  s3: {}\n")


def token(issuer: str, subject: str, audience: str) -> str:
    """An identity token; nobody looks at its signature here."""
    claims = {"iss": f"https://{issuer}", "sub": subject, "aud": audience, "exp": 9_999_999_999}
    body = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


@dataclass
class Ci:
    """A repository that one CI system delivers to one environment."""

    provider: str
    runner: Runner
    forge: Running
    aws: Aws
    merges: dict[str, int]
    made: dict[str, str] = field(default_factory=dict)
    stack: Stack | None = None
    branch: str = MAIN

    @property
    def name(self) -> str:
        return NAMES[self.provider]

    @property
    def store(self) -> Store:
        return self.forge.state.gitlab if self.provider == "gitlab" else self.forge.state.github

    def push(self, branch: str, file: str, body: str) -> None:
        self.runner.git("checkout", "-q", "-B", branch)
        (self.runner.path / file).write_text(body)
        self.runner.git("add", "-A")
        self.runner.git("commit", "-qm", file)
        self.branch = branch

    def merge(self, branch: str) -> None:
        self.runner.git("checkout", "-q", MAIN)
        self.runner.git("merge", "-q", "--no-ff", "-m", "merge", branch)
        self.merges[self.runner.git("rev-parse", "HEAD")] = CHANGE
        self.branch = MAIN

    # -- what the CI system runs

    def review(self) -> list[Ran]:
        return [self.run(each, change=True) for each in self._jobs("review")]

    def deploy(self) -> list[Ran]:
        """The plan of a merge and, where it may, its apply."""
        return self._all("plan", "apply")

    def morning(self) -> Ran:
        (only,) = self._all("drift")
        return only

    def by_hand(self, action: str, *, looks: bool = True) -> list[Ran]:
        """What somebody starts with MOORLINE_ACTION, who looks first."""
        chosen = {"MOORLINE_ACTION": action, "MOORLINE_TARGET": self.name}
        found = [*(self._jobs("look", **chosen) if looks else ()), *self._jobs(action, **chosen)]
        return [self.run(each) for each in found]

    def _all(self, *whats: str) -> list[Ran]:
        ran: list[Ran] = []
        for what in whats:
            for each in self._jobs(what):
                ran.append(self.run(each))
                if ran[-1].code:
                    return ran
        return ran

    def _jobs(self, what: str, **chosen: str) -> list[Job]:
        name = self.name
        if self.provider == "gitlab":
            called = {"review": f"plan {name} for review", "look": f"look at {name}"}
            if chosen and what != "look":
                called[what] = f"{what} {name} by hand"
            job = called.get(what, f"{what} {name}")
            return [jobs.gitlab(self.made, job, {**self._lab(), **chosen})]
        if self.provider == "jenkins":
            stage = {"review": "Change request", "drift": "Drift"}.get(what, f"Apply to {name}")
            found = [*jobs.jenkins(self.made, stage)]
            return {"plan": found[:1], "apply": found[1:]}.get(what, found)
        assert self.stack is not None
        project = {"review": "PullRequest", "plan": "Plan", "apply": "Apply", "drift": "Drift"}
        action = f"{name}/{project[what]}" if what in {"plan", "apply"} else ""
        return [jobs.codepipeline(self.made, self.stack, project[what], action, secret=TOKEN)]

    def shell(self, text: str) -> Ran:
        """A command as the role of the job that looks."""
        (look,) = self._jobs("look", MOORLINE_TARGET=self.name)
        return self.run(replace(look, shells=(*look.shells[:1], text)))

    def run(self, job: Job, *, change: bool = False) -> Ran:
        home = self.runner.artifacts
        known = {**self._always(change=change), **job.variables, **self._ambient(job)}
        known["MOORLINE_COMMIT"] = self.runner.git("rev-parse", "HEAD")
        script = "\n".join(job.shells) if self.provider == "gitlab" else ""
        ran = Ran()
        for number, text in enumerate([script] if script else job.shells):
            (home / f"step-{number}.sh").write_text(text)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", home / f"step-{number}.sh"],
                cwd=self.runner.path, env=known, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, timeout=LIMIT, check=False,
            )  # fmt: skip
            ran.code, ran.text = done.returncode, ran.text + done.stdout + done.stderr
            if ran.code:
                ran.text += self.said()
                break
        return ran

    def said(self, pattern: str = "*.json") -> str:
        """What is found in the documents that the last step left."""
        left = [*self.runner.path.glob(f"moorline-out/{pattern}")]
        return "".join(str(json.loads(each.read_text())["diagnostics"]) for each in left)

    def _always(self, *, change: bool) -> dict[str, str]:
        home = self.runner.artifacts
        known = {
            "PATH": f"{self.runner.programs}:{BIN}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_STATE_HOME": os.environ["XDG_STATE_HOME"],
            "CI": "true",
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "MOORLINE_LINK": "https://ci.test/1",
            "MOORLINE_ENVIRONMENT": self.name,
        }
        if self.provider != "gitlab":
            known["GITHUB_API_URL"] = self.forge.github
        if self.provider == "jenkins":
            known["GITHUB_TOKEN"] = TOKEN
        if change and self.provider == "jenkins":
            known["CHANGE_ID"] = str(CHANGE)
        if change and self.provider == "codepipeline":
            known["CODEBUILD_WEBHOOK_TRIGGER"] = f"pr/{CHANGE}"
        return known

    def _lab(self) -> dict[str, str]:
        return {
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": self.forge.gitlab,
            "CI_PROJECT_ID": "1",
            "CI_PIPELINE_ID": "41",
            "CI_PIPELINE_URL": "https://gitlab.test/pipelines/41",
            "CI_JOB_ID": "42",
            "CI_BUILDS_DIR": str(self.runner.artifacts),
            "CI_MERGE_REQUEST_IID": "" if self.branch == MAIN else str(CHANGE),
            "CI_COMMIT_SHA": self.runner.git("rev-parse", "HEAD"),
        }

    def _ambient(self, job: Job) -> dict[str, str]:
        """What the CI system gives of AWS: a token, or the builder's credentials."""
        if self.provider == "gitlab":
            subject = f"project_path:acme/platform:ref_type:branch:ref:{self.branch}"
            return {"MOORLINE_ID_TOKEN": token(ISSUERS[0], subject, job.audience)}
        if self.provider == "jenkins":
            called = MAIN if self.branch == MAIN else f"PR-{CHANGE}"
            subject = f"https://jenkins.example.com/job/acme/job/{called}/"
            file = self.runner.artifacts / "token"
            file.write_text(token(ISSUERS[1], subject, job.audience))
            return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "MOORLINE_AUTHOR": BOT}
        assert self.stack is not None
        return self.aws.keys(self.stack.arn(job.builder))


@dataclass
class Aws:
    """The sandbox that stands for AWS."""

    folder: Path
    url: str
    control: Any

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def keys(self, role: str) -> dict[str, str]:
        found = self.client("sts").assume_role(RoleArn=role, RoleSessionName="AWSCodeBuild-1")
        lent = found["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": lent["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": lent["SecretAccessKey"],
            "AWS_SESSION_TOKEN": lent["SessionToken"],
        }

    def writers(self, of: str) -> set[str]:
        """The roles that sent a call with a name in its parameters."""
        found = set()
        for page in self.client("cloudtrail").get_paginator("lookup_events").paginate():
            for each in page["Events"]:
                event = json.loads(each["CloudTrailEvent"])
                if of in json.dumps(event.get("requestParameters")):
                    found.add(event["userIdentity"].get("arn", ""))
        return found


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = lifecycle.folder_of(tmp_path_factory.mktemp("aws"))
    there = lifecycle.ensure(folder, account=ACCOUNT, region=REGION)
    found = Aws(folder, there.url, lambda path, said: lifecycle.control(there, path, said))
    for issuer in ISSUERS:
        found.client("iam").create_open_id_connect_provider(
            Url=f"https://{issuer}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
        )
    try:
        yield found
    finally:
        lifecycle.stop(folder)


@pytest.fixture(scope="module", params=sorted(NAMES) if LONG else ["gitlab"])
def ci(
    request: pytest.FixtureRequest, aws: Aws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ci]:
    home = tmp_path_factory.mktemp(request.param)
    merges: dict[str, int] = {}
    with running(merges) as forge:
        yield delivered(request.param, home, aws, forge, merges)


def delivered(provider: str, home: Path, aws: Aws, forge: Running, merges: dict[str, int]) -> Ci:
    """A repository with its delivery files, whose roles and bucket of receipts are there."""
    path, name = home / "repository", NAMES[provider]
    for folder in ("specs", "environments"):
        (path / folder).mkdir(parents=True)
    (path / ".gitignore").write_text(".moorline/\nmoorline-out/\n")
    (path / "specs/core.yaml").write_text(spec("Security", "core", KEY))
    (path / "specs/ledger.yaml").write_text(bucket("ledger"))
    (path / f"environments/{name}.yaml").write_text(environment(name, PLACE.format(name=name)))
    (home / "artifacts").mkdir()
    runner = Runner(path, forge.github, TOKEN, home / "artifacts", programs=forks.program(home))
    runner.git("init", "-qb", MAIN)
    runner.git("remote", "add", "origin", f"https://{provider}.test/acme/platform.git")
    made = runner.moorline("ci", "init", "--provider", provider)
    assert made.code == 0, made.err
    runner.git("add", "-A")
    runner.git("commit", "-qm", "start")
    files = [each for each in path.rglob("*") if each.is_file() and ".git/" not in str(each)]
    found = Ci(provider, runner, forge, aws, merges)
    found.made = {str(each.relative_to(path)): each.read_text() for each in files}
    aws.client("s3").create_bucket(
        Bucket=f"acme-{name}-receipts", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    given: dict[str, Any] = {}
    if provider == "codepipeline":
        found.stack = Stack.of(
            found.made, DELIVERY, CommentAuthor=BOT, ConnectionArn=KEPT.format("connection"),
            CommentTokenSecret=KEPT.format("comment"), TokenSecret=KEPT.format("read"),
        )  # fmt: skip
        aws.control("iam", {"roles": found.stack.roles()})
        given["PlanPrincipals"] = found.stack.output("PlanPrincipals").split(",")
        given["ApplyPrincipal"] = found.stack.output("ApplyPrincipal")
    text = found.made["delivery/aws-roles.yaml"]
    roles = resolve.policies(text, name, ACCOUNT, REGION, given)
    aws.control("iam", {"roles": {
        f"arn:aws:iam::{ACCOUNT}:role/{called}": {
            "trust": role.trust,
            "policies": {f"p{number}": each for number, each in enumerate(role.policies)},
        }
        for called, role in roles.items()
    }})  # fmt: skip
    return found


def test_a_change_is_reviewed_merged_applied_and_watched(ci: Ci) -> None:
    ci.push("feature", "specs/archive.yaml", bucket("archive"))
    reviewed = ci.review()
    assert [ran.code for ran in reviewed] == [0], [ran.text for ran in reviewed]
    assert [note.change for note in ci.store.notes] == [CHANGE]
    assert "AWS001" not in ci.said("plan.json")  # also of types that the specs do not have
    ci.merge("feature")

    deployed = ci.deploy()

    assert [ran.code for ran in deployed] == [0, 0], [ran.text for ran in deployed]
    assert f"reviewed in #{CHANGE}" in deployed[0].text
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-{ci.name}-apply/moorline-"
    writers = ci.aws.writers(f"acme-{ci.name}-archive")
    assert writers
    assert all(each.startswith(session) for each in writers), writers

    ci.aws.client("s3").put_bucket_versioning(
        Bucket=f"acme-{ci.name}-archive-{ACCOUNT}", VersioningConfiguration={"Status": "Suspended"}
    )
    ran = ci.morning()
    assert ran.code == 0, ran.text
    assert [each.title for each in ci.store.tickets] == [
        f"Drift in {ci.name}: 1 resource differs from the specs (1 changed by hand)"
    ]


@only_long
@pytest.mark.parametrize("ci", ["gitlab"], indirect=True)
def test_what_failed_is_resumed_and_what_was_done_is_undone_by_hand(ci: Ci) -> None:
    ci.push(MAIN, "specs/second.yaml", bucket("second"))
    ci.aws.control("faults", {
        "service": "s3", "operation": "PutBucketVersioning", "code": "InvalidBucketState",
    })  # fmt: skip

    looked, failed = ci.by_hand("apply")
    assert (looked.code, failed.code) == (0, 1), (looked.text, failed.text)
    assert "InvalidBucketState" in failed.text
    (resumed,) = ci.by_hand("resume", looks=False)
    assert resumed.code == 0, resumed.text
    ran = ci.by_hand("revert")

    assert [each.code for each in ran] == [0, 0], [each.text for each in ran]
    there = [each["Name"] for each in ci.aws.client("s3").list_buckets()["Buckets"]]
    assert f"acme-lab-archive-{ACCOUNT}" in there
    assert f"acme-lab-second-{ACCOUNT}" not in there
    told = ci.shell("moorline history --json")
    results = [each["result"] for each in json.loads(told.text)["receipts"]]
    assert results == ["done", "done", "failed", "done"], told.text


@pytest.mark.parametrize("ci", ["gitlab"], indirect=True)
def test_a_branch_gets_the_plan_role_and_not_the_apply_role(ci: Ci) -> None:
    """Whoever may push a branch may write any job into it."""
    ci.push(MAIN, "specs/third.yaml", bucket("third"))
    (look,) = ci._jobs("look", MOORLINE_ACTION="apply", MOORLINE_TARGET=ci.name)
    assert ci.run(look).code == 0
    ci.branch = "feature"
    (apply,) = ci._jobs("apply")
    ran = ci.run(apply)
    ci.branch = MAIN

    assert ran.code == 1, ran.text
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in ran.text
    assert "AWS001" in ran.text


@only_long
@pytest.mark.parametrize("ci", ["codepipeline"], indirect=True)
def test_the_builder_that_plans_cannot_apply(ci: Ci) -> None:
    assert ci.stack is not None
    (plan,), (apply,) = ci._jobs("plan"), ci._jobs("apply")
    ci.run(plan)  # which leaves its file
    for builder in ("PlanBuilder", "PullRequestBuilder"):
        ran = ci.run(replace(apply, builder=builder))

        assert ran.code == 1
        assert f"role/moorline-{ci.name}-apply" in ran.text
        assert "is not authorized to perform: sts:AssumeRole" in ran.text
