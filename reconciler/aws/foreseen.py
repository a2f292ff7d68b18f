"""What AWS would say only after it has taken a request, asked before anything is sent.

An adapter knows what a creation will meet (a table of that name in another service's catalog) and
what a deletion leaves. Nothing is asked unless the plan has such a step, and what cannot be read is
a warning: the apply may still go well. What AWS is known to refuse, the plan refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.aws.context import ask
from reconciler.aws.errors import AwsError
from reconciler.aws.session import Session
from reconciler.aws.survey import unreadable
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.resources.api import Resource
from reconciler.resources.review import unforeseen

_ASKED = frozenset({Action.CREATE, Action.DELETE, Action.REPLACE})


def look(
    session: Session, steps: Iterable[Step], graph: Graph, resources: Mapping[str, Resource]
) -> tuple[list[Step], list[Diagnostic]]:
    """The steps, and what stands against making or deleting something, and what is left of it."""
    found: list[Diagnostic] = []
    steps = [*steps]
    refused: dict[str, str] = {}
    planned = {step.address for step in steps}
    for step in steps:
        foresee = resources[step.address.type].pending.foresee
        if step.action not in _ASKED or foresee is unforeseen:
            continue
        try:
            said = ask(session, foresee(step, graph))
        except AwsError as error:
            told = unreadable(error, step.address)
            found.append(replace(told, severity=Severity.WARNING, at=step.at))
            continue
        said = tuple(it for it in said if it.around not in planned)
        if why := "; ".join(it.message for it in said if it.refuses):
            refused[step.id] = why
        found += [
            Diagnostic(it.code, it.message, step.at, it.help, it.severity, step.address)
            for it in said
        ]
    return [_refused(step, refused.get(step.id, "")) for step in steps], found


def _refused(step: Step, why: str) -> Step:
    """A step that is refused already keeps the reason that it has."""
    return replace(step, refused=step.refused or why) if why else step
