"""The server's process runs the package that started it, wherever that lies, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from reconciler.sandbox.home.launch import BOOT

MAIN = """\
import json, logging, moto, reconciler, sys
def main():
    print(__file__, reconciler.__file__, moto.__file__, json.__file__, logging.__file__, sep="\\n")
    print(*sys.path, sep="\\n")
"""


def copied(root: Path) -> Path:
    """A package with a server that says where it and what it imports come from."""
    server = root / "reconciler/sandbox/server"
    server.mkdir(parents=True)
    for folder in (server, server.parent, server.parent.parent):
        (folder / "__init__.py").touch()
    (server / "__main__.py").write_text(MAIN)
    return Path(shutil.copy(BOOT, server / "boot.py"))


def test_it_is_the_package_of_its_own_place_and_the_folder_adds_nothing(tmp_path: Path) -> None:
    boot, here = copied(tmp_path / "copy"), tmp_path / "here"
    here.mkdir()
    for name in ("reconciler", "moto", "json", "logging", "sitecustomize"):
        (here / f"{name}.py").write_text("raise SystemExit('ran a file of the folder')\n")
        (tmp_path / "copy" / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    done = subprocess.run(
        [sys.executable, "-P", boot], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    server, package, *others = done.stdout.splitlines()
    assert server == str(boot.with_name("__main__.py"))
    assert package == str(tmp_path / "copy/reconciler/__init__.py")
    assert str(here) not in others
    assert others[-1] == str(tmp_path / "copy")  # what was installed beside it, after all else
    assert not any(other.startswith(str(tmp_path)) for other in others[:-1])
