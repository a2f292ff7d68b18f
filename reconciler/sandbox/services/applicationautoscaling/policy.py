"""Scaling policies: a put replaces all of one, and needs its target.

Source: Application Auto Scaling API reference, PutScalingPolicy (ObjectNotFoundException without a
target; one predefined or one customized metric; what SageMaker's numbers may follow).
"""

from __future__ import annotations

import uuid
from typing import Any

from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.applicationautoscaling import target
from reconciler.sandbox.services.applicationautoscaling.target import POLICIES as KIND, SERVICE, key

__all__ = ["OPERATIONS", "SERVICE"]

BODIES = {
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "StepScaling": "StepScalingPolicyConfiguration",
    "PredictiveScaling": "PredictiveScalingPolicyConfiguration",
}
ALLOWED = {
    "sagemaker:variant:DesiredInstanceCount": ("SageMakerVariantInvocationsPerInstance",
        "SageMakerVariantConcurrentRequestsPerModelHighResolution"),
    "sagemaker:variant:DesiredProvisionedConcurrency": (
        "SageMakerVariantProvisionedConcurrencyUtilization",),
    "sagemaker:inference-component:DesiredCopyCount": (
        "SageMakerInferenceComponentInvocationsPerCopy",
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"),
}  # fmt: skip
"""A number that is not here takes any. The text of the refusal is AWS's (aws/aws-cdk#29065)."""


def put(call: Call) -> dict[str, Any]:
    """PutScalingPolicy."""
    target.find(call)
    kind = call.get("PolicyType") or "StepScaling"
    body = call.get(BODIES[kind])
    if not body:
        raise Refused("ValidationException", f"{BODIES[kind]} must be specified")
    _check(call["ScalableDimension"], body)
    name = f"{key(call)} {call['PolicyName']}"
    record = call.records(KIND).get(name)
    data = {
        it: call[it] for it in ("PolicyName", "ResourceId", "ScalableDimension", "ServiceNamespace")
    } | {"PolicyType": kind, BODIES[kind]: body}
    if record is None:
        id_ = uuid.uuid5(uuid.NAMESPACE_URL, name)
        about = f"{call['ServiceNamespace']}/{call['ResourceId']}:policyName/{call['PolicyName']}"
        arn = call.arn(f"scalingPolicy:{id_}:resource/{about}")
        record = call.add(KIND, name, arn.replace("application-autoscaling", "autoscaling"), data)
    record.data = data
    return {"PolicyARN": record.arn, "Alarms": []}


def _check(dimension: str, body: dict[str, Any]) -> None:
    named = (body.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
    allowed = ALLOWED.get(dimension)
    if named and allowed and named not in allowed:
        text = f"Only {' and '.join(allowed)} predefined metric types are allowed for {dimension}"
        raise Refused("ValidationException", text)


def describe(call: Call) -> dict[str, Any]:
    """DescribeScalingPolicies, all on one page."""
    names = call.get("PolicyNames")
    wanted = ("ResourceId", "ScalableDimension")
    found = [
        {**each.data, "PolicyARN": each.arn, "CreationTime": each.created, "Alarms": []}
        for each in call.records(KIND).values()
        if each.data["ServiceNamespace"] == call["ServiceNamespace"]
        and (not names or each.data["PolicyName"] in names)
        and all(call.get(it) in (None, each.data[it]) for it in wanted)
    ]
    return {"ScalingPolicies": found}


def delete(call: Call) -> None:
    """DeleteScalingPolicy."""
    name = f"{key(call)} {call['PolicyName']}"
    if call.records(KIND).pop(name, None) is None:
        raise Refused("ObjectNotFoundException", f"No scaling policy found for {name}")


OPERATIONS = {
    "PutScalingPolicy": put,
    "DescribeScalingPolicies": describe,
    "DeleteScalingPolicy": delete,
}
