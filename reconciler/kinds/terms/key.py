"""A KMS key of a Security spec, and how a workload is allowed to use it."""

from typing import Annotated

from reconciler.kinds.api import Reference, Role, Scope, Section
from reconciler.model.value import Json, Path


class KeyUse(Section):
    """A key to encrypt with."""

    security: Annotated[str, Reference("Security")]
    """The Security spec that makes the key."""
    key: str
    """The name of the key in that spec."""


def key_arn(use: KeyUse | None, scope: Scope) -> Json:
    """The ARN of a key; nothing when none was asked for or there is no such key."""
    if use is None:
        return None
    return scope.export("Security", use.security, "keys").get(use.key)


def report_missing(use: KeyUse | None, scope: Scope, path: Path) -> None:
    """Say so when the Security spec has no key of that name."""
    if use is not None and key_arn(use, scope) is None:
        names = ", ".join(sorted(scope.export("Security", use.security, "keys"))) or "none"
        scope.problem(
            (*path, "key"),
            f"Security {use.security!r} has no key {use.key!r}",
            help=f"its keys are: {names}",
        )


def allow_disks(scope: Scope, role: Role, key: Json) -> None:
    """Let disks under a key be attached: SageMaker makes a grant for them with the role."""
    if key is None:
        return
    scope.grant(role, ("kms:DescribeKey",), on=(key,))
    scope.grant(
        role,
        ("kms:CreateGrant",),
        on=(key,),
        when={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
