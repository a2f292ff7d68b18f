"""Endpoint configurations: immutable, refused while a model is missing or an endpoint uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.facts.instances import local_storage
from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import deployment, listing, model
from reconciler.sandbox.services.sagemaker.store import created_at
from reconciler.sandbox.services.sagemaker.variants import single

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "endpoint-config"
NAMES = {"sagemaker": frozenset({"EndpointConfigName"})}


def find(call: Call, name: str) -> Record:
    """The configuration, or the documented ValidationException."""
    record = call.records(KIND).get(name)
    if record is None:
        raise invalid(f'Could not find endpoint configuration "{call.arn(KIND, name)}".')
    return record


def deployable(call: Call, name: str) -> Record:
    """The configuration, whose models must exist too when it is about to be deployed."""
    record = find(call, name)
    for variant in record.data["ProductionVariants"]:
        if "ModelName" in variant:
            model.find(call, variant["ModelName"])
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateEndpointConfig."""
    name = call["EndpointConfigName"]
    if name in call.records(KIND):
        arn = call.arn(KIND, name)
        raise invalid(f'Cannot create already existing endpoint configuration "{arn}".')
    variants = call["ProductionVariants"] + (call.get("ShadowProductionVariants") or [])
    _check_variants(call, variants)
    if said := _unfit(call, variants):
        raise invalid(said)
    data = {"EnableNetworkIsolation": False} | call.pick(
        "EndpointConfigName",
        "ProductionVariants",
        "ShadowProductionVariants",
        "DataCaptureConfig",
        "KmsKeyId",
        "AsyncInferenceConfig",
        "ExplainerConfig",
        "ExecutionRoleArn",
        "VpcConfig",
        "EnableNetworkIsolation",
        "MetricsConfig",
        "CrossRegionTrafficConfig",
    )
    for variant in data["ProductionVariants"] + data.get("ShadowProductionVariants", []):
        given = variant.get("InitialVariantWeight", 1.0)
        variant["InitialVariantWeight"] = single(given)
    if "DataCaptureConfig" in data:
        data["DataCaptureConfig"].setdefault("EnableCapture", True)
    return {"EndpointConfigArn": call.add(KIND, name, data).arn}


def _check_variants(call: Call, variants: list[dict[str, Any]]) -> None:
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        raise invalid("Variant names must be unique within an endpoint configuration.")
    for variant in variants:
        if "ModelName" in variant:
            model.find(call, variant["ModelName"])
        elif "ExecutionRoleArn" not in call.params:
            raise invalid("ExecutionRoleArn is required when a variant has no ModelName.")
        if "VolumeSizeInGB" in variant and local_storage(variant.get("InstanceType", "")):
            message = f"VolumeSizeInGB is not supported for {variant['InstanceType']}"
            raise invalid(f"{message}, which has local storage.")
        if "ModelName" in variant and not _has_capacity(variant):
            name = variant["VariantName"]
            message = f"Variant {name} needs InstanceType and InitialInstanceCount"
            raise invalid(f"{message}, or ServerlessConfig.")


def _unfit(call: Call, variants: list[dict[str, Any]]) -> str:
    """What does not go together; the words are ours. Source: AWS_FACTS 1.2 and 1.6."""
    shadows = call.get("ShadowProductionVariants") or []
    serverless = [each["VariantName"] for each in variants if "ServerlessConfig" in each]
    if shadows and (len(shadows), len(call["ProductionVariants"])) != (1, 1):
        return "A shadow needs exactly one production variant and one shadow variant."
    if shadows and (serverless or "AsyncInferenceConfig" in call.params):
        return "Shadow variants are not supported for serverless and asynchronous endpoints."
    if not serverless:
        return ""
    name = serverless[0]
    if len(variants) > 1:
        return f"Serverless variant {name} must be the only variant of its endpoint."
    for parameter in ("DataCaptureConfig", "VpcConfig", "AsyncInferenceConfig", "ExplainerConfig"):
        if parameter in call.params:
            return f"{parameter} is not supported for serverless variant {name}."
    sizes = variants[0]["ServerlessConfig"]
    if sizes.get("ProvisionedConcurrency", 0) > sizes["MaxConcurrency"]:
        return f"ProvisionedConcurrency of variant {name} must not exceed its MaxConcurrency."
    if sizes["MemorySizeInMB"] % 1024:
        return f"MemorySizeInMB of variant {name} must be a multiple of 1024."
    return ""


def _has_capacity(variant: dict[str, Any]) -> bool:
    instances = "InstanceType" in variant and "InitialInstanceCount" in variant
    managed = "InstancePools" in variant or "ManagedInstanceScaling" in variant
    return instances or managed or "ServerlessConfig" in variant


def describe(call: Call) -> dict[str, Any]:
    """DescribeEndpointConfig."""
    record = find(call, call["EndpointConfigName"])
    return record.shown(EndpointConfigArn=record.arn, CreationTime=created_at(record))


def delete(call: Call) -> None:
    """DeleteEndpointConfig; refused while an endpoint has it live or is moving to it."""
    record = find(call, call["EndpointConfigName"])
    deployment.settle(call.records("endpoint"))
    users = [
        endpoint.name
        for endpoint in call.records("endpoint").values()
        if record.name in (endpoint.data["EndpointConfigName"], _coming(endpoint))
        and endpoint.data["EndpointStatus"] != "Deleting"
    ]
    if users:
        message = f'Cannot delete endpoint configuration "{record.arn}" because it is in use'
        raise invalid(f"{message} by endpoint {', '.join(sorted(users))}.")
    del call.records(KIND)[record.name]


def _coming(endpoint: Record) -> str | None:
    return getattr(endpoint.pending, "config", None)


def list_(call: Call) -> dict[str, Any]:
    """ListEndpointConfigs."""
    found = listing.select(call.records(KIND).values(), call)
    return listing.page(found, call, key="EndpointConfigs", shown=_summary)


def _summary(record: Record) -> dict[str, Any]:
    return {
        "EndpointConfigName": record.name,
        "EndpointConfigArn": record.arn,
        "CreationTime": created_at(record),
    }


OPERATIONS = {
    "CreateEndpointConfig": create,
    "DescribeEndpointConfig": describe,
    "DeleteEndpointConfig": delete,
    "ListEndpointConfigs": list_,
}
