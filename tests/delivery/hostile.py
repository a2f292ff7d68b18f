"""A checkout that nobody has reviewed: every file in it that some program might run, is a trap."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from reconciler import __version__
from tests.cli.mistakes import environment, spec

BIN = Path(sys.executable).parent
PLACE = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
MODULES = (
    "pip/__init__.py",
    "pip/__main__.py",
    "venv/__init__.py",
    "venv/__main__.py",
    "ensurepip/__init__.py",
    "json.py",
    "logging.py",
    "sitecustomize.py",
    "usercustomize.py",
    "moorline.py",
    "moorline_shim.py",
    "reconciler/__init__.py",
    "reconciler/sandbox/server.py",
    "moto.py",
    "boto3.py",
    "conftest.py",
    "setup.py",
    ".moorline-venv/lib/python3.11/site-packages/trap.py",
)
"""Modules that the standard library, pip, Moorline or a test runner would look for."""


@dataclass(frozen=True)
class Checkout:
    """A working copy with traps, and the folder that tells which of them were run."""

    path: Path
    sprung: Path

    @property
    def ran(self) -> list[str]:
        return sorted(each.name for each in self.sprung.iterdir())


def trap(sprung: Path, name: str) -> str:
    """A module that says so when it is run."""
    mark = sprung / name.replace("/", "_")
    return f"open({str(mark)!r}, 'w').close()\n"


def checkout(home: Path) -> Checkout:
    """A platform with traps beside its specs."""
    path, sprung = home / "checkout", home / "sprung"
    sprung.mkdir(parents=True)
    for folder in ("specs", "environments"):
        (path / folder).mkdir(parents=True)
    (path / "specs/ledger.yaml").write_text(spec("DataSource", "ledger", "  s3: {}\n"))
    (path / "environments/one.yaml").write_text(environment("one", PLACE))
    lay(path, sprung)
    return Checkout(path, sprung)


def lay(path: Path, sprung: Path) -> None:
    """Put the traps into a working copy."""
    for name in MODULES:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(trap(sprung, name))
    (path / ".moorline-venv/lib/python3.11/site-packages/trap.pth").write_text("import trap\n")
    (path / "pip.conf").write_text("[global]\nfind-links = .\n")
    (path / ".python-version").write_text("../../../checkout\n")
    (path / "moorline-receipt").mkdir(exist_ok=True)
    (path / "moorline-receipt/forged.json").write_text("{}")


def wheel(folder: Path) -> Path:
    """A wheel called Moorline whose command is the one under test, for pip without a network."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"moorline-{__version__}-py3-none-any.whl"
    info, command = f"moorline-{__version__}.dist-info", str(BIN / "moorline")
    code = f"import os, sys\ndef main(): os.execv({command!r}, [{command!r}, *sys.argv[1:]])\n"
    members = {
        "moorline_shim.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: moorline\nVersion: {__version__}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nmoorline = moorline_shim:main\n",
    }
    record = "".join(f"{name},,\n" for name in [*members, f"{info}/RECORD"])
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)
    return made


def bash(text: str, where: Path, known: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run shell as CI systems do."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=where,
        env=known,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
