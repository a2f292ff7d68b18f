"""What is asked of further services, each in a few lines.

Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import NEW_ID, Call, Derive, Want, World, arn, plain, tags

SCALING = (
    "DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget",
    "PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget",
)  # fmt: skip


def scaling(call: Call, _world: World) -> Iterable[Want]:
    """A scalable target's ARN ends in an id that AWS chose; the keys say what it scales."""
    at = arn(call, "application-autoscaling", "ScalableTarget", NEW_ID)
    keys = {
        "application-autoscaling:service-namespace": call.need("ServiceNamespace"),
        "application-autoscaling:scalable-dimension": call.need("ScalableDimension"),
    }
    given = tags(call.get("Tags"))
    yield Want(f"application-autoscaling:{call.operation}", at, keys, given)
    if given:
        yield Want("application-autoscaling:TagResource", at, {}, given)


def secret(call: Call, _world: World) -> Iterable[Want]:
    """A secret's ARN has six characters behind its name that nobody but AWS knows."""
    name = str(call.need("SecretId"))
    at = (
        name if name.startswith("arn:") else f"{arn(call, 'secretsmanager', 'Secret', name)}-??????"
    )
    yield Want(f"secretsmanager:{call.operation}", at)


def parameter(call: Call, _world: World) -> Iterable[Want]:
    """Parameters by name, with or without the slash that it begins with."""
    for name in call.get("Names") or [call.get("Path") or call.need("Name")]:
        yield Want(f"ssm:{call.operation}", arn(call, "ssm", "parameter", str(name).lstrip("/")))


def invoke(call: Call, _world: World) -> Iterable[Want]:
    """The operation is `Invoke`, the action is not."""
    yield Want(
        "lambda:InvokeFunction", arn(call, "lambda", "function", str(call.need("FunctionName")))
    )


OPERATIONS: dict[str, dict[str, Derive]] = {
    "application-autoscaling": {
        **plain(
            "application-autoscaling",
            {
                "": "DescribeScalableTargets DescribeScalingPolicies DescribeScheduledActions",
                "ScalableTarget ResourceARN": "ListTagsForResource TagResource UntagResource",
            },
        ),
        **dict.fromkeys(SCALING, scaling),
    },
    "cloudtrail": plain("cloudtrail", {"": "LookupEvents"}),
    "ecr": plain(
        "ecr",
        {
            "": "GetAuthorizationToken",
            "repository repositoryName": "BatchCheckLayerAvailability BatchGetImage "
            "DescribeImages DescribeImageScanFindings GetDownloadUrlForLayer ListImages",
        },
    ),
    "lambda": {"Invoke": invoke},
    "resourcegroupstaggingapi": plain("tag", {"": "GetResources GetTagKeys GetTagValues"}),
    "secretsmanager": dict.fromkeys(("DescribeSecret", "GetSecretValue"), secret),
    "ssm": dict.fromkeys(("GetParameter", "GetParameters", "GetParametersByPath"), parameter),
}
