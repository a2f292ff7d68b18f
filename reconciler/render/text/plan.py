"""A plan for people, from the plan's JSON alone.

What loses or opens something or is refused comes first; then every step in the order of the
plan, the findings, and one line that sums it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Action, Effect
from reconciler.model.diagnostic import PLACE_MOVED
from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.markdown.view import view
from reconciler.render.section import Section
from reconciler.render.text.frame import header
from reconciler.render.text.table import INDENT, Line, block
from reconciler.render.vocabulary import protection, waiting
from reconciler.render.vocabulary.difference import leaves, rows_of
from reconciler.render.vocabulary.entries import Entry, differences
from reconciler.render.vocabulary.fold import broken
from reconciler.render.vocabulary.ink import Ink, cells, harmless, spread
from reconciler.render.vocabulary.words import SIGNS, count, span, tally, verified, why

__all__ = ["text"]


def text(
    plan_json: Mapping[str, Json],
    *,
    color: bool,
    width: int = 100,
    verbose: bool = False,
    seconds: float | None = None,
) -> str:
    """The whole plan. `seconds` is how long it took to make."""
    ink = Ink(color)
    seen = view(plan_json, Context())
    sections = section.of(seen)
    writer = _Writer(ink, max(width, 40), sections, verbose=verbose)
    found = seen.entries
    loud = [entry for entry in found if entry.loud]
    quiet = [entry for entry in found if not entry.loud]
    lines = [header(plan_json, ink, max(width, 40), seconds)]
    for each in sections:
        lines += each.text_head(seen, ink)
    for entry in loud:
        lines += ["", *writer.loud(entry, plan_json["environment"])]
    if quiet:
        lines.append("")
    for entry in quiet:
        lines += writer.entry(entry)
    for each in sections:
        lines += each.text(seen, ink)
    return "\n".join([*lines, "", summary(plan_json, ink)])


def summary(plan_json: Mapping[str, Json], ink: Ink) -> str:
    """One line, as in ``Plan: 2 to create, 1 refused, 58 unchanged. 14 calls to apply``."""
    counts = plan_json["summary"]
    unchanged = counts["unchanged"]
    errors = sum(each["severity"] == "error" for each in plan_json["diagnostics"])
    waits = waiting.summed(plan_json)
    if not counts["changes"]:
        if errors:
            return ink(f"No plan: {count(errors, 'error')} above.", "alarm")
        if any(each["code"] == PLACE_MOVED for each in plan_json["diagnostics"]):
            said = "No step, but the environment itself changes, as said above."
            return f"{ink(said, 'alarm')} {_as_specs(unchanged)}"
        if waits:
            return f"Nothing to do yet. {_as_specs(unchanged)} {ink(waits, 'yellow')}"
        return ink(f"Nothing to do. {_as_specs(unchanged)}", "green")
    does, stopped = tally(counts)
    if counts["refused"]:
        stopped[0] = ink(stopped[0], "alarm")
    calls = count(counts["calls_planned"], "call")
    said = ", ".join([*does, *stopped, f"{unchanged:,} unchanged"])
    line = f"{ink('Plan:', 'bold')} {said}. {calls} to apply."
    if errors:
        line += ink(f" Blocked by {count(errors, 'error')} above.", "alarm")
    elif counts["refused"]:
        line += ink(" Blocked until what is refused is approved or undone.", "alarm")
    return f"{line} {ink(waits, 'yellow')}" if waits else line


def _as_specs(number: int) -> str:
    return f"{count(number, 'resource')} {'is' if number == 1 else 'are'} as the specs say."


class _Writer:
    def __init__(self, ink: Ink, width: int, sections: Sequence[Section], *, verbose: bool) -> None:
        self.ink = ink
        self.width = width
        self.sections = sections
        self.verbose = verbose

    def loud(self, entry: Entry, environment: str) -> Iterator[str]:
        """A step that loses or opens something or is refused, and what to do about it."""
        ink, step = self.ink, entry.step
        opens = "WIDENS ACCESS" if entry.widens else "REFUSED"
        word = "DESTRUCTIVE" if entry.destroys else opens
        lines = (field["at"] for field in protection.causes(entry) if field["at"])
        at = span(next(lines, step["at"]))
        yield self._head(f"! {word} ", "alarm", step, at)
        yield from (f"{INDENT}{ink(deed, 'alarm')}" for deed in protection.deeds(entry))
        if reason := why(step):
            yield f"{INDENT}because: {reason}"
        yield from self._fields(entry, at)
        if entry.refused:
            yield f"{INDENT}{ink('refused:', 'alarm')} {harmless(entry.refused)}"
            if remedy := protection.remedy(entry, environment):
                yield from _folded(remedy, self.width)
            yield from self._snippet(entry)
        elif entry.losses or entry.destroys:
            yield from (f"{INDENT}{line}" for line in protection.permits(entry))
        yield from self._told(step)
        yield from self._held(entry)

    def _snippet(self, entry: Entry) -> Iterator[str]:
        """The lines that approve it, as they can be pasted at any width."""
        indent = " " * (cells(INDENT) + 12)
        for line in (f"{INDENT}  {each}" for each in protection.snippet(entry)):
            yield from broken(line, self.width, indent) if '"' in line else [line]

    def entry(self, entry: Entry) -> Iterator[str]:
        """Any other step."""
        step = entry.step
        sign = SIGNS[step["action"]]
        reason, aside = why(step), span(step["at"])
        lead = f"{sign.symbol} {step['action']:<8}"
        if reason and not aside and self._fits(lead, step, reason):
            reason, aside = "", reason
        yield self._head(lead, sign.style, step, aside)
        if reason:
            yield f"{INDENT}{self.ink(reason, 'dim')}"
        yield from self._fields(entry, span(step["at"]))
        effects = {field["effect"] for field in step["fields"]}
        if effects == {Effect.APPEND_ONLY}:
            yield f"{INDENT}{self.ink('in place; no record is touched', 'dim')}"
        if step["action"] == Action.UPDATE and verified(step["type"]):
            yield f"{INDENT}{self.ink(verified(step['type']), 'dim')}"
        yield from self._told(step)
        yield from self._held(entry)

    def _head(self, lead: str, style: str, step: Mapping[str, Json], aside: str) -> str:
        ink = self.ink
        type_, name = harmless(step["type"]), harmless(step["name"])
        painted = f"  {ink(lead, style)} {type_} {ink(name, 'bold')}"
        if aside and not self._fits(lead, step, aside):
            edge = max(len(INDENT), self.width - cells(aside))
            return f"{painted}\n{' ' * edge}{ink(aside, 'dim')}"
        gap = spread(_title(lead, step), aside, self.width)
        return f"{painted}{gap}{ink(aside, 'dim')}"

    def _fits(self, lead: str, step: Mapping[str, Json], aside: str) -> bool:
        return cells(_title(lead, step)) + 2 + cells(aside) <= self.width

    def _fields(self, entry: Entry, shown: str) -> Iterator[str]:
        """What changes; each with its spec line, where it is not the one that is `shown`."""
        step = entry.step
        if differing := differences(step):
            all_replace = {field["effect"] for field in differing} == {Effect.REPLACE}
            lines: list[Line] = []
            for field in differing:
                at = span(field["at"])
                effect = "" if all_replace else field["effect"]
                found = rows_of(field, "" if at == shown else at)
                lines += [Line(row, effect) for row in found]
            yield from block(lines, self.ink, self.width, verbose=self.verbose)
        elif self.verbose and step["action"] == Action.CREATE:
            made = [Line(row, "") for row in leaves((), step["desired"])]
            yield from block(made, self.ink, self.width, verbose=True)

    def _told(self, step: Mapping[str, Json]) -> Iterator[str]:
        """What sections say of a step, such as who made it necessary."""
        for each in self.sections:
            yield from (f"{INDENT}{line}" for line in each.text_step(step, self.ink))

    def _held(self, entry: Entry) -> Iterator[str]:
        if entry.blocked_by and not entry.refused:
            cause = harmless(entry.blocked_by)
            yield f"{INDENT}{self.ink('held back:', 'yellow')} needs the refused step {cause}"


def _folded(line: str, width: int) -> Iterator[str]:
    """A sentence in lines of at most `width` cells; words stay whole, so they can be copied."""
    out = INDENT
    for word in line.split(" "):
        if out.strip() and cells(f"{out}{word}") > width:
            yield out.rstrip()
            out = f"{INDENT}  "
        out += f"{word} "
    yield out.rstrip()


def _title(lead: str, step: Mapping[str, Json]) -> str:
    return f"  {lead} {harmless(step['type'])} {harmless(step['name'])}"
