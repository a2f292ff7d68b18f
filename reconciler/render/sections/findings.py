"""The findings of a plan: errors open, then warnings, notes folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Frame, Part
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import View, many, place
from reconciler.render.section import Report, Section, register
from reconciler.render.text import frame
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.place import Finding, finding

_BREAK = re.compile(r"\r\n|\r|\n")
_ORDER = ("error", "warning", "note")


def part(view: View) -> Part | None:
    """Nothing when nothing was found."""
    found = [each for severity in _ORDER for each in view.severity(severity)]
    if not found:
        return None
    counts = {word: len(view.severity(word)) for word in _ORDER}
    said = ", ".join(many(number, word) for word, number in counts.items() if number)
    notes = f"<details><summary>{many(counts['note'], 'note')}</summary>\n\n"

    def around(group: str) -> Frame:
        return Frame(notes, "\n\n", "</details>") if group == "note" else Frame()

    return Part(
        head=f"### Findings: {said}",
        blocks=(_block(each, view) for each in found),
        total=len(found),
        noun="finding",
        frame=around,
    )


def _block(found: Mapping[str, Json], view: View) -> Block:
    group = "note" if found["severity"] == "note" else ""
    lead = f"- **{found['severity']}** {code(found['code'], 40)}"
    message = prose(found["message"], view.width * 20)
    first = " · ".join(filter(None, (f"{lead} {message}", place(found["at"]))))
    short = f"{lead} {prose(found['message'], 200)}"
    return Block("\n".join([first, *_more(found, view)]), short, group)


def _more(found: Mapping[str, Json], view: View) -> Iterator[str]:
    if found["address"]:
        yield f"  - {code(found['address'])}"
    if excerpt := _excerpt(found["at"], view.context.sources):
        yield f"  - {excerpt}"
    if found["help"]:
        yield f"  - {prose(found['help'], view.width * 20)}"


def _excerpt(at: Mapping[str, Json] | None, sources: Mapping[str, str]) -> str:
    """The line of the spec that is meant, "" where it is not at hand."""
    if not at or at["file"] not in sources:
        return ""
    lines = _BREAK.split(sources[at["file"]])
    line = lines[at["line"] - 1] if at["line"] <= len(lines) else ""
    return code(harmless(line.strip()), 160)


def lines(view: View, ink: Ink) -> Iterator[str]:
    """The findings below a report at the terminal."""
    yield from frame.findings(view.plan, color=ink.color)


def sarif(view: View) -> Iterator[Finding]:
    """The findings as they are."""
    yield from (finding(each) for each in view.plan["diagnostics"])


for _report, _order, _budget in ((Report.PLAN, 20, 9_000), (Report.DRIFT, 30, 10_000)):
    register(
        Section(
            name="findings",
            report=_report,
            order=_order,
            budget=_budget,
            markdown=part,
            text=lines,
            sarif=sarif,
        )
    )
