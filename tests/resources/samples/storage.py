"""A bucket and a key."""

from __future__ import annotations

from .sample import KEY, ROLE, Sample, statement

BUCKET = "acme-test-raw-123456789012"
BUCKET_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}
RULES = [
    {
        "Id": "expire",
        "Status": "Enabled",
        "ExpirationInDays": 365,
        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    },
    {
        "Id": "tagged",
        "Status": "Enabled",
        "Prefix": "raw/",
        "TagFilters": [{"Key": "keep", "Value": "no"}],
        "ExpirationInDays": 30,
    },
]
bucket = Sample(
    "AWS::S3::Bucket",
    BUCKET,
    minimal={},
    full={
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": KEY,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {"Rules": RULES},
        "CorsConfiguration": {
            "CorsRules": [
                {
                    "Id": "browser",
                    "AllowedMethods": ["GET"],
                    "AllowedOrigins": ["https://example.com"],
                    "ExposedHeaders": ["ETag"],
                    "MaxAge": 60,
                }
            ]
        },
        "BucketPolicy": BUCKET_POLICY,
    },
    edits=(
        {"VersioningConfiguration": {"Status": "Suspended"}},
        {"LifecycleConfiguration": {"Rules": RULES[:1]}},
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            }
        },
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": False,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            }
        },
        {"BucketPolicy": {**BUCKET_POLICY, "Id": "moorline"}},
    ),
    beyond={
        "LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "raw/"},
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 7}},
        },
        "ReplicationConfiguration": {
            "Role": ROLE,
            "Rules": [
                {
                    "Id": "all",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {
                        "And": {
                            "Prefix": "raw/",
                            "TagFilters": [{"Key": "keep", "Value": "yes"}],
                        }
                    },
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                    "Destination": {
                        "Bucket": "arn:aws:s3:::acme-test-copy",
                        "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
                        "StorageClass": "STANDARD_IA",
                    },
                }
            ],
        },
    },
)

KEY_POLICY = statement(
    Sid="Account",
    Action="kms:*",
    Resource="*",
    Principal={"AWS": "arn:aws:iam::123456789012:root"},
)
key = Sample(
    "AWS::KMS::Key",
    "acme-test-data",
    minimal={"AliasName": "alias/acme-test-data"},
    full={
        "AliasName": "alias/acme-test-data",
        "Description": "Encrypts what we keep.",
        "EnableKeyRotation": True,
        "RotationPeriodInDays": 180,
        "KeyPolicy": KEY_POLICY,
        "PendingWindowInDays": 30,
    },
    edits=(
        {"Description": "Encrypts all we keep."},
        {"RotationPeriodInDays": 90},
        {"KeyPolicy": {**KEY_POLICY, "Id": "data"}},
    ),
    breaks=({"MultiRegion": True},),
)
