"""`docs/reference/` is what `make docs` would write now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .folder import REPOSITORY

REFERENCE = REPOSITORY / "docs/reference"
PAGES = ("README.md", "availability.md", "codes.md", "commands.md", "kinds.md", "types.md")
LINK = re.compile(r"\]\(([\w./-]*)#([\w-]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, "-m", "docs.generate", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, timeout=60)
    return folder


def test_no_page_is_missing_or_left_over(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == set(PAGES)
    assert {path.name for path in REFERENCE.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_what_make_docs_would_write_is_what_is_in(name: str, written: Path) -> None:
    assert (written / name).read_bytes() == (REFERENCE / name).read_bytes()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_heading_leads_somewhere_in(name: str, written: Path) -> None:
    for file, anchor in LINK.findall((written / name).read_text()):
        headings = HEADING.findall((written / (file or name)).read_text())
        known = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert anchor in known


def test_every_field_of_every_kind_is_described(written: Path) -> None:
    rows = [line for line in (written / "kinds.md").read_text().splitlines() if "| `" in line[:3]]
    assert len(rows) > 100
    for row in rows:
        name, _, _, said, becomes, changing = re.split(r"(?<!\\) \| ", row[2:-2])
        assert all(each.strip() for each in (said, becomes, changing)), name


def test_no_page_of_kinds_shows_a_regular_expression(written: Path) -> None:
    assert not re.search(r"text of the form|`\^", (written / "kinds.md").read_text())
