"""What an environment that has to stay available is held to, and what fails over without effect."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.compile import check
from reconciler.kinds.api import Lookup
from reconciler.model.address import Address
from reconciler.model.graph import Node, build_graph
from reconciler.model.policy import Policy
from reconciler.model.value import Ref

from .platform import compiled

SUBNETS = ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]
SERVES = {"VariantName": "primary", "InitialInstanceCount": 2, "InitialVariantWeight": 1}
MANAGED = {"Status": "ENABLED", "MinInstanceCount": 0}
TRIED = {"VariantName": "candidate", "InitialInstanceCount": 1, "InitialVariantWeight": 0}
ENDPOINT = [{"Name": "EndpointName", "Value": "fraud"}]
TOLD = {"Dimensions": ENDPOINT, "AlarmActions": ["arn"]}
DEAF = Ref(Address("AWS::SNS::Topic", "fraud"), "TopicArn")
GUARD = {"Name": "EndpointConfigName", "Value": "c"}


def node(noun: str, props: dict[str, Any], name: str = "fraud") -> Node:
    return Node(Address(f"AWS::{noun}", name), props)


def config(*variants: dict[str, Any]) -> Node:
    return node("SageMaker::EndpointConfig", {"ProductionVariants": [*variants]})


def target(least: int, *night: int) -> Node:
    actions = [{"ScalableTargetAction": {"MinCapacity": each}} for each in night]
    props = {
        "ServiceNamespace": "sagemaker",
        "MinCapacity": least,
        "ScheduledActions": [*actions, {"ScalableTargetAction": {"MaxCapacity": 9}}],
    }
    return node("ApplicationAutoScaling::ScalableTarget", props)


def model(*subnets: str) -> Node:
    return node("SageMaker::Model", {"VpcConfig": {"Subnets": [*subnets]}} if subnets else {})


def served(**alarm: Any) -> list[Node]:
    endpoint = node("SageMaker::Endpoint", {"EndpointConfigName": "c"})
    return [endpoint, *([node("CloudWatch::Alarm", alarm)] if alarm else [])]


def topic(*heard: dict[str, str]) -> Node:
    return node("SNS::Topic", {"Subscription": [*heard]})


def codes(*nodes: Node, high: bool = True) -> list[str]:
    graph, problems = build_graph(nodes)
    assert problems == []
    found = check.problems(graph, Policy(available=high))
    return sorted(it.code for it in found if it.code.startswith(("AVAIL", "EXPOSE")))


CASES: list[tuple[list[Node], list[str]]] = [
    ([config(SERVES)], []),
    ([config({**SERVES, "InitialInstanceCount": 1})], ["AVAIL001"]),
    ([config(SERVES, TRIED)], []),
    ([config({**SERVES, "InitialInstanceCount": 1}, SERVES)], ["AVAIL001"]),
    ([config({"VariantName": "a", "ServerlessConfig": {"MaxConcurrency": 1}})], []),
    ([config({**SERVES, "ManagedInstanceScaling": MANAGED})], ["AVAIL001"]),
    ([target(1)], ["AVAIL001"]),
    ([target(0)], ["AVAIL001"]),
    ([target(2)], []),
    ([target(2, 2, 3)], []),
    ([target(2, 1, 3)], ["AVAIL001"]),
    ([model()], []),
    ([model(*SUBNETS)], []),
    ([model(SUBNETS[0])], ["AVAIL002"]),
    ([model(SUBNETS[0], SUBNETS[0])], ["AVAIL002"]),
    (served(), ["AVAIL003"]),
    (served(**TOLD), []),
    ([*served(**{**TOLD, "AlarmActions": [DEAF]}), topic()], ["AVAIL003"]),
    ([*served(**{**TOLD, "AlarmActions": [DEAF, "arn"]}), topic()], []),
    ([*served(**{**TOLD, "AlarmActions": [DEAF]}), topic({"Protocol": "email"})], []),
    (served(**{**TOLD, "AlarmActions": []}), ["AVAIL003"]),
    (served(**{**TOLD, "Dimensions": [*ENDPOINT, GUARD]}), ["AVAIL003"]),
    (served(**{**TOLD, "Dimensions": [{"Name": "EndpointName", "Value": "b"}]}), ["AVAIL003"]),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "wanted"), CASES)
def test_what_serves_stands_on_two_feet(nodes: list[Node], wanted: list[str]) -> None:
    assert codes(*nodes) == wanted
    assert codes(*nodes, high=False) == []


IMAGE = (
    "{image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1,"
    f" artifact: s3://models/m.tar.gz, etag: '{'0' * 32}'}}"
)
PLACED = f"""{{
  model: {IMAGE}, serve: {{realtime: {{instanceType: ml.m5.large, instances: 2}}}},
  network: {{subnets: [{", ".join(SUBNETS)}], securityGroups: [sg-0a1b2c3d]}}
}}"""


@pytest.mark.parametrize(
    ("zones", "high", "wanted"),
    [("ab", True, False), ("aa", True, True), ("aa", False, False), ("a", True, False)],
)
def test_subnets_are_in_two_zones_as_far_as_aws_was_asked(
    zones: str, high: bool, wanted: bool
) -> None:
    asked = Lookup("subnets", (("ids", ",".join(SUBNETS)),))
    found = {id_: {"zone": it, "vpc": "vpc-1"} for id_, it in zip(SUBNETS, zones, strict=False)}
    more = ", availability: high" if high else ""
    _, problems = compiled(("Rollout", "a", PLACED), more=more, facts={asked: found})
    assert {each.message for each in problems if each.code == "SPEC016"} == set()
    assert ("AVAIL002" in {each.code for each in problems}) is wanted


def record(**more: Any) -> Node:
    props = {"Name": "a.example.com", "Type": "A", "SetIdentifier": "x", "HostedZoneId": "Z1"}
    return node("Route53::RecordSet", {**props, **more})


SEEN, BLIND = {"EvaluateTargetHealth": True}, {"EvaluateTargetHealth": False}


@pytest.mark.scenario("R65")
@pytest.mark.parametrize(
    ("props", "wanted"),
    [
        ({"Failover": "PRIMARY", "AliasTarget": SEEN}, []),
        ({"Failover": "PRIMARY", "AliasTarget": BLIND, "HealthCheckId": "h"}, []),
        ({"Failover": "SECONDARY", "AliasTarget": BLIND}, ["EXPOSE002"]),
        ({"Weight": 90, "ResourceRecords": ["192.0.2.1"]}, ["EXPOSE002"]),
        ({"ResourceRecords": ["192.0.2.1"]}, []),
    ],
)
def test_a_failover_that_nothing_starts_is_refused(
    props: dict[str, Any], wanted: list[str]
) -> None:
    assert codes(record(**props), high=False) == wanted


@pytest.mark.scenario("R64")
def test_weight_zero_is_told_not_to_be_off() -> None:
    assert codes(record(Weight=0, HealthCheckId="h"), high=False) == ["EXPOSE003"]
    assert codes(record(Weight=1, HealthCheckId="h"), high=False) == []


@pytest.mark.scenario("R59")
@pytest.mark.parametrize(
    ("props", "wanted"),
    [
        ({"DeploymentId": "d1", "CanarySetting": {"DeploymentId": "d2"}}, []),
        ({"DeploymentId": "d2", "CanarySetting": {"DeploymentId": "d2"}}, ["EXPOSE004"]),
        ({"DeploymentId": "d2", "CanarySetting": {"PercentTraffic": 10}}, ["EXPOSE004"]),
        ({"DeploymentId": "d1"}, []),
    ],
)
def test_a_canary_of_an_api_is_another_deployment(props: dict[str, Any], wanted: list[str]) -> None:
    assert codes(node("ApiGateway::Stage", props), high=False) == wanted
