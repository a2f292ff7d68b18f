"""What a service says of a resource of another service that it cannot see yet.

Only where AWS looks: CloudWatch and Budgets take a topic that is not there, S3 a key. One row
for each pair of services. Sources: AWS_FACTS 6.4 (errors seen while a new role propagates),
the API references of CreateKey, PutBucketPolicy, PutBucketLogging and SetTopicAttributes.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple


class Unseen(NamedTuple):
    """The error of an operation (a shell pattern) about a service's resource."""

    asker: str
    owner: str
    code: str
    message: str


ROWS = (
    Unseen("sagemaker.CreateFeatureGroup", "iam", "ValidationException",
           "The execution role ARN is invalid."),
    Unseen("sagemaker.CreateFeatureGroup", "s3", "ValidationException",
           "Invalid S3Uri provided."),
    Unseen("sagemaker.CreateModelPackageGroup", "iam", "ValidationException",
           "Invalid principal in policy."),
    Unseen("sagemaker.PutModelPackageGroupPolicy", "iam", "ValidationException",
           "Invalid principal in policy."),
    Unseen("sagemaker.[CU]*", "iam", "ValidationException",
           "Could not assume role. Please ensure that the role exists and allows principal"
           " 'sagemaker.amazonaws.com' to assume the role."),
    Unseen("sagemaker.[CU]*", "kms", "ValidationException",
           "Invalid KMS key: NotFoundException: the key does not exist."),
    Unseen("kms.*Key*", "iam", "MalformedPolicyDocumentException",
           "Policy contains a statement with one or more invalid principals."),
    Unseen("iam.*", "iam", "MalformedPolicyDocument", "Invalid principal in policy."),
    Unseen("s3.PutBucketPolicy", "iam", "MalformedPolicy", "Invalid principal in policy"),
    Unseen("s3.PutBucketLogging", "s3", "InvalidTargetBucketForLogging",
           "The target bucket for logging does not exist"),
    Unseen("sns.[CS]*", "iam", "InvalidParameter",
           "Invalid parameter: Policy Error: PrincipalNotFound"),
)  # fmt: skip


def answer(asker: str, owner: str) -> tuple[str, str] | None:
    """Code and message, nothing where the asking service does not look."""
    found = (row for row in ROWS if row.owner == owner and fnmatchcase(asker, row.asker))
    row = next(found, None)
    return (row.code, row.message) if row else None
