"""The endpoint state machine: what is under way, when it ends and what it leaves behind.

What has become due is applied when somebody next looks, one thing after another in the order of
its moments, so no thread and no timer is needed.
"""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from reconciler.sandbox.services.sagemaker import fleets, guards, stages, tidings, variants
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.outcomes import CAPACITY_TEXT, OK, Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.stages import Stage
    from reconciler.sandbox.services.sagemaker.store import Record

Change = Literal["create", "update", "weights", "back", "system", "delete"]
FAILED_TEXT = "The primary container did not pass the ping health check."
MINUTE = 60.0


@dataclass(slots=True)
class Deployment:
    """One change of an endpoint under way."""

    change: Change
    due: float
    started: float
    config: str | None = None
    production: list[variants.Variant] = field(default_factory=list)
    shadow: list[variants.Variant] = field(default_factory=list)
    models: dict[str, str] = field(default_factory=dict)
    capture: dict[str, Any] | None = None
    policy: dict[str, Any] | None = None
    outcome: Outcome = OK
    retained: frozenset[str] = frozenset()  # properties of variants that stay as they are live
    stages: tuple[Stage, ...] = ()
    stage: int = -1  # the one that it is in; none yet
    alarms: tuple[str, ...] = ()  # they roll it back
    watched: float = math.inf  # when the alarms are next looked at

    @property
    def now(self) -> Stage | None:
        """The stage that it is in."""
        return self.stages[self.stage] if self.stage >= 0 else None


def begin(change: Change, seconds: float, outcome: Outcome = OK, **rest: Any) -> Deployment:  # noqa: ANN401
    """A change that started now and ends after `seconds` of virtual time, unless it is stuck."""
    now = WORLD.clock.now()
    due = math.inf if outcome.mode == "stuck" else now + seconds
    return Deployment(change, due, now, outcome=outcome, **rest)


def guarded(deployment: Deployment, live: list[variants.Variant], seconds: float) -> Deployment:
    """An update with the stages and alarms of its policy; one that is to fail has none."""
    if deployment.outcome.mode != "ok":
        return deployment
    found = stages.course(
        deployment.policy, live, deployment.production, deployment.started, seconds
    )
    deployment.stages, deployment.due = found.stages, found.end
    if found.stages:
        deployment.alarms = tuple(guards.names(deployment.policy))
        deployment.watched = found.stages[0].at if deployment.alarms else math.inf
    return deployment


def settle(endpoints: dict[str, Record]) -> None:
    """Apply everything that is due."""
    now = WORLD.clock.now()
    for record in list(endpoints.values()):
        while record.pending is not None and (at := upcoming(record.pending)) <= now:
            _go_on(endpoints, record, at)


def look(endpoints: dict[str, Record], alarm: str) -> None:
    """An alarm has changed: deployments that it guards look at it now."""
    settle(endpoints)
    for record in endpoints.values():
        pending: Deployment | None = record.pending
        if pending and alarm in pending.alarms and pending.stage >= 0:
            pending.watched = WORLD.clock.now()
    settle(endpoints)


def upcoming(deployment: Deployment) -> float:
    """When something of it is due next, in seconds of the clock."""
    coming = deployment.stage + 1
    stage = deployment.stages[coming].at if coming < len(deployment.stages) else math.inf
    return min(stage, deployment.watched, deployment.due)


def _go_on(endpoints: dict[str, Record], record: Record, at: float) -> None:
    deployment: Deployment = record.pending
    coming = deployment.stage + 1
    if coming < len(deployment.stages) and deployment.stages[coming].at <= at:
        deployment.stage = coming
        _shift(record, deployment, at)
    elif deployment.watched <= at:
        deployment.watched = at + MINUTE
        if found := guards.firing(record, deployment.alarms, at):
            fired = ", ".join(found)
            text = f"The deployment was rolled back because of alarms in the state ALARM: {fired}."
            deployment.outcome = Outcome("rollback", text)  # the words are ours
            _end(endpoints, record, at)
    else:
        _end(endpoints, record, deployment.due)


def _end(endpoints: dict[str, Record], record: Record, at: float) -> None:
    deployment: Deployment = record.pending
    record.pending = None
    record.modified = at
    if deployment.change == "delete":
        del endpoints[record.name]
        return
    if deployment.change == "system":
        record.data["EndpointStatus"] = "InService"
        record.data["FailureReason"] = deployment.outcome.reason or None
    elif deployment.change == "back":
        _back(record, deployment)
    elif deployment.outcome.mode == "ok":
        _succeed(record, deployment, at)
    else:
        _fail(record, deployment, at)
    if record.pending is None:
        _note(record, at)
    tidings.tell(record, at)


def _succeed(record: Record, deployment: Deployment, at: float) -> None:
    now = moment(at)
    record.data["EndpointStatus"] = "InService"
    record.data.pop("FailureReason", None)
    record.data["ProductionVariants"] = variants.settled(deployment.production, now)
    if deployment.change == "weights":
        return
    record.extra["models"] = deployment.models
    record.data |= {
        "EndpointConfigName": deployment.config,
        "ShadowProductionVariants": variants.settled(deployment.shadow, now) or None,
        "DataCaptureConfig": deployment.capture,
    }
    if deployment.policy:
        record.data["LastDeploymentConfig"] = deployment.policy


def _fail(record: Record, deployment: Deployment, at: float) -> None:
    mode, reason = deployment.outcome.mode, deployment.outcome.reason
    if mode == "capacity":
        reason = reason or CAPACITY_TEXT
    for variant in record.data["ProductionVariants"]:
        variant.pop("VariantStatus", None)  # no stage of a deployment goes on
    backwards = mode in ("rollback", "capacity")
    if deployment.change == "weights" and backwards:
        _turn(record, deployment, Outcome("rollback", reason), at)
        return
    if backwards and deployment.change != "create":
        record.data["EndpointStatus"] = "InService"
    elif mode == "update-rollback-failed" and deployment.change != "create":
        record.data["EndpointStatus"] = "UpdateRollbackFailed"
    else:  # nothing to roll back to
        record.data["EndpointStatus"] = "Failed"
        reason = reason or FAILED_TEXT
    record.data["FailureReason"] = reason or None


def _turn(record: Record, deployment: Deployment, outcome: Outcome, at: float) -> None:
    """A change of weights or capacity goes back: desired values are again the current ones.

    Source: SageMaker API, DescribeEndpoint.EndpointStatus, RollingBack.
    """
    record.data["EndpointStatus"] = "RollingBack"
    record.data["ProductionVariants"] = variants.undone(record.data["ProductionVariants"])
    due = at + (deployment.due - deployment.started)
    record.pending = Deployment("back", due, at, outcome=outcome)


def _back(record: Record, deployment: Deployment) -> None:
    record.data["EndpointStatus"] = "InService"
    record.data["FailureReason"] = deployment.outcome.reason or None


def _note(record: Record, at: float) -> None:
    """What answers from now on."""
    data = record.data
    serving = data["EndpointStatus"] in ("InService", "UpdateRollbackFailed")
    production, shadow = data["ProductionVariants"], data.get("ShadowProductionVariants") or []
    models = record.extra.get("models", {})
    found = fleets.of(data["EndpointConfigName"], production, shadow, models)
    fleets.note(record, at, found if serving else ())


def _shift(record: Record, deployment: Deployment, at: float) -> None:
    """Both fleets answer, each its share."""
    stage = deployment.now
    share = stage.share if stage else 0.0
    data, models = record.data, record.extra.get("models", {})
    live, shadow = data["ProductionVariants"], data.get("ShadowProductionVariants") or []
    old = fleets.of(data["EndpointConfigName"], live, shadow, models, 1 - share)
    new = fleets.of(
        deployment.config or "",
        deployment.production,
        deployment.shadow,
        deployment.models,
        share,
    )
    fleets.note(record, at, [*old, *new], deploying=True)


def started(record: Record) -> None:
    """An update with guardrails began: the old fleet's metrics say their configuration too."""
    if record.pending.stages:
        _shift(record, record.pending, record.pending.started)


def scaled(record: Record) -> None:
    """The live counts are others now."""
    at = WORLD.clock.now()
    if record.pending is not None and record.pending.stages:
        _shift(record, record.pending, at)
    else:
        _note(record, at)


def summary(record: Record, config: Record | None) -> dict[str, Any] | None:
    """PendingDeploymentSummary, which exists while an update runs."""
    deployment: Deployment | None = record.pending
    if deployment is None or deployment.change != "update" or config is None:
        return None
    stage = deployment.now
    word = "Creating" if stage is None else stage.word
    began = deployment.started if stage is None else stage.at
    status = {"Status": word, "StartTime": moment(began)}
    shown = [] if stage is not None and stage.old else [status]
    coming = variants.pending(deployment.production, config, shown)
    found = {
        "EndpointConfigName": deployment.config,
        "ProductionVariants": coming,
        "StartTime": moment(deployment.started),
    }
    if deployment.shadow:
        found["ShadowProductionVariants"] = variants.pending(deployment.shadow, config, shown)
    return found


def live(record: Record) -> list[variants.Variant]:
    """The live variants, with what goes on with them."""
    found: list[variants.Variant] = deepcopy(record.data["ProductionVariants"])
    stage = record.pending.now if record.pending is not None else None
    if stage is not None and stage.old:
        for variant in found:
            variant["VariantStatus"] = [{"Status": "Deleting", "StartTime": moment(stage.at)}]
    return found
