"""The parts of a bucket: each property with its trio of calls, in the order they are set.

Replication comes last because it needs versioning.
"""

from reconciler.resources.api import Whole, codes, members
from reconciler.resources.codecs import Codec, rename, text
from reconciler.resources.parts import Facet, Part
from reconciler.resources.s3.lifecycle import LIFECYCLE, MINIMUM
from reconciler.resources.s3.notifications import Notifications

BLOCKS = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
"""Each is off where a put does not turn it on. Source: PutPublicAccessBlock."""
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
            **{
                key: value[key] for key in ("TargetGrants", "TargetObjectKeyFormat") if key in value
            },
        }
    },
)
CORS = rename(
    CORSRules="CorsRules", ExposeHeaders="ExposedHeaders", ID="Id", MaxAgeSeconds="MaxAge"
)
REPLICATION = rename(ID="Id", Tag="TagFilter", Tags="TagFilters")

PARTS: tuple[Part, ...] = (
    Facet(
        prop="PublicAccessBlockConfiguration",
        stem="public_access_block",
        answer="PublicAccessBlockConfiguration",
        request="PublicAccessBlockConfiguration",
        unset=codes("NoSuchPublicAccessBlockConfiguration"),
        keeps=BLOCKS,
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
        keeps=(f"{ENCRYPTED}.*.BlockedEncryptionTypes", f"{ENCRYPTED}.*.BucketKeyEnabled"),
        unset=codes("ServerSideEncryptionConfigurationNotFoundError"),
    ),
    Facet(
        prop="VersioningConfiguration",
        stem="bucket_versioning",
        request="VersioningConfiguration",
        whole=Whole(
            empty="versioning that was never set has no Status (S3 API, GetBucketVersioning)"
        ),
        off={"Status": "Suspended"},
    ),
    Facet(
        prop="ObjectLockConfiguration",
        stem="object_lock_configuration",
        answer="ObjectLockConfiguration",
        request="ObjectLockConfiguration",
        remove=None,
        unset=codes("ObjectLockConfigurationNotFoundError"),
        keeps=("Rule",),
    ),
    Facet(
        prop="LifecycleConfiguration",
        stem="bucket_lifecycle_configuration",
        remove="delete_bucket_lifecycle",
        codec=LIFECYCLE,
        keeps=(MINIMUM,),
        whole=Whole(has=members("Rules")),
        unset=codes("NoSuchLifecycleConfiguration"),
    ),
    Facet(
        prop="LoggingConfiguration",
        stem="bucket_logging",
        answer="LoggingEnabled",
        request="BucketLoggingStatus",
        whole=Whole(empty="logging that is off has no LoggingEnabled (S3 API, GetBucketLogging)"),
        codec=LOGGING,
        keeps=("TargetGrants", "TargetObjectKeyFormat"),
        off={},
    ),
    Notifications(),
    Facet(
        prop="CorsConfiguration",
        stem="bucket_cors",
        request="CORSConfiguration",
        codec=CORS,
        whole=Whole(has=members("CORSRules")),
        unset=codes("NoSuchCORSConfiguration"),
    ),
    Facet(
        prop="BucketPolicy",
        stem="bucket_policy",
        answer="Policy",
        request="Policy",
        codec=text(),
        whole=Whole(policies=members("Policy")),
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
)
