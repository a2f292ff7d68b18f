"""Roles that are taken again in the sandbox while a run goes on; nothing of it is noticed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG

from reconciler.aws.clients import BotoClients
from reconciler.aws.clock import FakeClock
from reconciler.aws.connect import Credentials, become, connect
from reconciler.aws.errors import Expired
from reconciler.aws.lend import FILE, HOUR, NAME, ROLE as ROLE_ARN, ambient
from reconciler.aws.session import Session
from reconciler.aws.token import BEARER, GITHUB, URL
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox

from . import specs
from .platform import Platform

ROLE = f"arn:aws:iam::{ACCOUNT}:role/moorline-apply"
HERE = f"arn:aws:iam::{ACCOUNT}:root"
ISSUER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
AUDIENCE = "sts.amazonaws.com"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-apply"


def may(action: str, **principal: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action}


def role(aws: Sandbox, name: str = "moorline-apply", longest: int = 14400) -> None:
    """A role that this account and GitHub's jobs may take, and that may do everything."""
    trust = [may("sts:AssumeRole", AWS=HERE)]
    trust += [may("sts:AssumeRoleWithWebIdentity", Federated=ISSUER)]
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    iam = aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, MaxSessionDuration=longest)
    all_ = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [all_]})
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=text)


def clients(lent: Credentials) -> BotoClients:
    return BotoClients(REGION, credentials=lent)


costly = pytest.mark.skipif(not LONG, reason="many clients are made; in make test-long")
KEYS = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}


@costly
def test_an_apply_of_hours_goes_on_in_session_after_session(
    platform: Platform, aws: Sandbox
) -> None:
    role(aws)
    session = Session(clients(KEYS), clock=FakeClock())
    platform.session = become(session, ACCOUNT, ROLE, clients)
    platform.text = specs.RAW
    plan = platform.plan()

    def hours(_event: object) -> None:
        aws.clock.advance(HOUR + 1)

    run = platform.apply(plan, sink=hours)
    assert (run.failures, run.skipped) == ({}, {})
    assert aws.calls["sts.AssumeRole"] > 2
    assert session.caller == f"{CALLER}/moorline-moto"


@costly
def test_without_what_lends_it_the_role_is_over(platform: Platform, aws: Sandbox) -> None:
    role(aws)
    session = become(Session(clients(KEYS), clock=FakeClock()), ACCOUNT, ROLE, clients)
    session.send("iam", "list_roles", {})
    aws.clock.advance(HOUR + 1)
    aws.expire("sandbox")
    with pytest.raises(Expired):
        session.send("iam", "list_roles", {})


def jwt(exp: float) -> str:
    said = {"exp": exp, "iss": f"https://{GITHUB}", "sub": "job", "aud": AUDIENCE}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


@pytest.fixture
def job(aws: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a job that has a token of GitHub in a file."""
    role(aws)
    aws.client("iam").create_open_id_connect_provider(
        Url=f"https://{GITHUB}", ClientIDList=[AUDIENCE]
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "token").write_text(jwt(aws.clock.now() + 300))
    environ = {FILE: str(tmp_path / "token"), ROLE_ARN: ROLE, NAME: "moorline-7"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ


def worked(environ: dict[str, str], *, long: bool = False) -> Session:
    return connect(ACCOUNT, REGION, role=ROLE, clock=FakeClock(), long=long, environ=environ)


def test_a_job_s_token_gives_a_session_as_long_as_the_role_allows(
    aws: Sandbox, job: dict[str, str]
) -> None:
    session = worked(job, long=True)
    assert session.caller == f"{CALLER}/moorline-7"
    again = {**job, URL: "http://127.0.0.1:9/", BEARER: "b"}
    assert ambient(REGION, FakeClock(), again, (HOUR,)).lasting().ends is None
    aws.clock.advance(4 * HOUR - 60)
    session.send("iam", "list_roles", {})
    assert aws.calls["sts.AssumeRoleWithWebIdentity"] == 3, "twelve hours were refused first"
    assert session.held is not None
    assert session.held.lasting().ends is not None, (
        "it is no job of GitHub's, as far as can be seen"
    )


@costly
def test_a_token_file_that_is_written_again_is_read_again(
    aws: Sandbox, job: dict[str, str]
) -> None:
    session = worked(job)
    aws.clock.advance(HOUR + 1)
    Path(job[FILE]).write_text(jwt(aws.clock.now() + 300))
    session.send("iam", "list_roles", {})
    assert session.caller == f"{CALLER}/moorline-7"


@costly
def test_a_token_that_is_over_ends_what_it_gave(aws: Sandbox, job: dict[str, str]) -> None:
    session = worked(job)
    aws.clock.advance(HOUR + 1)
    with pytest.raises(Expired) as said:
        session.send("iam", "list_roles", {})
    assert said.value.code == "ExpiredToken"
