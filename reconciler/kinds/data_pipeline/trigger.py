"""When runs start, and who is told that one has failed.

Sources: EventBridge user guide, "Input transformation", "Using IAM roles" (a target that is a state
machine takes a role).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.kinds.api import Problem, Scope
from reconciler.kinds.data_pipeline.begin import SCHEDULED
from reconciler.kinds.data_pipeline.spec import NewData, Pipeline
from reconciler.kinds.monitor import topic_node
from reconciler.kinds.terms.arrival import arrivals
from reconciler.kinds.terms.machine import Machine
from reconciler.kinds.terms.schedule import Timing, scheduled
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

RULE = "AWS::Events::Rule"
EVENTS = "events.amazonaws.com"
KEY = "key"
"""The parameter that is the key of a new object, where a pipeline has one of that name."""
AT: Path = ("trigger",)


class Told(NamedTuple):
    """The topic that is told, and the key of its messages; nothing where nobody is."""

    arn: Json
    key: Json


def check(spec: Pipeline) -> Iterator[Problem]:
    trigger = spec.trigger
    given = [it for it in (trigger.schedule, trigger.new_data, trigger.manual) if it is not None]
    if len(given) != 1:
        yield Problem(AT, "give one of 'schedule', 'newData' and 'manual'")
    if trigger.timezone is not None and trigger.schedule is None:
        yield Problem((*AT, "timezone"), "'timezone' belongs to 'schedule'", "remove it")
    if spec.state is not None and trigger.manual is not None:
        yield Problem(("state",), "there is no trigger that could be paused", "remove it")
    if trigger.new_data is not None and "{" in (trigger.new_data.path or ""):
        text = "a trigger comes before the run, so there is nothing to fill in"
        yield Problem((*AT, "newData", "path"), text, "name a prefix as it is")
    if spec.monitor is not None and spec.subscribers is not None:
        text = "give 'monitor' or 'subscribers', and not both"
        yield Problem(("subscribers",), text, "add them to the Monitor")


def build(spec: Pipeline, machine: Machine, scope: Scope) -> Iterator[Node]:
    trigger = spec.trigger
    if trigger.schedule is not None:
        yield from scheduled(
            machine,
            scope,
            Timing(trigger.schedule, trigger.timezone or "UTC", _enabled(spec)),
            given=SCHEDULED,
            lines={
                (): AT,
                ("ScheduleExpression",): (*AT, "schedule"),
                ("ScheduleExpressionTimezone",): (*AT, "timezone"),
                ("State",): ("state",),
            },
        )
    elif trigger.new_data is not None:
        yield _rule(spec, trigger.new_data, machine, scope)


def _enabled(spec: Pipeline) -> bool | None:
    return None if spec.state is None else spec.state == "active"


def _rule(spec: Pipeline, new: NewData, machine: Machine, scope: Scope) -> Node:
    here = (*AT, "newData")
    pattern = arrivals(scope, new.source, new.path or "", (*here, "source"))
    role = scope.role("trigger", EVENTS)
    scope.grant(role, ("states:StartExecution",), on=(machine.arn,))
    template = '{"scheduled": <time>}'
    if KEY in spec.parameters:
        template = '{"scheduled": <time>, "parameters": {"key": <key>}}'
    return scope.node(
        scope.address(RULE),
        {
            "Description": f"Starts {scope.name} when data is new",
            "EventPattern": pattern,
            "State": {None: ..., True: "ENABLED", False: "DISABLED"}[_enabled(spec)],
            "Targets": [
                {
                    "Id": "machine",
                    "Arn": machine.arn,
                    "RoleArn": role.arn,
                    "InputTransformer": {
                        "InputPathsMap": {"time": "$.time", "key": "$.detail.object.key"},
                        "InputTemplate": template,
                    },
                }
            ],
        },
        lines={
            (): here,
            ("EventPattern",): (*here, "source"),
            ("EventPattern", "detail", "object"): (*here, "path"),
            ("State",): ("state",),
        },
    )


def told(spec: Pipeline, scope: Scope) -> tuple[Told, list[Node]]:
    """The topic that is told of a failed run, and what has to be made for it."""
    if spec.monitor is not None:
        arn = scope.export("Monitor", spec.monitor, "topicArn")
        return Told(arn, scope.export("Monitor", spec.monitor, "keyArn")), []
    if spec.subscribers is not None:
        node = topic_node(spec.subscribers, scope)
        return Told(Ref(node.address, "TopicArn"), None), [node]
    return Told(None, None), []
