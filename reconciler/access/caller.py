"""What AWS demands of the caller besides the action: what a service does in the caller's name.

Where a service turns to KMS or CloudWatch with the caller's own rights, IAM is asked once more,
with the caller as the principal. The Service Authorization Reference does not list it; the API
documentation does, in prose. These rows were found by sweeping botocore's documentation of all
operations that Moorline or its workloads send for "must have", "you need", "required" and the
like; `tests/access/test_caller.py` sweeps it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from reconciler.access.calls import questions
from reconciler.access.model import Asked
from reconciler.access.request import Call, Want, World, arn
from reconciler.access.served import (
    COPIES,
    OF_REDSHIFT,
    PASSWORDS,
    SCALES,
    alarms,
    catalogue,
    copied,
    linked,
    password,
    propagating,
    scaled,
)
from reconciler.access.services.kms import asked_by, encryption_context, key_arn
from reconciler.access.table import fitting

Find = Callable[[Call, World], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Demand:
    """A row: for these operations, these actions on what `at` finds."""

    service: str
    operations: tuple[str, ...]
    actions: tuple[str, ...]
    at: Find
    """ARNs, or names of keys; none where the call does not use the feature."""
    source: str
    via: str = ""
    """The service that asks KMS, as `kms:ViaService` begins; empty where KMS is not asked."""
    documented: bool = True
    """Whether AWS says so of this very operation, or it follows from another one."""


def demanded(call: Call, world: World) -> tuple[Asked, ...]:
    """What else the caller is asked for because of a call; none of an unknown operation.

    Raises:
        UnknownCallError: the call lacks a parameter that its resource is named by.
    """
    found: list[Asked] = []
    for row in rows(call.service, call.operation):
        wants = list(_wants(row, call, world))
        found += questions(_through(row, call), world, wants) if wants else ()
    return tuple(found)


def rows(service: str, operation: str) -> tuple[Demand, ...]:
    """The rows that an operation of a boto3 client has."""
    return tuple(row for row in DEMANDS if row.service == service and operation in row.operations)


def _wants(row: Demand, call: Call, world: World) -> Iterable[Want]:
    for place in row.at(call, world):
        for action in row.actions:
            if action == "iam:CreateServiceLinkedRole":
                yield Want(action, place, {"iam:AWSServiceName": place.split("/")[2]})
            elif not action.startswith("kms:"):
                if fitting(action, place):  # a database is made in the catalogue, in no table
                    yield Want(action, place, SCALES if action.startswith("application-") else {})
            elif action == "kms:ListAliases":
                yield Want(action)
            elif key := key_arn(call, world, place):
                keys = asked_by(place) if action in _BY_ALIAS else {}
                keys |= {"kms:GrantIsForAWSResource": True} if action in _GRANTS else {}
                if row.via == "s3":  # a bucket key, which ours have, is sealed by the bucket's name
                    bucket = arn(call, "s3", "bucket", str(call.need("Bucket")))
                    keys |= encryption_context({"aws:s3:arn": bucket})
                yield Want(action, key, keys)


_GRANTS = frozenset({"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"})
_BY_ALIAS = frozenset({"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"})


def _through(row: Demand, call: Call) -> Call:
    """The same call as the service sends it on.

    Source: KMS developer guide, "kms:ViaService"; IAM user guide, "Forward access sessions".
    """
    context = {**call.context, "aws:viaawsservice": ("true",)}
    if row.via:
        context["kms:viaservice"] = (f"{row.via}.{call.region}.amazonaws.com",)
    return replace(call, context=context)


def parameter(path: str) -> Find:
    """The key that a parameter names."""

    def find(call: Call, _world: World) -> Iterable[str]:
        name = call.get(path)
        return (str(name),) if name else ()

    return find


def encrypted(service: str, kind: str, *paths: str) -> Find:
    """The key under which a resource is encrypted."""

    def find(call: Call, world: World) -> Iterable[str]:
        at = arn(call, service, kind, *(str(call.need(path)) for path in paths))
        key = world.encryption(at)
        return (key,) if key else ()

    return find


def checked(call: Call, world: World) -> Iterable[str]:
    """The key of an object whose checksum is asked for with its head."""
    asks = call.get("ChecksumMode") == "ENABLED"
    return encrypted("s3", "object", "Bucket", "Key")(call, world) if asks else ()


def written(call: Call, world: World) -> Iterable[str]:
    """The key of an object that is written: in the call, or the bucket's default."""
    if call.get("ServerSideEncryption") == "AES256":
        return ()
    bucket = arn(call, "s3", "bucket", str(call.need("Bucket")))
    key = call.get("SSEKMSKeyId") or world.encryption(bucket)
    return (str(key),) if key else ()


def package(call: Call, world: World) -> Iterable[str]:
    """The key of a model package's card, unless only its metadata is asked for."""
    if call.get("IncludedData") == "MetadataOnly":
        return ()
    return encrypted("sagemaker", "model-package", "ModelPackageName")(call, world)


def batch(call: Call, world: World) -> Iterable[str]:
    """The keys of all feature groups that are read at once."""
    names = call.get("Identifiers.FeatureGroupName") or ()
    arns = [arn(call, "sagemaker", "feature-group", str(name)) for name in names]
    return dict.fromkeys(key for each in arns if (key := world.encryption(each)))


_TOPIC = encrypted("sns", "topic", "TopicArn")
_GROUP = encrypted("sagemaker", "feature-group", "FeatureGroupName")
_CONFIG = encrypted("sagemaker", "endpoint-config", "EndpointConfigName")
_DATABASES = ("CreateDBCluster", "CreateDBInstance", "ModifyDBCluster", "ModifyDBInstance")
_GRANTED = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
DEMANDS = (
    Demand(
        "sagemaker",
        ("CreateFeatureGroup",),
        (
            "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
            "kms:GenerateDataKey", "kms:ListAliases", "kms:ListGrants", "kms:ReEncryptFrom",
            "kms:ReEncryptTo", "kms:RetireGrant", "kms:RevokeGrant",
        ),
        parameter("OnlineStoreConfig.SecurityConfig.KmsKeyId"),
        "SageMaker API, OnlineStoreSecurityConfig.KmsKeyId",
        "sagemaker",
    ),
    Demand("sagemaker", ("CreateFeatureGroup",),
           ("glue:CreateDatabase", "glue:CreateTable", "glue:GetDatabase", "glue:GetTable"),
           catalogue, "CloudFormation schema of AWS::SageMaker::FeatureGroup, handlers.create; the"
           " role's policy, AmazonSageMakerFeatureStoreAccess, makes no table", documented=False),
    Demand(
        "sagemaker-featurestore-runtime",
        ("PutRecord", "GetRecord", "DeleteRecord"),
        ("kms:Decrypt",),
        _GROUP,
        "SageMaker API, OnlineStoreSecurityConfig.KmsKeyId",
        "sagemaker",
    ),
    Demand(
        "sagemaker-featurestore-runtime",
        ("BatchGetRecord",),
        ("kms:Decrypt",),
        batch,
        "as GetRecord: AWS says `all data plane operations` and names three",
        "sagemaker",
        documented=False,
    ),
    Demand("sagemaker", ("CreateEndpoint",), ("kms:CreateGrant",), _CONFIG,
           "SageMaker developer guide, API permissions reference, CreateEndpoint", "sagemaker"),
    Demand(
        "sagemaker",
        ("UpdateEndpoint",),
        ("kms:CreateGrant",),
        _CONFIG,
        "as CreateEndpoint: the new config's volumes are as new",
        "sagemaker",
        documented=False,
    ),
    Demand("sagemaker", ("CreateEndpointConfig",), ("kms:DescribeKey",), parameter("KmsKeyId"),
           "CloudFormation schema of AWS::SageMaker::EndpointConfig, handlers.create", "sagemaker",
           documented=False),
    Demand("sagemaker", ("DeleteEndpoint",), ("application-autoscaling:DeregisterScalableTarget",),
           scaled, "SageMaker developer guide, Delete endpoints configured for auto scaling"),
    Demand(
        "sagemaker",
        ("CreateEndpoint", "UpdateEndpoint"),
        ("cloudwatch:DescribeAlarms",),
        alarms,
        "SageMaker developer guide, auto-rollback configuration; AWS_FACTS 1.5",
    ),
    Demand(
        "sagemaker",
        ("DescribeModelPackage",),
        ("kms:Decrypt",),
        package,
        "SageMaker API, DescribeModelPackage.IncludedData",
        "sagemaker",
    ),
    Demand(
        "s3",
        ("GetObject",),
        ("kms:Decrypt",),
        encrypted("s3", "object", "Bucket", "Key"),
        "S3 user guide, server-side encryption with KMS keys, permissions",
        "s3",
    ),
    Demand(
        "s3",
        ("HeadObject",),
        ("kms:Decrypt",),
        checked,
        "S3 API, HeadObject.ChecksumMode",
        "s3",
    ),
    Demand(
        "s3",
        ("PutObject", "CopyObject"),
        ("kms:GenerateDataKey",),
        written,
        "S3 user guide, server-side encryption with KMS keys, permissions",
        "s3",
    ),
    Demand(
        "s3",
        ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"),
        ("kms:Decrypt", "kms:GenerateDataKey"),
        written,
        "S3 API, CreateMultipartUpload, Permissions",
        "s3",
    ),
    Demand(
        "sns",
        ("Publish", "PublishBatch"),
        ("kms:Decrypt", "kms:GenerateDataKey"),
        _TOPIC,
        "SNS developer guide, key management, permissions of publishers",
        "sns",
    ),
    Demand("rds", _DATABASES, PASSWORDS, password, "RDS user guide, Password management with Amazon"
           " RDS and AWS Secrets Manager, permissions; dependent actions of CreateDBCluster"),
    Demand("rds", _DATABASES, _GRANTED, parameter("MasterUserSecretKmsKeyId"),
           "as the password: Secrets Manager turns to the key", "secretsmanager"),
    Demand("rds", ("CreateDBCluster", "CreateDBInstance"), _GRANTED, parameter("KmsKeyId"),
           "dependent actions of CreateDBCluster and CreateDBInstance", "rds"),
    Demand("redshift-serverless", ("CreateNamespace", "UpdateNamespace", "DeleteNamespace"),
           OF_REDSHIFT, password, "dependent actions of CreateNamespace and DeleteNamespace"),
    Demand("redshift-serverless", ("CreateNamespace", "UpdateNamespace"), _GRANTED,
           parameter("adminPasswordSecretKmsKeyId"),
           "as the password: Secrets Manager turns to the key", "secretsmanager"),
    Demand("redshift-serverless", ("CreateNamespace", "UpdateNamespace"),
           (*_GRANTED, "kms:RetireGrant"), parameter("kmsKeyId"),
           "dependent actions of CreateNamespace", "redshift-serverless"),
    Demand("events", ("CreateConnection", "UpdateConnection"), COPIES, copied,
           "CloudFormation schema of AWS::Events::Connection, handlers", documented=False),
    Demand(
        "cloudwatch",
        ("PutMetricAlarm",),
        ("iam:CreateServiceLinkedRole",),
        linked,
        "CloudWatch API, PutMetricAlarm, permissions",
    ),
    Demand(
        "cloudwatch",
        ("PutMetricAlarm",),
        ("cloudwatch:ListTagsForResource",),
        propagating,
        "CloudWatch API, PutMetricAlarm.ActionConfiguration.AlarmTagsPropagation",
    ),
)  # fmt: skip
"""Looked for and not found, so not here: PutBucketEncryption, CreateTopic and SetTopicAttributes
ask nothing of the key that they name; PutBucketLogging asks nothing of the bucket it writes to,
whose policy has to allow the service; CreateBudget asks nothing of a topic; CreateModel asks
nothing of subnets, which the execution role has to be allowed; an offline store's key is the
role's matter."""
