"""What scales, between which bounds and by what."""

from __future__ import annotations

from .sample import Sample

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
NAMED = {**OF, "PolicyName": "acme-test-scorer-invocations"}
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
