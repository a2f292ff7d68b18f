"""Variant summaries of an endpoint: what a configuration turns into once it is deployed."""

from __future__ import annotations

import hashlib
import struct
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker import crossing, model
from reconciler.sandbox.services.sagemaker.store import records

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

Variant = dict[str, Any]
COUNT, WEIGHT = "DesiredInstanceCount", "DesiredWeight"
KEPT = frozenset({COUNT, WEIGHT})  # what RetainAllVariantProperties retains


def single(value: float) -> float:
    """A number as SageMaker gives it back: a float32, so that 0.8 is 0.800000011920929.

    Source: SageMaker API, DesiredWeightAndCapacity (Float); AWS_FACTS 1.4.
    """
    found: tuple[float] = struct.unpack("f", struct.pack("f", float(value)))
    return found[0]


def models(config: Record) -> dict[str, str]:
    """The model of each variant and shadow variant of a configuration."""
    given = config.data["ProductionVariants"] + config.data.get("ShadowProductionVariants", [])
    return {each["VariantName"]: each["ModelName"] for each in given if "ModelName" in each}


def from_config(call: Call, config: Record, key: str = "ProductionVariants") -> list[Variant]:
    """The summaries that a configuration's variants start with: desired values, nothing current."""
    return [_summary(call, variant) for variant in config.data.get(key, [])]


def _summary(call: Call, variant: Variant) -> Variant:
    found: Variant = {
        "VariantName": variant["VariantName"],
        WEIGHT: variant["InitialVariantWeight"],
        **{
            name: deepcopy(variant[name])
            for name in ("ManagedInstanceScaling", "RoutingConfig")
            if name in variant
        },
    }
    if "InitialInstanceCount" in variant:
        found[COUNT] = variant["InitialInstanceCount"]
    if "ServerlessConfig" in variant:
        found["DesiredServerlessConfig"] = deepcopy(variant["ServerlessConfig"])
    images = _images(call, variant.get("ModelName"))
    return found | ({"DeployedImages": images} if images else {})


def _images(call: Call, model_name: str | None) -> list[dict[str, Any]]:
    record = call.records(model.KIND).get(model_name or "")
    if record is None:
        return []
    parts = [part for each in model.containers(record.data) for part in _parts(call, each)]
    images = [part["Image"] for part in parts if "Image" in part]
    return [{"SpecifiedImage": image, "ResolvedImage": resolved(image)} for image in images]


def _parts(call: Call, container: dict[str, Any]) -> list[dict[str, Any]]:
    """A container, or those of the version that it names."""
    arn = container.get("ModelPackageName")
    if not arn:
        return [container]
    packages = records(crossing.owner(call, arn), crossing.KIND)
    package = packages.get(arn.partition(f":{crossing.KIND}/")[2])
    found = (package.data.get("InferenceSpecification") or {}) if package is not None else {}
    return list(found.get("Containers") or [])


def resolved(image: str) -> str:
    """The image with a digest in place of its tag, always the same for the same image."""
    if "@" in image:
        return image
    repository, slash, last = image.rpartition("/")
    digest = hashlib.sha256(image.encode()).hexdigest()
    return f"{repository}{slash}{last.partition(':')[0]}@sha256:{digest}"


def settled(variants: list[Variant], now: Any) -> list[Variant]:  # noqa: ANN401  (a datetime)
    """The summaries after the deployment: current values have become the desired ones."""
    return [_settled(variant, now) for variant in variants]


def _settled(variant: Variant, now: Any) -> Variant:  # noqa: ANN401  (a datetime)
    found = deepcopy(variant)
    found.pop("VariantStatus", None)
    for name in ("Weight", "InstanceCount", "ServerlessConfig"):
        if f"Desired{name}" in found:
            found[f"Current{name}"] = deepcopy(found[f"Desired{name}"])
    for image in found.get("DeployedImages", []):
        image.setdefault("ResolutionTime", now)
    return found


def retained(new: list[Variant], old: list[Variant], names: frozenset[str]) -> list[Variant]:
    """`new` with the live values under `names` of the variants of the same name in `old`."""
    live = {variant["VariantName"]: variant for variant in old}
    for variant in new:
        kept = live.get(variant["VariantName"], {})
        for name in names:
            if name in kept:
                variant[name] = kept[name]
    return new


def undone(variants: list[Variant]) -> list[Variant]:
    """The summaries once a change goes back: the desired values are again the current ones."""
    found = deepcopy(variants)
    for variant in found:
        for name in ("Weight", "InstanceCount", "ServerlessConfig"):
            if f"Current{name}" in variant:
                variant[f"Desired{name}"] = deepcopy(variant[f"Current{name}"])
    return found


def pending(variants: list[Variant], config: Record, status: list[dict[str, Any]]) -> list[Variant]:
    """The summaries inside PendingDeploymentSummary, which also names the instance types."""
    given = config.data["ProductionVariants"] + config.data.get("ShadowProductionVariants", [])
    types = {variant["VariantName"]: variant.get("InstanceType") for variant in given}
    found = deepcopy(variants)
    for variant in found:
        if status:
            variant["VariantStatus"] = deepcopy(status)
        if types.get(variant["VariantName"]):
            variant["InstanceType"] = types[variant["VariantName"]]
    return found
