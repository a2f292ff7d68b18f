"""S3: the defaults of new buckets since 2023, paged bucket lists, and TLS-only policies.

moto enforces bucket policies but ignores their conditions, so the usual "deny without TLS"
statement would lock everybody out.
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend
from moto.s3.responses import S3Response

SSE_S3 = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
    }
}
OWNER = {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "webfile"}
MOST_BUCKETS = 10_000
NAMES = {"s3": frozenset({"Bucket"})}
UNSEEN = (
    ("s3.PutBucketPolicy", "iam", "MalformedPolicy", "Invalid principal in policy"),
    ("s3.PutBucketLogging", "s3", "InvalidTargetBucketForLogging",
     "The target bucket for logging does not exist"),
)  # fmt: skip


def install() -> None:
    """Repair S3."""
    bucket: Any = FakeBucket
    backend: Any = S3Backend
    response: Any = S3Response
    permission, create, encryption = (
        bucket.get_permission,
        backend.create_bucket,
        backend.get_bucket_encryption,
    )

    def get_permission(self: Any, action: str, resource: str) -> Any:  # noqa: ANN401
        policy, self.policy = self.policy, _without_conditional_denials(self.policy)
        try:
            return permission(self, action, resource)
        finally:
            self.policy = policy

    def create_bucket(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401
        found = create(self, *args, **given)
        found.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        found.ownership_rule = "BucketOwnerEnforced"
        return found

    def get_bucket_encryption(self: Any, bucket_name: str) -> Any:  # noqa: ANN401
        return encryption(self, bucket_name) or SSE_S3

    bucket.get_permission = get_permission
    backend.create_bucket = create_bucket
    backend.get_bucket_encryption = get_bucket_encryption
    response.all_buckets = _list_buckets


def _without_conditional_denials(policy: bytes | None) -> bytes | None:
    if policy is None:
        return None
    document = json.loads(policy)
    statements = document.get("Statement", [])
    kept = [
        statement
        for statement in (statements if isinstance(statements, list) else [statements])
        if statement.get("Effect") != "Deny" or not statement.get("Condition")
    ]
    return json.dumps(document | {"Statement": kept}).encode()


def _list_buckets(self: Any) -> Any:  # noqa: ANN401  (moto's S3 response)
    self.data["Action"] = "ListAllMyBuckets"
    self._authenticate_and_authorize_s3_action()
    prefix = self._get_param("prefix") or ""
    region = self._get_param("bucket-region")
    after = self._get_param("continuation-token") or ""
    size = int(self._get_param("max-buckets") or MOST_BUCKETS)
    found = sorted(self.backend.buckets.values(), key=lambda bucket: str(bucket.name))
    matching = [
        bucket
        for bucket in found
        if bucket.name.startswith(prefix)
        and bucket.name > after
        and region in (None, bucket.region_name)
    ]
    answer = {
        "Owner": OWNER,
        "Prefix": prefix or None,
        "Buckets": [
            {
                "Name": bucket.name,
                "CreationDate": bucket.creation_date_ISO8601,
                "BucketRegion": bucket.region_name,
                "BucketArn": bucket.arn,
            }
            for bucket in matching[:size]
        ],
    }
    if len(matching) > size:
        answer["ContinuationToken"] = matching[size - 1].name
    self.data["Action"] = "ListBuckets"
    return self.serialized(ActionResult(answer))
