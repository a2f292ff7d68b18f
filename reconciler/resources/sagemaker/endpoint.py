"""AWS::SageMaker::Endpoint.

Only the name is fixed; the live config is exchanged in place. SageMaker calls
an update that it rolled back a success, so every update is verified
(AWS_FACTS 1.5). How to deploy and what to retain is taken and never given back.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change, Observed
from reconciler.model.value import Mark, Props
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Request,
    Resource,
    absent,
    codes,
    register,
)
from reconciler.resources.codecs import takes
from reconciler.resources.sagemaker.service import SPREADING, arn, tagging

NAME = {"EndpointName": "{name}"}
HOW = (
    "DeploymentConfig",
    "ExcludeRetainedVariantProperties",
    "RetainAllVariantProperties",
    "RetainDeploymentConfig",
)


def update(change: Change) -> Iterator[Request]:
    """One request moves the endpoint and says how."""
    if change.touches("EndpointConfigName"):
        props = ("EndpointConfigName", *HOW)
        yield Request(
            "update_endpoint", {key: change.desired[key] for key in props if key in change.desired}
        )


def verify(desired: Props, observed: Observed) -> str:
    """InService says nothing: the config must be the one asked for, and no deployment pending."""
    wanted, live = desired.get("EndpointConfigName"), observed.props.get("EndpointConfigName")
    if not isinstance(wanted, str) or isinstance(wanted, Mark):
        return ""
    because = f": {observed.reason}" if observed.reason else ""
    if live != wanted:
        return f"SageMaker rolled the update to '{wanted}' back to '{live}'{because}"
    if observed.outputs.get("PendingDeployment"):
        return f"a deployment from '{live}' is still under way{because}"
    moving = [
        variant["VariantName"]
        for variant in observed.outputs.get("ProductionVariants") or ()
        if variant.get("VariantStatus")
    ]
    return f"variants are not in place yet: {', '.join(sorted(moving))}" if moving else ""


register(
    Resource(
        type="AWS::SageMaker::Endpoint",
        service="sagemaker",
        name="EndpointName",
        key=NAME,
        read=Op("describe_endpoint", NAME),
        create=Op("create_endpoint", NAME),
        delete=Op("delete_endpoint", NAME),
        absent=(absent("ValidationException", r"^Could not find endpoint\b(?! config)"),),
        transient=(
            *SPREADING,
            absent("ValidationException", r"^Could not find (endpoint configuration|model)\b"),
            absent("ValidationException", r"^Cannot update in-progress endpoint\b"),
        ),
        outputs={
            "EndpointArn": ("EndpointArn",),
            "PendingDeployment": ("PendingDeploymentSummary",),
            "ProductionVariants": ("ProductionVariants",),
        },
        created={"EndpointArn": ("EndpointArn",)},
        predict={"EndpointArn": arn("endpoint")},
        arn=arn("endpoint"),
        body=takes("EndpointConfigName", "DeploymentConfig"),
        listings=(
            Listing(
                method="list_endpoints",
                at="Endpoints",
                name="EndpointName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        lifecycle=Lifecycle(
            field="EndpointStatus",
            # the last two may still serve, and take a further update (AWS_FACTS 1.5)
            ready=codes("InService", "OutOfService", "UpdateRollbackFailed"),
            busy=codes("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"),
            failed=codes("Failed"),
            poll=30.0,
            timeout=30000.0,  # MaximumExecutionTimeoutInSeconds is at most 28800
        ),
        vanishes=True,
        tags=tagging("endpoint"),
        unread=frozenset(HOW),
        holds="traffic",
        refers=(
            "AWS::CloudWatch::Alarm",
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
            "AWS::SageMaker::EndpointConfig",
            "AWS::SageMaker::Model",
        ),
        update=update,
        verify=verify,
    )
)
