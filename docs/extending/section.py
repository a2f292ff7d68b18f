"""What a plan makes, counted by AWS type.

Copy to `reconciler/render/sections/<section>.py`. A section tells what it finds in the plan's
JSON, once for each form; forms that it leaves out stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.model.change import Action
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code
from reconciler.render.markdown.view import View
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.place import Finding

NAME = "new-types"
TITLE = "New, by type"
RULE = Code(
    "NEW-TYPE",
    "a type is new in the plan",
    "The plan makes resources of this type.",
    "Nothing is wrong; a rule that only tells has the severity note.",
)


def counts(view: View) -> Counter[str]:
    """How many resources of each type are made."""
    made = (entry.step for entry in view.entries if entry.step["action"] == Action.CREATE)
    return Counter(harmless(step["type"]) for step in made)


def said(view: View) -> list[str]:
    """The lines that every form for people shows."""
    return [f"{number} of {type_}" for type_, number in sorted(counts(view).items())]


def text(view: View, ink: Ink) -> Iterator[str]:
    """At the terminal, after the steps."""
    if lines := said(view):
        yield ""
        yield f"  {ink(TITLE, 'bold')}: {', '.join(lines)}"


def markdown(view: View) -> Part | None:
    """In the comment: blocks, of which as many are shown as there is room for."""
    lines = said(view)
    blocks = [Block(f"- {code(line)}") for line in lines]
    return Part(f"### {TITLE}", blocks, len(blocks), "type") if blocks else None


def html(view: View) -> Panel | None:
    """On the page, below the findings."""
    lines = said(view)
    return Panel(TITLE, tuple(lines)) if lines else None


def json(view: View) -> Json:
    """Under `sections` of `plan --json`."""
    return dict(sorted(counts(view).items())) or None


def sarif(view: View) -> Iterator[Finding]:
    """For code scanning."""
    for line in said(view):
        yield Finding(RULE.code, Severity.NOTE, line, RULE.fix, "", 0, 0, 0, "")


register(
    Section(
        name=NAME,
        report=Report.PLAN,
        order=60,
        text=text,
        markdown=markdown,
        html=html,
        json=json,
        sarif=sarif,
        codes=(RULE,),
    )
)
