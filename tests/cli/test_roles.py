"""Commands on the sandbox work as the environment's roles, which the sandbox holds to IAM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweeps import only_long

from reconciler.cli.frame.project import Exit
from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec

ACCOUNT = "123456789012"
PLAN, APPLY = (f"arn:aws:iam::{ACCOUNT}:role/moorline-{verb}" for verb in ("plan", "apply"))
BODY = f"""\
  platform: acme
  sandbox: true
  account: "123456789012"
  region: eu-west-1
  roles: {{plan: "{PLAN}", apply: "{APPLY}"}}
"""
LOCAL = ("-e", "local", "--json")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path)
    made.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    made.write("environments/local.yaml", environment("local", BODY))
    yield made
    lifecycle.stop(made.state)


def allow(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"own": {"Version": "2012-10-17", "Statement": [statement]}}


@only_long
def test_apply_writes_as_its_role_under_a_name_that_says_who(folder: Folder) -> None:
    folder.run("apply", *LOCAL, expect=Exit.OK)

    events = folder.client("cloudtrail").lookup_events()["Events"]
    assert events
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-apply/moorline-"
    assert all(session in each["CloudTrailEvent"] for each in events)
    assert folder.run("plan", *LOCAL, "--detailed-exitcode").code == Exit.OK
    assert folder.run("drift", *LOCAL).code == Exit.OK


def test_a_role_that_may_not_write_is_refused_and_says_what_for(folder: Folder) -> None:
    folder.run("plan", *LOCAL, expect=Exit.OK)  # the roles are there now
    folder.control("iam", {"roles": {APPLY: {"policies": allow("s3:Get*", "s3:List*", "tag:*")}}})
    before = folder.writes

    said = folder.run("apply", *LOCAL)

    assert said.code == Exit.ERROR
    assert "is not authorized to perform: s3:CreateBucket on resource" in said.text
    assert folder.client("s3").list_buckets()["Buckets"] == []
    assert {*folder.writes} - {*before} == {"s3.CreateBucket"}


@only_long
def test_a_role_that_may_not_read_knows_nothing(folder: Folder) -> None:
    folder.run("apply", *LOCAL, expect=Exit.OK)
    folder.control("iam", {"roles": {PLAN: {"policies": allow("sts:*")}}})

    said = folder.run("plan", *LOCAL, "--detailed-exitcode")

    assert (said.code, said.steps, {*said.codes}) == (Exit.ERROR, [], {"AWS001"})


def test_a_role_that_is_gone_ends_it_before_anything(folder: Folder) -> None:
    folder.run("plan", *LOCAL, expect=Exit.OK)
    folder.client("iam").delete_role_policy(RoleName="moorline-plan", PolicyName="moorline-1")
    iam, role = folder.client("iam"), {"RoleName": "moorline-plan"}
    for name in iam.list_role_policies(**role)["PolicyNames"]:
        iam.delete_role_policy(**role, PolicyName=name)
    iam.delete_role(**role)

    said = folder.run("plan", *LOCAL)

    assert (said.code, said.codes) == (Exit.ERROR, ["AWS001"])


@only_long
def test_without_roles_the_sandbox_s_administrator_works(folder: Folder) -> None:
    body = BODY.rpartition("  roles")[0]
    folder.write("environments/local.yaml", environment("local", body))

    folder.run("apply", *LOCAL, expect=Exit.OK)
    assert "sts.AssumeRole" not in folder.calls
