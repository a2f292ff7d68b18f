"""The bytes of assets when a plan is carried out: those that were planned, or none."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.assets.repository import ChangedError
from reconciler.aws.ending import StepError
from reconciler.cli.frame.project import Project
from reconciler.model.asset import Packed
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan

CODE = "ASSET008"
_HELP = "apply from the checkout that was planned, or plan again and review what changed"


def reader(project: Project) -> Callable[[Packed], bytes]:
    """What reads the bytes of an asset while steps run."""

    def read(asset: Packed) -> bytes:
        try:
            return project.repository.data(asset)
        except ChangedError as error:
            raise StepError(CODE, f"{error}; nothing was put", _HELP) from error

    return read


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
