"""What is allowed and costs something: said when a spec is compiled."""

from __future__ import annotations

import json

from reconciler.facts.instances import local_gigabytes, local_storage
from reconciler.kinds.api import Scope, gibibytes, seconds
from reconciler.kinds.training.compute import choices
from reconciler.kinds.training.limits import too_long
from reconciler.kinds.training.pipeline import Plan
from reconciler.kinds.training.places import output_path
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import CACHED
from reconciler.kinds.training.steps import compare, record
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, to_json

_HOUR = 3600


def report(spec: Training, found: Plan, scope: Scope) -> None:
    """Report all of it."""
    _cached(spec, found, scope)
    _lengths(found, scope)
    _apart(spec, scope)
    _refused(spec, scope)
    _disks(spec, scope)
    _spot(spec, scope)


def _apart(spec: Training, scope: Scope) -> None:
    """Say so when a registry's endpoints may not read what is trained for it."""
    if spec.register_ is None:
        return
    registry, source = spec.register_.registry, spec.output.to

    def has(what: str) -> Json:
        return scope.export("ModelRegistry", registry, what)

    if has("uri") is None or has("immutable"):
        return  # which the Rollouts of the registry say; or what is registered is put there
    base = scope.export("DataSource", source, "prefix")
    own = "/".join(filter(None, (base, output_path(spec, scope))))
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


def _refused(spec: Training, scope: Scope) -> None:
    """Registrations that IAM refuses, when the execution has trained for hours."""
    if spec.register_ is None:
        return
    registry = spec.register_.registry
    group = str(scope.export("ModelRegistry", registry, "groupArn"))
    if group.split(":")[4] != scope.place.account:
        scope.problem(
            ("register", "registry"),
            f"registry {registry!r} is a group of another account, which is only read",
            help="register into a registry of this account",
        )
    approvers = scope.export("ModelRegistry", registry, "policy")["approvers"]
    if spec.register_.approval == "automatic" and approvers:
        scope.problem(
            ("register", "approval"),
            f"registry {registry!r} lets only its approvers approve, so a pipeline cannot"
            " register what is approved already",
            help="use 'manual', or name no principals among its approvers",
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


def _cached(spec: Training, found: Plan, scope: Scope) -> None:
    """What keeps a step from being found in the cache, though its spec asks for one."""
    if spec.cache is None:
        return
    never: dict[str, str] = {}
    for step in found.every:
        if step.name in {compare.NAME, record.NAME}:
            continue  # nothing else uses what it finds
        text = json.dumps(to_json(step.arguments))
        why = next((never[name] for name in never if f"Steps.{name}." in text), "")
        if step.fresh:
            why = f"step {step.name!r} depends on when it runs"
        elif step.type in CACHED and spec.checkpoints and "CheckpointConfig" in text:
            why = f"the checkpoints of step {step.name!r} are in a place of each execution"
        if why:
            never[step.name] = why
    for why in dict.fromkeys(never.values()):
        names = [name for name, because in never.items() if because == why]
        kept = [it.name for it in found.every if it.name in names and it.type in CACHED]
        if kept:
            scope.problem(
                ("cache",),
                f"{why}, so never found in the cache: {', '.join(kept)}",
                help="use a fixed `asOf`, or remove 'checkpoints'; or live with it",
                code="SPEC042",
                severity=Severity.WARNING,
            )


def _lengths(found: Plan, scope: Scope) -> None:
    """Texts that are longer than a job takes; of what a run puts together, what is known."""
    for step in found.every:
        for path, text, help_ in too_long(step):
            scope.problem(path, text, help=help_)
