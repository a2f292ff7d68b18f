"""An alarm of the graph, and the endpoint that it watches. No rule: the rules on alarms use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.facts.metrics import values
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Ref

ALARM, ENDPOINT = "AWS::CloudWatch::Alarm", "AWS::SageMaker::Endpoint"
CANDIDATE = "candidate"
"""The variant of a new version, which is there for as long as its rollout takes."""


class Alarm(NamedTuple):
    """An alarm, and the variant whose metric it watches, where the graph has it."""

    node: Node
    variant: Mapping[str, Any] | None
    guards: bool
    """Whether it can bring a deployment back."""

    @property
    def metric(self) -> str:
        return str(self.node.props.get("MetricName"))

    @property
    def statistic(self) -> str:
        props = self.node.props
        return str(props.get("Statistic") or props.get("ExtendedStatistic"))

    @property
    def instance_type(self) -> str | None:
        found = (self.variant or {}).get("InstanceType")
        return found if isinstance(found, str) else None

    @property
    def dimensions(self) -> Mapping[str, Any]:
        return {each["Name"]: each["Value"] for each in self.node.props.get("Dimensions") or ()}


class Reach(NamedTuple):
    """When an alarm fires while there are measurements, if its limit is out of their range."""

    always: bool
    certain: bool
    low: float
    high: float


def alarms(graph: Graph) -> Iterator[Alarm]:
    """Every alarm with a metric of its own."""
    endpoints = {node.address.name: node for node in graph if node.address.type == ENDPOINT}
    guarding = {name for node in endpoints.values() for name in _guards(node)}
    for node in graph:
        if node.address.type == ALARM and node.props.get("MetricName"):
            found = Alarm(node, None, node.address.name in guarding)
            endpoint = endpoints.get(str(found.dimensions.get("EndpointName")))
            config = _config(graph, endpoint) if endpoint else None
            yield found._replace(variant=_variant(config, found)) if config else found


def watched(graph: Graph, alarm: Alarm) -> bool:
    """Whether the graph has the endpoint of an alarm, and its configuration."""
    name = alarm.dimensions.get("EndpointName")
    found = (node for node in graph if node.address.type == ENDPOINT)
    endpoint = next((node for node in found if node.address.name == name), None)
    return endpoint is not None and _config(graph, endpoint) is not None


def reach(alarm: Alarm) -> Reach | None:
    """Why an alarm fires always or never; nothing when it depends on what is measured."""
    span = values(alarm.metric, alarm.statistic, alarm.instance_type)
    limit, how = alarm.node.props.get("Threshold"), str(alarm.node.props.get("ComparisonOperator"))
    if span is None or not isinstance(limit, int | float):
        return None
    never, always = {
        "GreaterThanThreshold": (span.high <= limit, span.low > limit),
        "GreaterThanOrEqualToThreshold": (span.high < limit, span.low >= limit),
        "LessThanThreshold": (span.low >= limit, span.high < limit),
        "LessThanOrEqualToThreshold": (span.low > limit, span.high <= limit),
    }.get(how, (False, False))
    if not never and not always:
        return None
    return Reach(always, span.certain, span.low, span.high)


def _guards(endpoint: Node) -> Iterator[str]:
    deployment = endpoint.props.get("DeploymentConfig") or {}
    for each in (deployment.get("AutoRollbackConfiguration") or {}).get("Alarms") or ():
        name = each["AlarmName"]
        yield name.target.name if isinstance(name, Ref) else str(name)


def _config(graph: Graph, endpoint: Node) -> Node | None:
    ref = endpoint.props.get("EndpointConfigName")
    return graph.nodes.get(ref.target) if isinstance(ref, Ref) else None


def _variant(config: Node, alarm: Alarm) -> Mapping[str, Any] | None:
    name = alarm.dimensions.get("VariantName")
    variants = {each.get("VariantName"): each for each in config.props["ProductionVariants"]}
    if name == CANDIDATE and len(variants) == 1:
        (name,) = variants  # it will have the instances of the one that it takes over from
    return variants.get(name)
