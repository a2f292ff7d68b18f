"""Model packages: versions numbered from 1 within a group, or single unversioned packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.iam import there
from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import (
    crossing,
    listing,
    model_package_group,
    variants,
)
from reconciler.sandbox.services.sagemaker.jobs import telling
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at, records
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "model-package"
GROUP = "ModelPackageGroupName"
LAST_VERSION = "last version"
EVENT = "SageMaker Model Package State Change"
MOST_METADATA, MOST_SPECIFICATIONS = 50, 15
"""Of one package (SageMaker API)."""
UNVERSIONED = ("SupportedTransformInstanceTypes", "SupportedRealtimeInferenceInstanceTypes")
"""What the API says that unversioned packages have to have."""
NOT_KEPT = {"Tags", "ClientToken", GROUP, "ModelPackageName"}


def find(call: Call, name_or_arn: str, action: str = "DescribeModelPackage") -> Record:
    """The package by ARN, name, or group/version; or the documented ValidationException.

    One of another account has to be allowed by the policy of its group.
    """
    if crossing.elsewhere(call, name_or_arn):
        return crossing.package(call, name_or_arn, action)
    key = name_or_arn.partition(f":{KIND}/")[2] or name_or_arn
    record = call.records(KIND).get(key)
    if record is None:
        raise invalid(f"ModelPackage {call.arn(KIND, key)} does not exist.")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateModelPackage."""
    _named(call)
    kept = call.pick(*(name for name in call.params if name not in NOT_KEPT))
    data: dict[str, Any] = {
        "CertifyForMarketplace": False,
        "SkipModelValidation": "None",
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    } | kept
    _fill_digests(data)
    name = _versioned(call, data) if call.get(GROUP) else _unversioned(call, data)
    record = call.add(KIND, name, data)
    _tell(call, record)
    return {"ModelPackageArn": record.arn}


def _named(call: Call) -> None:
    """Refuse a name and a group, or neither, and what a version cannot have."""
    group, name = call.get(GROUP), call.get("ModelPackageName")
    if not group and not name:
        raise invalid("Missing ARN.")
    if group and name:
        raise invalid("Provide either ModelPackageName or ModelPackageGroupName.")
    if group and call.get("Tags"):
        raise invalid("Tags cannot be provided for a model package in a model package group.")
    specification = call.get("InferenceSpecification") or {}
    lacks = [member for member in UNVERSIONED if name and not specification.get(member)]
    if specification and lacks:
        raise invalid(f"{' and '.join(lacks)} are required for unversioned model packages.")


def _tell(call: Call, record: Record) -> None:
    """Send the event of a change: the description is its detail."""
    detail = record.shown(ModelPackageArn=record.arn, CreationTime=created_at(record))
    telling.event(call, EVENT, [record.arn], detail)


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
        if etag := there.etag(str(container.get("ModelDataUrl") or "")):
            container.setdefault("ModelDataETag", etag)


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
    record = find(call, call["ModelPackageArn"], "UpdateModelPackage")
    metadata = dict(record.data.get("CustomerMetadataProperties") or {})
    metadata |= call.get("CustomerMetadataProperties") or {}
    for key in call.get("CustomerMetadataPropertiesToRemove") or []:
        metadata.pop(key, None)
    if len(metadata) > MOST_METADATA:
        raise invalid(f"A model package can have {MOST_METADATA} customer metadata properties.")
    added = call.get("AdditionalInferenceSpecificationsToAdd") or []
    kept = record.data.get("AdditionalInferenceSpecifications") or []
    if len(kept) + len(added) > MOST_SPECIFICATIONS:
        text = f"A model package can have {MOST_SPECIFICATIONS} additional specifications."
        raise invalid(text)
    record.data |= call.pick(
        "ModelApprovalStatus",
        "ModelPackageRegistrationType",
        "ApprovalDescription",
        "InferenceSpecification",
        "SourceUri",
        "ModelCard",
        "ModelLifeCycle",
    )
    record.data["CustomerMetadataProperties"] = metadata or None
    if added:
        record.data["AdditionalInferenceSpecifications"] = [*kept, *added]
    _fill_digests(record.data)
    WORLD.clock.advance(0.001)  # a change is visible as LastModifiedTime > CreationTime
    record.touch()
    _tell(call, record)
    return {"ModelPackageArn": record.arn}


def delete(call: Call) -> None:
    """DeleteModelPackage; the number of a deleted version is never used again."""
    found = find(call, call["ModelPackageName"], "DeleteModelPackage")
    records(crossing.owner(call, found.arn), KIND).pop(found.name)


def list_(call: Call) -> dict[str, Any]:
    """ListModelPackages, oldest first; only unversioned ones unless a group or type is given."""
    group = (call.get(GROUP) or "").rpartition("/")[2]
    kind = call.get("ModelPackageType") or ("Versioned" if group else "Unversioned")
    status = call.get("ModelApprovalStatus")
    rows = crossing.versions(call, str(call.get(GROUP) or ""))
    found = [
        record
        for record in listing.select(rows.values(), call)
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
        try:
            found[arn] = _summary(find(call, arn))
        except Refused as refused:
            missing[arn] = {"ErrorCode": refused.code, "ErrorResponse": refused.message}
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
