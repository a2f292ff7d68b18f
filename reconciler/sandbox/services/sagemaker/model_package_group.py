"""Model package groups and their resource policies: immediate, and undeletable while not empty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.services.sagemaker.store import created_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "model-package-group"
NAMES = {"sagemaker": frozenset({"ModelPackageGroupName"})}
UNSEEN = (
    ("sagemaker.CreateModelPackageGroup", "iam", "ValidationException",
     "Invalid principal in policy."),
    ("sagemaker.PutModelPackageGroupPolicy", "iam", "ValidationException",
     "Invalid principal in policy."),
)  # fmt: skip
POLICY = "policy"


def find(call: Call, name_or_arn: str) -> Record:
    """The group, or the documented ValidationException."""
    name = name_or_arn.rpartition("/")[2]
    record = call.records(KIND).get(name)
    if record is None:
        raise invalid(f"ModelPackageGroup {call.arn(KIND, name)} does not exist.")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateModelPackageGroup."""
    name = call["ModelPackageGroupName"]
    if name in call.records(KIND):
        raise invalid(f"ModelPackageGroup {call.arn(KIND, name)} already exists.")
    names = ("ModelPackageGroupName", "ModelPackageGroupDescription", "ManagedConfiguration")
    data = call.pick(*names) | {"ModelPackageGroupStatus": "Completed"}
    return {"ModelPackageGroupArn": call.add(KIND, name, data).arn}


def describe(call: Call) -> dict[str, Any]:
    """DescribeModelPackageGroup, by name or ARN."""
    record = find(call, call["ModelPackageGroupName"])
    return record.shown(
        ModelPackageGroupArn=record.arn, CreationTime=created_at(record), CreatedBy={}
    )


def delete(call: Call) -> None:
    """DeleteModelPackageGroup; ConflictException while a version is left."""
    record = find(call, call["ModelPackageGroupName"])
    packages = call.records("model-package").values()
    if any(package.data.get("ModelPackageGroupName") == record.name for package in packages):
        text = f"Model package group {record.arn} cannot be deleted because it is not empty."
        raise Refused("ConflictException", text)
    del call.records(KIND)[record.name]


def list_(call: Call) -> dict[str, Any]:
    """ListModelPackageGroups, oldest first."""
    found = listing.select(call.records(KIND).values(), call)
    key = "ModelPackageGroupSummaryList"
    return listing.page(found, call, key=key, shown=_summary, descending=False)


def _summary(record: Record) -> dict[str, Any]:
    return record.shown(ModelPackageGroupArn=record.arn, CreationTime=created_at(record))


def _with_policy(call: Call) -> Record:
    name = call["ModelPackageGroupName"]
    if name not in call.records(KIND):
        raise invalid(f"Cannot find Model Package Group: {call.arn(KIND, name)}")
    record = find(call, name)
    if POLICY not in record.extra:
        raise invalid(f"Cannot find resource policy for: {record.arn}")
    return record


def put_policy(call: Call) -> dict[str, Any]:
    """PutModelPackageGroupPolicy."""
    name = call["ModelPackageGroupName"]
    if name not in call.records(KIND):
        raise invalid(f"Cannot find Model Package Group: {call.arn(KIND, name)}")
    try:
        policy = json.loads(call["ResourcePolicy"])
    except ValueError:
        message = "Provided resource-based policy is not valid JSON."
        raise invalid(message) from None
    if any(len(given) != len(set(given)) for given in _principals(policy)):
        raise invalid("Provided resource-based policy is invalid: duplicate principal.")
    record = find(call, name)
    record.extra[POLICY] = call["ResourcePolicy"]
    return {"ModelPackageGroupArn": record.arn}


def _principals(policy: Any) -> Iterator[list[str]]:  # noqa: ANN401  (a policy of anybody's)
    """The accounts and identities that each statement names."""
    statements = policy.get("Statement") or [] if isinstance(policy, dict) else []
    for each in statements if isinstance(statements, list) else [statements]:
        named = each.get("Principal") if isinstance(each, dict) else None
        given = named.get("AWS") if isinstance(named, dict) else None
        if isinstance(given, list):
            yield [str(one) for one in given]


def get_policy(call: Call) -> dict[str, Any]:
    """GetModelPackageGroupPolicy."""
    return {"ResourcePolicy": _with_policy(call).extra[POLICY]}


def delete_policy(call: Call) -> None:
    """DeleteModelPackageGroupPolicy."""
    del _with_policy(call).extra[POLICY]


OPERATIONS = {
    "CreateModelPackageGroup": create,
    "DescribeModelPackageGroup": describe,
    "DeleteModelPackageGroup": delete,
    "ListModelPackageGroups": list_,
    "PutModelPackageGroupPolicy": put_policy,
    "GetModelPackageGroupPolicy": get_policy,
    "DeleteModelPackageGroupPolicy": delete_policy,
}
