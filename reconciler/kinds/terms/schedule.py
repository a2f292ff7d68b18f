"""When a state machine starts by itself: an EventBridge schedule in a group of its own.

Source: EventBridge Scheduler user guide, "Schedule types", "Using a dead-letter queue",
"Confused deputy prevention".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.machine import Machine
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Path, Ref

SCHEDULE = "AWS::Scheduler::Schedule"
GROUP = "AWS::Scheduler::ScheduleGroup"
SERVICE = "scheduler.amazonaws.com"
TRIES = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}
"""How long and how often Scheduler tries to start a run before it is a dead letter."""


class Timing(NamedTuple):
    """When runs start."""

    expression: str
    """``cron(…)``, ``rate(…)`` or ``at(…)``."""
    timezone: str = "UTC"
    enabled: bool | None = None
    """Whether it starts runs; nothing where nobody says."""


def scheduled(
    machine: Machine,
    scope: Scope,
    timing: Timing,
    *,
    given: Json,
    lines: Mapping[Path, Path] | None = None,
) -> Iterator[Node]:
    """The schedule of a machine, its group and its role; `given` is the input of a run."""
    group = scope.address(GROUP, machine.suffix)
    purpose = "-".join(filter(None, (machine.suffix, "schedule")))
    role = scope.role(purpose, SERVICE, (scope.arn("scheduler", f"schedule-group/{group.name}"),))
    scope.grant(role, ("states:StartExecution",), on=(machine.arn,))
    scope.grant(role, ("sqs:SendMessage",), on=(Ref(machine.queue, "Arn"),))
    leaf = scope.address(SCHEDULE, machine.suffix).name
    yield scope.node(group, {})
    yield scope.node(
        Address(SCHEDULE, f"{group.name}/{leaf}"),
        {
            "GroupName": Ref(group, "Name"),
            "ScheduleExpression": timing.expression,
            "ScheduleExpressionTimezone": timing.timezone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": {None: ..., True: "ENABLED", False: "DISABLED"}[timing.enabled],
            "Target": {
                "Arn": machine.arn,
                "RoleArn": role.arn,
                "Input": JsonText(given),
                "DeadLetterConfig": {"Arn": Ref(machine.queue, "Arn")},
                "RetryPolicy": TRIES,
            },
        },
        lines=lines,
    )
