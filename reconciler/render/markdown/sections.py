"""The sections of a comment, in the order in which they are read. One line adds one.

A section is a name, a budget and a function from the `View` (the plan's JSON
and its context) to a `Part`, or to nothing when it has nothing to say. To add
one (costs, rollouts, policy, permissions): write its file with that function,
and put one line here. It must not look at the size of the comment; it yields
blocks, and `budget.fit` takes as many as there is room for.

Budgets are bytes where every section uses its own up. What one leaves flows to
those after it, in the proportion of their budgets. A section with a `crowd` is
vital: it may take what the others would have had, and all that it names gets
at least a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.render.markdown import changes, destruction, findings, graph, moved
from reconciler.render.markdown.budget import Part
from reconciler.render.markdown.view import View


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that a comment can tell."""

    name: str
    budget: int
    part: Callable[[View], Part | None]


PLAN: tuple[Section, ...] = (
    Section("destruction", 22_000, destruction.part),
    Section("findings", 9_000, findings.part),
    Section("drift", 8_000, moved.in_plan),
    Section("changes", 19_000, changes.part),
    Section("graph", 5_000, graph.part),
)
DRIFT: tuple[Section, ...] = (
    Section("drift", 44_000, moved.report),
    Section("owned", 8_000, moved.owned),
    Section("findings", 10_000, findings.part),
)
