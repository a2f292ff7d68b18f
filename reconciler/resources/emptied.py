"""What AWS deletes only when nothing is in it: refused by the plan, not midway by AWS. Pure.

It is asked only where a plan deletes or replaces one. Moorline empties nothing: whoever does, knows
what is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.change import Action
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json
from reconciler.resources.review import Foreseeing, Look, Objection, Pending

CODE = "STATE004"


def emptied(
    look: Callable[[str], Look], full: Callable[[Json], bool], what: str, how: str
) -> Pending:
    """For a type's record: the read by the name, whether its answer has anything, and words."""

    def foresee(step: Step, _: Graph) -> Foreseeing:
        name = step.address.name
        if step.action is not Action.DELETE or not full((yield look(name))):
            return ()
        text = (
            f"{name!r} holds {what}: AWS does not delete it while it does, so nothing is done"
            " before it is empty, or is to stay"
        )
        help_ = f"{how} and run the same command again, or declare it as before to keep it"
        return (Objection(CODE, text, help_, Severity.WARNING, refuses=True),)

    return Pending(foresee=foresee)
