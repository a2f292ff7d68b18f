"""How the command ends when AWS says no: the exit code, what it says, and what it left alone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from cli.conftest import small
from cli.folder import Folder

from reconciler.cli.frame.project import Exit
from reconciler.sandbox import lifecycle
from reconciler.sandbox.server.control import PREFIX

__all__ = ["small"]
LEDGER = "acme-local-ledger-123456789012"
NEXT = "acme-local-next-123456789012"
SPEC = """\
apiVersion: moorline/v1
kind: DataSource
metadata: {name: next, owner: team}
spec: {s3: {}}
"""
LOCAL = ("-e", "local", "--json")
READ = {"service": "s3", "operation": "GetBucket*", "code": "AccessDenied", "times": 100}
WRITE = {"service": "s3", "operation": "PutBucketVersioning", "code": "InvalidRequest", "times": 1}


@pytest.fixture(scope="module")
def platform(small: Folder) -> Folder:
    """A bucket that is there, and one that is to be made."""
    small.run("apply", "-e", "local", "--yes", expect=Exit.OK)
    small.write("specs/next.yaml", SPEC)
    return small


@pytest.fixture
def folder(platform: Folder) -> Iterator[Folder]:
    """Whatever a test does, the next one meets no fault."""
    yield platform
    url = f"{lifecycle.ensure(platform.state).url}{PREFIX}faults"
    urlopen(Request(url, method="DELETE"), timeout=10).close()


@pytest.mark.parametrize("verb", [["plan", "--detailed-exitcode"], ["apply"], ["drift"]], ids=str)
def test_what_cannot_be_read_is_an_error_that_is_named_and_nothing_is_planned_for_it(
    verb: list[str], folder: Folder
) -> None:
    before = folder.writes
    folder.control("faults", READ)
    said = folder.run(*verb, *LOCAL)
    assert said.code == Exit.ERROR
    assert LEDGER in said.out
    assert "AWS001" in said.out
    assert f'"delete","name":"{LEDGER}"' not in said.out.replace(" ", "")
    assert folder.writes == before


def test_a_refused_call_is_an_error_that_says_what_was_done_and_a_rerun_is_none(
    folder: Folder,
) -> None:
    folder.control("faults", WRITE)
    failed = folder.run("apply", *LOCAL, expect=Exit.ERROR).json
    (failure,) = failed["failures"]
    assert (failure["step"], failure["code"]) == (f"AWS::S3::Bucket/{NEXT}", "APPLY002")
    assert "InvalidRequest" in failure["message"]
    assert failed["outcome"]["failed"] == [failure["step"]]
    again = folder.run("apply", *LOCAL, expect=Exit.OK).json
    assert again["outcome"]["done"] == [failure["step"]]
    assert folder.run("plan", *LOCAL, "--detailed-exitcode", expect=Exit.OK).steps == []


def test_what_protection_refuses_is_blocked_and_nothing_is_written(folder: Folder) -> None:
    folder.run("apply", "-e", "local", "--yes", expect=Exit.OK)
    before = folder.writes
    said = folder.run("plan", "--destroy", *LOCAL)
    assert said.code == Exit.BLOCKED
    said = folder.run("apply", "--destroy", *LOCAL, expect=Exit.BLOCKED)
    assert folder.writes == before
    untried = {step["id"] for step in said.json["plan"]["steps"]}
    assert untried
    assert {*said.json["outcome"]["skipped"]} == untried
    assert {each["step"]: each["cause"] == "refused" for each in said.json["skips"]} == {
        step["id"]: bool(step["refused"]) for step in said.json["plan"]["steps"]
    }
