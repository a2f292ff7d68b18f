"""The page of all diagnostic codes, by family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docs.generate import markdown
from reconciler.model.codes import FAMILIES, Code
from reconciler.policy import api as policy


def page() -> Iterator[str]:
    """Blocks of the page."""
    yield "# Codes"
    yield (
        "A code is never reused for something else. Texts of findings may change between"
        " versions; match codes."
    )
    families = [
        ((family.__doc__ or "").rstrip("."), _with_rules(family.CODES)) for family in FAMILIES
    ]
    yield markdown.bullets(
        f"[{title}]({markdown.anchor(title)}): {codes[0].code} to {codes[-1].code}"
        for title, codes in families
    )
    for title, codes in families:
        yield f"## {title}"
        for code in codes:
            yield f"### {code.code}"
            head = markdown.plain(code.title[0].upper() + code.title[1:])
            yield f"**{head}.** {markdown.plain(code.explanation)}"
            yield f"*What to do:* {markdown.plain(code.fix)}"


def _with_rules(family: Sequence[Code]) -> list[Code]:
    """The codes of a family, and those of rules that are numbered among them."""
    name = family[0].code.rstrip("0123456789")
    more = [code for code in policy.codes().values() if code.code.rstrip("0123456789") == name]
    return sorted([*family, *more], key=lambda code: code.code) if more else [*family]
