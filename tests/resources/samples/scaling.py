"""What scales, between which bounds and by what."""

from __future__ import annotations

from reconciler.model.value import Ref

from .identity import role
from .sample import IMAGE, Sample

RESOURCE = "endpoint/acme-test-scorer/variant/primary"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
OF = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE, "ScalableDimension": DIMENSION}
BOUNDS = {**OF, "MinCapacity": 1, "MaxCapacity": 4}
NIGHT = {
    "ScheduledActionName": "night",
    "Schedule": "cron(0 22 * * ? *)",
    "Timezone": "Europe/Berlin",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
}
target = Sample(
    "AWS::ApplicationAutoScaling::ScalableTarget",
    f"{RESOURCE}/{DIMENSION}",
    minimal=BOUNDS,
    full={
        **BOUNDS,
        "ScheduledActions": [NIGHT],
        "SuspendedState": {"DynamicScalingInSuspended": True},
    },
    edits=(
        {"MinCapacity": 2, "MaxCapacity": 9},
        {"ScheduledActions": [{**NIGHT, "Schedule": "cron(0 23 * * ? *)"}]},
        {"ScheduledActions": []},
        {"SuspendedState": {"DynamicScalingInSuspended": False}},
    ),
)
FOLLOWS = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
NAMED = {
    **OF,
    "ResourceId": Ref(target.address, "ResourceId"),
    "PolicyName": "acme-test-scorer-invocations",
}
TRACKING = {"TargetValue": 70.0, "PredefinedMetricSpecification": FOLLOWS}
policy = Sample(
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    f"{RESOURCE}/{DIMENSION}/acme-test-scorer-invocations",
    minimal={
        **NAMED,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": TRACKING,
    },
    full={
        **NAMED,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            **TRACKING,
            "DisableScaleIn": True,
            "ScaleInCooldown": 600,
            "ScaleOutCooldown": 60,
        },
    },
    edits=(
        {
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 60.0,
                "CustomizedMetricSpecification": {
                    "MetricName": "CPUUtilization",
                    "Namespace": "/aws/sagemaker/Endpoints",
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": "acme-test-scorer"},
                        {"Name": "VariantName", "Value": "primary"},
                    ],
                    "Statistic": "Average",
                },
            }
        },
    ),
    needs=(target,),
)


CONFIG = {
    "ExecutionRoleArn": Ref(role.address, "Arn"),
    "ProductionVariants": [
        {"VariantName": "primary", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
    ],
}
hosting = Sample(
    "AWS::SageMaker::EndpointConfig",
    "acme-test-shared-1",
    minimal=CONFIG,
    full=CONFIG,
    needs=(role,),
)
SERVED = {"EndpointConfigName": Ref(hosting.address, "EndpointConfigName")}
shared = Sample(
    "AWS::SageMaker::Endpoint", "acme-test-shared", minimal=SERVED, full=SERVED, needs=(hosting,)
)
NEEDS = {"MinMemoryRequiredInMb": 4096, "NumberOfAcceleratorDevicesRequired": 1}
CONTAINED = {"Container": {"Image": IMAGE}, "ComputeResourceRequirements": NEEDS}
ON = {"EndpointName": Ref(shared.address, "EndpointName"), "VariantName": "primary"}
component = Sample(
    "AWS::SageMaker::InferenceComponent",
    "acme-test-shared-scorer",
    minimal={**ON, "Specification": CONTAINED, "RuntimeConfig": {"CopyCount": 1}},
    full={
        **ON,
        "Specification": {
            **CONTAINED,
            "StartupParameters": {"ModelDataDownloadTimeoutInSeconds": 600},
        },
        "RuntimeConfig": {"CopyCount": 2},
        "DeploymentConfig": {
            "RollingUpdatePolicy": {
                "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
                "WaitIntervalInSeconds": 60,
            }
        },
    },
    edits=(
        {"RuntimeConfig": {"CopyCount": 3}},
        {
            "Specification": {
                "Container": {"Image": f"{IMAGE}1"},
                "ComputeResourceRequirements": NEEDS,
            }
        },
    ),
    needs=(role, hosting, shared),
    costly=True,
)
