"""A folder with a platform in it, and the real command run there as a user would."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from reconciler.cli.frame.project import STATE
from reconciler.sandbox import lifecycle
from reconciler.sandbox.home import place

from . import forks
from .result import LIMIT, Result, checked

REPOSITORY = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
MOORLINE = BIN / "moorline"
HIDDEN = {
    "CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_SHA", "MOORLINE_DEBUG",
    "MOORLINE_DESCRIBE", "MOORLINE_ENVIRONMENT", "NO_COLOR", "PY_COLORS", "TERM",
}  # fmt: skip


def plain(**more: str) -> dict[str, str]:
    """The environment of a user who set nothing."""
    return {key: value for key, value in os.environ.items() if key not in HIDDEN} | more


@dataclass(frozen=True, slots=True)
class Folder:
    """Specs, environments and a sandbox."""

    path: Path
    shared: Path | None = None
    """The state folder of another folder's sandbox, when it is not one of its own."""

    # -- files

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that a file has once."""
        path = self.path / file
        text = path.read_text()
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new))

    def edit_all(self, file: str, old: str, new: str) -> None:
        """Replace a text wherever a file has it."""
        path = self.path / file
        assert old in path.read_text(), (file, old)
        path.write_text(path.read_text().replace(old, new))

    def write(self, file: str, text: str) -> None:
        (self.path / file).parent.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_text(text)

    def files(self) -> dict[str, bytes]:
        """Every file and its bytes, to see that nothing was written."""
        return {
            str(path.relative_to(self.path)): path.read_bytes()
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
        }

    def fork(self, path: Path) -> Folder:
        """A copy of the files on the same sandbox; plan on it, do not apply."""
        copy_files(self.path, path)
        if (self.path / STATE).exists():
            shutil.copytree(self.path / STATE, path / STATE)
        return Folder(path, self.state)

    # -- commands

    def run(self, *arguments: str, given: str = "", expect: int | None = None) -> Result:
        """Run one command; no traceback and no ANSI escape may come out of any."""
        return checked(forks.run(arguments, self.path, self.variables(), given=given), expect)

    def watch(self, *arguments: str, limit: float, expect: int | None = None) -> Result:
        """Run one command that may take as many seconds, as one that trains models."""
        return checked(forks.run(arguments, self.path, self.variables(), limit=limit), expect)

    def given(self, variables: Mapping[str, str], *arguments: str) -> Result:
        """Run one command for a user who has set variables."""
        return checked(forks.run(arguments, self.path, self.variables(**variables)))

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of this folder's user."""
        return plain(**({place.GIVEN: str(self.shared)} if self.shared else {}), **more)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command in a process group of its own."""
        return subprocess.Popen(
            [MOORLINE, *arguments],
            cwd=self.path,
            env=self.variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def stop_after(self, line: str, stop: signal.Signals, *arguments: str) -> Result:
        """Run a command and send a signal when it prints `line` on standard error."""
        process = self.start(*arguments)
        assert process.stderr is not None
        seen = []
        try:
            for said in process.stderr:
                seen.append(said)
                if line in said:
                    break
            process.send_signal(stop)
            out, err = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
        return checked(Result(process.returncode, out, "".join(seen) + err), None)

    # -- the sandbox

    @property
    def state(self) -> Path:
        return self.shared or lifecycle.folder_of(self.path)

    def control(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """Ask the control API of the sandbox, started when it does not run."""
        return lifecycle.control(lifecycle.ensure(self.state), path, document)

    @property
    def calls(self) -> dict[str, int]:
        """How often each operation was called in the sandbox."""
        found = lifecycle.status(self.state)
        assert found is not None
        return found["calls"]

    @property
    def writes(self) -> dict[str, int]:
        """The calls that may have changed something."""
        reads = ("Get", "List", "Describe", "Head", "Lookup", "Search", "AssumeRole", "BatchGet")
        return {
            name: times
            for name, times in self.calls.items()
            if not name.split(".")[1].startswith(reads)
        }

    def client(self, service: str) -> Any:
        """A plain client, as someone with a console would have."""
        return boto3.client(
            service,
            endpoint_url=lifecycle.ensure(self.state).url,
            region_name="eu-west-1",
            aws_access_key_id="alice",
            aws_secret_access_key="alice",
        )


def copy_files(source: Path, target: Path) -> None:
    """The specs and environments of a folder, without its sandbox."""
    for name in ("specs", "environments"):
        shutil.copytree(source / name, target / name)


BESIDE = (
    *("authorizations", "blocklist", "blocklist-history", "merchants", "transactions"),
    *("transaction-labels", "chargeback-labels", "customer-features"),
)
"""What models are not made of; half of the example."""


def copy_example(target: Path) -> None:
    """The example without its streams, tables and pipelines.

    Commands are run on it some hundred times. The tutorial, and the tests of the engine and of the
    documents, have all of it.
    """
    copy_files(REPOSITORY, target)
    for file in (target / "specs").rglob("*.yaml"):
        if file.stem in BESIDE:
            file.unlink()
    gone = "|".join(BESIDE)
    for file in target.rglob("*.yaml"):
        lines = file.read_text().splitlines(keepends=True)
        override = re.compile(rf" +\w+/({gone}): ")
        within = re.compile(rf" +schema: {{in: ({gone})}}")
        left = [each for each in lines if not override.match(each) and not within.match(each)]
        file.write_text("".join(left))


@dataclass(frozen=True)
class Apart(Folder):
    """A folder whose user has no other sandboxes; commands are the installed program."""

    def run(self, *arguments: str, given: str = "", expect: int | None = None) -> Result:
        assert not given
        return checked(self.given({}, *arguments), expect)

    @property
    def home(self) -> Path:
        return self.path.with_name(f"{self.path.name}.state")

    def variables(self, **more: str) -> dict[str, str]:
        return super().variables(**{"XDG_STATE_HOME": str(self.home), **more})

    def given(self, variables: dict[str, str], *arguments: str) -> Result:
        """Run one command for a user who has set variables."""
        done = subprocess.run(
            [MOORLINE, *arguments],
            cwd=self.path,
            env=self.variables(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return checked(Result(done.returncode, done.stdout, done.stderr), None)
