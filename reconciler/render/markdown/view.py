"""What every section starts from: a plan's JSON, its context and the entries in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.model.value import Json
from reconciler.render.formats import Context
from reconciler.render.markdown.escape import clip, code, link
from reconciler.render.vocabulary.entries import Entry, entries
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.words import span

WIDEST = 600
"""Characters of one difference that are shown where it takes as many."""
ADDRESS = 300
"""Bytes of an address that are shown; AWS has none that long, so only nonsense is shortened."""


@dataclass(frozen=True)
class View:
    """A plan as the sections see it. `full` asks for everything that there is to say."""

    plan: Mapping[str, Json]
    context: Context
    full: bool = False
    entries: list[Entry] = field(default_factory=list)

    @cached_property
    def loud(self) -> list[Entry]:
        """What loses or opens something or is refused; refused ones first: they stop the apply."""
        found = [entry for entry in self.entries if entry.loud]
        return sorted(found, key=lambda entry: not entry.refused)

    @cached_property
    def quiet(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.loud]

    @property
    def label(self) -> str:
        """What the link to everything is called."""
        return "complete report" if self.context.drift else "complete plan"

    @property
    def environment(self) -> str:
        """The name of the environment as code."""
        return code(self.plan["environment"], 100)

    @property
    def width(self) -> int:
        """Characters of one value that are shown."""
        return 2000 if self.full else 90

    @cached_property
    def where(self) -> str:
        """Where everything is told that does not fit here."""
        if link(self.context.link):
            return f"in the [{self.label}]"
        verb = "drift" if self.context.drift else "plan --verbose"
        return f"with {code(f'moorline {verb} -e ' + clip(self.plan['environment'], 60))}"

    def rest(self, number: int, noun: str) -> str:
        """Says that something is left out, how much, and where it is."""
        return f"*… and {many(number, f'more {noun}')}, {self.where}.*"

    def severity(self, *wanted: str) -> list[Mapping[str, Json]]:
        """The findings of these severities."""
        return [each for each in self.plan["diagnostics"] if each["severity"] in wanted]


def view(plan: Mapping[str, Json], context: Context, *, full: bool = False) -> View:
    """A plan's JSON with its replacements put together."""
    return View(plan, context, full, entries(plan))


def address(step: Mapping[str, Json]) -> str:
    """``TYPE/NAME`` of a step, harmless and bounded, not yet Markdown."""
    return clip(f"{harmless(step['type'])}/{harmless(step['name'])}", ADDRESS)


def place(at: Mapping[str, Json] | None) -> str:
    """``specs/fraud.yaml:9`` as code, "" for nothing."""
    return code(span(at), 200)


def many(number: int, noun: str) -> str:
    """``1 change``, ``20,000 changes``."""
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"
