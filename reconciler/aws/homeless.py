"""A rollout that nobody could take back, seen before it starts. Reads only.

Asked only where a plan puts a new version beside the live one: who drives the rollout looks for the
way back before its first weight, and would hold it there. What may not be looked at is not gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.aws.errors import AwsError
from reconciler.aws.rollout import home
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.survey import unreadable
from reconciler.kinds.rollout.standing import ENDPOINT
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.step import Step
from reconciler.model.value import Ref
from reconciler.plan.diff import TAGS
from reconciler.rollout import marks

CODE = "CANARY005"


def look(session: Session, steps: Iterable[Step]) -> tuple[list[Step], list[Diagnostic]]:
    """The steps, those refused that start what has no way back; and why."""
    steps = [*steps]
    made = {repr(step.address.name) for step in steps if step.action is Action.CREATE}
    found: list[Diagnostic] = []
    out: list[Step] = []
    for step in steps:
        out.append(step)
        if not (base := _left(step)):
            continue
        try:
            gone = home.gone(ReadOnly(session, "sagemaker", home.MISSING), base, files=True)
        except AwsError as error:
            told = unreadable(error, step.address)
            found.append(replace(told, severity=Severity.WARNING, at=step.at))
            continue
        if gone and not any(each in gone for each in made):
            why = f"{gone} is gone, so nobody could go back from the new version to {base!r}"
            help_ = "put it back, or deploy once with `strategy: {allAtOnce: {}}`"
            found.append(Diagnostic(CODE, why, step.at, help_, Severity.WARNING, step.address))
            out[-1] = replace(step, refused=step.refused or why)
    return out, found


def _left(step: Step) -> str:
    """The configuration that an endpoint leaves for one with both versions; "" of other steps."""
    if str(step.address.type) != ENDPOINT or step.action is not Action.UPDATE:
        return ""
    going = marks.read({tag["Key"]: tag["Value"] for tag in step.desired.get(TAGS) or ()})
    to = step.desired.get("EndpointConfigName")
    name = to.target.name if isinstance(to, Ref) else to
    if going is None or going.fault or name != going.middle:
        return ""
    return going.base if any(each.path[0] == "EndpointConfigName" for each in step.fields) else ""
