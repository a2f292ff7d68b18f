"""Disks that instances have of their own."""

from __future__ import annotations

from reconciler.facts.instances import local_gigabytes, local_storage
from reconciler.kinds.api import Scope, gibibytes
from reconciler.kinds.training.compute import choices
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity


def report(spec: Training, scope: Scope) -> None:
    """Instances with disks of their own have these and no other, whatever size is asked for.

    Source: SageMaker API, ResourceConfig.VolumeSizeInGB; of tuning jobs,
    HyperParameterTuningResourceConfig.VolumeSizeInGB: not above what there is.
    """
    if "volume" not in spec.compute.model_fields_set:
        return
    for each in choices(spec.compute):
        have = local_gigabytes(each)
        if have is not None and gibibytes(spec.compute.volume) > have:
            scope.problem(
                ("compute", "volume"),
                f"{each} has {have} GB of its own and takes no other disk",
                help="use a larger size of the type, or one without disks of its own",
            )
        elif local_storage(each):
            scope.problem(
                ("compute", "volume"),
                f"{each} has disks of its own, so this changes nothing",
                help="remove it",
                code="SPEC040",
                severity=Severity.WARNING,
            )
