"""A plan without AWS: what the last receipt left against the specs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reconciler import engine
from reconciler.cli.frame.project import Project
from reconciler.cli.world import live, offline as preview
from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.delivery.actions import reads, writes
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.receipts.local import LocalStore
from reconciler.resources import api as resources
from reconciler.resources.permissions import permission
from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import release, upload
from tests.cli.conftest import ARTIFACTS, MODEL_FILE, REGISTRY, SECRET, TOKEN
from tests.cli.folder import Folder, copy_example, copy_files


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The example platform, applied once; nothing reads the sandbox afterwards."""
    folder = Folder(tmp_path_factory.mktemp("offline"))
    copy_example(folder.path)
    folder.run("apply", "-e", "local", "--yes", expect=0)  # the buckets; a rollout waits for a file
    release(folder.client("sagemaker"), folder.client("s3"), REGISTRY, ARTIFACTS)
    upload(folder.client("s3"), ARTIFACTS, MODEL_FILE)
    folder.client("secretsmanager").create_secret(Name=SECRET, SecretString=TOKEN)
    folder.run("apply", "-e", "local", "--yes", expect=0)
    lifecycle.stop(folder.state)
    return folder


def receipt(folder: Folder) -> Receipt:
    last = LocalStore(folder.path / ".moorline/receipts/local").latest()
    assert last is not None
    return last


def plan(path: Path, last: Receipt | None) -> Plan:
    project = Project(path / "specs", path / "environments")
    view = project.view("local")
    specs, found = project.checked(view)
    assert not any(each.is_error for each in found)
    policy = compiler.policy_of(view, today=date(2026, 11, 23))
    return engine.plan_offline(Request(specs, view, policy), last)


def test_what_was_applied_needs_nothing(applied: Folder) -> None:
    made = plan(applied.path, receipt(applied))

    assert (made.steps, made.observed_calls) == ((), 0)
    assert made.unchanged > 40
    assert {found.code for found in made.diagnostics} == {"OFFLINE001", "OFFLINE002"}


def test_without_a_receipt_everything_is_new(applied: Folder) -> None:
    made = plan(applied.path, None)

    assert {step.action for step in made.steps} == {Action.CREATE}
    assert made.diagnostics[0].code == "OFFLINE001"


def test_an_edit_shows_as_the_change_that_aws_would_show(applied: Folder, tmp_path: Path) -> None:
    copy_files(applied.path, tmp_path)
    path = next((tmp_path / "specs").rglob("customer.yaml"))
    text = path.read_text()
    path.write_text(text.replace("  features:\n", "  features:\n    added_here: integral\n", 1))
    assert path.read_text() != text

    made = plan(tmp_path, receipt(applied))

    changed = [step for step in made.steps if step.address.type == "AWS::SageMaker::FeatureGroup"]
    assert [step.action for step in changed] == [Action.UPDATE]
    assert any("added_here" in each.path for each in changed[0].fields)


def test_the_command_finds_the_newest_receipt(
    applied: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(applied.path)
    project = Project(Path("specs"), Path("environments"))

    made = preview.plan(project, live.request_of(project, "local"), None)

    assert made.steps == ()
    assert made.unchanged > 40


def test_destroy_deletes_what_the_receipt_knows(
    applied: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(applied.path)
    project = Project(Path("specs"), Path("environments"))

    request = live.request_of(project, "local", destroy=True)
    made = preview.plan(project, request, None)

    assert {step.action for step in made.steps} == {Action.DELETE}
    assert {step.destroys for step in made.steps} >= {"records", "traffic", "keys"}


def test_the_roles_suffice_for_what_an_apply_called(applied: Folder) -> None:
    last, known = receipt(applied), resources.load()
    slots = {"partition": "aws", "region": "eu-west-1", "account": "1", "environment": "local",
             "platform": "acme", "prefix": "acme-local-"}  # fmt: skip
    types = [known[type_] for type_ in {at.type for at in last.resources}]
    changes = {action for grant in writes(types, slots) for action in grant.actions}
    every = reads(types) | changes

    store = LocalStore(applied.path / ".moorline/receipts/local")
    kept = [found for id_ in store.ids() if (found := store.read(id_))]
    called = {(call.service, call.method) for each in kept for call in each.calls}

    assert len(called) > 20
    assert {each for call in called for each in permission(*call)} <= every
