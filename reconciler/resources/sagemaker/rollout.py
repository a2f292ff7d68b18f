"""How long an update of an endpoint waits on purpose, by its ``DeploymentConfig``.

Source: SageMaker API, BlueGreenUpdatePolicy, TrafficRoutingConfig and RollingUpdatePolicy: the
wait follows each part of the traffic, and the old fleet stays for the termination wait.
"""

from __future__ import annotations

from reconciler.model.value import Json, Props

WHOLE = 100
"""Percent. Steps of instances count as if there were one of each size: the number is not here."""


def seconds(desired: Props) -> float:
    """The sum of all waits if nothing goes wrong."""
    how = desired.get("DeploymentConfig") or {}
    if rolling := how.get("RollingUpdatePolicy"):
        parts = _parts(rolling.get("MaximumBatchSize"))
        return float(parts * rolling.get("WaitIntervalInSeconds", 0))
    policy: Props = how.get("BlueGreenUpdatePolicy") or {}
    routing: Props = policy.get("TrafficRoutingConfiguration") or {}
    kind, between = routing.get("Type"), routing.get("WaitIntervalInSeconds", 0)
    parts = {"CANARY": 2, "LINEAR": _parts(routing.get("LinearStepSize"))}.get(str(kind), 1)
    return float(parts * between + policy.get("TerminationWaitInSeconds", 0))


def _parts(size: Json) -> int:
    """How many parts of a size there are at least: a part is at most half of the capacity."""
    if not size or size.get("Type") != "CAPACITY_PERCENT":
        return 2
    return -(-WHOLE // int(size.get("Value") or WHOLE))
