"""What scalable targets and their policies have in common.

A target is told by what is scaled and by which number of it; its name here is both, with a slash
between them. A policy is in its target. Source: Application Auto Scaling API reference,
DescribeScalableTargets, DescribeScalingPolicies.
"""

from __future__ import annotations

from reconciler.resources.api import absent

SERVICE = "application-autoscaling"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
GONE = (absent("ObjectNotFoundException"),)
BUSY = (absent("ConcurrentUpdateException"),)
