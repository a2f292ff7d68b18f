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


# One test for each rule and all files: thousands of small tests cost more than what they check.


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    lines = {named(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {path: count for path, count in lines.items() if count > LINES} == {}


def test_a_module_says_what_it_owns() -> None:
    texts = {path: path.read_text() for path in [*SOURCES, *SCRIPTS]}
    assert [named(it) for it, text in texts.items() if not says_what_it_owns(text)] == []


def says_what_it_owns(text: str) -> bool:
    """Whether a module is empty or begins with a docstring; most do, and need not be parsed."""
    if re.match(r'(#[^\n]*\n)*"""\S', text):
        return True
    tree = ast.parse(text)
    return not tree.body or bool(ast.get_docstring(tree))


def test_a_module_that_says_nothing_is_seen() -> None:
    assert not says_what_it_owns("import re\n")
    assert says_what_it_owns("#!/usr/bin/env python3\n'Starts it.'\nimport re\n")
    assert says_what_it_owns("")


def test_a_test_passes_fakes_in_and_patches_nothing() -> None:
    assert [named(path) for path in TESTS if patches(path.read_text())] == []


def patches(text: str) -> bool:
    """Whether a test imports what patches."""
    if "mock" not in text:
        return False
    for node in ast.walk(ast.parse(text)):
        names = {name.name for name in getattr(node, "names", ()) if isinstance(name, ast.alias)}
        if isinstance(node, ast.ImportFrom) and (
            node.module in {"mock", "unittest.mock"} or "mock" in names
        ):
            return True
        if isinstance(node, ast.Import) and {"mock", "unittest.mock"} & names:
            return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        "import mock", "import unittest.mock", "from unittest import mock",
        "from unittest.mock import patch", "from mock import patch",
    ],
)  # fmt: skip
def test_what_patches_is_seen(text: str) -> None:
    assert patches(text)
    assert not patches("from moto import mock_aws")


def test_no_folder_of_tests_hides_a_module_of_python() -> None:
    """Their folder is searched first, so that numpy would take `secrets` for one of ours."""
    folders = {path.name for path in (ROOT / "tests").iterdir()}
    assert {each.removesuffix(".py") for each in folders} & sys.stdlib_module_names == set()


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
