"""The policy of a registry as the judgement takes it, and who may approve."""

from __future__ import annotations

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.kinds.terms.criterion import judged
from reconciler.registry import Comparison, Policy, Threshold

ARN = "arn:"


def principals(spec: ModelRegistry) -> tuple[str, ...]:
    """The approvers that IAM knows; words for people are for people."""
    given = spec.approval.approvers if spec.approval is not None else ()
    return tuple(sorted({each for each in given if each.startswith(ARN)}))


def policy(spec: ModelRegistry, scope: Scope) -> Policy:
    """What is asked of each version."""
    asked = spec.policy
    lasts = spec.approval.expire_after if spec.approval is not None else None
    rules = [judged(each) for each in asked.when] if asked is not None else []
    alias = signing_alias(spec, scope)
    return Policy(
        thresholds=tuple(each for each in rules if isinstance(each, Threshold)),
        comparisons=tuple(each for each in rules if isinstance(each, Comparison)),
        baselines=asked.baselines if asked is not None else (),
        metadata=dict(asked.metadata) if asked is not None else {},
        lineage=asked.origins if asked is not None else (),
        scan=(asked.scan or "").upper() if asked is not None else "",
        signed=spec.signing is not None,
        signed_by=(alias,) if alias else (),
        approvers=principals(spec),
        lasts=seconds(lasts) if lasts is not None else 0,
    )


def signing_alias(spec: ModelRegistry, scope: Scope) -> str:
    """The ARN of the alias of the key that signs: what verifies knows it before the key is made."""
    if spec.signing is None:
        return ""
    use = spec.signing.key
    found: str = scope.export("Security", use.security, "aliases").get(use.key, "")
    return found
