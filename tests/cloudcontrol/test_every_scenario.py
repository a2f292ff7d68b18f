"""Each fault that other tools were seen to make is a test here, or has a reason not to be."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent
GROUPS = {"A": range(1, 11), "B": range(11, 25), "C": range(25, 45), "D": range(45, 55)} | {
    "E": range(55, 61)
}
"""Patches, differences, lives, listings and identifiers, tags and secrets."""
REASONS: dict[str, str] = {}
"""Why a number has no test: none."""


def played() -> dict[str, set[str]]:
    """Numbers of scenarios that are played through the engine, and the tests that do."""
    found: dict[str, set[str]] = {}
    for file in sorted(HERE.glob("test_*.py")):
        for each in ast.parse(file.read_text()).body:
            if not isinstance(each, ast.FunctionDef):
                continue
            for mark in each.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.scenario"):
                    (number,) = (arg.value for arg in mark.args if isinstance(arg, ast.Constant))
                    if str(number).startswith("CC"):  # others are counted with all of theirs
                        found.setdefault(str(number), set()).add(f"{file.name}::{each.name}")
    return found


def test_each_scenario_is_played_or_has_a_reason() -> None:
    known = {f"CC{number:02}" for numbers in GROUPS.values() for number in numbers}
    tests = played()
    assert sorted(known - tests.keys() - REASONS.keys()) == []
    assert sorted(tests.keys() - known) == []
    assert sorted(tests.keys() & REASONS.keys()) == []
    assert all(len(reason) > 20 for reason in REASONS.values())
