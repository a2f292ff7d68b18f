"""Rules about the code itself that no type checker knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 300
SOURCES = sorted((ROOT / "reconciler").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCRIPTS = [
    path
    for folder in ("docs", "benchmarks", "schemas/generate")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
TEXT = {
    ".cfg",
    ".css",
    ".j2",
    ".js",
    ".json",
    ".md",
    ".py",
    ".sh",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}
FOREIGN = {
    "a package registry": re.compile(
        r"(?:files\.pythonhosted|(?<![\w.])pypi|test\.pypi|registry\.npmjs|conda\.anaconda)\.org"
        r"|--(?:extra-)?index-url|PIP_INDEX_URL|artifactory|nexus\."
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w"),
}
ALLOWED = {"tests/architecture/test_code.py"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def committed() -> list[Path]:
    """Every text file that Git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a clone of the repository")
    paths = [ROOT / name for name in filter(None, listed.stdout.split("\0"))]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def test_the_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LINES


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=named)
def test_a_module_says_what_it_owns(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_test_passes_fakes_in_and_patches_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "") not in {"mock", "unittest.mock"}
            assert "mock" not in {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            assert not {"mock", "unittest.mock"} & {name.name for name in node.names}


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_committed_names(what: str) -> None:
    found = [
        f"{named(path)}: {hit[0]}"
        for path in committed()
        if named(path) not in ALLOWED
        for hit in FOREIGN[what].finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_the_readme_starts_with_the_demo_and_the_tests() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text() if readme.exists() else ""
    if not text:
        pytest.skip("there is no README yet")
    commands = re.findall(r"^(?:\$ )?(make \w+|moorline \w+|pip \w+|git \w+)", text, re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]
