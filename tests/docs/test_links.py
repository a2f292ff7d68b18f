"""Every link from one page of the repository to another leads somewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from .markdown import anchors, links

ROOT = Path(__file__).parents[2]
OUTSIDE = ("https://", "http://", "mailto:")


def pages() -> list[Path]:
    """Every page that Git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name] or [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
    ]
    return sorted(path for path in found if path.is_file())


PAGES = pages()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if link.startswith(OUTSIDE):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = page.parent / name if name else page
        inside = target.resolve().is_relative_to(ROOT)
        if not (inside and target.exists()):
            broken.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            broken.append(f"{link}: no such heading")
    assert broken == []


def test_the_index_names_every_page_about_how_to() -> None:
    index = {unquote(link).partition("#")[0] for link in links(ROOT / "docs/README.md")}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= index
    assert {"reference/README.md", "adr/README.md"} <= index
