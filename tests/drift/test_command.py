"""`moorline drift` as a user runs it, on the sandbox's server: who, how to keep it, --watch."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.folder import Folder
from cli.mistakes import environment, spec

from reconciler.sandbox import lifecycle

BODY = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
BUCKET = "AWS::S3::Bucket/acme-local-ledger-123456789012"
SPEC = "  s3:\n    lifecycle: {expireAfter: 90d}   # the law says so\n"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    folder = Folder(tmp_path_factory.mktemp("drift"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", SPEC))
    folder.write("environments/local.yaml", environment("local", BODY))
    folder.run("apply", "-e", "local", "--yes", expect=0)
    days(folder, 30)
    yield folder
    lifecycle.stop(folder.state)


def days(folder: Folder, number: int) -> None:
    """Alice in a shell."""
    s3, bucket = folder.client("s3"), BUCKET.partition("/")[2]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    for rule in rules:
        if "Expiration" in rule and "Days" in rule["Expiration"]:
            rule["Expiration"]["Days"] = number
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


@pytest.fixture
def forked(applied: Folder, tmp_path: Path) -> Folder:
    shutil.copytree(applied.path / ".moorline" / "receipts", tmp_path / "receipts")
    return applied.fork(tmp_path / "fork")


def test_the_report_names_alice_and_both_ways_on(applied: Folder) -> None:
    found = applied.run("drift", "-e", "local", expect=4)
    assert "30 → 90" in found.out
    assert "by hand: alice, SDK, 20" in found.out
    assert f"keep it: moorline drift -e local --write {BUCKET}" in found.out


def test_the_json_names_her_too(applied: Folder) -> None:
    (entry,) = applied.run("drift", "-e", "local", "--json", expect=4).json["drifted"]
    by = entry["by"]
    assert (by["class"], by["name"], by["via"], by["why"]) == (
        "human", "alice", "SDK", "PutBucketLifecycle",
    )  # fmt: skip
    assert entry["keep"] == f"moorline drift -e local --write {BUCKET}"


def test_plan_names_her(applied: Folder) -> None:
    found = applied.run("plan", "-e", "local", "--json")
    (step,) = found.json["steps"]
    assert step["by"]["name"] == "alice"
    assert "by hand: alice, SDK" in applied.run("plan", "-e", "local").out


def test_a_dry_run_prints_a_diff_and_writes_nothing(forked: Folder) -> None:
    before = (forked.path / "specs/ledger.yaml").read_bytes()
    found = forked.run("drift", "-e", "local", "--write", BUCKET, "--dry-run", expect=0)
    assert "-    lifecycle: {expireAfter: 90d}   # the law says so\n" in found.out
    assert "+    lifecycle: {expireAfter: 30d}   # the law says so\n" in found.out
    assert (forked.path / "specs/ledger.yaml").read_bytes() == before


def test_what_is_written_is_no_drift_any_more(forked: Folder) -> None:
    path = forked.path / "specs/ledger.yaml"
    before = path.read_text()
    path.chmod(0o640)
    found = forked.run("drift", "-e", "local", "--all", expect=0)
    assert "wrote specs/ledger.yaml:" in found.out
    assert path.read_text() == before.replace("90d", "30d")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["ledger.yaml"]
    assert forked.run("drift", "-e", "local", expect=0).out.count("No drift") == 1


def test_writing_says_what_it_did_to_machines(forked: Folder) -> None:
    found = forked.run("drift", "-e", "local", "--write", BUCKET, "--json", expect=0).json
    (written,) = found["written"]
    assert (written["before"], written["after"]) == ("90d", "30d")
    assert found["left"] == []


def test_an_address_that_has_not_drifted(forked: Folder) -> None:
    found = forked.run("drift", "-e", "local", "--write", "AWS::S3::Bucket/no", "--json", expect=1)
    assert found.codes == ["DRIFT001"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--dry-run",),
        ("--all", "--write", BUCKET),
        ("--watch", "--all"),
        ("--every", "1s"),
        ("--every", "soon"),
        ("--all", "--format", "markdown"),
    ],
)
def test_options_that_do_not_go_together(arguments: tuple[str, ...], applied: Folder) -> None:
    found = applied.run("drift", "-e", "local", *arguments)
    assert found.code == 1
    assert "Error" in found.err or "Usage" in found.err


def test_denied_is_told_in_the_report(applied: Folder) -> None:
    rule: dict[str, Any] = {
        "service": "cloudtrail", "operation": "LookupEvents", "code": "AccessDeniedException"
    }  # fmt: skip
    applied.control("faults", rule)
    found = applied.run("drift", "-e", "local", expect=4)
    assert "by whom: unknown (no permission to look)" in found.out


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_watching_prints_a_document_a_line_and_ends_cleanly(
    stop: signal.Signals, applied: Folder
) -> None:
    process = applied.start("drift", "-e", "local", "--watch", "--every", "1h", "--json")
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(stop)
        rest, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert first["new"] == [BUCKET]
    assert first["report"]["drifted"][0]["by"]["name"] == "alice"
    assert (rest, process.returncode) == ("", 0), err
    assert "Traceback" not in err
