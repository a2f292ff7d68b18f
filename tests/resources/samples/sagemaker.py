"""SageMaker's types; those of one endpoint refer to each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.model.value import Ref

from .identity import role
from .sample import IMAGE, KEY, ROLE, Props, Sample, resource_policy
from .watching import alarm

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
        "FeatureMetadata": [
            {"FeatureName": "amount", "Description": "In EUR."},
            {
                "FeatureName": "customer_id",
                "Parameters": [{"Key": "pii", "Value": "yes"}, {"Key": "source", "Value": "crm"}],
            },
        ],
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
        {
            "FeatureMetadata": [
                {"FeatureName": "amount", "Description": "In cents."},
                {
                    "FeatureName": "customer_id",
                    "Description": "Whose card it is.",
                    "Parameters": [{"Key": "source", "Value": "core"}],
                },
            ]
        },
    ),
    breaks=({"Description": "Behaviour of a merchant."},),
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
    breaks=({"ModelPackageGroupDescription": "Merchant models."},),
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

WATCHED = {"AlarmName": Ref(alarm.address, "AlarmName")}
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
            "AutoRollbackConfiguration": {
                "Alarms": [{"AlarmName": Ref(alarm.address, "AlarmName")}]
            },
        },
    },
    edits=({"EndpointConfigName": Ref(other_config.address, "EndpointConfigName")},),
    needs=(alarm, model, endpoint_config, other_config),
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
