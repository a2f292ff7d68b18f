"""The page of services that AWS closed, from the table."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate import markdown
from reconciler.facts.availability import table
from reconciler.model.availability import Row, Touch

HEAD = ("Name", "What", "Status", "Needed by", "Use instead")


def page() -> Iterator[str]:
    """Blocks of the page."""
    known = table()
    yield "# Services closed to new accounts"
    yield (
        f"As of {known.as_of}. What the states mean and what Moorline does:"
        " [availability](../availability.md)."
    )
    rows = sorted(known.rows.values(), key=lambda row: row.name)
    for title, version in (("Services", False), ("Versions", True)):
        yield f"## {title}"
        yield markdown.table(HEAD, (_cells(row) for row in rows if row.version is version))


def _cells(row: Row) -> tuple[str, ...]:
    until = f", until {row.until}" if row.until else ""
    return (
        f"`{row.name}`",
        f"[{markdown.plain(row.title)}]({row.source})",
        f"{row.status} since {row.since}{until}",
        "<br>".join(_touch(each) for each in row.touches) or "no resource",
        markdown.plain(row.replacement),
    )


def _touch(touch: Touch) -> str:
    if not touch.member:
        return markdown.code(touch.type)
    values = f" {markdown.codes(touch.values)}" if touch.values else ""
    member = "any value" if touch.member == "*" else markdown.code(touch.member)
    return f"{markdown.code(touch.type)}: {member}{values}"
