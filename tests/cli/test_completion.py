"""`moorline completion`: what a real shell offers when TAB is pressed."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sweeps import sample

from reconciler.cli.main import VERBS
from reconciler.cli.verbs.completion import WHERE

from .folder import BIN, Folder, plain
from .mistakes import environment, spec
from .result import LIMIT

BUCKET = "AWS::S3::Bucket/acme-local-ledger-123456789012"
ASK = r"""
source <(moorline completion bash)
COMP_LINE=$1 COMP_POINT=${#1}
# Bash splits what is typed at these characters too; so does this.
rest=$1 COMP_WORDS=()
while [[ $rest =~ ^[[:space:]]*([:=]+|[^[:space:]:=]+)(.*)$ ]]; do
    COMP_WORDS+=("${BASH_REMATCH[1]}") rest=${BASH_REMATCH[2]}
done
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_moorline_completion moorline
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("completed"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    body = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    for name in ("local", "loud", "prod"):
        folder.write(f"environments/{name}.yaml", environment(name, body))
    return folder


def variables() -> dict[str, str]:
    return plain(PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}", TERM="dumb")


def bash(folder: Folder, line: str) -> list[str]:
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", line],
        cwd=folder.path, env=variables(), capture_output=True, text=True, check=False,
        timeout=LIMIT,
    )  # fmt: skip
    assert done.stderr == ""
    return [word for word in done.stdout.splitlines() if word]


@pytest.mark.parametrize(
    ("line", "offered"),
    sample(
        [
            ("moorline ", sorted(VERBS)),
            ("moorline val", ["validate"]),
            ("moorline validate --js", ["--json"]),
            ("moorline plan --ver", ["--verbose"]),
            ("moorline validate -e ", ["local", "loud", "prod"]),
            ("moorline validate -e lo", ["local", "loud"]),
            ("moorline validate --environment pr", ["prod"]),
            ("moorline plan -e local --adopt AWS::S3", [BUCKET.removeprefix("AWS::")]),
            (
                "moorline plan -e local --adopt AWS::S3::Bucket/acme",
                [BUCKET.removeprefix("AWS::S3::")],
            ),
            ("moorline explain Feat", ["FeatureGroup"]),
            ("moorline explain CLI00", ["CLI001", "CLI002", "CLI009"]),
            ("moorline explain AWS::S3::Bucket/acme-loc", [BUCKET.removeprefix("AWS::S3::")]),
            ("moorline explain -e prod AWS::S3::Bucket/acme-loc", []),
            ("moorline schema Dat", ["DataSource"]),
            ("moorline completion f", ["fish"]),
            ("moorline compile --format c", ["cloudformation"]),
            ("moorline sandbox st", ["start", "status", "stop"]),
            ("moorline nothing -e ", []),
        ],
        3,
    ),
)
def test_bash_offers(folder: Folder, line: str, offered: list[str]) -> None:
    assert sorted(bash(folder, line)) == offered


def test_broken_files_offer_nothing_and_say_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("environments/local.yaml", "kind: [\n")
    folder.write("specs/x.yaml", "\t")
    assert bash(folder, "moorline plan -e ") == []
    assert bash(folder, "moorline explain AWS::S3::Bucket/") == []


def test_verbs_are_offered_without_loading_any(folder: Folder) -> None:
    asked = variables() | {
        "_MOORLINE_COMPLETE": "bash_complete", "COMP_WORDS": "moorline ", "COMP_CWORD": "1",
        "PYTHONPROFILEIMPORTTIME": "1",
    }  # fmt: skip
    done = subprocess.run(
        [BIN / "moorline"], cwd=folder.path, env=asked, capture_output=True, text=True, check=False
    )
    assert len(done.stdout.splitlines()) >= len(VERBS)
    assert "pydantic" not in done.stderr
    assert "boto" not in done.stderr


@pytest.mark.parametrize("shell", list(WHERE))
def test_the_script_of_each_shell_is_printed(folder: Folder, shell: str) -> None:
    said = folder.run("completion", shell, expect=0)
    assert "_MOORLINE_COMPLETE" in said.out
    assert said.err == ""


def pressed(folder: Folder, command: list[str], setup: str, line: str, wanted: str) -> str:
    """What a shell on a terminal shows after a line and two tabs, once `wanted` is shown."""
    main, side = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder.path, env=variables() | {"TERM": "xterm", "COLUMNS": "200"},
        stdin=side, stdout=side, stderr=side, start_new_session=True,
    )  # fmt: skip
    os.close(side)
    seen, end = "", time.monotonic() + LIMIT
    todo = [f"{setup}; echo rea''dy\r", f"{line}\t\t"]
    os.write(main, todo.pop(0).encode())
    try:
        while wanted not in seen.partition("ready")[2] and time.monotonic() < end:
            if select.select([main], [], [], 0.2)[0]:
                seen += os.read(main, 4096).decode(errors="replace")
            if todo and "ready" in seen:
                os.write(main, todo.pop(0).encode())
    finally:
        process.kill()
        process.wait()
        os.close(main)
    return seen.partition("ready")[2]


TYPED = pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("moorline compl", "completion"),
        ("moorline validate -e pr", "prod"),
        ("moorline explain AWS::S3::Bucket/acme-loc", "ledger-123456789012"),
    ],
    ids=["a verb", "an environment", "an address"],
)
INTERACTIVE = {
    "bash": (["--norc", "-i"], 'eval "$(moorline completion bash)"'),
    "zsh": (
        ["-f", "-i"],
        'autoload -U compinit; compinit -u -D; eval "$(moorline completion zsh)"',
    ),
}


def needed(shell: str) -> str:
    where = shutil.which(shell)
    if where is None:
        pytest.skip(f"{shell} is not installed")
    return where


@TYPED
@pytest.mark.parametrize("shell", list(INTERACTIVE))
def test_a_shell_completes_what_is_typed(
    folder: Folder, shell: str, line: str, wanted: str
) -> None:
    options, setup = INTERACTIVE[shell]
    assert wanted in pressed(folder, [needed(shell), *options], setup, line, wanted)


@TYPED
def test_fish_completes_what_is_typed(folder: Folder, line: str, wanted: str) -> None:
    script = f"moorline completion fish | source; complete -C '{line}'"
    command = [needed("fish"), "--no-config", "-c", script]
    done = subprocess.run(
        command, cwd=folder.path, env=variables(), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert wanted in done.stdout
