"""AWS::ApplicationAutoScaling::ScalingPolicy, by calls of its own.

It takes no tags and AWS's handlers list it by the whole service, so nothing there says whose it is;
here it is in its target, and one listing of that proves all of its policies. Putting one replaces
all of it. Its own alarms (``TargetTracking-…``) are AWS's: nobody here lists them. Source:
Application Auto Scaling API reference, PutScalingPolicy, DescribeScalingPolicies.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.model.scaling import HELD_TAG
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    members,
    register,
)
from reconciler.resources.applicationautoscaling.service import BUSY, GONE, POLICY, SERVICE, TARGET
from reconciler.resources.codecs import Codec, first
from reconciler.resources.review import Pending
from reconciler.resources.whose import PARENT, TAGS, Within

IN = {
    "ResourceId": "{above}",
    "ScalableDimension": "{between}",
    "ServiceNamespace": "{namespace}",
}
KEY = {**IN, "PolicyName": "{leaf}"}
TRACKING, STEP = "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"
TAKEN = ("PolicyType", "PredictiveScalingPolicyConfiguration", STEP, TRACKING)
_COOLDOWN = 300
"""Seconds that AWS takes for SageMaker where nothing is said. Source: AWS_FACTS 1.7."""


def update(change: Change) -> Iterator[Request]:
    """All of it."""
    if change.touches(*TAKEN):
        wanted: Props = {name: change.desired[name] for name in TAKEN if name in change.desired}
        yield Request("put_scaling_policy", wanted)


def held(change: Change) -> str:
    """While two versions share the traffic it would change for the old one, and all at once."""
    target = change.targets.get(PARENT) or {}
    if not any(tag.get("Key") == HELD_TAG for tag in target.get(TAGS) or ()):
        return ""
    return (
        "a new version is taking over step by step, and this would change for the old one at once;"
        " apply it when that has ended"
    )


def _put(props: Json) -> Json:
    """A body without what only CloudFormation says."""
    return {key: value for key, value in props.items() if key != "ScalingTargetId"}


register(
    Resource(
        type=POLICY,
        service=SERVICE,
        reach=Reach.REGIONAL,
        name="",
        derived=KEY,
        key=KEY,
        read=Op("describe_scaling_policies", {**IN, "PolicyNames": ["{leaf}"]}),
        whole=Whole(
            items="ScalingPolicies",
            each=members("PolicyARN", "PolicyName", "PolicyType", "ResourceId"),
            each_same={"PolicyNames": "PolicyName", "ResourceId": "ResourceId"},
        ),
        create=Op("put_scaling_policy", KEY),
        delete=Op("delete_scaling_policy", KEY),
        absent=GONE,
        transient=BUSY,
        outputs={"Arn": ("PolicyARN",)},
        created={"Arn": ("PolicyARN",)},
        limit=512,
        upsert=True,
        root=first("ScalingPolicies"),
        body=Codec(encode=_put),
        listings=(
            Listing(
                method="describe_scaling_policies",
                at="ScalingPolicies",
                name="PolicyName",
                params={**IN},
                codec=Codec(decode=lambda item: {**item, "Arn": item["PolicyARN"]}),
                complete=True,
            ),
        ),
        whose=Within(type=TARGET),
        sets=frozenset(
            {
                f"{STEP}.StepAdjustments",
                f"{TRACKING}.CustomizedMetricSpecification.Dimensions",
            }
        ),
        defaults={
            f"{STEP}.Cooldown": _COOLDOWN,
            f"{TRACKING}.DisableScaleIn": False,
            f"{TRACKING}.ScaleInCooldown": _COOLDOWN,
            f"{TRACKING}.ScaleOutCooldown": _COOLDOWN,
        },
        # whoever is told the ARN of a policy needs nothing of what it does
        apart=frozenset({STEP, TRACKING}),
        refers=(TARGET,),
        pending=Pending(held=held),
        update=update,
    )
)
