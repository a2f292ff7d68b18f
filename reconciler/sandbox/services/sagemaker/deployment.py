"""The endpoint state machine: what is under way, when it ends and what it leaves behind.

A finished change is applied when somebody next looks, so no thread and no timer is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from reconciler.sandbox.services.sagemaker import variants
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.outcomes import OK, Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Record

Change = Literal["create", "update", "weights", "delete"]
FAILED_TEXT = "The primary container did not pass the ping health check."


@dataclass(slots=True)
class Deployment:
    """One change of an endpoint under way."""

    change: Change
    due: float
    started: float
    config: str | None = None
    production: list[variants.Variant] = field(default_factory=list)
    shadow: list[variants.Variant] = field(default_factory=list)
    capture: dict[str, Any] | None = None
    policy: dict[str, Any] | None = None
    outcome: Outcome = OK
    retained: frozenset[str] = frozenset()  # properties of variants that stay as they are live


def begin(change: Change, seconds: float, outcome: Outcome = OK, **rest: Any) -> Deployment:  # noqa: ANN401
    """A change that started now and ends after `seconds` of virtual time, unless it is stuck."""
    now = WORLD.clock.now()
    due = math.inf if outcome.mode == "stuck" else now + seconds
    return Deployment(change, due, now, outcome=outcome, **rest)


def settle(endpoints: dict[str, Record]) -> None:
    """Apply every change that is due."""
    now = WORLD.clock.now()
    for record in list(endpoints.values()):
        if record.pending is None or record.pending.due > now:
            continue
        deployment: Deployment = record.pending
        record.pending = None
        record.modified = deployment.due
        if deployment.change == "delete":
            del endpoints[record.name]
        elif deployment.outcome.mode == "ok":
            _succeed(record, deployment)
        else:
            _fail(record, deployment)


def _succeed(record: Record, deployment: Deployment) -> None:
    now = moment(deployment.due)
    record.data["EndpointStatus"] = "InService"
    record.data.pop("FailureReason", None)
    record.data["ProductionVariants"] = variants.settled(deployment.production, now)
    if deployment.change == "weights":
        return
    record.data |= {
        "EndpointConfigName": deployment.config,
        "ShadowProductionVariants": variants.settled(deployment.shadow, now) or None,
        "DataCaptureConfig": deployment.capture,
    }
    if deployment.policy:
        record.data["LastDeploymentConfig"] = deployment.policy


def _fail(record: Record, deployment: Deployment) -> None:
    mode, reason = deployment.outcome.mode, deployment.outcome.reason
    for variant in record.data["ProductionVariants"]:
        variant.pop("VariantStatus", None)  # no stage of a deployment goes on
    if mode == "rollback" and deployment.change != "create":
        record.data["EndpointStatus"] = "InService"
    elif mode == "update-rollback-failed" and deployment.change != "create":
        record.data["EndpointStatus"] = "UpdateRollbackFailed"
    else:  # nothing to roll back to
        record.data["EndpointStatus"] = "Failed"
        reason = reason or FAILED_TEXT
    record.data["FailureReason"] = reason or None


def summary(record: Record, config: Record | None) -> dict[str, Any] | None:
    """PendingDeploymentSummary, which exists while an update runs."""
    deployment: Deployment | None = record.pending
    if deployment is None or deployment.change != "update" or config is None:
        return None
    return {
        "EndpointConfigName": deployment.config,
        "ProductionVariants": variants.pending(deployment.production, config),
        "StartTime": moment(deployment.started),
    }
