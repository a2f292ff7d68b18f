"""A change of the environment itself is shown before everything else, and is never nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec
from .test_reviewed import LOCAL, PLACE

MOVES = {
    "the account": ('"123456789012"', '"210987654321"', "account"),
    "the region": ("region: eu-west-1", "region: us-east-1", "region"),
    "the sandbox": ("  sandbox: true\n", "", "sandbox"),
    "what may be lost": ("  region:", "  protection: {allow: [records]}\n  region:", "protection"),
    "what it uses": ("  region:", "  services: {kendra: existing}\n  region:", "services"),
    "who signs": ("  region:", "  signing: {key: alias/mine}\n  region:", "signing"),
    "where receipts are": ("  region:", "  receipts: {directory: mine}\n  region:", "receipts"),
    "who acts": (
        "  region:",
        '  roles: {apply: "arn:aws:iam::123456789012:role/mine"}\n  region:',
        "roles",
    ),
}
OFFLINE = ("plan", "--offline", "-e", "local")


def git(path: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=path, check=True, capture_output=True)


def commit(folder: Folder, words: str) -> None:
    git(folder.path, "add", "specs", "environments")
    git(folder.path, "commit", "-q", "--allow-empty", "-m", words)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path)
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", LOCAL)
    git(tmp_path, "init", "-q")
    commit(folder, "one")
    yield folder
    lifecycle.stop(folder.state)


@pytest.mark.parametrize("what", MOVES)
def test_a_move_is_said_first_at_the_terminal_and_on_the_page(what: str, folder: Folder) -> None:
    old, new, member = MOVES[what]
    folder.edit("environments/local.yaml", old, new)
    commit(folder, "two")
    said = folder.run(*OFFLINE, "--html", "plan.html").out
    assert said.index("The environment itself changes") < said.index("create")
    assert f"changes its {member}" in said
    assert "The environment itself changes" in (folder.path / "plan.html").read_text()


def test_a_move_is_said_first_in_a_comment_and_for_machines(folder: Folder) -> None:
    old, new, _ = MOVES["who acts"]
    folder.edit("environments/local.yaml", old, new)
    commit(folder, "two")
    markdown = folder.run(*OFFLINE, "--format", "markdown").out
    assert markdown.index("### The environment itself changes") < markdown.index("AWS::S3")
    found = json.loads(folder.run(*OFFLINE, "--json").out)["diagnostics"][0]
    assert (found["code"], found["at"]["file"]) == ("ENV012", "environments/local.yaml")


def test_a_place_without_a_step_is_not_nothing_to_do(folder: Folder) -> None:
    folder.run("apply", "-e", "local", "--yes", expect=0)
    old, new, _ = MOVES["who acts"]
    folder.edit("environments/local.yaml", old, new)
    commit(folder, "two")
    said = folder.run("plan", "-e", "local").out
    assert "Nothing to do" not in said
    assert "the environment itself changes" in said
    markdown = folder.run("plan", "-e", "local", "--format", "markdown").out
    assert "nothing to do" not in markdown


def test_the_base_can_be_named_and_a_new_environment_is_said_to_be_new(folder: Folder) -> None:
    old, new, _ = MOVES["the account"]
    folder.edit("environments/local.yaml", old, new)
    commit(folder, "two")
    commit(folder, "three")
    assert "ENV012" not in folder.run(*OFFLINE, "--json").out
    assert "ENV012" in folder.run(*OFFLINE, "--base", "HEAD~2", "--json").out
    folder.write("environments/other.yaml", environment("other", PLACE))
    said = folder.run("plan", "--offline", "-e", "other", "--json").out
    assert "environment 'other' is new" in said


def test_what_has_no_commit_before_is_compared_with_nothing(folder: Folder) -> None:
    assert "ENV012" not in folder.run(*OFFLINE, "--json").out
