"""The alarms that roll a deployment back, one for each expectation.

They watch the new fleet alone: an alarm without the name of the configuration also counts the old
fleet, whose errors would then stop the version that repairs them, and hide in their average those
of a canary. CloudWatch has the metrics with this dimension from the first request on.
Source: SageMaker developer guide, Auto-rollback configuration and monitoring (new fleet).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Expectation, Rollout
from reconciler.kinds.terms.alarm import (
    Fleet,
    Watch,
    alarm_props,
    in_words,
    limit,
    statistic_of,
)
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Ref

ALARM = "AWS::CloudWatch::Alarm"
ENDPOINT = "AWS::SageMaker::Endpoint"
_FIRES = {
    "below": "GreaterThanOrEqualTo",
    "above": "LessThanOrEqualTo",
    "atMost": "GreaterThan",
    "atLeast": "LessThan",
}
"""The comparison that fires when a limit is not kept."""


def watch(rule: Expectation) -> Watch:
    """The alarm that fires when an expectation is violated."""
    side, level = limit(rule)
    return Watch(rule.metric, statistic_of(rule), _FIRES[side], level, seconds(rule.for_))


def alarm_name(rule: Expectation) -> str:
    """What its alarm is called, after the name of the rollout."""
    return f"rollback-{watch(rule).name}"


def alarms(spec: Rollout, config: Address, scope: Scope) -> Iterator[Node]:
    """They exist before the endpoint changes, and send no messages: that is a Monitor's part."""
    if spec.on_failure != "rollback":
        return
    new = Ref(config, "EndpointConfigName")
    fleet = Fleet(scope.address(ENDPOINT).name, fleet_of(spec).variant, new)
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        side, _ = limit(rule)
        props = alarm_props(
            watch(rule),
            fleet,
            description=f"Rolls {scope.name} back unless {rule.metric} {in_words(rule)}",
            notify=[],
        )
        lines = {
            (): path,
            ("MetricName",): (*path, "metric"),
            ("Threshold",): (*path, side),
            ("EvaluationPeriods",): (*path, "for"),
        }
        yield scope.node(scope.address(ALARM, alarm_name(rule)), props, lines=lines)
