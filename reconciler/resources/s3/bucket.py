"""AWS::S3::Bucket, with its policy.

One CloudFormation type, one trio of calls for each property; all change in
place. Versioning can be suspended but never goes back to "never set", which
reads as suspended here. A bucket must be empty to be deleted, and its name may
then be taken by anyone. A new bucket is described first and made afterwards: a
repeated CreateBucket in us-east-1 would reset its ACL (AWS_FACTS 6.3).
"""

from reconciler.model.change import Effect
from reconciler.resources.api import (
    Companion,
    Listing,
    Op,
    Resource,
    Tagging,
    absent,
    codes,
    register,
)
from reconciler.resources.codecs import Codec, only, rename, text
from reconciler.resources.parts import Facet
from reconciler.resources.s3.lifecycle import LIFECYCLE

BUCKET = {"Bucket": "{name}"}
ARN = "arn:{partition}:s3:::{name}"
ENCRYPTED = "ServerSideEncryptionConfiguration"
ENCRYPTION = rename(
    ApplyServerSideEncryptionByDefault="ServerSideEncryptionByDefault", Rules=ENCRYPTED
)
LOGGING = Codec(
    rename(TargetBucket="DestinationBucketName", TargetPrefix="LogFilePrefix").decode,
    lambda value: {
        "LoggingEnabled": {
            "TargetBucket": value["DestinationBucketName"],
            "TargetPrefix": value.get("LogFilePrefix", ""),
            **{key: item for key, item in value.items() if key == "TargetObjectKeyFormat"},
        }
    },
)
CORS = rename(
    CORSRules="CorsRules", ExposeHeaders="ExposedHeaders", ID="Id", MaxAgeSeconds="MaxAge"
)
REPLICATION = rename(ID="Id", Tag="TagFilter", Tags="TagFilters")

register(
    Resource(
        type="AWS::S3::Bucket",
        service="s3",
        name="BucketName",
        key=BUCKET,
        read=Op("head_bucket", BUCKET),
        create=Op(
            "create_bucket",
            {**BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "{location}"}},
        ),
        delete=Op("delete_bucket", BUCKET),
        absent=(absent("404"), absent("NoSuchBucket")),
        transient=(
            absent("NoSuchBucket"),
            absent("MalformedPolicy", r"(?i)invalid principal"),
            absent("OperationAborted"),
        ),
        predict={"Arn": ARN},
        arn=ARN,
        body=Codec(
            encode=lambda value: {"ObjectLockEnabledForBucket": True}
            if value.get("ObjectLockEnabled")
            else {}
        ),
        listings=(
            Listing(
                method="list_buckets",
                at="Buckets",
                name="Name",
                params={"Prefix": "{prefix}", "BucketRegion": "{region}", "MaxBuckets": 1000},
                codec=only(),
                created="CreationDate",
                complete=True,
            ),
        ),
        tags=Tagging(
            add=Op("put_bucket_tagging", BUCKET),
            read=Op("get_bucket_tagging", BUCKET),
            at="TagSet",
            tags="Tagging.TagSet",
            create="CreateBucketConfiguration.Tags",
            whole=True,
            unset=codes("NoSuchTagSet"),
        ),
        parts=(
            Facet(
                prop="PublicAccessBlockConfiguration",
                stem="public_access_block",
                answer="PublicAccessBlockConfiguration",
                request="PublicAccessBlockConfiguration",
                unset=codes("NoSuchPublicAccessBlockConfiguration"),
            ),
            Facet(
                prop="OwnershipControls",
                stem="bucket_ownership_controls",
                answer="OwnershipControls",
                request="OwnershipControls",
                unset=codes("OwnershipControlsNotFoundError"),
            ),
            Facet(
                prop="BucketEncryption",
                stem="bucket_encryption",
                answer=ENCRYPTED,
                request=ENCRYPTED,
                codec=ENCRYPTION,
                unset=codes("ServerSideEncryptionConfigurationNotFoundError"),
            ),
            Facet(
                prop="VersioningConfiguration",
                stem="bucket_versioning",
                request="VersioningConfiguration",
                off={"Status": "Suspended"},
            ),
            Facet(
                prop="ObjectLockConfiguration",
                stem="object_lock_configuration",
                answer="ObjectLockConfiguration",
                request="ObjectLockConfiguration",
                remove=None,
                unset=codes("ObjectLockConfigurationNotFoundError"),
            ),
            Facet(
                prop="LifecycleConfiguration",
                stem="bucket_lifecycle_configuration",
                remove="delete_bucket_lifecycle",
                codec=LIFECYCLE,
                unset=codes("NoSuchLifecycleConfiguration"),
            ),
            Facet(
                prop="LoggingConfiguration",
                stem="bucket_logging",
                answer="LoggingEnabled",
                request="BucketLoggingStatus",
                codec=LOGGING,
                off={},
            ),
            Facet(
                prop="CorsConfiguration",
                stem="bucket_cors",
                request="CORSConfiguration",
                codec=CORS,
                unset=codes("NoSuchCORSConfiguration"),
            ),
            Facet(
                prop="BucketPolicy",
                stem="bucket_policy",
                answer="Policy",
                request="Policy",
                codec=text(),
                unset=codes("NoSuchBucketPolicy"),
            ),
            Facet(
                prop="ReplicationConfiguration",
                stem="bucket_replication",
                answer="ReplicationConfiguration",
                request="ReplicationConfiguration",
                codec=REPLICATION,
                unset=codes("ReplicationConfigurationNotFoundError"),
            ),
        ),
        companions=(
            Companion(
                "BucketPolicy",
                "AWS::S3::BucketPolicy",
                {"Bucket": "{name}", "PolicyDocument": "{value}"},
            ),
        ),
        effects={
            prop: Effect.UNSUPPORTED
            for prop in (
                "AccelerateConfiguration",
                "AccessControl",
                "NotificationConfiguration",
                "WebsiteConfiguration",
            )
        },
        keyed={
            "LifecycleConfiguration.Rules": "Id",
            "CorsConfiguration.CorsRules": "Id",
            "ReplicationConfiguration.Rules": "Id",
        },
        policies=frozenset({"BucketPolicy"}),
        unread=frozenset({"ObjectLockEnabled"}),
        shared_names=True,
        upsert=True,
        holds="records",
        refers=("AWS::IAM::Role", "AWS::KMS::Key"),
    )
)
