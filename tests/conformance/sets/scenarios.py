"""Situations that were reported of other tools: each has a test, a reason, or neither.

A test carries its number as `@pytest.mark.scenario("D01")`; a reason is a row of the table
"Scenarios without a test" of docs/verification.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.conformance.result import Result

ROOT = Path(__file__).parents[3]
HEADING = "## Scenarios without a test"
ROW = re.compile(r"^\| ([A-Z]+\d+) \| (.+) \|$", re.MULTILINE)


def run(folder: Path) -> Iterator[Result]:
    """One result for each number of each file."""
    tested, reasons = marked(ROOT / "tests"), reasoned((ROOT / "docs/verification.md").read_text())
    for path in sorted(folder.glob("*.yaml")):
        for each in yaml.safe_load(path.read_text()):
            number, name = str(each["id"]), f"{path.stem} {each['id']}"
            if number in tested:
                yield Result(name, "passed", ", ".join(sorted(tested[number])))
            elif number in reasons:
                yield Result(name, "skipped", reasons[number])
            else:
                yield Result(name, "open", str(each["title"]))


def marked(tests: Path) -> dict[str, set[str]]:
    """Numbers that a test carries, and the files of those tests."""
    found: dict[str, set[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        text = path.read_text()
        if "scenario(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.scenario":
                for given in node.args:
                    number = ast.literal_eval(given)
                    found.setdefault(number, set()).add(str(path.relative_to(tests)))
    return found


def reasoned(page: str) -> dict[str, str]:
    """Numbers that the page gives a reason for."""
    section = page.partition(HEADING)[2].partition("\n## ")[0]
    return dict(ROW.findall(section))
