"""The programs and schemas by which other people read our formats. `make setup` installs them."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from lxml import etree

FOLDER = Path(sys.prefix) / "formats"
SCRIPT = Path(__file__).parent / "node" / "read.mjs"
SARIF = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
XSD = "testing/example_scripts/junit-10.xsd"


def needed(path: Path | None, what: str) -> Path:
    """The path, or no test; where everything has to be installed, a failure."""
    if path is not None and path.exists():
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed; run `make setup`")
    pytest.skip(f"{what} is not installed")


def read(documents: Sequence[tuple[str, str]]) -> list[Any]:
    """What Mermaid ("mermaid") and Graphviz ("dot") themselves understand of each document."""
    found = shutil.which("node")
    node = needed(Path(found) if found else None, "Node")
    needed(FOLDER / "node_modules" / "mermaid", "Mermaid")
    asked = json.dumps([{"form": form, "text": text} for form, text in documents])
    done = subprocess.run(
        [node, SCRIPT, FOLDER], input=asked, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


@cache
def sarif_schema() -> Draft4Validator:
    """The schema of the OASIS committee, from Microsoft's package."""
    file = needed(FOLDER / SARIF, "the schema of SARIF")
    return Draft4Validator(json.loads(file.read_text(encoding="utf-8")))


@cache
def junit_schema() -> etree.XMLSchema:
    """Jenkins's junit-10.xsd, from the source of pytest."""
    archive = next(iter(sorted(FOLDER.glob("pytest-*.tar.gz"))), None)
    with tarfile.open(needed(archive, "junit-10.xsd")) as source:
        name = next(name for name in source.getnames() if name.endswith(XSD))
        file = source.extractfile(name)
        assert file is not None
        return etree.XMLSchema(etree.parse(io.BytesIO(file.read())))


def terraform_compliance(plan: Path, features: Path) -> subprocess.CompletedProcess[str]:
    """A check of a plan in Terraform's shape by a tool that its users have.

    It has an environment of its own: it brings a package named `tests`.
    """
    tool = needed(FOLDER / "terraform" / "bin" / "terraform-compliance", "terraform-compliance")
    return subprocess.run(
        [tool, "-p", plan, "-f", features],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
