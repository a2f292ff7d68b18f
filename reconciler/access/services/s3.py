"""S3: actions are seldom named like operations, and a bucket's ARN does not say whose it is.

Source: S3 user guide, "Required permissions for Amazon S3 API operations" and "Conditional
requests"; the API reference of each operation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.access.request import Call, Derive, Want, World, arn, passed, tags

ACL, LOCK = "s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration"
ON_BUCKET = {
    "CreateBucket": "CreateBucket",
    "DeleteBucket": "DeleteBucket",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketPolicy": "DeleteBucketPolicy",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAcl": "GetBucketAcl",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketLogging": "GetBucketLogging",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "GetBucketPolicy": "GetBucketPolicy",
    "GetBucketPolicyStatus": "GetBucketPolicyStatus",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketVersioning": "GetBucketVersioning",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketAcl": "PutBucketAcl",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketLogging": "PutBucketLogging",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls",
    "PutBucketPolicy": "PutBucketPolicy",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutBucketTagging": "PutBucketTagging",
    "PutBucketVersioning": "PutBucketVersioning",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
ON_OBJECT = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "GetObjectAcl": "GetObjectAcl",
    "GetObjectTagging": "GetObjectTagging",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectAcl": "PutObjectAcl",
    "PutObjectTagging": "PutObjectTagging",
    "UploadPart": "PutObject",
}
LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions"})
VERSIONED = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
    "HeadObject": "GetObjectVersion",
}
PUTS = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
CREATES = frozenset({"PutObject", "CopyObject", "CompleteMultipartUpload"})
"""After which there is another object. Source: S3 user guide, "Enforce conditional writes"."""


def bucket_arn(call: Call) -> str:
    return arn(call, "s3", "bucket", str(call.need("Bucket")))


def bucket(call: Call, _world: World) -> Iterable[Want]:
    """An operation on a bucket."""
    keys: dict[str, Any] = {}
    if call.operation in LISTS:  # a bucket that is listed whole has no prefix, which policies test
        keys = {
            "s3:delimiter": call.get("Delimiter"),
            "s3:max-keys": call.get("MaxKeys"),
            "s3:prefix": call.get("Prefix"),
        }
    if call.operation == "PutBucketAcl":
        keys["s3:x-amz-acl"] = call.get("ACL")
    yield Want(f"s3:{ON_BUCKET[call.operation]}", bucket_arn(call), keys)
    yield from passed(call, call.get("ReplicationConfiguration.Role"), "s3.amazonaws.com")


def create_bucket(call: Call, _world: World) -> Iterable[Want]:
    """More is asked for each header. Source: CreateBucket, "Permissions"."""
    at = bucket_arn(call)
    given = tags(call.get("CreateBucketConfiguration.Tags"))
    keys = {
        "s3:locationconstraint": call.get("CreateBucketConfiguration.LocationConstraint"),
        "s3:x-amz-acl": call.get("ACL"),
        "s3:x-amz-object-ownership": call.get("ObjectOwnership"),
    }
    yield Want("s3:CreateBucket", at, keys, given)
    if given:
        yield Want("s3:TagResource", at, {}, given)
    if call.get("ACL") not in (None, "private"):
        yield Want(ACL, at, {"s3:x-amz-acl": call.get("ACL")})
    if call.get("ObjectLockEnabledForBucket"):
        yield Want(LOCK, at)
        yield Want("s3:PutBucketVersioning", at)
    if call.get("ObjectOwnership"):
        yield Want("s3:PutBucketOwnershipControls", at)


def object_arn(call: Call, key: str = "") -> str:
    return f"{bucket_arn(call)}/{key or call.need('Key')}"


def thing(call: Call, _world: World) -> Iterable[Want]:
    """An operation on an object; one that names a version is another action."""
    at, operation = object_arn(call), call.operation
    version = call.get("VersionId")
    name = VERSIONED.get(operation, "") if version else ""
    keys: dict[str, Any] = {"s3:versionid": version} if name else {}
    if operation in PUTS:
        keys |= _put(call)
    if operation in {"PutObject", "CompleteMultipartUpload"}:
        keys |= {"s3:if-none-match": call.get("IfNoneMatch")}
        keys |= {"s3:if-match": call.get("IfMatch")}
    if ON_OBJECT[operation] == "PutObject":  # the parts of an upload take no condition
        keys["s3:objectcreationoperation"] = operation in CREATES
    if operation == "DeleteObject" and not name:
        keys["s3:if-match"] = call.get("IfMatch")
    yield Want(f"s3:{name or ON_OBJECT[operation]}", at, keys)
    if operation in {"PutObject", "DeleteObject"} and call.get("IfMatch") not in (None, "*"):
        # Who compares a tag of content could else find out about it.
        yield Want("s3:GetObject", at)
    yield from _besides(call, at)


def _put(call: Call) -> dict[str, Any]:
    return {
        "s3:x-amz-acl": call.get("ACL"),
        "s3:x-amz-server-side-encryption": call.get("ServerSideEncryption"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": call.get("SSEKMSKeyId"),
        "s3:x-amz-storage-class": call.get("StorageClass"),
    }


def _besides(call: Call, at: str) -> Iterable[Want]:
    """What a put sets besides the object. Source: PutObject and CopyObject, "Permissions"."""
    if call.operation in PUTS:
        if call.get("ACL"):
            yield Want("s3:PutObjectAcl", at, {"s3:x-amz-acl": call.get("ACL")})
        if call.get("Tagging"):
            yield Want("s3:PutObjectTagging", at)
        if call.get("ObjectLockMode"):
            yield Want("s3:PutObjectRetention", at)
        if call.get("ObjectLockLegalHoldStatus"):
            yield Want("s3:PutObjectLegalHold", at)
    if call.operation == "CopyObject":
        source = call.need("CopySource")
        if isinstance(source, str):
            source = dict(zip(("Bucket", "Key"), source.lstrip("/").split("/", 1), strict=True))
        yield Want("s3:GetObject", arn(call, "s3", "object", source["Bucket"], source["Key"]))


def delete_many(call: Call, _world: World) -> Iterable[Want]:
    """Each of the objects; a version is another action."""
    for each in call.need("Delete.Objects"):
        version = each.get("VersionId")
        keys = {"s3:versionid": version} if version else {}
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        yield Want(action, object_arn(call, each["Key"]), keys)


def list_buckets(_call: Call, _world: World) -> Iterable[Want]:
    return (Want("s3:ListAllMyBuckets"),)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "s3": {
        **dict.fromkeys(ON_BUCKET, bucket),
        **dict.fromkeys(ON_OBJECT, thing),
        "CreateBucket": create_bucket,
        "DeleteObjects": delete_many,
        "ListBuckets": list_buckets,
    }
}
