"""Autoscaled variants: what a scalable target forbids, and an autoscaler that a test moves.

The targets themselves are Application Auto Scaling's. SageMaker refuses another instance
type for a variant that has one, and deregisters them with the endpoint (AWS_FACTS 1.7). The text
of the refusal is ours: AWS's own was not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox import beside
from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.applicationautoscaling import target
from reconciler.sandbox.services.sagemaker import deployment, endpoint_config, stages, variants

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

DIMENSION = f"sagemaker:variant:{variants.COUNT}"


def _targets(call: Call) -> dict[str, Any]:
    """The scalable targets of variants, by resource id."""
    home = beside.backends[call.backend.account_id][call.backend.region_name]
    found = home.of(target.SERVICE, target.KIND).values()
    return {it.data["ResourceId"]: it for it in found if it.data["ScalableDimension"] == DIMENSION}


def _id(endpoint: str, variant: str) -> str:
    return f"endpoint/{endpoint}/variant/{variant}"


def refuse_other_instances(call: Call, record: Record, config: Record) -> None:
    """The ValidationException for an autoscaled variant that would change its type, or go away.

    Source: SageMaker developer guide, "Endpoint autoscaling: update or delete".
    """
    live = call.records(endpoint_config.KIND).get(record.data["EndpointConfigName"])
    before, after = _types(live) if live else {}, _types(config)
    for name in sorted(stages.names(record.data["ProductionVariants"])):
        if _id(record.name, name) not in _targets(call):
            continue
        if name not in after:
            message = f"Variant {name} cannot be removed"
        elif before.get(name, after[name]) != after[name]:
            message = f"The instance type of variant {name} cannot be changed"
        else:
            continue
        raise invalid(f"{message} while it is registered as a scalable target.")


def _types(config: Record) -> dict[str, str | None]:
    given = config.data["ProductionVariants"]
    return {variant["VariantName"]: variant.get("InstanceType") for variant in given}


def deregister(call: Call, endpoint: str) -> None:
    """Forget the targets of an endpoint that is deleted, with what they have."""
    home = beside.backends[call.backend.account_id][call.backend.region_name]
    targets = home.of(target.SERVICE, target.KIND)
    policies = home.of(target.SERVICE, target.POLICIES)
    actions = home.kept(target.SERVICE, target.ACTIONS)
    mine = [it for it in targets if targets[it].data["ResourceId"].startswith(_id(endpoint, ""))]
    for each in mine:
        target.forget(targets, policies, actions, each)


def scale(endpoints: dict[str, Record], name: str, variant: str, count: int) -> None:
    """What an autoscaler does: another live count, at once, also while an update is under way.

    Raises KeyError for an endpoint or variant that does not exist.
    """
    deployment.settle(endpoints)
    record = endpoints[name]
    _by_name(record.data["ProductionVariants"])[variant].update(
        {variants.COUNT: count, "CurrentInstanceCount": count}
    )
    deployment.scaled(record)
    record.touch()
    pending: deployment.Deployment | None = record.pending
    if pending and variants.COUNT in pending.retained:
        _by_name(pending.production).get(variant, {})[variants.COUNT] = count


def _by_name(found: list[variants.Variant]) -> dict[str, variants.Variant]:
    return {variant["VariantName"]: variant for variant in found}
