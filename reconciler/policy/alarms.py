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

    said: Mapping[str, Any]
    """The metric with its statistic, as an alarm on one metric has it."""

    @property
    def namespace(self) -> str:
        return str(self.said.get("Namespace"))

    @property
    def metric(self) -> str:
        return str(self.said.get("MetricName"))

    @property
    def statistic(self) -> str:
        return str(self.said.get("Statistic") or self.said.get("ExtendedStatistic"))

    @property
    def instance_type(self) -> str | None:
        found = (self.variant or {}).get("InstanceType")
        return found if isinstance(found, str) else None

    @property
    def dimensions(self) -> Mapping[str, Any]:
        return {each["Name"]: each["Value"] for each in self.said.get("Dimensions") or ()}


class Reach(NamedTuple):
    """When an alarm fires while there are measurements, if its limit is out of their range."""

    always: bool
    certain: bool
    low: float
    high: float


def alarms(graph: Graph) -> Iterator[Alarm]:
    """Every alarm on one metric, also on those of its periods that have enough requests."""
    endpoints = {node.address.name: node for node in graph if node.address.type == ENDPOINT}
    guarding = {name for node in endpoints.values() for name in _guards(node)}
    for node in graph:
        if node.address.type == ALARM and (said := _said(node.props)):
            found = Alarm(node, None, node.address.name in guarding, said)
            endpoint = endpoints.get(str(found.dimensions.get("EndpointName")))
            config = _config(graph, endpoint) if endpoint else None
            yield found._replace(variant=_variant(config, found)) if config else found


def _said(props: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one metric of an alarm; nothing of one that is calculated in any other way."""
    if props.get("MetricName"):
        return props
    queries = {each["Id"]: each for each in props.get("Metrics") or ()}
    if set(queries) != {"value", "requests", "figure"}:  # as `kinds.rollout.analysis` makes them
        return {}
    stat = queries["value"]["MetricStat"]
    share = "/ requests" in queries["figure"]["Expression"]
    return {**stat["Metric"], "Statistic": "Average" if share else stat["Stat"]}


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
    """Alarms that SageMaker looks at, and those that whoever moves the weights does."""
    deployment = endpoint.props.get("DeploymentConfig") or {}
    for each in (deployment.get("AutoRollbackConfiguration") or {}).get("Alarms") or ():
        name = each["AlarmName"]
        yield name.target.name if isinstance(name, Ref) else str(name)
    yield from (each.name for each in endpoint.depends_on if each.type == ALARM)


def _config(graph: Graph, endpoint: Node) -> Node | None:
    ref = endpoint.props.get("EndpointConfigName")
    return graph.nodes.get(ref.target) if isinstance(ref, Ref) else None


def _variant(config: Node, alarm: Alarm) -> Mapping[str, Any] | None:
    name = alarm.dimensions.get("VariantName")
    variants = {each.get("VariantName"): each for each in config.props["ProductionVariants"]}
    if name == CANDIDATE and len(variants) == 1:
        (name,) = variants  # it will have the instances of the one that it takes over from
    return variants.get(name)
