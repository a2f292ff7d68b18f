"""What is registered, and where runs log to."""

from __future__ import annotations

from reconciler.model.value import Ref

from .sagemaker import model_package_group
from .sample import IMAGE, ROLE, Sample

GROUP = Ref(model_package_group.address, "ModelPackageGroupName")
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://acme-test-models/fraud/model.tar.gz"}
SPECIFICATION = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
STORE = "s3://acme-test-logged/runs"

version = Sample(
    "AWS::SageMaker::ModelPackage",
    "acme-test-fraud-seven",
    minimal={"ModelPackageGroupName": GROUP, "InferenceSpecification": SPECIFICATION},
    full={
        "ModelPackageGroupName": GROUP,
        "InferenceSpecification": SPECIFICATION,
        "ModelPackageDescription": "Learned from March.",
        "ModelApprovalStatus": "PendingManualApproval",
        "ApprovalDescription": "Nobody has looked at it.",
        "CustomerMetadataProperties": {"commit": "4f2c9e1"},
        "Domain": "MACHINE_LEARNING",
        "Task": "CLASSIFICATION",
    },
    edits=(
        {"ModelApprovalStatus": "Approved", "ApprovalDescription": "It is better than the last."},
        {"CustomerMetadataProperties": {"commit": "4f2c9e2"}},
    ),
    needs=(model_package_group,),
)
experiment = Sample(
    "AWS::SageMaker::Experiment",
    "acme-test-fraud-trials",
    minimal={},
    full={"Description": "What was tried.", "DisplayName": "Fraud"},
    edits=({"Description": "What was tried so far."}, {"DisplayName": "Fraud-trials"}),
)
_REALTIME = {
    "InfrastructureType": "RealTimeInference",
    "RealTimeInferenceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
_VARIANTS = [
    {"ModelName": "fraud-one", "VariantName": "primary", "InfrastructureConfig": _REALTIME},
    {"ModelName": "fraud-two", "VariantName": "shadow", "InfrastructureConfig": _REALTIME},
]
_COPIES = [{"ShadowModelVariantName": "shadow", "SamplingPercentage": 10}]
shadow = Sample(
    "AWS::SageMaker::InferenceExperiment",
    "acme-test-fraud-shadow",
    minimal={
        "Type": "ShadowMode",
        "RoleArn": ROLE,
        "EndpointName": "acme-test-fraud",
        "ModelVariants": _VARIANTS[:1],
    },
    full={
        "Type": "ShadowMode",
        "RoleArn": ROLE,
        "EndpointName": "acme-test-fraud",
        "Description": "The new one in the shadow.",
        "ModelVariants": _VARIANTS,
        "ShadowModeConfig": {"SourceModelVariantName": "primary", "ShadowModelVariants": _COPIES},
        "DataStorageConfig": {"Destination": "s3://acme-test-logged/shadow"},
        "Schedule": {"StartTime": "2026-12-01T08:00:00Z", "EndTime": "2026-12-03T08:00:00Z"},
    },
    edits=({"Description": "The new one, for two days."},),
    breaks=({"EndpointName": "acme-test-other"}, {"RoleArn": f"{ROLE}er"}),
)
server = Sample(
    "AWS::SageMaker::MlflowTrackingServer",
    "acme-test-tracking",
    minimal={"ArtifactStoreUri": STORE, "RoleArn": ROLE},
    full={
        "ArtifactStoreUri": STORE,
        "RoleArn": ROLE,
        "MlflowVersion": "2.16.2",
        "TrackingServerSize": "Small",
        "AutomaticModelRegistration": False,
        "WeeklyMaintenanceWindowStart": "Sun:03:00",
    },
    edits=(
        {"TrackingServerSize": "Medium"},
        {"AutomaticModelRegistration": True},
        {"WeeklyMaintenanceWindowStart": "Mon:04:30"},
    ),
    breaks=({"MlflowVersion": "3.0.0"}, {"RoleArn": f"{ROLE}er"}),
)
app = Sample(
    "AWS::SageMaker::MlflowApp",
    "acme-test-logged",
    minimal={"ArtifactStoreUri": STORE, "RoleArn": ROLE},
    full={
        "ArtifactStoreUri": STORE,
        "RoleArn": ROLE,
        "ModelRegistrationMode": "AutoModelRegistrationDisabled",
        "WeeklyMaintenanceWindowStart": "Sun:03:00",
    },
    edits=(
        {"ModelRegistrationMode": "AutoModelRegistrationEnabled"},
        {"WeeklyMaintenanceWindowStart": "Mon:04:30"},
    ),
    breaks=({"RoleArn": f"{ROLE}er"},),
)
