"""One sample for each registered type: the least and the most it takes, and edits in place.

`edits` are changes of `full` that must be possible without a new resource.
`needs` are samples that must exist before this one. `beyond` are properties
that AWS takes and the sandbox does not; they are linted only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model.address import Address
from reconciler.model.value import Ref
from reconciler.resources.api import NAME_TAG, OWNERSHIP, Place

PLACE = Place("123456789012", "eu-west-1", "acme", "test")
ROLE = "arn:aws:iam::123456789012:role/acme-test-work"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0d3b4a2e-0000-4000-8000-000000000000"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:acme-test-alerts"
Props = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """See the module docstring."""

    type: str
    name: str
    minimal: Props
    full: Props
    edits: tuple[Props, ...] = ()
    needs: tuple[Sample, ...] = ()
    beyond: Props = field(default_factory=dict)

    @property
    def most(self) -> Props:
        """Every property the adapter is said to take."""
        return {**self.full, **self.beyond}

    @property
    def address(self) -> Address:
        return Address(self.type, self.name)

    def tagged(self, props: Props, **more: str) -> Props:
        """`props` with the ownership tags that compilation puts on every resource."""
        values = (PLACE.platform, PLACE.environment, f"Sample/{self.name}", self.name)
        tags = dict(zip((*OWNERSHIP, NAME_TAG), values, strict=True)) | more
        return {**props, "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}


def statement(**more: Any) -> Props:
    """A policy document of one statement."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **more}],
    }


def trust(service: str) -> Props:
    return statement(Principal={"Service": service})


def resource_policy(action: str, resource: Any) -> Props:
    return statement(
        Sid="Read",
        Action=action,
        Resource=resource,
        Principal={"AWS": "arn:aws:iam::123456789012:root"},
    )


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
)

role = Sample(
    "AWS::IAM::Role",
    "acme-test-work",
    minimal={"AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com")},
    full={
        "AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com"),
        "Description": "Works.",
        "MaxSessionDuration": 7200,
        "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
        "Policies": [
            {"PolicyName": "moorline", "PolicyDocument": statement(Action="s3:*", Resource="*")},
            {"PolicyName": "more", "PolicyDocument": statement(Action="sqs:*", Resource="*")},
        ],
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        ],
    },
    edits=(
        {"AssumeRolePolicyDocument": trust("glue.amazonaws.com")},
        {"Description": "Works hard."},
        {"MaxSessionDuration": 3600},
        {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {
            "Policies": [
                {
                    "PolicyName": "moorline",
                    "PolicyDocument": statement(Action="s3:Get*", Resource="*"),
                }
            ]
        },
        {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        {"ManagedPolicyArns": []},
    ),
)

topic = Sample(
    "AWS::SNS::Topic",
    "acme-test-alerts",
    minimal={},
    full={
        "DisplayName": "alerts",
        "KmsMasterKeyId": "alias/acme-test-data",
        "TopicPolicy": resource_policy("sns:Publish", TOPIC),
        "Subscription": [
            {"Protocol": "email", "Endpoint": "fraud@example.com"},
            {"Protocol": "https", "Endpoint": "https://example.com/alerts"},
        ],
    },
    edits=(
        {"DisplayName": "pages"},
        {"TopicPolicy": resource_policy("sns:GetTopicAttributes", TOPIC)},
        {
            "Subscription": [
                {"Protocol": "email", "Endpoint": "fraud@example.com"},
                {"Protocol": "https", "Endpoint": "https://example.com/pages"},
            ]
        },
    ),
    beyond={
        "TracingConfig": "Active",
        "FifoTopic": True,
        "ContentBasedDeduplication": True,
        "FifoThroughputScope": "MessageGroup",
        "SignatureVersion": "2",
        "MaximumMessageSize": 65536,
        "ArchivePolicy": {"MessageRetentionPeriod": "30"},
    },
)

alarm = Sample(
    "AWS::CloudWatch::Alarm",
    "acme-test-latency",
    minimal={
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "ModelLatency",
        "Namespace": "AWS/SageMaker",
        "Period": 60,
        "Statistic": "Average",
        "Threshold": 250000,
    },
    full={
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "AlarmDescription": "Slow.",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 2,
        "Dimensions": [
            {"Name": "VariantName", "Value": "blue"},
            {"Name": "EndpointName", "Value": "acme-test-fraud"},
        ],
        "EvaluationPeriods": 3,
        "ExtendedStatistic": "p99",
        "MetricName": "ModelLatency",
        "Namespace": "AWS/SageMaker",
        "Period": 60,
        "Threshold": 250000.0,
        "TreatMissingData": "notBreaching",
    },
    edits=(
        {"Threshold": 300000},
        {"AlarmActions": []},
        {"AlarmDescription": "Too slow."},
    ),
)
NOTIFICATIONS = [
    {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 80,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [
            {"SubscriptionType": "EMAIL", "Address": "fraud@example.com"},
            {"SubscriptionType": "SNS", "Address": TOPIC},
        ],
    },
    {
        "Notification": {
            "NotificationType": "FORECASTED",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 100,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "fraud@example.com"}],
    },
]
LIMIT = {
    "BudgetName": "acme-test-month",
    "BudgetLimit": {"Amount": 1000, "Unit": "USD"},
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
}
budget = Sample(
    "AWS::Budgets::Budget",
    "acme-test-month",
    minimal={"Budget": LIMIT},
    full={
        "Budget": {**LIMIT, "CostFilters": {"TagKeyValue": ["user:moorline:platform$acme"]}},
        "NotificationsWithSubscribers": NOTIFICATIONS,
    },
    edits=(
        {
            "Budget": {
                **LIMIT,
                "BudgetLimit": {"Amount": 1200.5, "Unit": "USD"},
                "CostFilters": {"TagKeyValue": ["user:moorline:platform$acme"]},
            }
        },
        {
            "NotificationsWithSubscribers": [
                {**NOTIFICATIONS[0], "Subscribers": NOTIFICATIONS[1]["Subscribers"]},
                NOTIFICATIONS[1],
            ]
        },
        {"NotificationsWithSubscribers": NOTIFICATIONS[:1]},
    ),
)

FEATURES = [
    {"FeatureName": "customer_id", "FeatureType": "String"},
    {"FeatureName": "event_time", "FeatureType": "String"},
    {"FeatureName": "amount", "FeatureType": "Fractional"},
]
feature_group = Sample(
    "AWS::SageMaker::FeatureGroup",
    "acme-test-customer-v1",
    minimal={
        "RecordIdentifierFeatureName": "customer_id",
        "EventTimeFeatureName": "event_time",
        "FeatureDefinitions": FEATURES,
        "OnlineStoreConfig": {"EnableOnlineStore": True},
    },
    full={
        "RecordIdentifierFeatureName": "customer_id",
        "EventTimeFeatureName": "event_time",
        "FeatureDefinitions": FEATURES,
        "OnlineStoreConfig": {
            "EnableOnlineStore": True,
            "TtlDuration": {"Unit": "Days", "Value": 30},
            "SecurityConfig": {"KmsKeyId": KEY},
        },
        "OfflineStoreConfig": {
            "S3StorageConfig": {"S3Uri": "s3://acme-test-features"},
            "TableFormat": "Iceberg",
        },
        "RoleArn": ROLE,
        "Description": "Behaviour of a card holder.",
    },
    edits=(
        {"FeatureDefinitions": [*FEATURES, {"FeatureName": "age", "FeatureType": "Integral"}]},
        {
            "OnlineStoreConfig": {
                "EnableOnlineStore": True,
                "TtlDuration": {"Unit": "Days", "Value": 60},
                "SecurityConfig": {"KmsKeyId": KEY},
            }
        },
        {
            "FeatureDefinitions": [*FEATURES, {"FeatureName": "age", "FeatureType": "Integral"}],
            "OnlineStoreConfig": {
                "EnableOnlineStore": True,
                "TtlDuration": {"Unit": "Hours", "Value": 1},
                "SecurityConfig": {"KmsKeyId": KEY},
            },
        },
    ),
)

GROUP_ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/acme-test-fraud"
model_package_group = Sample(
    "AWS::SageMaker::ModelPackageGroup",
    "acme-test-fraud",
    minimal={},
    full={
        "ModelPackageGroupDescription": "Fraud models.",
        "ModelPackageGroupPolicy": resource_policy("sagemaker:DescribeModelPackage", GROUP_ARN),
    },
    edits=(
        {
            "ModelPackageGroupPolicy": resource_policy(
                "sagemaker:DescribeModelPackageGroup", GROUP_ARN
            )
        },
    ),
)

model = Sample(
    "AWS::SageMaker::Model",
    "acme-test-fraud-9c8d2f01",
    minimal={"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}},
    full={
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {
            "Image": IMAGE,
            "ModelDataUrl": "s3://acme-test-models/fraud.tar.gz",
            "Environment": {"LEVEL": "info"},
            "Mode": "SingleModel",
        },
        "EnableNetworkIsolation": True,
        "VpcConfig": {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    },
)


def variant(**more: Any) -> Props:
    return {
        "VariantName": "blue",
        "ModelName": Ref(model.address, "ModelName"),
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
        **more,
    }


endpoint_config = Sample(
    "AWS::SageMaker::EndpointConfig",
    "acme-test-fraud-51ab07cd",
    minimal={"ProductionVariants": [variant()]},
    full={
        "ProductionVariants": [variant()],
        "ShadowProductionVariants": [variant(VariantName="green")],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://acme-test-capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
        "KmsKeyId": KEY,
    },
    needs=(model,),
)
other_config = replace(endpoint_config, name="acme-test-fraud-77e0c1aa")

endpoint = Sample(
    "AWS::SageMaker::Endpoint",
    "acme-test-fraud",
    minimal={"EndpointConfigName": Ref(endpoint_config.address, "EndpointConfigName")},
    full={
        "EndpointConfigName": Ref(endpoint_config.address, "EndpointConfigName"),
        "RetainAllVariantProperties": True,
        "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
        "RetainDeploymentConfig": False,
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "ALL_AT_ONCE",
                    "WaitIntervalInSeconds": 60,
                },
                "TerminationWaitInSeconds": 60,
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "acme-test-latency"}]},
        },
    },
    edits=({"EndpointConfigName": Ref(other_config.address, "EndpointConfigName")},),
    needs=(model, endpoint_config, other_config),
)

DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Rows", "Type": "Integer", "DefaultValue": 1}],
    "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
}
pipeline = Sample(
    "AWS::SageMaker::Pipeline",
    "acme-test-train",
    minimal={
        "PipelineDefinition": {"PipelineDefinitionBody": DEFINITION},
        "RoleArn": Ref(role.address, "Arn"),
    },
    full={
        "PipelineDefinition": {"PipelineDefinitionBody": DEFINITION},
        "RoleArn": Ref(role.address, "Arn"),
        "PipelineDescription": "Trains.",
        "PipelineDisplayName": "train",
        "ParallelismConfiguration": {"MaxParallelExecutionSteps": 2},
    },
    edits=(
        {"PipelineDescription": "Trains well."},
        {"PipelineDefinition": {"PipelineDefinitionBody": {**DEFINITION, "Parameters": []}}},
        {"ParallelismConfiguration": {"MaxParallelExecutionSteps": 4}},
    ),
    needs=(role,),
)

SAMPLES = {
    sample.type: sample
    for sample in (
        bucket,
        key,
        role,
        topic,
        alarm,
        budget,
        feature_group,
        model_package_group,
        model,
        endpoint_config,
        endpoint,
        pipeline,
    )
}
