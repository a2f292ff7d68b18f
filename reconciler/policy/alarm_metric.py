"""An alarm on a metric that AWS does not publish for what it watches."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.instances import has_gpu
from reconciler.facts.metrics import DIMENSIONS, GPU, OTHERS
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy.alarms import Alarm, alarms, watched
from reconciler.policy.api import Rule, register

CODE = Code(
    "GRAPH034",
    "alarm on a metric that is never published",
    "AWS publishes a metric with certain dimensions, for certain endpoints and instances only: the"
    " use of GPUs for instances that have some, instance metrics for the fleet of a variant. An"
    " alarm on anything else never has data, so it never fires.",
    "Watch a metric that there is, or use an instance type that has what is measured.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each alarm, at its line."""
    for alarm in alarms(graph):
        if why := _why(graph, alarm):
            node = alarm.node
            at = node.origin.line_of(("MetricName",)) if node.origin else None
            text = f"this alarm can never fire: {why}"
            yield Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)


register(Rule(CODE, check))


def _why(graph: Graph, alarm: Alarm) -> str:
    """Why there is no such metric; empty when there is, or nobody knows."""
    sets = DIMENSIONS.get(alarm.namespace)
    if sets is None:
        return ""
    given = alarm.dimensions
    others = OTHERS.get(str(alarm.metric))
    if others is not None and frozenset(given) in others:
        return ""
    if frozenset(given) not in (others or sets):
        names = " and ".join(sorted(given)) or "nothing"
        return f"{alarm.metric} is not published by {names}"
    if alarm.variant is None and watched(graph, alarm):
        return f"the endpoint has no variant {given.get('VariantName')!r}"
    if alarm.metric in GPU and alarm.instance_type and has_gpu(alarm.instance_type) is False:
        return f"{alarm.instance_type} has no GPU"
    return ""
