"""What commands print and how they end: JSON, colours, exit codes, usage errors."""

from __future__ import annotations

import os
import pty
import subprocess

import pytest

from .folder import MOORLINE, Folder, plain

E = ("-e", "local")


@pytest.fixture(scope="module")
def ledger(small: Folder) -> Folder:
    """The small platform with its bucket made, and a second bucket declared."""
    small.run("apply", *E, "--yes", expect=0)
    small.write(
        "specs/journal.yaml",
        (small.path / "specs/ledger.yaml").read_text().replace("ledger", "journal"),
    )
    return small


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param("validate", 0, id="validate of right files"),
        pytest.param("validate -e nope", 1, id="validate of an unknown environment"),
        pytest.param("compile -e local", 0, id="compile"),
        pytest.param("compile -e nope", 1, id="compile of an unknown environment"),
        pytest.param("plan -e local --detailed-exitcode", 2, id="plan with changes in detail"),
        pytest.param("plan -e nope", 1, id="plan of an unknown environment"),
        pytest.param("plan", 1, id="plan when there are several environments and none is named"),
        pytest.param("plan -e local --adopt nonsense", 1, id="plan with what is no address"),
        pytest.param("drift -e local", 4, id="drift with a difference"),
        pytest.param("drift -e nope", 1, id="drift of an unknown environment"),
        pytest.param("apply -e nope", 1, id="apply of an unknown environment"),
        pytest.param("apply -e local --destroy", 3, id="apply of a refused deletion"),
        pytest.param("explain AWS::S3::Bucket.BucketName", 0, id="explain of a property"),
        pytest.param("explain AWS::S3::Bucket.Nothing", 1, id="explain of an unknown property"),
        pytest.param("sandbox status", 0, id="the status of the sandbox"),
    ],
)
def test_json_is_one_document_and_the_exit_code_tells_of(
    arguments: str, code: int, ledger: Folder
) -> None:
    before = ledger.writes
    said = ledger.run(*arguments.split(), "--json", expect=code)
    assert isinstance(said.json, dict)
    assert said.err == ""
    assert ledger.writes == before


def test_a_refusal_of_the_system_is_a_finding_too(ledger: Folder) -> None:
    said = ledger.run("plan", *E, "--json", "--out", "/dev/full", expect=1)
    assert said.codes == ["CLI016"]


def test_the_environment_may_come_from_a_variable(ledger: Folder) -> None:
    done = ledger.given({"MOORLINE_ENVIRONMENT": "local"}, "compile")
    assert done.json["nodes"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        pytest.param("plann", "'plan'", id="a misspelt verb"),
        pytest.param("frobnicate", "validate", id="a verb like no other"),
        pytest.param("plan --jsn", "--json", id="a misspelt option"),
        pytest.param("plan --out nowhere/plan.json", "'nowhere'", id="a file in no folder"),
        pytest.param("compile --format yaml", "cloudformation", id="a value not in the list"),
        pytest.param("explain", "Usage", id="a missing argument"),
        pytest.param("sandbox strt", "Usage", id="a misspelt verb of the sandbox"),
    ],
)
def test_wrong_usage_is_an_error_with_a_hint(arguments: str, hint: str, ledger: Folder) -> None:
    said = ledger.run(*arguments.split(), expect=1)
    assert said.out == ""
    assert hint in said.err


def on_a_terminal(folder: Folder, *arguments: str, color: bool = True) -> str:
    """What a command prints on a terminal."""
    outside, inside = pty.openpty()
    process = subprocess.Popen(
        [MOORLINE, *arguments, *([] if color else ["--no-color"])],
        cwd=folder.path,
        env=plain(TERM="xterm-256color"),
        stdin=subprocess.DEVNULL,
        stdout=inside,
        stderr=subprocess.DEVNULL,
    )
    os.close(inside)
    chunks = []
    try:
        while chunk := os.read(outside, 65536):
            chunks.append(chunk)
    except OSError:  # Linux says so when the last writer is gone
        pass
    finally:
        process.wait()
        os.close(outside)
    return b"".join(chunks).decode()


def test_a_terminal_gets_colours(ledger: Folder) -> None:
    assert "\x1b[" in on_a_terminal(ledger, "plan", *E)


def test_no_color_leaves_them_out(ledger: Folder) -> None:
    said = on_a_terminal(ledger, "plan", *E, color=False)
    assert "journal" in said
    assert "\x1b" not in said
