"""Model files that nobody can overwrite: their key is the digest of their bytes.

SageMaker's own upload sends no condition, so trainings write elsewhere in the bucket, and a step of
their pipeline puts the file here: only where nothing is. S3 refuses a put without the condition,
and a deletion, to everybody. Source: S3 user guide, "Enforce conditional writes on Amazon S3
buckets", of which the parts of an upload are exempt.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.model_registry.share import objects, sid
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.model.value import Json, Ref

FOLDER = "registered"


def protect(spec: ModelRegistry, where: Mapping[str, Json], scope: Scope) -> None:
    """The denials in the policy of the bucket."""
    if spec.artifacts is None or not spec.artifacts.immutable:
        return
    if not isinstance(where["bucketArn"], Ref):
        scope.problem(
            ("artifacts", "immutable"),
            "only the policy of a bucket that this platform makes can forbid to overwrite",
            help="name a DataSource that makes its bucket",
        )
        return
    files = objects(where, scope, FOLDER)
    shared = {"Effect": "Deny", "Principal": "*", "Resource": files}
    once = {
        "Sid": sid("Once", scope),
        **shared,
        "Action": "s3:PutObject",
        "Condition": {
            "Null": {"s3:if-none-match": "true"},
            "Bool": {"s3:ObjectCreationOperation": "true"},
        },
    }
    stays = {
        "Sid": sid("Stays", scope),
        **shared,
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    }
    scope.admit(where["bucketArn"], "BucketPolicy", once)
    scope.admit(where["bucketArn"], "BucketPolicy", stays)
