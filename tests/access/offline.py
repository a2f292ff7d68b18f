"""A world without AWS, and what every question has to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from reconciler.access import table
from reconciler.access.calls import Call, admitted
from reconciler.access.model import Asked
from reconciler.sandbox.protocol.sessions import core

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci/deployer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/run-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"


@dataclass
class Offline:
    """What AWS knows, as a test says it."""

    tagged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=lambda: {"alias/acme": KEY})
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bounded: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def tags(self, arn: str) -> Mapping[str, str]:
        return self.tagged.get(arn, {})

    def owner(self, arn: str) -> str:
        return self.owners.get(arn, "")

    def key(self, name: str, _region: str, _account: str) -> str:
        return self.keys.get(name.rsplit(":", 1)[-1], "")

    def aliases(self, key: str) -> Iterable[str]:
        return self.named.get(key, ())

    def role(self, name: str, _account: str) -> str:
        return ROLE if name == "deployer" else ""

    def boundary(self, role: str) -> str:
        return self.bounded.get(role, "")

    def workgroup(self, _query: str) -> str:
        return ""

    def version(self, arn: str) -> Mapping[str, Any]:
        return self.versions.get(arn, {})

    def encryption(self, arn: str) -> str:
        return self.sealed.get(arn, "")


def call(service: str, operation: str, /, **params: Any) -> Call:
    return Call(service, operation, params, REGION, ACCOUNT, SESSION)


def faults(asked: Asked) -> list[str]:
    """What the table says against a question; none when it can be asked so."""
    action = table.action(asked.action)
    found = []
    if asked.resource == "*":
        if any(action.types.values()) and action.name != "iam:ListRoles":
            found.append(f"{action.name} needs a resource")
    elif not table.fitting(asked.action, asked.resource):
        found.append(f"{asked.resource} is none of {sorted(action.types)} of {action.name}")
    exact, stems = admitted(asked.action, asked.resource)
    for key in asked.context:
        if key not in exact and not key.startswith((*stems, "aws:principaltag/")):
            found.append(f"{action.name} on {asked.resource} has no key {key}")
    return found


@cache
def model(service: str) -> Any:
    return core().get_service_model(service)


SPECIAL = {
    "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:acme",
    "SubscriptionArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:acme:1-2-3",
    "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "ModelPackageArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/acme/1",
    "PipelineExecutionArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/acme/execution/abc",
    "stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:acme",
    "executionArn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:acme:1",
    "TableArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/acme",
    "ExportArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/acme/export/01",
    "StreamARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/acme",
    "AliasName": "alias/acme",
    "CopySource": "acme/key",
    "KeyId": KEY, "TargetKeyId": KEY, "SourceKeyId": KEY, "DestinationKeyId": KEY, "KmsKeyId": KEY,
    "Path": "/acme/",
}  # fmt: skip
RESOURCES = {
    "application-autoscaling": f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}"
    ":scalable-target/0a1b",
    "cloudwatch": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:acme",
    "emr-serverless": f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/acme",
    "glue": f"arn:aws:glue:{REGION}:{ACCOUNT}:database/acme",
    "redshift-serverless": f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/0a1b",
    "scheduler": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/acme",
    "sns": SPECIAL["TopicArn"],
    "budgets": f"arn:aws:budgets::{ACCOUNT}:budget/acme",
    "sagemaker": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/acme",
}


def filled(service: str, operation: str) -> dict[str, Any]:
    """An input with everything in it, three levels deep."""
    shape = model(service).operation_model(operation).input_shape
    return _value(service, "", shape, 0) if shape else {}


def _value(service: str, name: str, shape: Any, depth: int) -> Any:
    if name.lower() == "resourcearn":
        return RESOURCES[service]
    if name.endswith(("RoleArn", "Role")) and shape.type_name == "string":
        return ROLE
    if shape.type_name == "structure":
        members = shape.members.items() if depth < 6 else ()
        return {key: _value(service, key, each, depth + 1) for key, each in members}
    if shape.type_name == "list":
        return [_value(service, name, shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"team": "fraud"} if shape.value.type_name == "string" else {}
    if shape.type_name == "string":
        return SPECIAL.get(name) or (shape.enum[0] if shape.enum else "acme")
    return {"boolean": True, "blob": b"x", "timestamp": "2030-01-01"}.get(shape.type_name, 3)
