"""A registration that IAM refuses is said before hours of training."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.training.spec import Training


def report(spec: Training, scope: Scope) -> None:
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
