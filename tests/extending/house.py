"""A copy of the package into which one file is put, as somebody who adds something does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "docs" / "extending"
TYPES = {
    "type_declared": "reconciler/resources/kinesisvideo/stream.py",
    "type_native": "reconciler/resources/athena/data_catalog.py",
    "type_sandbox": "reconciler/sandbox/services/athena/data_catalog.py",
    "type_sample": "tests/resources/samples/added.py",
}
"""Where the files of two types go: no other file is there for them, and none is changed."""
UNWANTED = shutil.ignore_patterns("vendor")
"""Compiled files come along: a copy has the times of what it is of, so that they are good."""
RUN = "from reconciler.cli.main import main; main()"
FORKS = """
import json, os, sys, traceback
from reconciler.cli.main import main
from reconciler.cli.verbs import explain, plan, validate
from reconciler.kinds import api as kinds
from reconciler.resources import api as resources
kinds.load(), resources.load()
for line in sys.stdin:
    where, arguments, out = json.loads(line)
    if not (child := os.fork()):
        os.chdir(where)
        said = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(said, 1), os.dup2(said, 2)
        sys.argv, code = ["moorline", *arguments], 1
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs each command in a process of its own, which has all modules of the package at once."""


@dataclass(slots=True)
class House:
    """The package, and a small platform to use it on."""

    path: Path
    commands: subprocess.Popen[str] | None = None

    @property
    def platform(self) -> Path:
        return self.path / "platform"

    def add(self, template: str, room: str, name: str) -> Path:
        """Put a template into a room under a name: that one file is all there is to do."""
        target = self.path / "reconciler" / room / f"{name}.py"
        shutil.copy(TEMPLATES / f"{template}.py", target)
        return target

    def add_types(self) -> None:
        """The files of two types, each in its place, and the tests that try every type."""
        for template, target in TYPES.items():
            path = self.path / target
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent.parent.name in {"resources", "services"}:
                (path.parent / "__init__.py").touch()
            shutil.copy(TEMPLATES / f"{template}.py", path)

    def moorline(self, *arguments: str, expect: int = 0) -> str:
        """What a command says on both streams."""
        if self.commands is None:
            return self._python(["-c", RUN, *arguments], self.platform, expect)
        out = self.path / "said"
        assert self.commands.stdin is not None
        assert self.commands.stdout is not None
        self.commands.stdin.write(json.dumps([str(self.platform), arguments, str(out)]) + "\n")
        self.commands.stdin.flush()
        code, said = int(self.commands.stdout.readline()), out.read_text()
        assert code == expect, said[-3000:]
        return said

    def complete(self) -> None:
        """Nothing is added any more: from now on commands need not find their modules anew."""
        self.commands = subprocess.Popen(
            [sys.executable, "-c", FORKS],
            cwd=self.path,
            env=self._env(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def end(self) -> None:
        """No more commands."""
        if self.commands is not None:
            self.commands.communicate(timeout=60)

    def _env(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.path), "NO_COLOR": "1"}

    def module(self, name: str, *arguments: str) -> str:
        """Run a module of the copy."""
        return self._python(["-m", name, *arguments], self.path, 0)

    def _python(self, arguments: list[str], at: Path, expect: int) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=at,
            env=self._env(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, (done.stdout + done.stderr)[-3000:]
        return done.stdout + done.stderr


def build(path: Path) -> House:
    """A house of its own below `path`, with a platform."""
    house = bare(path)
    house.platform.mkdir()
    house.moorline("init", "--platform", "acme", "--account", "123456789012", "--yes")
    return house


def with_types(path: Path) -> House:
    """A house with the tests of types, and two types more."""
    house = bare(path)
    tests = ROOT / "tests"
    shutil.copytree(tests / "resources", path / "tests" / "resources", ignore=UNWANTED)
    helpers = shutil.ignore_patterns("__pycache__", "test_*.py", "conftest.py")
    shutil.copytree(tests / "cli", path / "tests" / "cli", ignore=helpers)
    for name in ("conftest.py", "sweeps.py"):
        shutil.copy(tests / name, path / "tests" / name)
    shutil.copy(ROOT / "pyproject.toml", path / "pyproject.toml")
    house.add_types()
    return house


def bare(path: Path) -> House:
    """The package alone."""
    shutil.copytree(ROOT / "reconciler", path / "reconciler", ignore=UNWANTED)
    shutil.copytree(ROOT / "schemas", path / "schemas", ignore=UNWANTED)
    return House(path)
