"""A bucket the way every Moorline bucket is: private, owned, encrypted, TLS only.

Source: AWS_FACTS 7.2 (what S3 sets on new buckets since 2023).
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.api import Scope
from reconciler.model.address import Address
from reconciler.model.value import Json, Props, Ref

TYPE = "AWS::S3::Bucket"
_BLOCKED = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
ABORT_UPLOADS = {
    "Id": "uploads",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
"""Parts of uploads that never finished cost money and are listed nowhere."""


def bucket_props(
    scope: Scope,
    address: Address,
    *,
    key: Json = None,
    rules: Iterable[Props] = (ABORT_UPLOADS,),
    statements: Iterable[Props] = (),
) -> dict[str, Json]:
    """The full set of properties of a bucket; `statements` are added to its policy."""
    return {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [_encryption(key)]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKED, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": list(rules)},
        "LoggingConfiguration": {},
        "BucketPolicy": {
            "Version": "2012-10-17",
            "Statement": [_tls_only(bucket_arn(scope, address.name)), *statements],
        },
    }


def bucket_arn(scope: Scope, bucket: str) -> str:
    """The ARN of a bucket whose name is known."""
    return f"arn:{scope.place.partition}:s3:::{bucket}"


def bucket_exports(address: Address, key: Json = None) -> dict[str, Json]:
    """What others may know of a bucket that a spec makes for itself."""
    return {"bucket": Ref(address, "BucketName"), "bucketArn": Ref(address, "Arn"), "keyArn": key}


def _encryption(key: Json) -> Props:
    if key is None:
        return {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    return {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": by_default}


def _tls_only(arn: str) -> Props:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
