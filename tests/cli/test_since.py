"""What an edit breaks since a commit, and where a table has the rows of a day."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import main
from reconciler.cli.verbs import explain, validate

WHERE = ["--specs", "specs", "--environments", "environments"]
ENVIRONMENT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: dev, owner: a}
spec: {platform: acme, account: "123456789012", region: eu-west-1}
"""
SPECS = """\
apiVersion: moorline/v1
kind: DataSource
metadata: {name: orders, owner: a}
spec:
  s3: {}
  format: parquet
  columns:
    id: string
    price: bigint
    day: string
  schema: {}
  partitions: {by: {day: {date: {}}}}
"""


def git(*arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    found = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True)
    return found.stdout.strip()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A platform in a repository of two commits."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("environments").mkdir()
    Path("environments/dev.yaml").write_text(ENVIRONMENT)
    Path("specs/orders.yaml").write_text(SPECS)
    git("init", "-q")
    for what in ("one", "two"):
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", what)
    return CliRunner()


def edit(old: str, new: str) -> None:
    text = Path("specs/orders.yaml").read_text()
    assert old in text
    Path("specs/orders.yaml").write_text(text.replace(old, new))


def test_an_edit_that_breaks_is_found_since_a_commit(run: CliRunner) -> None:
    fine = run.invoke(validate.command, ["--base", "HEAD", *WHERE])
    assert fine.exit_code == 0, fine.output
    edit("price: bigint", "price: int")
    found = run.invoke(validate.command, ["--base", "HEAD", *WHERE])
    assert found.exit_code == 1
    assert "SCHEMA001" in found.output
    assert "'price' is narrowed from bigint to int" in found.output
    assert "specs/orders.yaml:9:12" in found.output
    assert "set 'schema.version' to 2" in found.output
    assert run.invoke(validate.command, WHERE).exit_code == 0
    edit("schema: {}", 'schema: {version: 2, earlier: {"1": {columns: {id: string, day: string}}}}')
    left = run.invoke(validate.command, ["--base", "auto", *WHERE])
    assert "'price' is dropped" in left.output  # of the version that goes on
    edit("id: string, day", "id: string, price: bigint, day")
    assert run.invoke(validate.command, ["--base", "HEAD", *WHERE]).exit_code == 0


def test_a_commit_that_is_not_there_is_no_other_one(run: CliRunner) -> None:
    edit("price: bigint", "price: int")
    found = run.invoke(validate.command, ["--base", "nowhere", *WHERE])
    assert (found.exit_code, "SCHEMA003" in found.output) == (1, True)
    assert "SCHEMA001" not in found.output


def test_where_nothing_was_before_there_is_a_warning_and_no_mistake(run: CliRunner) -> None:
    edit("price: bigint", "price: int")
    shutil.rmtree(".git")
    found = run.invoke(validate.command, ["--base", "auto", *WHERE])
    assert (found.exit_code, "warning[SCHEMA003]" in found.output) == (0, True), found.output


@pytest.mark.parametrize(
    "told",
    [
        {"GITHUB_BASE_REF": "main"},
        {"CHANGE_TARGET": "main"},
        {"CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main"},
    ],
)
def test_each_ci_says_which_branch_a_change_goes_to(
    run: CliRunner, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    edit("price: bigint", "price: int")
    for name in ("breaks", "after"):
        git("commit", "-q", "--allow-empty", "-a", "-m", name)
    assert "SCHEMA001" not in run.invoke(validate.command, ["--base", "auto", *WHERE]).output
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert "SCHEMA001" in run.invoke(validate.command, ["--base", "auto", *WHERE]).output


def test_what_was_not_there_or_was_wrong_breaks_nothing(run: CliRunner) -> None:
    edit("price: bigint", "price: nonsense")
    git("commit", "-qam", "three")
    edit("price: nonsense", "price: int")
    assert run.invoke(validate.command, ["--base", "HEAD", *WHERE]).exit_code == 0


def test_where_a_table_has_the_rows_of_a_day(run: CliRunner) -> None:
    asked = ["acme_dev_orders_v1", "--day", "2026-11-29", *WHERE]
    found = run.invoke(explain.command, asked)
    assert "2026-11-29: s3://acme-dev-orders-123456789012/day=2026-11-29/" in found.output
    wrong = run.invoke(main, ["explain", "acme_dev_orders_v1", "--day", "2026-02-30", *WHERE])
    assert (wrong.exit_code, "there is no day" in wrong.output) == (1, True)
