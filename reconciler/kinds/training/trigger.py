"""What starts executions by itself: a schedule, new data, an approved version of another model.

Sources: EventBridge Scheduler API, Target
(SageMakerPipelineParameters, which it asks for even where there are none); EventBridge API,
PutTargets (SageMakerPipelineParameters, whose values may be JSON paths of the event); Step
Functions developer guide, "Events for Standard Workflows"; SageMaker developer guide, "Automating
SageMaker with EventBridge", model package state change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.arrival import arrivals
from reconciler.kinds.terms.schedule import GROUP, SCHEDULE, SERVICE, TRIES
from reconciler.kinds.training.running import NewData, Trigger
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.told import plain
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

PIPELINE = "AWS::SageMaker::Pipeline"
RULE, QUEUE = "AWS::Events::Rule", "AWS::SQS::Queue"
EVENTS = "events.amazonaws.com"
KEY = "key"
"""The parameter that is the key of a new object, where a training has one of that name."""
OBJECT = "$.detail.object.key"
AT: Path = ("trigger",)
_KEPT = 14 * 86_400
"""Seconds for which a dead letter is kept: the longest that SQS keeps one."""
_TARGET = "pipeline"


def build(spec: Training, scope: Scope) -> Iterator[Node]:
    """The schedule with the queue of its starts that failed, the rules, and their roles."""
    trigger = spec.trigger
    if trigger is None:
        return
    if trigger.schedule is not None:
        yield from _schedule(trigger, trigger.schedule, scope)
    rules = [*_rules(spec, trigger, scope)]
    if not rules:
        return
    role = scope.role("trigger", EVENTS)
    _starts(role, scope)
    for name, at, pattern, more in rules:
        given = {**_given(trigger), **more}
        yield _rule(name, at, pattern, given, role, scope)


def _starts(role: Role, scope: Scope) -> None:
    name = scope.address(PIPELINE).name
    on = (scope.arn("sagemaker", f"pipeline/{name}"),)
    scope.grant(role, ("sagemaker:StartPipelineExecution",), on=on)


def _given(trigger: Trigger) -> dict[str, str]:
    return {name: plain(value) for name, value in trigger.parameters.items()}


def _parameters(given: Mapping[str, str]) -> Props:
    """Also where there are none: Scheduler refuses a pipeline without the member."""
    return {"PipelineParameterList": [{"Name": name, "Value": it} for name, it in given.items()]}


def _schedule(trigger: Trigger, expression: str, scope: Scope) -> Iterator[Node]:
    queue, group = scope.address(QUEUE, "failed"), scope.address(GROUP)
    own = scope.arn("scheduler", f"schedule-group/{group.name}")
    role = scope.role("schedule", SERVICE, (own,))
    _starts(role, scope)
    scope.grant(role, ("sqs:SendMessage",), on=(Ref(queue, "Arn"),))
    kept = {"MessageRetentionPeriod": _KEPT, "SqsManagedSseEnabled": True}
    yield scope.node(queue, kept, lines={(): AT})
    yield scope.node(group, {})
    leaf = scope.address(SCHEDULE).name
    yield scope.node(
        Address(SCHEDULE, f"{group.name}/{leaf}"),
        {
            "GroupName": Ref(group, "Name"),
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": trigger.timezone or "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": Ref(scope.address(PIPELINE), "PipelineArn"),
                "RoleArn": role.arn,
                "SageMakerPipelineParameters": _parameters(_given(trigger)),
                "DeadLetterConfig": {"Arn": Ref(queue, "Arn")},
                "RetryPolicy": TRIES,
            },
        },
        lines={
            (): AT,
            ("ScheduleExpression",): (*AT, "schedule"),
            ("ScheduleExpressionTimezone",): (*AT, "timezone"),
            ("Target", "SageMakerPipelineParameters"): (*AT, "parameters"),
        },
    )


def _rules(
    spec: Training, trigger: Trigger, scope: Scope
) -> Iterator[tuple[str, Path, Props, dict[str, str]]]:
    """The name of each rule, its line, its pattern, and parameters that an event has."""
    new, approval = trigger.new_data, trigger.approval
    if new is not None:
        here = (*AT, "newData")
        yield "data", here, _new(new, here, scope), _key(spec, new)
    if approval is not None:
        group = scope.export("ModelRegistry", approval.registry, "groupName")
        detail = {"ModelPackageGroupName": [group], "ModelApprovalStatus": ["Approved"]}
        pattern = {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Package State Change"],
            "detail": detail,
        }
        yield "approval", (*AT, "approval"), pattern, {}


def _key(spec: Training, new: NewData) -> dict[str, str]:
    return {KEY: OBJECT} if new.source is not None and KEY in spec.parameters else {}


def _new(new: NewData, here: Path, scope: Scope) -> Props:
    if new.data_pipeline is None:
        return arrivals(scope, new.source or "", new.path or "", (*here, "source"))
    machine = scope.export("DataPipeline", new.data_pipeline, "machineArn")
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["SUCCEEDED"], "stateMachineArn": [machine]},
    }


def _rule(  # noqa: PLR0913 - a rule, and all that it is made of
    name: str,
    at: Path,
    pattern: Props,
    given: Mapping[str, str],
    role: Role,
    scope: Scope,
) -> Node:
    target: dict[str, Json] = {
        "Id": _TARGET,
        "Arn": Ref(scope.address(PIPELINE), "PipelineArn"),
        "RoleArn": role.arn,
    }
    if given:
        target["SageMakerPipelineParameters"] = _parameters(given)
    return scope.node(
        scope.address(RULE, name),
        {
            "Description": f"Starts {scope.name}",
            "EventPattern": pattern,
            "Targets": [target],
        },
        lines={
            (): at,
            ("Targets", _TARGET, "SageMakerPipelineParameters"): (*AT, "parameters"),
        },
    )
