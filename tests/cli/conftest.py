"""Platforms for the commands to work on; every sandbox is stopped again."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import lifecycle
from reconciler.sandbox.home import place
from reconciler.sandbox.seed import release, upload
from reconciler.sandbox.state import snapshot

from .folder import Folder, copy_example, copy_files
from .mistakes import environment, spec
from .result import Result

REGISTRY = "acme-local-fraud"
ARTIFACTS = "acme-local-artifacts-123456789012"
MODEL_FILE = "fallback/2026-09-14/model.tar.gz"
SECRET, TOKEN = "partners/scheme", '{"token": "of the sandbox"}'


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Folder]:
    """The example platform; nothing of it is applied."""
    copy_example(tmp_path)
    yield Folder(tmp_path)
    lifecycle.stop(Folder(tmp_path).state)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, worker: str) -> tuple[Path, dict[str, Result]]:
    """A folder in which the loop went round twice, and what the commands said.

    Made once for all workers of a run.
    """
    root = tmp_path_factory.getbasetemp()
    home = root.parent / "told" if worker else root / "told"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "story").exists():
            copy_example(home)
            story = _story(Folder(home))
            (home / "story").write_bytes(pickle.dumps(story))
    return home, pickle.loads((home / "story").read_bytes())


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of the xdist worker, "" without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "")


def _story(folder: Folder) -> dict[str, Result]:
    """Plan and apply on an empty account, approve a model, upload another, keep a token; again."""
    try:
        story = {
            "first plan": folder.run("plan", "-e", "local", "--json", "--detailed-exitcode"),
            "first apply": folder.run("apply", "-e", "local", "--yes"),
        }
        release(folder.client("sagemaker"), folder.client("s3"), REGISTRY, ARTIFACTS)
        upload(folder.client("s3"), ARTIFACTS, MODEL_FILE)
        folder.client("secretsmanager").create_secret(Name=SECRET, SecretString=TOKEN)
        return story | {
            "rollout plan": folder.run("plan", "-e", "local", "--json", "--detailed-exitcode"),
            "rollout apply": folder.run("apply", "-e", "local", "--json"),
            "last plan": folder.run("plan", "-e", "local", "--json", "--detailed-exitcode"),
        }
    finally:
        lifecycle.stop(folder.state)


@pytest.fixture(scope="session")
def applied(
    told: tuple[Path, dict[str, Result]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Folder]:
    """The example platform, applied. Whoever changes its sandbox must repair it."""
    yield from _applied(told[0], tmp_path_factory.mktemp("applied"))


@pytest.fixture(scope="module")
def disposable(
    told: tuple[Path, dict[str, Result]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Folder]:
    """The example platform, applied, for this module alone."""
    yield from _applied(told[0], tmp_path_factory.mktemp("disposable"))


def _applied(home: Path, path: Path) -> Iterator[Folder]:
    folder = Folder(path)
    copy_files(home, folder.path)
    place.prepared(folder.state)
    shutil.copy(Folder(home).state / snapshot.FILE, folder.state / snapshot.FILE)
    lifecycle.start(folder.state)
    yield folder
    lifecycle.stop(folder.state)


@pytest.fixture
def forked(applied: Folder, tmp_path: Path) -> Folder:
    """Files to change, on the applied platform; only for commands that read."""
    return applied.fork(tmp_path)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """One bucket in two environments, and a sandbox."""
    folder = Folder(tmp_path_factory.mktemp("small"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    body = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    for name in ("local", "other"):
        folder.write(f"environments/{name}.yaml", environment(name, body))
    yield folder
    lifecycle.stop(folder.state)
