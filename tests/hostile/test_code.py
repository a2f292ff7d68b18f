"""Code of a repository runs by one command alone, apart from all that is the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from sweeps import only_long

from tests.cli.folder import Apart
from tests.cli.mistakes import environment, spec

from . import PLACE, Surroundings, platform, surroundings

ROOT = Path(__file__).parents[2] / "reconciler"
STANDIN = "reconciler.sandbox.standin"
EVIL = """
import os, pathlib, socket, subprocess, sys, urllib.request
def tried(what):
    try:
        what()
    except BaseException:
        pass
tried(lambda: pathlib.Path({marker!r}).mkdir())
tried(lambda: pathlib.Path({precious!r}).write_bytes(b"changed"))
tried(lambda: os.system("mkdir " + {marker!r}))
tried(lambda: subprocess.run(["mkdir", {marker!r}]))
tried(lambda: urllib.request.urlopen("http://127.0.0.1:{port}/asked", timeout=2).read())
tried(lambda: os.kill({victim}, 9))
tried(lambda: print("read", pathlib.Path({precious!r}).read_bytes()))
print("secret", os.environ.get("MOORLINE_TEST_SECRET"))
print("ran")
"""
PIPELINE = """\
  trigger: {schedule: "rate(1 minute)"}
  state: active
  overlap: parallel
  steps:
    - name: clean
      glue: {script: jobs/evil.py, standIn: jobs/evil.py}
      reads: {in: {source: ledger, path: in}}
      writes: {out: {source: ledger, path: out}}
"""
TRAINING = """\
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: training, entryPoint: evil.py}
  compute: {instanceType: ml.m5.large, maxRuntime: 1h}
  inputs: {train: {source: ledger, path: in}}
  output: {to: ledger}
"""
NEVER = (
    "validate", "compile -e local --format cloudformation", "graph -e local", "plan -e local",
    "apply -e local --yes", "drift -e local", "run DataPipeline/clean -e local",
    "explain DataPipeline/clean -e local", "run Training/evil -e local",
)  # fmt: skip


def importers(name: str) -> set[str]:
    """The modules that import a module, or something below it."""
    found = set()
    word = name.rpartition(".")[2]
    texts = ((path, path.read_text()) for path in ROOT.rglob("*.py"))
    for path, text in ((path, text) for path, text in texts if word in text):
        for node in ast.walk(ast.parse(text)):
            told = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            told += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                told += [f"{node.module}.{each.name}" for each in node.names]
            if any(each == name or each.startswith(f"{name}.") for each in told):
                found.add(path.relative_to(ROOT).with_suffix("").as_posix())
    return found


def test_nothing_but_run_and_retry_can_start_a_stand_in() -> None:
    outside = {each for each in importers(STANDIN) if not each.startswith("sandbox/standin/")}
    assert outside == {"cli/world/standing"}
    assert importers("reconciler.cli.world.standing") == {"cli/verbs/run", "cli/world/begun"}
    assert importers("reconciler.cli.world.begun") == {"cli/verbs/retry", "cli/verbs/run"}


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    with surroundings(tmp_path / "outside") as found:
        yield found


@pytest.fixture
def opened(tmp_path: Path, around: Surroundings) -> Iterator[Apart]:
    folder = platform(tmp_path / "repository")
    place = f"{PLACE}  assets: {{source: ledger}}\n"
    folder.write("environments/local.yaml", environment("local", place))
    folder.write("specs/clean.yaml", spec("DataPipeline", "clean", PIPELINE))
    folder.write("specs/evil.yaml", spec("Training", "evil", TRAINING))
    for place in ("jobs/evil.py", "training/evil.py"):
        folder.write(place, dedent(EVIL).format(
            marker=str(around.markers / "code"), precious=str(around.precious / "key"),
            port=around.port, victim=around.victim.pid,
        ))  # fmt: skip
    yield folder
    folder.run("sandbox", "stop")


@only_long
def test_no_other_command_runs_code_of_a_repository(opened: Apart, around: Surroundings) -> None:
    for command in NEVER:
        result = opened.run(*command.split())
        assert result.code == 0, (command, result.err)
        assert "| ran" not in result.err + result.out
        assert around.harm() == [], command


@only_long
def test_what_runs_reaches_nothing_of_the_user(
    opened: Apart, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORLINE_TEST_SECRET", "do-not-tell")
    opened.run("apply", "-e", "local", "--yes")
    result = opened.run("run", "DataPipeline/clean", "-e", "local", "--watch")
    told = result.err + result.out
    assert "executes code of the repository" in told
    assert "| ran" in told
    assert "do-not-tell" not in told
    assert "kept by the user" not in told
    assert around.harm() == []


@only_long
@pytest.mark.skipif(find_spec("sklearn") is None, reason="its scripts run where it is installed")
def test_a_training_that_runs_reaches_nothing_of_the_user(
    opened: Apart, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORLINE_TEST_SECRET", "do-not-tell")
    opened.run("apply", "-e", "local", "--yes")
    buckets = opened.client("s3").list_buckets()["Buckets"]
    bucket = next(each["Name"] for each in buckets if "ledger" in each["Name"])
    opened.client("s3").put_object(Bucket=bucket, Key="in/a.csv", Body=b"1,2")
    result = opened.run("run", "Training/evil", "-e", "local", "--watch")
    told = result.err + result.out
    assert result.code == 0, told
    assert "executes code on this machine: the scripts of Training/evil" in told
    assert "| ran" in told
    assert "do-not-tell" not in told
    assert "kept by the user" not in told
    assert around.harm() == []
    assert opened.client("sagemaker").list_training_jobs(StatusEquals="Completed")[
        "TrainingJobSummaries"
    ]
