"""What the sandbox's roles of an environment suffice for: types, and names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from reconciler.access.model import Named
from reconciler.cli.frame.project import Project
from reconciler.cli.world.embedded import _spelled_out
from reconciler.delivery.local import made
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .judged import ACCOUNT, Known, Role, one

SPECS = """\
apiVersion: moorline/v1
kind: Resource
metadata: {name: events}
spec: {type: AWS::Kinesis::Stream, properties: {ShardCount: 1}}
---
apiVersion: moorline/v1
kind: Resource
metadata: {name: odd}
spec: {type: [AWS::SQS::Queue]}
---
apiVersion: moorline/v1
kind: Resource
metadata: {name: none}
---
- no mapping
---
apiVersion: moorline/v1
kind: Security
metadata: {name: core}
spec: {type: AWS::SNS::Topic}
"""


def test_types_that_specs_name_themselves_are_added(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "environments").mkdir()
    (tmp_path / "specs" / "all.yaml").write_text(SPECS, encoding="utf-8")
    project = Project(tmp_path / "specs", tmp_path / "environments", as_json=False, no_color=True)
    assert _spelled_out(project) == ("AWS::Kinesis::Stream",)


ENVIRONMENT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: my-dev}
spec:
  platform: my-shop
  account: "123456789012"
  region: eu-west-1
  sandbox: true
  roles:
    plan: arn:aws:iam::123456789012:role/moorline-plan
    apply: arn:aws:iam::123456789012:role/moorline-apply
"""
ASKED = {
    "a secret that a spec names": ("secretsmanager", "GetSecretValue", {"SecretId": "any/name"}),
    "a database, whose name has no hyphens": (
        "glue",
        "CreateDatabase",
        {"DatabaseInput": {"Name": "my_shop_my_dev_orders"}},
    ),
    "a table in it": (
        "glue",
        "DeleteTable",
        {"DatabaseName": "my_shop_my_dev_orders", "Name": "my_shop_my_dev_orders_v1"},
    ),
}
OTHERS = {
    "another one's database": (
        "glue",
        "CreateDatabase",
        {"DatabaseInput": {"Name": "my_shop_your_dev_orders"}},
    ),
}


@cache
def role() -> Role:
    view, found = overlay.resolve(parse(ENVIRONMENT.encode(), "my-dev.yaml").documents, "my-dev")
    assert view is not None, found
    said = made(view)[f"arn:aws:iam::{ACCOUNT}:role/moorline-apply"]["policies"]
    return Role("moorline-apply", tuple(Named(name, each) for name, each in said.items()))


@pytest.mark.parametrize("what", [*ASKED, *OTHERS])
def test_they_suffice_for_every_name_that_the_compiler_gives_and_for_no_other(what: str) -> None:
    service, operation, params = {**ASKED, **OTHERS}[what]
    questions = one(service, operation, Known(), **params).questions
    assert questions
    assert bool(role().refused(questions)) == (what in OTHERS)
