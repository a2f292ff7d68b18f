"""A registry has to say where the model files are that are written for it."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.training.places import output_path
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json


def report(spec: Training, scope: Scope) -> None:
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
