"""GitHub's Markdown, as far as the reference needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"[\\*<\[\]]")


def finished(blocks: Iterable[str]) -> str:
    """Blocks with an empty line between them."""
    return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; "" without rows."""
    body = [_row(row) for row in rows]
    return "\n".join([_row(head), _row(["---"] * len(head)), *body]) if body else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def bullets(items: Iterable[str]) -> str:
    """A list of one-line items."""
    return "\n".join(f"- {item}" for item in items)


def code(text: object) -> str:
    """A text in code font."""
    ticks = "``" if "`" in str(text) else "`"
    return f"{ticks}{text}{ticks}"


def codes(texts: Iterable[object]) -> str:
    """Texts in code font, with commas."""
    return ", ".join(code(text) for text in texts)


def block(text: str, language: str) -> str:
    """Lines in code font."""
    return f"```{language}\n{text.rstrip()}\n```"


def anchor(heading: str) -> str:
    """What GitHub makes of a heading to link to it."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(text: str) -> str:
    """The text of a docstring on one line a paragraph, with Markdown's single ticks."""
    paragraphs = re.split(r"\n\s*\n", text.replace("``", "`").strip())
    return "\n\n".join(plain(" ".join(paragraph.split())) for paragraph in paragraphs)


def plain(text: str) -> str:
    """The text with nothing in it that Markdown would take as markup, but for code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else _MARKUP.sub(r"\\\g<0>", part) for part in parts
    )
