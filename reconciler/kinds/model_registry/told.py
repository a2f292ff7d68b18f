"""Who is told of an approval, and the delivery pipeline that it starts.

SageMaker sends the same kind of event for every change of a version and names what changed in
``UpdatedModelPackageFields``; a version that is registered as approved has no such field. So an
approval is told once, and neither a new version that waits nor a change of an approved one's
metadata is. The rule deploys nothing: who is started plans and applies like anybody else.
Source: SageMaker developer guide, "Events that SageMaker AI sends to EventBridge"; EventBridge user
guide, "Using $or", "Amazon SNS permissions", "Using IAM roles".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope
from reconciler.kinds.model_registry.spec import Approval, ModelRegistry
from reconciler.kinds.monitor import topic_node
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref
from reconciler.registry.version import APPROVED

RULE, TOPIC = "AWS::Events::Rule", "AWS::SNS::Topic"
EVENTS = "events.amazonaws.com"
FIELDS = "UpdatedModelPackageFields"


def pattern(group: str) -> Props:
    """The events of approvals in a group."""
    changed = [{FIELDS: ["ModelApprovalStatus"]}, {FIELDS: [{"exists": False}]}]
    return {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {
            "ModelPackageGroupName": [group],
            "ModelApprovalStatus": [APPROVED],
            "$or": changed,
        },
    }


def build(spec: ModelRegistry, group: str, scope: Scope) -> Iterator[Node]:
    """The rule, and the topic of its own."""
    given = spec.approval
    if given is None or (given.subscribers is None and given.delivery is None):
        return
    targets: list[Json] = []
    if given.subscribers is not None:
        yield topic_node(
            given.subscribers, scope, (_publish(scope),), at=("approval", "subscribers")
        )
        targets.append(_told(scope))
    if given.delivery is not None:
        targets.append(_started(given, scope))
    yield scope.node(
        scope.address(RULE),
        {
            "Description": f"Tells that a version of {scope.name} was approved",
            "EventPattern": pattern(group),
            "State": "ENABLED",
            "Targets": targets,
        },
        lines={(): ("approval",)},
    )


def _publish(scope: Scope) -> Props:
    """EventBridge publishes by the topic's policy, for this rule only."""
    return {
        "Sid": "Publish",
        "Effect": "Allow",
        "Principal": {"Service": EVENTS},
        "Action": "sns:Publish",
        "Resource": scope.arn("sns", scope.address(TOPIC).name),
        "Condition": {
            "ArnEquals": {"aws:SourceArn": scope.arn("events", f"rule/{scope.address(RULE).name}")}
        },
    }


def _told(scope: Scope) -> Props:
    text = f'"Version <version> of {scope.name} ({scope.place.environment}) was approved: <arn>"'
    paths = {"version": "$.detail.ModelPackageVersion", "arn": "$.detail.ModelPackageArn"}
    return {
        "Id": "told",
        "Arn": Ref(scope.address(TOPIC), "TopicArn"),
        "InputTransformer": {"InputPathsMap": paths, "InputTemplate": text},
    }


def _started(given: Approval, scope: Scope) -> Props:
    role = scope.role("approval", EVENTS)
    scope.grant(role, ("codepipeline:StartPipelineExecution",), on=(given.delivery,))
    return {"Id": "delivery", "Arn": given.delivery, "RoleArn": role.arn}
