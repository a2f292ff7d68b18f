"""The conformance cases: one entry per SageMaker kind."""

from __future__ import annotations

import json
from typing import Any

from .conformance import ACCOUNT, IMAGE, REGION, ROLE, Case

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
TOKEN = "t" * 32
VPC = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
FEATURES = [
    {"FeatureName": "id", "FeatureType": "String"},
    {"FeatureName": "at", "FeatureType": "Fractional"},
    {"FeatureName": "amount", "FeatureType": "Fractional"},
]
VARIANT = {
    "VariantName": "blue",
    "ModelName": "scorer",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
    "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
}
SPECIFICATION = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://models/a.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


def make_model(client: Any, name: str = "scorer") -> None:
    client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})


def make_config(client: Any, name: str = "config-1", **more: Any) -> None:
    client.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[VARIANT | {"InitialVariantWeight": 1.0} | more]
    )


def make_model_and_config(client: Any) -> None:
    make_model(client)
    make_config(client)


MODEL = Case(
    kind="model",
    noun="Model",
    name_key="ModelName",
    given={
        "ModelName": "scorer-a1",
        "ExecutionRoleArn": ROLE,
        "VpcConfig": VPC,
        "InferenceExecutionConfig": {"Mode": "Serial"},
        "Containers": [
            {"Image": IMAGE, "Environment": {"A": "1"}, "ContainerHostname": "first"},
            {"Image": IMAGE, "ModelDataUrl": "s3://models/a.tar.gz"},
        ],
    },
    defaults={
        "EnableNetworkIsolation": False,
        "Containers": [{"Mode": "SingleModel"}, {"Mode": "SingleModel", "Environment": {}}],
    },
    list_key="Models",
    missing=("ValidationException", "Could not find model"),
    duplicate=("ValidationException", "Cannot create already existing model"),
)

ENDPOINT_CONFIG = Case(
    kind="endpoint-config",
    noun="EndpointConfig",
    name_key="EndpointConfigName",
    given={
        "EndpointConfigName": "scorer-b2",
        "ProductionVariants": [VARIANT],
        "ShadowProductionVariants": [VARIANT | {"VariantName": "shadow"}],
        "DataCaptureConfig": {
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": "s3://capture/here",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        "KmsKeyId": "alias/data",
        "ExecutionRoleArn": ROLE,
        "VpcConfig": VPC,
        "EnableNetworkIsolation": True,
        "ExplainerConfig": {
            "ClarifyExplainerConfig": {
                "ShapConfig": {"ShapBaselineConfig": {"MimeType": "text/csv"}}
            }
        },
    },
    defaults={
        "ProductionVariants": [{"InitialVariantWeight": 1.0}],
        "DataCaptureConfig": {"EnableCapture": True},
    },
    list_key="EndpointConfigs",
    missing=("ValidationException", "Could not find endpoint configuration"),
    duplicate=("ValidationException", "Cannot create already existing endpoint configuration"),
    before=make_model,
)

ENDPOINT = Case(
    kind="endpoint",
    noun="Endpoint",
    name_key="EndpointName",
    given={"EndpointName": "fraud", "EndpointConfigName": "config-1"},
    defaults={"EndpointStatus": "InService"},
    list_key="Endpoints",
    missing=("ValidationException", 'Could not find endpoint "'),
    duplicate=("ValidationException", "Cannot create already existing endpoint"),
    before=make_model_and_config,
)

FEATURE_GROUP = Case(
    kind="feature-group",
    noun="FeatureGroup",
    name_key="FeatureGroupName",
    given={
        "FeatureGroupName": "customer-v1",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": FEATURES,
        "OnlineStoreConfig": {
            "EnableOnlineStore": True,
            "TtlDuration": {"Unit": "Days", "Value": 30},
            "SecurityConfig": {"KmsKeyId": "alias/online"},
        },
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://features/offline"}},
        "RoleArn": ROLE,
        "Description": "Customers",
    },
    defaults={
        "FeatureGroupStatus": "Created",
        "OfflineStoreStatus": {"Status": "Active"},
        "ThroughputConfig": {"ThroughputMode": "OnDemand"},
        "OnlineStoreConfig": {"StorageType": "Standard"},
        "OfflineStoreConfig": {
            "DisableGlueTableCreation": False,
            "TableFormat": "Glue",
            "DataCatalogConfig": {
                "Catalog": "AwsDataCatalog",
                "Database": "sagemaker_featurestore",
            },
        },
    },
    list_key="FeatureGroupSummaries",
    missing=("ResourceNotFound", "can't find a FeatureGroup"),
    duplicate=("ResourceInUse", "already exists"),
)

MODEL_PACKAGE_GROUP = Case(
    kind="model-package-group",
    noun="ModelPackageGroup",
    name_key="ModelPackageGroupName",
    given={"ModelPackageGroupName": "fraud-models", "ModelPackageGroupDescription": "Fraud"},
    defaults={"ModelPackageGroupStatus": "Completed"},
    list_key="ModelPackageGroupSummaryList",
    missing=("ValidationException", "does not exist."),
    duplicate=("ValidationException", "already exists"),
)

MODEL_PACKAGE = Case(
    kind="model-package",
    noun="ModelPackage",
    name_key="ModelPackageName",
    given={
        "ModelPackageName": "single",
        "InferenceSpecification": {
            **SPECIFICATION,
            "SupportedTransformInstanceTypes": ["ml.m5.large"],
            "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
        },
        "ModelPackageDescription": "One",
        "CustomerMetadataProperties": {"owner": "risk"},
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {"ContentType": "application/json", "S3Uri": "s3://metrics/q.json"}
            }
        },
    },
    defaults={
        "CertifyForMarketplace": False,
        "SkipModelValidation": "None",
        "ModelPackageStatus": "Completed",
    },
    list_key="ModelPackageSummaryList",
    missing=("ValidationException", "does not exist."),
    duplicate=("ValidationException", "already exists"),
)

PIPELINE = Case(
    kind="pipeline",
    noun="Pipeline",
    name_key="PipelineName",
    given={
        "PipelineName": "train",
        "PipelineDefinition": json.dumps({"Version": "2020-12-01", "Steps": []}),
        "PipelineDescription": "Trains",
        "RoleArn": ROLE,
        "ParallelismConfiguration": {"MaxParallelExecutionSteps": 4},
    },
    defaults={"PipelineStatus": "Active", "PipelineDisplayName": "train"},
    list_key="PipelineSummaries",
    missing=("ResourceNotFound", "does not exist"),
    duplicate=("ValidationException", "already exists"),
)

CASES = [
    MODEL,
    ENDPOINT_CONFIG,
    ENDPOINT,
    FEATURE_GROUP,
    MODEL_PACKAGE_GROUP,
    MODEL_PACKAGE,
    PIPELINE,
]
