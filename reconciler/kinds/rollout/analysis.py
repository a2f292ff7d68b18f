"""The alarms that roll a deployment back, one for each expectation."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.rollout.spec import Expectation, Rollout, realtime_of
from reconciler.kinds.terms.alarm import Watch, alarm_props, in_words, limit
from reconciler.model.graph import Node

ALARM = "AWS::CloudWatch::Alarm"
ENDPOINT = "AWS::SageMaker::Endpoint"
_FIRES = {"below": "GreaterThanOrEqualTo", "above": "LessThanOrEqualTo", "rate": "GreaterThan"}
"""The comparison that fires when a limit is not kept."""


def watch(rule: Expectation) -> Watch:
    """The alarm that fires when an expectation is violated."""
    side, level = limit(rule)
    statistic = "average" if side == "rate" else rule.statistic
    return Watch(rule.metric, statistic, _FIRES[side], level, seconds(rule.for_))


def alarm_name(rule: Expectation) -> str:
    """What its alarm is called, after the name of the rollout."""
    return f"rollback-{watch(rule).name}"


def alarms(spec: Rollout, scope: Scope) -> Iterator[Node]:
    """They exist before the endpoint changes, and send no messages: that is a Monitor's part."""
    if spec.on_failure != "rollback":
        return
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        side, _ = limit(rule)
        props = alarm_props(
            watch(rule),
            endpoint=scope.address(ENDPOINT).name,
            variant=realtime_of(spec).variant,
            description=f"Rolls {scope.name} back unless {rule.metric} {in_words(rule, 'at most')}",
            notify=[],
        )
        lines = {(): path, ("Threshold",): (*path, side), ("EvaluationPeriods",): (*path, "for")}
        yield scope.node(scope.address(ALARM, alarm_name(rule)), props, lines=lines)
