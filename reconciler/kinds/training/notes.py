"""What is allowed and costs something: said when a spec is compiled."""

from __future__ import annotations

from reconciler.facts.instances import local_gigabytes, local_storage
from reconciler.kinds.api import Scope, gibibytes, seconds
from reconciler.kinds.training.compute import choices
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json

_HOUR = 3600


def report(spec: Training, scope: Scope) -> None:
    """Report all of it."""
    _apart(spec, scope)
    _disks(spec, scope)
    _spot(spec, scope)


def _apart(spec: Training, scope: Scope) -> None:
    """Say so when a registry's endpoints may not read what is trained for it."""
    if spec.register_ is None:
        return
    registry, source = spec.register_.registry, spec.output.to

    def has(what: str) -> Json:
        return scope.export("ModelRegistry", registry, what)

    if has("uri") is None:
        return  # which the Rollouts of the registry say
    base = scope.export("DataSource", source, "prefix")
    path = spec.output.path or f"training/{scope.name}"
    own = "/".join(filter(None, (base, path)))
    bucket = scope.export("DataSource", source, "bucketArn")
    if bucket != has("bucketArn") or not f"{own}/".startswith(f"{has('prefix')}/".lstrip("/")):
        scope.problem(
            ("output",),
            f"registry {registry!r} says that its model files are elsewhere, so no endpoint"
            " may read what is trained here",
            help=f"write under 'artifacts' of ModelRegistry {registry!r}, or widen its path",
            code="SPEC031",
            severity=Severity.WARNING,
        )


def _disks(spec: Training, scope: Scope) -> None:
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


def _spot(spec: Training, scope: Scope) -> None:
    """Without checkpoints an interrupted job begins anew, and may never end."""
    long = seconds(spec.compute.max_runtime) > _HOUR
    if spec.compute.spot is not None and long and not spec.checkpoints:
        scope.problem(
            ("compute", "spot"),
            "an interrupted job begins anew, since it keeps no checkpoints",
            help="add `checkpoints: true`, and let the script write and read them",
            code="SPEC041",
            severity=Severity.WARNING,
        )
