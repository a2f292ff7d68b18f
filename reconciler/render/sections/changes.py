"""What is changed without a loss, by the file that declares it, as `before → after`.

A file's changes stand in one block of code in the colours of a diff; so nothing
in them can be read as Markdown. Every line of it begins with a sign or with
four spaces, which is why none can end the block.
"""

from __future__ import annotations

import difflib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Action, Effect
from reconciler.model.contrast import stacked
from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Frame, Part
from reconciler.render.markdown.escape import clip, code, fence, tag
from reconciler.render.markdown.view import WIDEST, View, address, many
from reconciler.render.section import Report, Section, register
from reconciler.render.vocabulary.difference import Row, leaves, rows_of
from reconciler.render.vocabulary.entries import Entry, differences
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.words import NOTES, span, verified, why

_OPEN = 12
"""As many changes stand open; more are folded, file by file."""
_ROWS = 12
_MADE = 8
"""Properties of a new resource that are told where changes stand open."""
_LINES = 300
"""Lines of a text that are compared, on either side."""
_BESIDE = 2
"""Lines beside what differs."""
_WIDE = 200
"""Bytes of a line, or of what differs in it and what is beside that."""
_SHOWN = 60
_SIGNS = {Action.CREATE: "+", Action.DELETE: "-"}
_NOWHERE = "Not in the specs"


def part(view: View) -> Part | None:
    """Nothing when all that changes is told by the louder section."""
    if not view.quiet:
        return None
    files: dict[str, list[Entry]] = {}
    for entry in view.quiet:
        files.setdefault(_file(entry), []).append(entry)

    def frame(name: str) -> Frame:
        if not _folded(view):
            title = _NOWHERE if name == _NOWHERE else code(name, 200)
            return Frame(f"#### {title}\n\n```diff\n", "\n```")
        summary = f"<details><summary>{tag(name, 200)}: {_said(files[name])}</summary>\n\n```diff\n"
        return Frame(summary, "\n```", "\n\n</details>")

    names = sorted(files, key=lambda name: (name == _NOWHERE, name))
    more = " without a loss or wider access" if view.loud else ""
    return Part(
        head=f"### {many(len(view.quiet), 'change')}{more}",
        blocks=(_block(entry, name, view) for name in names for entry in files[name]),
        total=len(view.quiet),
        noun="change",
        frame=frame,
    )


def _said(found: Sequence[Entry]) -> str:
    """``3 to create, 2 to update``, or the one change that there is."""
    if len(found) == 1:
        return f"{found[0].step['action']} {tag(address(found[0].step))}"
    counts = Counter(entry.step["action"] for entry in found)
    return ", ".join(f"{number:,} to {action}" for action, number in sorted(counts.items()))


def _file(entry: Entry) -> str:
    at = entry.step["at"]
    return at["file"] if at else _NOWHERE


def _block(entry: Entry, group: str, view: View) -> Block:
    step = entry.step
    head = _head(step)
    asides: list[str] = []
    lines = [head, *_rows(entry, view, asides)]
    if reason := why(step):
        lines.append(f"      {clip(reason, 400)}")
    if {field["effect"] for field in step["fields"]} == {Effect.APPEND_ONLY}:
        lines.append("      in place; no record is touched")
    if step["action"] == Action.UPDATE and verified(step["type"]):
        lines.append(f"      {verified(step['type'])}")
    if entry.blocked_by:
        lines.append(f"      held back: needs the refused {clip(harmless(entry.blocked_by), 400)}")
    return Block("\n".join(lines), head, group, "\n".join(asides))


def _head(step: Mapping[str, Json]) -> str:
    sign = _SIGNS.get(step["action"], "!")
    at = f"  # {clip(span(step['at']), 200)}" if step["at"] else ""
    return f"{sign} {step['action']:<7} {address(step)}{at}"


def _rows(entry: Entry, view: View, asides: list[str]) -> Iterator[str]:
    """What changes, with the line that causes it; texts of many lines go to `asides`."""
    step = entry.step
    found = [(row, field) for field in differences(step) for row in rows_of(field)]
    most = len(found) if view.full else _ROWS
    for row, field in found[:most]:
        yield _row(row, field, step, view)
        if _is_text(row):
            asides.append(_aside(row, step))
    if hidden := len(found) - len(found[:most]):
        yield f"      … and {many(hidden, 'more difference')}"
    if step["action"] == Action.CREATE and not found and not _folded(view):
        yield from _made(step, view)


def _made(step: Mapping[str, Json], view: View) -> Iterator[str]:
    """What a new resource will be, but for its name and, in short, its tags."""
    told = [
        row
        for row in leaves((), step["desired"])
        if row.after != step["name"] and (view.full or not row.path.startswith("Tags"))
    ]
    most = len(told) if view.full else _MADE
    for row in told[:most]:
        yield f"+     {clip(row.path, 200)}  {row.text(view.width, WIDEST)[2:]}"
    if hidden := len(told) - len(told[:most]):
        yield f"      … and {hidden:,} more"


def _folded(view: View) -> bool:
    return len(view.quiet) > _OPEN and not view.full


def _row(row: Row, field: Mapping[str, Json], step: Mapping[str, Json], view: View) -> str:
    said = "text of several lines, below" if _is_text(row) else row.text(view.width, WIDEST)
    sign = row.sign if row.sign in {"+", "-"} else " "
    if sign != " " and not _is_text(row):
        said = said[2:]
    parts = [f"{sign}     {clip(row.path, 200)}", said, NOTES.get(field["effect"], "")]
    if field["at"] and span(field["at"]) != span(step["at"]):
        parts.append(f"# {clip(span(field['at']), 200)}")
    return "  ".join(filter(None, parts))


def _is_text(row: Row) -> bool:
    return any(isinstance(value, str) and "\n" in value for value in (row.before, row.after))


def _aside(row: Row, step: Mapping[str, Json]) -> str:
    """Two texts of many lines, compared line by line, folded away."""
    before, after = _around(*(_lines(value) for value in (row.before, row.after)))
    found = [*difflib.unified_diff(before, after, lineterm="", n=2)][2:]
    shown = [*_cut(found[:_SHOWN])]
    if hidden := len(found) - len(shown):
        shown.append(f"  … and {many(hidden, 'more line')}")
    summary = f"<summary>{tag(address(step))} {tag(row.path, 200)}</summary>"
    return f"<details>{summary}\n\n{fence(shown, 'diff')}\n\n</details>"


def _lines(value: Json) -> list[str]:
    if value is None:
        return []
    return (value if isinstance(value, str) else str(value)).split("\n")


def _around(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Of long texts the lines around what differs."""
    pairs = zip(before, after, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
    first = max(0, (min(len(before), len(after)) if same is None else same) - _BESIDE)
    if max(len(before), len(after)) <= _LINES:
        first = 0
    return before[first : first + _LINES], after[first : first + _LINES]


def _cut(lines: Sequence[str]) -> Iterator[str]:
    """Lines of a comparison, shortened where those that take each other's place are the same."""
    at = 0
    while at < len(lines):
        gone = [*itertools.takewhile(lambda line: line[:1] == "-", lines[at:])]
        come = [*itertools.takewhile(lambda line: line[:1] == "+", lines[at + len(gone) :])]
        pairs = [
            stacked(harmless(one[1:]), harmless(other[1:]), _WIDE)
            for one, other in zip(gone, come, strict=False)
        ]
        yield from (f"-{each.one}" for each in pairs)
        yield from (f"-{clip(harmless(line[1:]), _WIDE)}" for line in gone[len(pairs) :])
        yield from (f"+{each.other}" for each in pairs)
        yield from (f"+{clip(harmless(line[1:]), _WIDE)}" for line in come[len(pairs) :])
        at += len(gone) + len(come)
        if not (gone or come):
            yield clip(harmless(lines[at]), _WIDE)
            at += 1


register(Section(name="changes", report=Report.PLAN, order=40, budget=19_000, markdown=part))
