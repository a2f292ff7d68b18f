"""The bytes of assets when a plan is carried out: those that were planned, or none."""

from __future__ import annotations

from reconciler.cli.frame.project import Project
from reconciler.model.asset import ChangedError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan

CODE = "ASSET008"
_HELP = "apply from the checkout that was planned, or plan again and review what changed"


def changed(plan: Plan, project: Project) -> list[Diagnostic]:
    """Assets of a plan that are not what was planned, before the first write."""
    found = []
    for step in plan.steps:
        if step.asset is None:
            continue
        try:
            project.repository.data(step.asset)
        except ChangedError as error:
            found.append(Diagnostic(CODE, str(error), step.at, _HELP, address=step.address))
    return found
