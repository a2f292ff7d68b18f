"""Mistakes that people make, each in a folder with the report that they read.

`command` is what was typed, in that folder or in one inside of it; `report` is what is printed and
the exit code. To see what a change does to them: UPDATE_GOLDEN=1 pytest tests/cli/test_mistakes.py
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from reconciler.cli.main import main

from .folder import HIDDEN

CASES = Path(__file__).parents[1] / "cases" / "mistakes"
NAMES = sorted(path.name for path in CASES.iterdir())
SECRETS = ("hunter2",)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_for(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES / name
    shutil.copytree(case, tmp_path, dirs_exist_ok=True)
    before = files(tmp_path)
    folder, words = typed(tmp_path)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", words)
    for each in HIDDEN:
        monkeypatch.delenv(each, raising=False)
    with pytest.raises(SystemExit) as ended:
        main.main(prog_name="moorline")
    printed = capsys.readouterr()
    said = f"{printed.out}{printed.err}exit {ended.value.code}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (case / "report").write_text(said)
    assert said == (case / "report").read_text()
    assert files(tmp_path) == before, "a mistake must change nothing"


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_for_people_in(name: str) -> None:
    said = (CASES / name / "report").read_text()
    assert "Traceback" not in said
    assert not any(each in said for each in ("^[", "{0,", "\\x0a", "+$"))
    assert not any(each in said for each in SECRETS)
    errors = [line for line in said.splitlines() if line.startswith(("error", "warning"))]
    helped = said.count("= help:")
    assert helped >= len(errors) or "Error: " in said


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 20


def typed(case: Path) -> tuple[Path, list[str]]:
    """Where the command runs, and its words."""
    words = shlex.split((case / "command").read_text())
    if words[0] == "cd":
        return case / words[1], words[3:]
    return case, words


def files(case: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in case.rglob("*") if each.is_file()}
