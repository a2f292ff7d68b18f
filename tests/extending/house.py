"""A copy of the package into which one file is put, as somebody who adds something does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "docs" / "extending"
TYPES = {
    "type_declared": "reconciler/resources/logs/log_group.py",
    "type_native": "reconciler/resources/athena/work_group.py",
    "type_sandbox": "reconciler/sandbox/services/athena/work_group.py",
    "type_sample": "tests/resources/samples/added.py",
}
"""Where the files of two types go: no other file is there for them, and none is changed."""
UNWANTED = shutil.ignore_patterns("__pycache__", "vendor")
RUN = "from reconciler.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class House:
    """The package, and a small platform to use it on."""

    path: Path

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
        return self._python(["-c", RUN, *arguments], self.platform, expect)

    def module(self, name: str, *arguments: str) -> str:
        """Run a module of the copy."""
        return self._python(["-m", name, *arguments], self.path, 0)

    def _python(self, arguments: list[str], at: Path, expect: int) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=at,
            env={**os.environ, "PYTHONPATH": str(self.path), "NO_COLOR": "1"},
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
