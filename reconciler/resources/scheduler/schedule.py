"""AWS::Scheduler::Schedule, by calls of its own.

Name and group together say which one it is, and the identifier that AWS's handlers take is the
name alone: they look in the group `default`, and take what is elsewhere for absent. Here the group
is in every call. A schedule has no tags; it is whose its group is, and is called
``GROUP/NAME``. UpdateSchedule resets what it is not given, so what is live and undeclared goes
along: somebody who has paused a schedule by hand finds it paused. Another group means another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, each, rename
from reconciler.resources.whose import Within

KEY = {"GroupName": "{parent}", "Name": "{leaf}"}
ARN = "arn:{partition}:scheduler:{region}:{account}:schedule/{parent}/{leaf}"
TAKEN = (
    "Description",
    "EndDate",
    "FlexibleTimeWindow",
    "KmsKeyArn",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "State",
    "Target",
)
TARGET = "Target"
TASK = each(
    NetworkConfiguration=rename(awsvpcConfiguration="AwsvpcConfiguration"),
    CapacityProviderStrategy=rename(
        base="Base", capacityProvider="CapacityProvider", weight="Weight"
    ),
    PlacementConstraints=rename(expression="Expression", type="Type"),
    PlacementStrategy=rename(field="Field", type="Type"),
)
AIMED = each(Target=each(EcsParameters=TASK))
"""The members of a task of ECS are ECS's own, which begin small. Source: botocore's `scheduler`."""
ASSUMES = r"(?i)must allow aws eventbridge scheduler to assume"
"""What a role answers that Scheduler cannot see yet. Source: Terraform's provider, `scheduler`."""


def _decode(answer: Json) -> dict[str, Any]:
    kept = ("Arn", "GroupName", "Name", *TAKEN)
    found = {key: answer[key] for key in kept if answer.get(key) not in (None, "")}
    return dict(AIMED.decode(found))


def _encode(props: Props) -> dict[str, Any]:
    said = {key: props[key] for key in TAKEN if props.get(key) not in (None, "", {})}
    return dict(AIMED.encode(said))


def update(change: Change) -> Iterator[Request]:
    """The whole: what is declared, and what is live beside it."""
    if change.touches(*TAKEN):
        live = {key: value for key, value in change.live.items() if key in TAKEN}
        yield Request("update_schedule", _encode({**live, **_said(change)}))


def _said(change: Change) -> Props:
    """What is declared; a target with what is live in it and nobody declares."""
    target = change.desired.get(TARGET) or {}
    kept = {**(change.live.get(TARGET) or {}), **target}
    return {**change.desired, TARGET: kept}


register(
    Resource(
        type="AWS::Scheduler::Schedule",
        service="scheduler",
        aside=Aside(needs=dict.fromkeys(("create_schedule", "update_schedule"), ("iam:PassRole",))),
        reach=Reach.REGIONAL,
        name="",
        derived={"Name": "{leaf}"},
        key=KEY,
        read=Op("get_schedule", KEY),
        whole=Whole(
            has=members("Name", "GroupName", "Arn", "ScheduleExpression", "State", "Target.Arn"),
            same={"Name": ("Name",), "GroupName": ("GroupName",)},
            words={"State": frozenset({"ENABLED", "DISABLED"})},
        ),
        create=Op("create_schedule", KEY),
        delete=Op("delete_schedule", KEY),
        absent=(absent("ResourceNotFoundException"),),
        transient=(absent("ValidationException", ASSUMES),),
        outputs={"Arn": ("Arn",)},
        created={"Arn": ("ScheduleArn",)},
        predict={"Arn": ARN},
        arn=ARN,
        limit=129,
        root=Codec(decode=_decode),
        body=Codec(encode=_encode),
        listings=(
            Listing(
                method="list_schedules",
                at="Schedules",
                name="Name",
                params={"GroupName": "{parent}", "MaxResults": 100},
                codec=Codec(decode=lambda item: {"Name": item["Name"]}),
                created="CreationDate",
            ),
        ),
        whose=Within(type="AWS::Scheduler::ScheduleGroup"),
        carried=frozenset(TAKEN),
        defaults={
            "State": "ENABLED",
            "ScheduleExpressionTimezone": "UTC",
            f"{TARGET}.RetryPolicy.MaximumEventAgeInSeconds": 86_400,
            f"{TARGET}.RetryPolicy.MaximumRetryAttempts": 185,
        },
        documents=frozenset({f"{TARGET}.Input"}),
        refers=(
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::SQS::Queue",
            "AWS::SageMaker::Pipeline",
            "AWS::Scheduler::ScheduleGroup",
            "AWS::StepFunctions::StateMachine",
        ),
        update=update,
    )
)
