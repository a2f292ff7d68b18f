"""What the tests need of GitHub's Markdown: fenced blocks, headings, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```([\w-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$", re.MULTILINE)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s]*)?)>?")
NAMED = re.compile(r"^\[[^\]]+\]: *<?(\S+?)>?$", re.MULTILINE)
IMAGE = re.compile(r"<(?:img|source|a)\b[^>]*?\b(?:src|srcset|href)=\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and where that is in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(text: str) -> Iterator[Block]:
    for found in FENCE.finditer(text):
        yield Block(found[1], found[2], found.start(2), found.end(2))


def prose(text: str) -> str:
    """The page without what is in code font."""
    return re.sub(r"(`+)[^`\n].*?\1", "", FENCE.sub("", text))


def anchors(path: Path) -> set[str]:
    """What GitHub makes of a page's headings; one that is there twice gets a number."""
    found: dict[str, int] = {}
    out = set()
    for heading in HEADING.findall(FENCE.sub("", path.read_text())):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        times = found.get(anchor, 0)
        found[anchor] = times + 1
        out.add(f"{anchor}-{times}" if times else anchor)
    return out


def links(path: Path) -> list[str]:
    """Targets of all links and pictures of a page."""
    text = prose(path.read_text())
    return [*LINK.findall(text), *NAMED.findall(text), *IMAGE.findall(text)]
