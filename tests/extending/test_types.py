"""Two AWS types, by a declaration and by calls of their own: files in their places, and no list."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import house as houses

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-rA", "--no-header")
PICKED = "(KinesisVideo or DataCatalog) and not minimal"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return houses.with_types(tmp_path_factory.mktemp("types")).path


def test_every_template_of_a_type_has_its_place() -> None:
    assert {path.stem for path in houses.TEMPLATES.glob("type_*.py")} == houses.TYPES.keys()
    assert not any((houses.ROOT / target).exists() for target in houses.TYPES.values())


def test_they_pass_the_registrys_lint_and_live_whole_lives(place: Path) -> None:
    tests = [f"tests/resources/test_{name}.py" for name in ("registry_lint", "lifecycle")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, "-k", PICKED, *tests],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place), "PYTEST_XDIST_WORKER": "house"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-6000:]
    for type_ in ("AWS::KinesisVideo::Stream", "AWS::Athena::DataCatalog"):
        passed = [line for line in said.splitlines() if line.startswith("PASSED") and type_ in line]
        assert any("test_every_emitted_call_is_a_valid_request" in line for line in passed)
        assert any("test_a_life" in line for line in passed)
