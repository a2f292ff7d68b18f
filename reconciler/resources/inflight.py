"""Runs that are going while what they run is changed or deleted: said in the plan. Pure.

They are asked for only where a plan has such a step. A run goes on as it began, or not; the type
says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json, Props
from reconciler.resources.review import Asking, Foreseeing, Look, Objection, Pending

RUNS = "runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """Where a type tells of its runs, and what becomes of them."""

    live: Callable[[Change], Look]
    """Asks for the runs that are going, of a live resource that is to change."""
    last: Callable[[Step, Graph], Look | None]
    """The same of one that is to go; nothing where it cannot be named."""
    going: Callable[[Json], bool]
    """Whether a run that is answered is still going."""
    changed: str
    """What becomes of them when it changes: the end of a sentence."""
    deleted: str
    """What becomes of them when it is deleted."""
    ends: str = ""
    """What a person may do instead."""
    props: frozenset[str] = frozenset()
    """The properties of which a change concerns runs; all but tags where none is named."""

    @property
    def pending(self) -> Pending:
        """For the type's record."""
        return Pending(context=self._context, review=self._review, foresee=self._foresee)

    def _context(self, change: Change) -> Asking:
        if not self._concerns(change):
            return {}
        found = yield self.live(change)
        return {RUNS: sum(map(self.going, found or ()))}

    def _concerns(self, change: Change) -> bool:
        touched = {each.path[0] for each in change.fields} - {"Tags"}
        return bool(touched & self.props if self.props else touched)

    def _review(self, change: Change) -> Iterable[FieldChange | Objection]:
        if count := change.context.get(RUNS):
            yield self._said("GOING001", change.address.name, count, self.changed)

    def _foresee(self, step: Step, graph: Graph) -> Foreseeing:
        if step.action is Action.CREATE or (look := self.last(step, graph)) is None:
            return ()
        found = yield look
        count = sum(map(self.going, found or ()))
        return (self._said("GOING002", step.address.name, count, self.deleted),) if count else ()

    def _said(self, code: str, name: str, count: int, then: str) -> Objection:
        runs = "a run" if count == 1 else f"{count} runs"
        verb = "is" if count == 1 else "are"
        text = f"{runs} of {name!r} {verb} going: {then}"
        help_ = self.ends or "wait for their end, or stop them first"
        return Objection(code, text, help_, Severity.WARNING)


def word(member: str, *words: str) -> Callable[[Json], bool]:
    """Whether a member of a run has one of these words."""
    return lambda run: isinstance(run, dict) and run.get(member) in words


def identifier(change: Change, output: str) -> Json:
    """An output of a live resource."""
    observed: Props = change.observed.outputs if change.observed else {}
    return observed.get(output)
