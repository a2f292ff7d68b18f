"""What goes with a scalable target though nobody planned it, and what stays at none."""

from __future__ import annotations

from . import specs
from .platform import Platform, codes
from .test_scaled_endpoints import NAME, OTHER_TYPE, RESOURCE, policies, said, text

QUEUE = "serve: {async: {instanceType: ml.g5.xlarge, instances: 1, output: {to: raw, path: out}}}"
ZERO = """
  autoscale:
    atLeast: 0
    atMost: 5
    targets: [{metric: ApproximateBacklogSizePerInstance, value: 5}]
    wake: {}"""


def test_a_policy_of_another_team_does_not_go_unsaid(platform: Platform) -> None:
    platform.allow = "traffic"
    platform.converge(text())
    platform.client("application-autoscaling").put_scaling_policy(
        PolicyName="theirs",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )
    for wanted in (OTHER_TYPE, text(more=""), specs.RAW):
        platform.text = wanted
        (message,) = said(platform.plan(), "MODE011")
        assert message.startswith("'theirs' scales by")
    assert "theirs" in policies(platform)


def test_an_endpoint_is_not_left_at_none(platform: Platform) -> None:
    platform.allow = "traffic"
    platform.converge(text(QUEUE, ZERO))
    platform.aws.scale(NAME, "primary", 0)
    platform.text = text(QUEUE, "")
    (found,) = [each for each in platform.plan().diagnostics if each.code == "MODE012"]
    assert found.is_error
    platform.aws.scale(NAME, "primary", 1)
    assert "MODE012" not in codes(platform.plan())
