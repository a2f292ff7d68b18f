"""How a step of an apply ends: with what it left behind, or with why it cannot go on."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from reconciler.aws.errors import AwsError
from reconciler.model.change import Action, Observed, Status
from reconciler.model.diagnostic import in_words
from reconciler.model.plan import Step
from reconciler.model.value import Props
from reconciler.plan.diff import compare
from reconciler.plan.lent import unsettled
from reconciler.plan.live import Claim, claim, owned
from reconciler.plan.moved import moved
from reconciler.resources.api import OWNERSHIP, Place, Resource


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


def foreign(
    step: Step, there: Observed, resource: Resource, place: Place, error: AwsError | None = None
) -> StepError | None:
    """Why something that is there already is not what an earlier try of this step began."""
    name = repr(str(step.address))
    if claim(there, place, resource) is Claim.ELSEWHERE:
        help_ = "use another environment name in this region; `moorline plan` says whose it is"
        return StepError("APPLY003", f"{name} exists and belongs to another region", help_)
    if not owned(there, place, resource):
        detail = f" ({error})" if error else ""
        help_ = f"take it over with `--adopt {step.address.argument}`"
        return StepError("APPLY003", f"{name} exists and is not ours{detail}", help_)
    if (there.tags or {}).get(OWNERSHIP[2], step.spec) != step.spec:
        return StepError("APPLY003", f"{name} belongs to another spec of ours")
    if there.status is not Status.READY:  # it is waited for, and compared then
        return None
    if how := moved(replace(step, action=Action.CREATE), there, resource, place):
        help_ = "see that no other run is going on, and plan again"
        return StepError("APPLY003", f"{name} {how}; another run made it otherwise", help_)
    return None


def not_shown(step: Step, desired: Props, live: Observed, resource: Resource) -> bool:
    """Whether AWS took all that is missing, and gives none of it back."""
    left = compare(step.address, desired, live, resource).fields
    return all(each.before is None for each in left)


def unfinished(step: Step, desired: Props, live: Observed, resource: Resource) -> StepError | None:
    """What of a step is not as asked, whatever AWS reports; nothing when all is."""
    if problem := resource.verify(desired, live):
        return StepError("APPLY007", problem, "`moorline plan` shows the change as pending")
    left = unsettled(compare(step.address, desired, live, resource).fields, resource)
    if not left:
        return None
    told = {change.path: change.spec for change in step.fields}
    paths = ", ".join(in_words(".".join(each.path), told.get(each.path)) for each in left)
    message = f"AWS accepted the change of {str(step.address)!r}, but {paths} is as before"
    help_ = "`moorline plan` shows what is pending"
    if all(change.after is None and change.before is not None for change in left):
        message = f"AWS has a value for {paths} of {str(step.address)!r} all the same"
        help_ = "write the value that it has in place of the null, and apply again"
    return StepError("APPLY008", message, help_)


def pending(step: Step, desired: Props, live: Observed, resource: Resource) -> bool:
    """Whether something that the step is to change is not yet as asked.

    Also a number that an autoscaler may own: the plan has asked, and there was none.
    """
    left = {each.path for each in compare(step.address, desired, live, resource).fields}
    return any(each.path in left for each in step.fields)


VANISHED = "APPLY004"


def vanished(step: Step) -> StepError:
    """What was made is not there any more, or was never shown."""
    return StepError(VANISHED, f"{str(step.address)!r} vanished while it was made")
