"""What a section of a report is, and how the reports find theirs.

A section tells one thing (what is lost, who caused drift, what it costs) from the plan's JSON. It
is one file in `sections/` that registers a `Section` for each report that it is part of, and
renders itself into every form of that report: lines of text, Markdown, a panel of the HTML page,
JSON, SARIF. A form that it has nothing for stays as it is. Nothing else has to be edited.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from reconciler.model.codes import Code
from reconciler.model.value import Json
from reconciler.render.formats import Context
from reconciler.render.markdown.budget import Part
from reconciler.render.markdown.view import View, view
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.place import Finding

__all__ = ["Panel", "Report", "Section", "data", "load", "marks", "of", "register", "with_data"]

Half = Mapping[str, Json]
"""A step of the plan's JSON, or one of its `fields`."""


class Report(StrEnum):
    """The two reports there are."""

    PLAN = "plan"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of the HTML page: a heading and lines of plain text, made harmless already."""

    title: str
    lines: tuple[str, ...]
    pictures: tuple[str, ...] = ()
    """SVG, in which all text is escaped; without styles, which the page does not take."""


def _no_part(_view: View) -> Part | None:
    return None


def _no_panel(_view: View) -> Panel | None:
    return None


def _no_lines(_of: Mapping[str, Json] | View, _ink: Ink) -> Iterable[str]:
    return ()


def _no_marks(_half: Half) -> Mapping[str, Json]:
    return {}


def _no_data(_view: View) -> Json:
    return None


def _no_findings(_view: View) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One thing that a report tells. Every form is a pure function, and may be left out."""

    name: str
    report: Report
    order: int
    """Its place among the others; the first is read first."""
    budget: int = 4_000
    """Bytes of a comment where every section uses its own up. What one leaves flows to those after
    it, in the proportion of their budgets; a part with a `crowd` may take what they would have
    had, and all that it names gets at least a line."""
    markdown: Callable[[View], Part | None] = _no_part
    """Its blocks; `budget.fit` takes as many as there is room for."""
    text_head: Callable[[View, Ink], Iterable[str]] = _no_lines
    """Its lines before the steps, for what must be read first."""
    text: Callable[[View, Ink], Iterable[str]] = _no_lines
    """Its lines after the steps."""
    text_step: Callable[[Half, Ink], Iterable[str]] = _no_lines
    """Lines below one step, without indentation."""
    html: Callable[[View], Panel | None] = _no_panel
    html_step: Callable[[Half], Mapping[str, Json]] = _no_marks
    """What the page is told about one step."""
    html_field: Callable[[Half], Mapping[str, Json]] = _no_marks
    """What the page is told about one difference."""
    json: Callable[[View], Json] = _no_data
    """What stands under its name in `sections` of the JSON; None for nothing."""
    json_step: Callable[[Half], Mapping[str, Json]] = _no_marks
    """Members that a step has in the JSON of the drift report."""
    json_field: Callable[[Half], Mapping[str, Json]] = _no_marks
    """Members that a difference has in the JSON of the drift report."""
    sarif: Callable[[View], Iterable[Finding]] = _no_findings
    codes: tuple[Code, ...] = field(default=())
    """The rules of SARIF that its findings name and `model.codes` does not know."""


REGISTRY: dict[tuple[Report, str], Section] = {}


def register(section: Section) -> Section:
    """Add a section to its report.

    Raises:
        ValueError: the report has one of this name.
    """
    if REGISTRY.setdefault((section.report, section.name), section) is not section:
        raise ValueError(f"{section.report} has two sections {section.name!r}")
    return section


@cache
def load(report: Report) -> tuple[Section, ...]:
    """The sections of a report in their order; imports every section's file once."""
    package = importlib.import_module("reconciler.render.sections")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    found = (section for (of_report, _), section in REGISTRY.items() if of_report is report)
    return tuple(sorted(found, key=lambda section: (section.order, section.name)))


def of(seen: View) -> tuple[Section, ...]:
    """The sections of the report that a view is of."""
    return load(Report.DRIFT if seen.context.drift else Report.PLAN)


def marks(
    found: Iterable[Section], form: Callable[[Section], Callable[[Half], Half]], half: Half
) -> dict[str, Json]:
    """What all sections say of one step or difference in one form."""
    return {key: value for each in found for key, value in form(each)(half).items()}


def with_data(plan: Mapping[str, Json], context: Context) -> dict[str, Json]:
    """A plan's JSON as it is printed for machines."""
    told = data(view(plan, context))
    return {**plan, "sections": told} if told else dict(plan)


def data(seen: View) -> dict[str, Json]:
    """What sections add to the JSON of a report, by their names."""
    return dict(_data(seen))


def _data(seen: View) -> Iterator[tuple[str, Json]]:
    for section in of(seen):
        value = section.json(seen)
        if value is not None:
            yield section.name, value
