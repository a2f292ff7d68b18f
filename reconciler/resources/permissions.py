"""The IAM actions that a call needs, derived from its service and method.

The rule is the service's IAM prefix and the method in camel case; the tables
hold what deviates by service. What a type's calls need besides their own action is in the
type's file (`Resource.aside`). IAM compares
action names without regard to case. Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reconciler.resources.api import load

PREFIX = {
    "accessanalyzer": "access-analyzer",
    "apigatewayv2": "apigateway",
    "cloudcontrol": "cloudformation",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "resourcegroupstaggingapi": "tag",
    "sagemaker-featurestore-runtime": "sagemaker",
    "sagemaker-metrics": "sagemaker",
    "sagemaker-runtime": "sagemaker",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
"""IAM prefixes that differ from the boto3 client's name."""

WORDS = {"rds": {"db": "DB"}}
"""Parts of method names that a service's actions write otherwise."""

INSTEAD = {
    ("s3", "delete_bucket_cors"): "s3:PutBucketCORS",
    ("s3", "delete_bucket_encryption"): "s3:PutEncryptionConfiguration",
    ("s3", "delete_bucket_lifecycle"): "s3:PutLifecycleConfiguration",
    ("s3", "delete_bucket_ownership_controls"): "s3:PutBucketOwnershipControls",
    ("s3", "delete_bucket_replication"): "s3:PutReplicationConfiguration",
    ("s3", "delete_public_access_block"): "s3:PutBucketPublicAccessBlock",
    ("s3", "get_bucket_cors"): "s3:GetBucketCORS",
    ("s3", "get_bucket_encryption"): "s3:GetEncryptionConfiguration",
    ("s3", "get_bucket_lifecycle_configuration"): "s3:GetLifecycleConfiguration",
    ("s3", "get_bucket_notification_configuration"): "s3:GetBucketNotification",
    ("s3", "get_bucket_replication"): "s3:GetReplicationConfiguration",
    ("s3", "get_object_lock_configuration"): "s3:GetBucketObjectLockConfiguration",
    ("s3", "get_public_access_block"): "s3:GetBucketPublicAccessBlock",
    ("s3", "head_bucket"): "s3:ListBucket",
    ("s3", "list_buckets"): "s3:ListAllMyBuckets",
    ("s3", "list_object_versions"): "s3:ListBucketVersions",
    ("s3", "put_bucket_cors"): "s3:PutBucketCORS",
    ("s3", "put_bucket_encryption"): "s3:PutEncryptionConfiguration",
    ("s3", "put_bucket_lifecycle_configuration"): "s3:PutLifecycleConfiguration",
    ("s3", "put_bucket_notification_configuration"): "s3:PutBucketNotification",
    ("s3", "put_bucket_replication"): "s3:PutReplicationConfiguration",
    ("s3", "put_object_lock_configuration"): "s3:PutBucketObjectLockConfiguration",
    ("s3", "put_public_access_block"): "s3:PutBucketPublicAccessBlock",
}
"""Actions that are not named like their call."""

PASS = "iam:PassRole"  # noqa: S105 - an action


@cache
def permission(service: str, method: str) -> tuple[str, ...]:
    """Every IAM action that ``client(service).method`` needs, its own first."""
    named, needs = _said()
    key = (service, method)
    own = (
        named.get(key) or INSTEAD.get(key) or _budget(service, method) or _derived(service, method)
    )
    return (own, *needs.get(key, ()))


@cache
def _said() -> tuple[Mapping[tuple[str, str], str], Mapping[tuple[str, str], tuple[str, ...]]]:
    """What the types' own files say: how actions are called, and which calls need more of them."""
    types = [*load().values()]
    named = {(it.service, name): own for it in types for name, own in it.aside.named.items()}
    needs = {(it.service, name): more for it in types for name, more in it.aside.needs.items()}
    return named, needs


def _derived(service: str, method: str) -> str:
    words = WORDS.get(service, {})
    name = "".join(words.get(word, word.capitalize()) for word in method.split("_"))
    return f"{PREFIX.get(service, service)}:{name}"


def _budget(service: str, method: str) -> str:
    """Budgets knows two permissions for everything but tags."""
    if service != "budgets" or "resource" in method:
        return ""
    return "budgets:ViewBudget" if method.startswith("describe_") else "budgets:ModifyBudget"
