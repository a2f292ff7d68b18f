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

    def moorline(self, *arguments: str, expect: int = 0) -> str:
        """What a command says on both streams."""
        return self._python(["-c", RUN, *arguments], self.platform, expect)

    def module(self, name: str) -> str:
        """Run a module of the copy."""
        return self._python(["-m", name], self.path, 0)

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
    """A house of its own below `path`."""
    shutil.copytree(ROOT / "reconciler", path / "reconciler", ignore=UNWANTED)
    shutil.copytree(ROOT / "schemas", path / "schemas", ignore=UNWANTED)
    house = House(path)
    house.platform.mkdir()
    house.moorline("init", "--platform", "acme", "--account", "123456789012", "--yes")
    return house
