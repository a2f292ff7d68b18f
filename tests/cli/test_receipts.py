"""Receipts from the command line: what apply leaves, history, causes, revert, resume, the lease."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.cli.frame.project import Exit
from reconciler.cli.world import receipts
from reconciler.cli.world.book import Book
from reconciler.model.receipt import Receipt, ReceiptError, Result
from reconciler.receipts.lease import Lease
from reconciler.receipts.local import LocalStore
from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec

BUCKET = "acme-local-ledger-123456789012"
KEPT = "acme-receipts"
CANARY = "canary-4f2c9e1-do-not-keep"
BODY = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
GIT = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@t", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Folder, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder.path,
        env={**os.environ, **GIT},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Folder) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    return git(folder, "rev-parse", "HEAD")


def made(path: Path) -> Folder:
    """One bucket in an environment of its own, in a repository."""
    folder = Folder(path)
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", environment("local", BODY))
    folder.write(".gitignore", ".moorline/\n")
    git(folder, "init", "-q")
    return folder


def versioning(folder: Folder, status: str) -> None:
    """Somebody with a console."""
    setting = {"Status": status}
    folder.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=setting)


def owner(folder: Folder) -> str:
    tags = folder.client("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    return next(tag["Value"] for tag in tags if tag["Key"] == "owner")


def files(folder: Folder, name: str = "local") -> list[Path]:
    return sorted((folder.path / ".moorline/receipts" / name).glob("*.json"))


def without_causes(plan: Any) -> Any:
    """What receipts, and CloudTrail with them, do not tell."""
    del plan["summary"]["calls_made"]
    for step in plan["steps"]:
        del step["by"]
        for part in (step, *step["fields"]):
            del part["cause"]
    return plan


@dataclass(frozen=True, slots=True)
class Story:
    folder: Folder
    commits: list[str]
    said: dict[str, Any]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Two commits are applied, somebody intervenes, and the first commit comes back."""
    folder = made(tmp_path_factory.mktemp("receipts"))
    said: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOME_API_TOKEN", CANARY)
        first = commit(folder)
        said["first"] = folder.run("apply", "-e", "local", "--json", expect=0).json
        said["nothing"] = folder.run("apply", "-e", "local", "--json", expect=0).json
        folder.edit("specs/ledger.yaml", "owner: team", "owner: others")
        versioning(folder, "Suspended")
        said["drift"] = folder.run("drift", "-e", "local", "--json", expect=4).json
        said["drift text"] = folder.run("drift", "-e", "local", expect=4).out
        said["plan"] = folder.run("plan", "-e", "local", "--json", expect=0).json
        aside = folder.path / "aside"
        (folder.path / ".moorline/receipts").rename(aside)
        said["plan without"] = folder.run("plan", "-e", "local", "--json", expect=0).json
        aside.rename(folder.path / ".moorline/receipts")
        second = commit(folder)
        said["second"] = folder.run("apply", "-e", "local", "--yes", expect=0)
        said["history"] = folder.run("history", "-e", "local", "--json", expect=0).json
        said["table"] = folder.run("history", "-e", "local", expect=0).out
        writes = folder.writes
        said["way back"] = folder.run("revert", "-e", "local", "--json", expect=0).json
        said["way back as text"] = folder.run("revert", "-e", "local", expect=0).out
        assert (folder.writes, owner(folder)) == (writes, "others")
        said["back"] = folder.run("revert", "-e", "local", "--yes", "--json", expect=0).json
        said["owner"] = owner(folder)
    yield Story(folder, [first, second], said)
    lifecycle.stop(folder.state)


def test_apply_says_where_its_receipt_is(story: Story) -> None:
    told = story.said["first"]["receipt"]
    assert told["problems"] == []
    assert told["at"] == f".moorline/receipts/local/{told['id']}.json"
    kept = json.loads((story.folder.path / told["at"]).read_bytes())
    assert (kept["commit"], kept["changed"]) == (story.commits[0], False)
    assert kept["plan"] == story.said["first"]["plan"]["digest"]
    assert [step["result"] for step in kept["steps"]] == ["done"]
    assert kept["calls"][0]["method"] == "create_bucket"
    assert kept["resources"][f"AWS::S3::Bucket/{BUCKET}"]["by"] == told["id"]


def test_an_apply_that_has_nothing_to_do_leaves_none(story: Story) -> None:
    nothing = {"id": "", "at": "", "left_out": [], "problems": [], "waits": []}
    assert story.said["nothing"]["receipt"] == nothing
    assert len(files(story.folder)) == 3


def test_no_receipt_holds_a_secret_of_the_environment_or_a_parameter(story: Story) -> None:
    for path in files(story.folder):
        text = path.read_text()
        assert CANARY not in text
        assert "CreateBucketConfiguration" not in text
        assert os.uname().nodename not in json.loads(text)["who"]


FILTERS = [
    (("--verb", "update", "--kind", "DataSource", "--who", getpass.getuser().upper()), 2),
    (("--since", "1h", "--spec", "*/ledger", "--address", "AWS::S3::Bucket/*"), 3),
    (("-n", "1", "--outcome", "done"), 1),
]


@pytest.mark.parametrize(("asked", "number"), FILTERS)
def test_history_shows_what_passes_all_filters(
    story: Story, asked: tuple[str, ...], number: int
) -> None:
    shown = story.folder.run("history", "-e", "local", "--json", *asked, expect=0).json
    assert len(shown["receipts"]) == number, shown


def test_drift_tells_the_spec_from_the_hand(story: Story) -> None:
    (bucket,) = story.said["drift"]["drifted"]
    causes = {field["path"][0]: field["cause"] for field in bucket["fields"]}
    assert causes == {"Tags": "spec-changed", "VersioningConfiguration": "changed-by-hand"}
    assert "changed by hand; apply restores Enabled" in story.said["drift text"]


def test_without_receipts_the_plan_is_the_same_but_for_its_causes(story: Story) -> None:
    with_, without = story.said["plan"], story.said["plan without"]
    causes = {field["cause"] for step in without["steps"] for field in step["fields"]}
    assert causes == {"unknown"}
    assert json.dumps(without_causes(with_)) == json.dumps(without_causes(without))


def test_history_lists_applies_newest_first(story: Story) -> None:
    rows = story.said["history"]["receipts"]
    assert [row["commit"] for row in rows] == story.commits[::-1]
    assert [row["steps"] for row in rows] == [{"done": 1}] * 2
    for row in rows:
        assert row["id"] in story.said["table"]
        assert row["commit"][:7] in story.said["table"]


def test_history_shows_one_apply_in_full(story: Story) -> None:
    id_ = story.said["first"]["receipt"]["id"]
    folder = story.folder
    assert "s3.create_bucket" in folder.run("history", id_, "-e", "local", expect=0).out
    one = folder.run("history", id_[:19], "-e", "local", "--json", expect=0).json
    assert (one["id"], one["format_version"]) == (id_, 1)
    assert folder.run("history", "1999", "-e", "local", "--json", expect=1).codes == ["RECEIPT003"]


def test_revert_plans_the_way_back_and_goes_it_only_with_yes(story: Story) -> None:
    (step,) = story.said["way back"]["steps"]
    assert [field["path"] for field in step["fields"]] == [["Tags", "owner"]]
    assert "others → team" in story.said["way back as text"]
    assert story.said["owner"] == "team"
    kept = json.loads(files(story.folder)[-1].read_bytes())
    assert kept["commit"] == story.commits[0]
    assert kept["reverts"] == story.said["first"]["receipt"]["id"]
    assert "owner: others" in (story.folder.path / "specs/ledger.yaml").read_text()


@pytest.mark.parametrize(
    "change",
    [{"commit": ""}, {"commit": "f" * 40}, {"changed": True}],
    ids=["no commit", "a commit that is nowhere", "files that were in no commit"],
)
def test_revert_refuses(story: Story, tmp_path: Path, change: dict[str, Any]) -> None:
    kept = json.loads(files(story.folder)[0].read_bytes())
    path = files(story.folder)[0].with_name("19990101.json")
    path.write_text(json.dumps({**kept, "id": path.stem, **change}))
    try:
        said = story.folder.run("revert", path.stem, "-e", "local", "--json", expect=1)
    finally:
        path.unlink()
    assert said.codes == ["REVERT001"]


# -- the lease


@pytest.fixture
def held(story: Story) -> Iterator[LocalStore]:
    """Somebody else applies."""
    store = LocalStore(story.folder.path / ".moorline/receipts/local")
    lease = Lease("local", "alice", "r", "2026-11-23T08:00:00Z")
    assert store.leases.take(lease) is None
    yield store
    store.leases.release(lease)


def test_a_second_apply_is_refused_before_it_writes(story: Story, held: LocalStore) -> None:
    versioning(story.folder, "Suspended")
    writes = story.folder.writes
    said = story.folder.run("apply", "-e", "local", "--json", expect=1)
    assert said.codes == ["LEASE001"]
    assert "alice applies 'local' since 2026-11-23T08:00:00Z" in said.out
    assert story.folder.writes == writes


def test_a_second_apply_waits_when_told_to(story: Story, held: LocalStore) -> None:
    versioning(story.folder, "Suspended")
    process = story.folder.start("apply", "-e", "local", "--yes", "--wait", "1h")
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        held.leases.release(Lease("local", "alice", "r", ""))
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert line == "waiting: alice applies 'local' since 2026-11-23T08:00:00Z\n"
    assert process.returncode == 0
    assert story.folder.run("plan", "-e", "local", "--json", expect=0).code == 0


def test_wait_takes_a_duration(story: Story) -> None:
    assert story.folder.run("apply", "-e", "local", "--wait", "long").code == 1


# -- going on


def test_resume_goes_on_with_what_failed_and_leaves_out_what_is_new(tmp_path: Path) -> None:
    folder = made(tmp_path)
    try:
        rule = {"service": "s3", "operation": "PutBucketVersioning", "code": "InvalidRequest"}
        folder.control("faults", {**rule, "times": 1})
        failed = folder.run("apply", "-e", "local", "--json", expect=1).json
        kept = json.loads(files(folder)[0].read_bytes())
        assert (kept["result"], kept["commit"]) == ("failed", "")
        assert kept["calls"][-1]["error"] == "InvalidRequest"
        assert failed["failures"]
        folder.write("specs/more.yaml", spec("DataSource", "more", "  s3: {}\n"))
        done = folder.run("apply", "-e", "local", "--json", "--resume", expect=0).json
        assert [step["name"] for step in done["plan"]["steps"]] == [BUCKET]
        assert [each["step"] for each in done["receipt"]["left_out"]] == [
            "AWS::S3::Bucket/acme-local-more-123456789012"
        ]
        assert json.loads(files(folder)[-1].read_bytes())["resumes"] == kept["id"]
        again = folder.run("apply", "-e", "local", "--json", "--resume", expect=1)
        assert again.codes == ["RECEIPT004"]
    finally:
        lifecycle.stop(folder.state)


# -- a bucket


def in_bucket(folder: Folder, name: str) -> list[str]:
    found = folder.client("s3").list_objects_v2(Bucket=KEPT).get("Contents", [])
    return [each["Key"].removeprefix("m/") for each in found if name in each["Key"]]


def test_receipts_in_a_bucket(story: Story) -> None:
    folder = story.folder
    place = f"{BODY}  receipts: {{bucket: {KEPT}, prefix: m}}\n"
    folder.write("environments/shared.yaml", environment("shared", place))
    assert folder.run("apply", "-e", "shared", "--json", expect=1).codes == ["LEASE002"]
    location = {"LocationConstraint": "eu-west-1"}
    folder.client("s3").create_bucket(Bucket=KEPT, CreateBucketConfiguration=location)
    told = folder.run("apply", "-e", "shared", "--json", expect=0).json["receipt"]
    assert told["at"] == f"s3://{KEPT}/m/shared/{told['id']}.json"
    assert in_bucket(folder, "shared") == [f"shared/{told['id']}.json", "shared/latest"]
    assert files(folder, "shared") == []
    rows = folder.run("history", "-e", "shared", "--json", expect=0).json["receipts"]
    assert [row["id"] for row in rows] == [told["id"]]
    nothing = folder.run("plan", "-e", "shared", "--json", expect=0).json
    folder.write("environments/shared.yaml", environment("shared", BODY))
    without = folder.run("plan", "-e", "shared", "--json", expect=0).json
    read = nothing["summary"].pop("calls_made") - without["summary"].pop("calls_made")
    assert read == 2  # the pointer to the last receipt, and the receipt
    assert without == nothing


# -- a receipt that cannot be kept


class Broken(LocalStore):
    def write(self, receipt: Receipt) -> None:  # noqa: ARG002 - as in the protocol
        raise ReceiptError("the disk is full")


def test_a_receipt_that_cannot_be_kept_is_left_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = Receipt("1", "dev", "acme", "1", "eu-west-1", "me", "", "", "", Result.DONE)
    world: Any = SimpleNamespace(book=Book(Broken(tmp_path)))
    receipts._write(world, one)
    assert world.book.code is Exit.ERROR
    (found,) = world.book.troubles
    assert (found.code, "the disk is full" in found.message) == ("RECEIPT001", True)
    assert Path(world.book.written).is_file()
    assert world.book.written in found.help
