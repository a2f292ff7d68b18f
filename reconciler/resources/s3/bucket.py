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
    Reach,
    Resource,
    Tagging,
    Whole,
    absent,
    codes,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, only
from reconciler.resources.emptied import emptied
from reconciler.resources.review import Look
from reconciler.resources.s3.configuration import BLOCKS, ENCRYPTED, PARTS
from reconciler.resources.s3.kept import calendar
from reconciler.resources.s3.lifecycle import MINIMUM
from reconciler.resources.s3.retention import NARROWS

BUCKET = {"Bucket": "{name}"}
ARN = "arn:{partition}:s3:::{name}"
GONE = (absent("404"), absent("NoSuchBucket"))

register(
    Resource(
        type="AWS::S3::Bucket",
        service="s3",
        aside=Aside(
            needs={
                "create_bucket": ("s3:TagResource",),
                "put_bucket_replication": ("iam:PassRole",),
            },
            looks=("s3:ListBucketVersions",),
            document=frozenset(
                {
                    "BucketEncryption",
                    "CorsConfiguration",
                    "LoggingConfiguration",
                    "ObjectLockConfiguration",
                    "OwnershipControls",
                    "PublicAccessBlockConfiguration",
                    "VersioningConfiguration",
                }
            ),
        ),
        reach=Reach.SHARED,
        name="BucketName",
        key=BUCKET,
        read=Op("head_bucket", BUCKET),
        whole=Whole(empty="the status says it all: a HEAD has no body (S3 API, HeadBucket)"),
        create=Op(
            "create_bucket",
            {**BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "{location}"}},
        ),
        delete=Op("delete_bucket", BUCKET),
        absent=GONE,
        transient=(
            absent("NoSuchBucket"),
            absent("MalformedPolicy", r"(?i)invalid principal"),
            absent("OperationAborted"),
        ),
        predict={"Arn": ARN},
        arn=ARN,
        home=("BucketRegion",),
        upsert=True,
        body=Codec(
            encode=lambda value: (
                {"ObjectLockEnabledForBucket": True} if value.get("ObjectLockEnabled") else {}
            )
        ),
        listings=(
            Listing(
                method="list_buckets",
                at="Buckets",
                name="Name",
                params={"Prefix": "{prefix}", "MaxBuckets": 1000},
                codec=only("BucketRegion"),
                created="CreationDate",
                complete=True,
                # its one lag that S3 names is that a deleted bucket may still be listed (S3 User
                # Guide, data consistency model); what others have, CreateBucket refuses
                absence=True,
                overwrites=frozenset({"us-east-1"}),  # 200, and the access list is reset
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
        parts=PARTS,
        companions=(
            Companion(
                "BucketPolicy",
                "AWS::S3::BucketPolicy",
                {"Bucket": "{name}", "PolicyDocument": "{value}"},
            ),
        ),
        effects=dict.fromkeys(
            (
                "AccelerateConfiguration",
                "AccessControl",
                "WebsiteConfiguration",
            ),
            Effect.UNSUPPORTED,
        ),
        keyed={
            "LifecycleConfiguration.Rules": "Id",
            "CorsConfiguration.CorsRules": "Id",
            "ReplicationConfiguration.Rules": "Id",
        },
        policies=frozenset({"BucketPolicy"}),
        defaults={
            **{f"PublicAccessBlockConfiguration.{name}": False for name in BLOCKS},
            f"BucketEncryption.{ENCRYPTED}.BucketKeyEnabled": False,
            f"LifecycleConfiguration.{MINIMUM}": "all_storage_classes_128K",
            "LifecycleConfiguration.Rules.ExpiredObjectDeleteMarker": False,
            "ReplicationConfiguration.Rules.DeleteMarkerReplication.Status": "Disabled",
        },
        # who writes into a bucket relies on its policy and on what protects what is written
        apart=frozenset(
            {
                "CorsConfiguration",
                "LifecycleConfiguration",
                "LoggingConfiguration",
                "ObjectLockConfiguration",
                "ReplicationConfiguration",
                "VersioningConfiguration",
            }
        ),
        unread=frozenset({"ObjectLockEnabled"}),
        holds="records",
        pending=emptied(
            lambda name: Look(
                "s3", "list_object_versions", {"Bucket": name, "MaxKeys": 1}, absent=GONE
            ),
            lambda found: bool(found and (found.get("Versions") or found.get("DeleteMarkers"))),
            "objects, or old versions or delete markers of some",
            "empty it, with all versions and delete markers",
        ),
        narrows=NARROWS,
        calendar=calendar,
        refers=("AWS::IAM::Role", "AWS::KMS::Key"),
    )
)
