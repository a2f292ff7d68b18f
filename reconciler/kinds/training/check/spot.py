"""Work that is lost when a spot instance is taken away."""

from __future__ import annotations

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity

_HOUR = 3600


def report(spec: Training, scope: Scope) -> None:
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
