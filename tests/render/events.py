"""A run as events, for the sinks to read."""

from __future__ import annotations

from reconciler.model.address import Address
from reconciler.model.change import Action, Call
from reconciler.model.event import (
    CallSent,
    RunFinished,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StepWaiting,
)

ROLE = Address("AWS::IAM::Role", "acme-prod-train")
ENDPOINT = Address("AWS::SageMaker::Endpoint", "acme-prod-fraud")
ALARM = Address("AWS::CloudWatch::Alarm", "acme-prod-fraud-latency")
CREATE, UPDATE = Action.CREATE, Action.UPDATE


def sent(address: Address, service: str, method: str, at: float) -> CallSent:
    return CallSent(str(address), Call(service, method, {"Secret": "x"}), at, 0.25)


def waiting(state: str, at: float) -> StepWaiting:
    return StepWaiting(str(ENDPOINT), ENDPOINT, state, at)


RUN = [
    StepStarted(str(ROLE), ROLE, CREATE, 100.0),
    sent(ROLE, "iam", "create_role", 100.5),
    sent(ROLE, "iam", "put_role_policy", 101.0),
    StepFinished(str(ROLE), ROLE, CREATE, 101.5),
    StepStarted(str(ENDPOINT), ENDPOINT, UPDATE, 101.5),
    sent(ENDPOINT, "sagemaker", "update_endpoint", 102.0),
    waiting("Updating", 112.0),
    waiting("Updating", 122.0),
    waiting("Updating", 142.0),
    waiting("RollingBack", 152.0),
    StepFailed(
        str(ENDPOINT), ENDPOINT, UPDATE, 162.0, "APPLY007", "SageMaker rolled it back", "look here"
    ),
    StepSkipped(str(ALARM), ALARM, CREATE, 162.0, str(ENDPOINT)),
    RunFinished(1, 1, 1, 162.5),
]
