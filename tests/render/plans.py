"""Steps and plans to render."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Effect, FieldChange, Reason
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.plan import Plan, Step, plan_to_json
from reconciler.model.value import SENSITIVE, UNKNOWN, Ref

ROLE = Address("AWS::IAM::Role", "acme-prod-train")


def span(file: str, line: int) -> Span:
    return Span(f"specs/{file}.yaml", line, 3)


def changed(
    path: str, before: Any, after: Any, effect: Effect = Effect.IN_PLACE, at: Span | None = None
) -> FieldChange:
    return FieldChange(tuple(path.split("/")), before, after, effect, at)


def step(type_: str, name: str, action: Action, reason: Reason, *fields: FieldChange, **more: Any):
    half = more.pop("half", "")
    calls = tuple(Call("sagemaker", "do", {}) for _ in range(more.pop("calls", 1)))
    address = Address(f"AWS::{type_}", name)
    return Step(f"{address}{half}", address, action, reason, calls, fields=fields, **more)


def made(type_: str, name: str, **more: Any) -> Step:
    return step(type_, name, Action.CREATE, Reason.ABSENT, **more)


def updated(type_: str, name: str, *fields: FieldChange, **more: Any) -> Step:
    return step(type_, name, Action.UPDATE, Reason.DIFFERS, *fields, **more)


def removed(type_: str, name: str, reason: Reason = Reason.NOT_DECLARED, **more: Any) -> Step:
    return step(type_, name, Action.DELETE, reason, half="#delete", **more)


def replaced(
    type_: str, name: str, *fields: FieldChange, removal: dict[str, Any] | None = None, **more: Any
) -> tuple[Step, Step]:
    reason = more.pop("reason", Reason.CANNOT_UPDATE)
    old = step(type_, name, Action.DELETE, reason, half="#delete", **(removal or {}))
    new = step(type_, name, Action.REPLACE, reason, *fields, needs=(old.id,), **more)
    return old, new


def plan(*steps: Step, **more: Any) -> Plan:
    known: dict[str, Any] = {"unchanged": 58, "observed_calls": 31, "commit": "4f2c9e1d00ff"}
    return Plan("prod", "acme", "123456789012", "eu-west-1", steps, **{**known, **more})


def data(*steps: Step, **more: Any) -> Any:
    """The JSON that a renderer gets: nothing but what survives a file."""
    return json.loads(json.dumps(plan_to_json(plan(*steps, **more))))


def deferred() -> Diagnostic:
    return Diagnostic(
        "PLAN010",
        "Monitor/fraud is deferred: the endpoint has captured nothing yet",
        span("monitoring/fraud", 3),
        "nothing it owns is changed until then",
        Severity.WARNING,
    )


ENDPOINT = updated(
    "SageMaker::Endpoint",
    "acme-prod-fraud",
    changed("EndpointConfigName", "acme-prod-fraud-77e0c1", "acme-prod-fraud-51ab07"),
    at=span("rollout/fraud", 9),
    spec="Rollout/fraud",
)
APPENDED = updated(
    "SageMaker::FeatureGroup",
    "acme-prod-customer-v2",
    changed(
        "FeatureDefinitions/country",
        None,
        {"FeatureName": "country", "FeatureType": "String"},
        Effect.APPEND_ONLY,
        span("features/customer", 14),
    ),
    at=span("features/customer", 2),
    spec="FeatureGroup/customer",
)
PIPELINE = updated(
    "SageMaker::Pipeline",
    "acme-prod-train",
    changed(
        "PipelineDefinition",
        '{"Version":"2020-12-01","Steps":[{"Name":"train"}],"Image":"a:1"}',
        '{"Version":"2020-12-01","Steps":[{"Name":"train"},{"Name":"check"}],"Image":"a:2"}',
    ),
    changed("RoleArn", Ref(ROLE, "Arn"), UNKNOWN),
    changed("Tags/owner", None, "fraud-team"),
    changed("Tags/legacy", "yes", None),
    changed("ParallelismConfiguration/MaxParallelExecutionSteps", "4", 4),
    changed("PipelineDescription", SENSITIVE, "{{resolve:ssm-secure:/acme/text}}"),
    at=span("models/train", 2),
)
MODEL = made(
    "SageMaker::Model",
    "acme-prod-fraud-9c8d2f",
    at=span("rollout/fraud", 9),
    desired={
        "ModelName": "acme-prod-fraud-9c8d2f",
        "ExecutionRoleArn": Ref(ROLE, "Arn"),
        "PrimaryContainer": {"Image": "1.dkr/x", "Environment": {"WORKERS": "4"}},
        "Tags": [{"Key": "owner", "Value": "fraud-team"}],
    },
)
SUPERSEDED = removed(
    "SageMaker::EndpointConfig", "acme-prod-fraud-1d4e90", Reason.SUPERSEDED, spec="Rollout/fraud"
)
ALARM = updated(
    "CloudWatch::Alarm",
    "acme-prod-fraud-latency",
    changed("Threshold", 400000.0, 250000, at=span("rollout/fraud", 21)),
    at=span("rollout/fraud", 12),
)
ADOPTED = step(
    "SNS::Topic",
    "acme-prod-alerts",
    Action.ADOPT,
    Reason.ADOPTED,
    changed("Tags/moorline:platform", None, "acme"),
    at=span("monitoring/fraud", 2),
)
LOST_GROUP = replaced(
    "SageMaker::FeatureGroup",
    "acme-prod-merchant",
    changed(
        "FeatureDefinitions/zip/FeatureType",
        "String",
        "Integral",
        Effect.REPLACE,
        span("features/merchant", 14),
    ),
    removal={
        "destroys": "records",
        "refused": "protection.allow of the environment does not list 'records'",
    },
    at=span("features/merchant", 2),
    spec="FeatureGroup/merchant",
)
