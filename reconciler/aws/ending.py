"""How a step of an apply ends: with what it left behind, or with why it cannot go on."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.diff import compare
from reconciler.model.change import Observed
from reconciler.model.plan import Step
from reconciler.model.value import Props
from reconciler.resources.api import Resource


class Ended(NamedTuple):
    """What a step left behind: what was asked for, and what was read of it afterwards."""

    desired: Props | None = None
    live: Observed | None = None


class StepError(Exception):
    """A step cannot go on. `code` is a diagnostic code; `help` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = hint


def unfinished(step: Step, desired: Props, live: Observed, resource: Resource) -> StepError | None:
    """What of a step is not as asked, whatever AWS reports; nothing when all is."""
    if problem := resource.verify(desired, live):
        return StepError("APPLY007", problem, "`moorline plan` shows the change as pending")
    left = compare(step.address, desired, live, resource).fields
    if not left:
        return None
    paths = ", ".join(".".join(change.path) for change in left)
    message = f"AWS accepted the change of {str(step.address)!r}, but {paths} is as before"
    return StepError("APPLY008", message, "`moorline plan` shows what is pending")
