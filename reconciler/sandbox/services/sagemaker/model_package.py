"""Model packages: versions numbered from 1 within a group, or single unversioned packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import listing, model_package_group, variants
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "model-package"
GROUP = "ModelPackageGroupName"
LAST_VERSION = "last version"
NOT_KEPT = {"Tags", "ClientToken", GROUP, "ModelPackageName"}


def find(call: Call, name_or_arn: str) -> Record:
    """The package by ARN, name, or group/version; or the documented ValidationException."""
    key = name_or_arn.partition(f":{KIND}/")[2] or name_or_arn
    record = call.records(KIND).get(key)
    if record is None:
        raise invalid(f"ModelPackage {call.arn(KIND, key)} does not exist.")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateModelPackage."""
    if bool(call.get(GROUP)) == bool(call.get("ModelPackageName")):
        raise invalid("Provide either ModelPackageName or ModelPackageGroupName.")
    kept = call.pick(*(name for name in call.params if name not in NOT_KEPT))
    data: dict[str, Any] = {
        "CertifyForMarketplace": False,
        "SkipModelValidation": "None",
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    } | kept
    _fill_digests(data)
    name = _versioned(call, data) if call.get(GROUP) else _unversioned(call, data)
    return {"ModelPackageArn": call.add(KIND, name, data).arn}


def _versioned(call: Call, data: dict[str, Any]) -> str:
    group = model_package_group.find(call, call[GROUP])
    version = int(group.extra.get(LAST_VERSION, 0)) + 1
    group.extra[LAST_VERSION] = version
    data |= {
        "ModelPackageName": group.name,
        GROUP: group.name,
        "ModelPackageVersion": version,
    }
    data.setdefault("ModelApprovalStatus", "PendingManualApproval")
    return f"{group.name}/{version}"


def _unversioned(call: Call, data: dict[str, Any]) -> str:
    name = str(call["ModelPackageName"])
    if name in call.records(KIND):
        raise invalid(f"ModelPackage {call.arn(KIND, name)} already exists.")
    data["ModelPackageName"] = name
    return name


def _fill_digests(data: dict[str, Any]) -> None:
    for container in data.get("InferenceSpecification", {}).get("Containers", []):
        if "Image" in container:
            digest = variants.resolved(container["Image"]).rpartition("@")[2]
            container.setdefault("ImageDigest", digest)


def describe(call: Call) -> dict[str, Any]:
    """DescribeModelPackage."""
    record = find(call, call["ModelPackageName"])
    changed = modified_at(record) if record.modified > record.created else None
    return record.shown(
        ModelPackageArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=changed,
        CreatedBy={},
    )


def update(call: Call) -> dict[str, Any]:
    """UpdateModelPackage: approval, metadata, life cycle and a few more."""
    record = find(call, call["ModelPackageArn"])
    record.data |= call.pick(
        "ModelApprovalStatus",
        "ModelPackageRegistrationType",
        "ApprovalDescription",
        "InferenceSpecification",
        "SourceUri",
        "ModelCard",
        "ModelLifeCycle",
    )
    metadata = record.data.get("CustomerMetadataProperties", {})
    metadata |= call.get("CustomerMetadataProperties") or {}
    for key in call.get("CustomerMetadataPropertiesToRemove") or []:
        metadata.pop(key, None)
    record.data["CustomerMetadataProperties"] = metadata or None
    added = call.get("AdditionalInferenceSpecificationsToAdd")
    if added:
        record.data.setdefault("AdditionalInferenceSpecifications", []).extend(added)
    _fill_digests(record.data)
    WORLD.clock.advance(0.001)  # a change is visible as LastModifiedTime > CreationTime
    record.touch()
    return {"ModelPackageArn": record.arn}


def delete(call: Call) -> None:
    """DeleteModelPackage; the number of a deleted version is never used again."""
    del call.records(KIND)[find(call, call["ModelPackageName"]).name]


def list_(call: Call) -> dict[str, Any]:
    """ListModelPackages, oldest first; only unversioned ones unless a group or type is given."""
    group = (call.get(GROUP) or "").rpartition("/")[2]
    kind = call.get("ModelPackageType") or ("Versioned" if group else "Unversioned")
    status = call.get("ModelApprovalStatus")
    found = [
        record
        for record in listing.select(call.records(KIND).values(), call)
        if group in ("", record.data.get(GROUP))
        and kind in ("Both", "Versioned" if GROUP in record.data else "Unversioned")
        and status in (None, record.data.get("ModelApprovalStatus"))
    ]
    key = "ModelPackageSummaryList"
    return listing.page(found, call, key=key, shown=_summary, descending=False)


def batch_describe(call: Call) -> dict[str, Any]:
    """BatchDescribeModelPackage: what is missing goes into the error map."""
    found: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    for arn in call["ModelPackageArnList"]:
        record = call.records(KIND).get(arn.partition(f":{KIND}/")[2])
        if record is not None:
            found[arn] = _summary(record)
        else:
            text = f"ModelPackage {arn} does not exist."
            missing[arn] = {"ErrorCode": "ValidationException", "ErrorResponse": text}
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": missing}


def _summary(record: Record) -> dict[str, Any]:
    return record.shown(ModelPackageArn=record.arn, CreationTime=created_at(record))


OPERATIONS = {
    "CreateModelPackage": create,
    "DescribeModelPackage": describe,
    "UpdateModelPackage": update,
    "DeleteModelPackage": delete,
    "ListModelPackages": list_,
    "BatchDescribeModelPackage": batch_describe,
}
