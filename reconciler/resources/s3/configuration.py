"""The parts of a bucket: each property with its trio of calls, in the order they are set.

Replication comes last because it needs versioning.
"""

from reconciler.resources.api import Whole, codes, members
from reconciler.resources.codecs import Codec, rename, text
from reconciler.resources.parts import Facet, Part
from reconciler.resources.s3.lifecycle import LIFECYCLE

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

PARTS: tuple[Part, ...] = (
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
    ),
    Facet(
        prop="LifecycleConfiguration",
        stem="bucket_lifecycle_configuration",
        remove="delete_bucket_lifecycle",
        codec=LIFECYCLE,
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
        off={},
    ),
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
