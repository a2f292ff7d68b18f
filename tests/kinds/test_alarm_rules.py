"""Alarms and budgets that cannot do what they are for."""

from __future__ import annotations

import pytest

from reconciler.kinds.api import seconds
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Ref

from . import specs
from .rules import found, said
from .world import problems

ENDPOINT = """
model: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1", artifact: s3://models/a.tar.gz}}
serve: {{realtime: {{instanceType: {type}, instances: 1}}}}
{rest}
"""
HEARD = "subscribers: {emails: [a@b.example]}"


def watching(
    alarm: str, type_: str = "ml.m5.xlarge", rest: str = HEARD
) -> dict[tuple[str, str], str]:
    return {
        ("Rollout", "own"): ENDPOINT.format(type=type_, rest=""),
        ("Monitor", "own"): f"rollout: own\nalarms: [{{{alarm}}}]\n{rest}",
    }


def own(changes: dict[tuple[str, str], str], code: str) -> list[tuple[str, str]]:
    return [(bad, at.partition("/own")[2]) for bad, at in said(changes, code) if "/own" in at]


NEVER = [
    ("metric: MemoryUtilization, above: 100%", "error"),
    ("metric: DiskUtilization, above: 120%", "error"),
    ("metric: MemoryUtilization, below: 0%", "error"),
    ("metric: MemoryUtilization, above: 100%, statistic: maximum", "error"),
    ("metric: Invocation5XXErrors, above: 1, statistic: average", "error"),
    ("metric: Invocation4XXErrors, above: 5, statistic: p99", "error"),
    ("metric: InvocationModelErrors, above: 1, statistic: maximum", "error"),
    ("metric: Invocation5XXErrors, below: 0", "error"),
    ("metric: Invocations, above: 100, statistic: average", "error"),
    ("metric: Invocations, below: 1", "error"),
    ("metric: InvocationsPerInstance, above: 2, statistic: maximum", "error"),
    ("metric: ModelLatency, above: 60s", "warning"),
    ("metric: CPUUtilization, above: 400%", "warning"),
    ("metric: GPUUtilization, above: 1600%", "error"),
]
MAY = [
    "metric: MemoryUtilization, above: 99%",
    "metric: MemoryUtilization, above: 150%, statistic: sum",
    "metric: Invocation5XXErrors, above: 1",
    "metric: Invocation5XXErrors, above: 99%",
    "metric: Invocations, above: 0",
    "metric: Invocations, below: 1, missingData: breaching",
    "metric: Invocations, above: 100",
    "metric: Invocations, below: 100, statistic: sampleCount",
    "metric: CPUUtilization, above: 399%",
    "metric: ModelLatency, above: 59s",
    "metric: OverheadLatency, above: 90s",
]


@pytest.mark.parametrize(("alarm", "severity"), NEVER)
def test_a_limit_out_of_reach_is_found(alarm: str, severity: str) -> None:
    side = "above" if "above" in alarm else "below"
    assert own(watching(alarm), "GRAPH033") == [(severity, f"/alarms/0/{side}")]


@pytest.mark.parametrize("alarm", MAY)
def test_a_limit_that_can_be_passed_is_none(alarm: str) -> None:
    assert not own(watching(alarm), "GRAPH033")


@pytest.mark.parametrize(
    ("type_", "above", "wrong"),
    [
        ("ml.c6i.large", 200, True),
        ("ml.c6i.large", 160, False),
        ("ml.c4.8xlarge", 3500, False),
        ("ml.c4.8xlarge", 3600, True),
        ("ml.g5.48xlarge", 19200, True),
        ("ml.z9.large", 90000, False),
    ],
)
def test_the_cores_of_a_type_bound_its_cpu(type_: str, above: int, wrong: bool) -> None:
    changes = watching(f"metric: CPUUtilization, above: {above}%", type_)
    assert bool(own(changes, "GRAPH033")) == wrong


def test_an_expectation_that_is_always_violated_is_found() -> None:
    rest = "analysis: [{metric: Invocation5XXErrors, below: 0}]"
    changes = {("Rollout", "own"): ENDPOINT.format(type="ml.m5.large", rest=rest)}
    assert own(changes, "GRAPH033") == [("error", "/analysis/0/below")]


@pytest.mark.parametrize(
    ("type_", "metric", "wrong"),
    [
        ("ml.m5.xlarge", "GPUUtilization", True),
        ("ml.inf2.xlarge", "GPUMemoryUtilization", True),
        ("ml.g5.xlarge", "GPUUtilization", False),
        ("ml.z9.xlarge", "GPUUtilization", False),
        ("ml.m5.xlarge", "CPUUtilization", False),
    ],
)
def test_gpus_are_measured_where_there_are_some(type_: str, metric: str, wrong: bool) -> None:
    expected = [("error", "/alarms/0/metric")] if wrong else []
    assert own(watching(f"metric: {metric}, above: 90", type_), "GRAPH034") == expected


def alarm(dimensions: list[str], namespace: str = "AWS/SageMaker", **more: Json) -> Graph:
    named = [{"Name": name, "Value": "x"} for name in dimensions]
    props = {"Namespace": namespace, "MetricName": "Invocations", "Dimensions": named, **more}
    address = Address("AWS::CloudWatch::Alarm", "a")
    return Graph({address: Node(address, props)})


@pytest.mark.parametrize(
    ("namespace", "dimensions", "wrong"),
    [
        ("AWS/SageMaker", ["EndpointName", "VariantName"], False),
        ("AWS/SageMaker", ["EndpointName", "VariantName", "EndpointConfigName"], False),
        ("AWS/SageMaker", ["EndpointName"], True),
        ("AWS/SageMaker", [], True),
        ("AWS/SageMaker", ["EndpointName", "VariantName", "InstanceId"], True),
        ("/aws/sagemaker/Endpoints", ["EndpointName", "VariantName"], False),
        (
            "/aws/sagemaker/Endpoints",
            ["EndpointName", "VariantName", "EndpointConfigName"],
            True,
        ),
        ("Own", ["Anything"], False),
    ],
)
def test_dimensions_that_nothing_has_are_found(
    namespace: str, dimensions: list[str], wrong: bool
) -> None:
    assert bool(found(alarm(dimensions, namespace), "GRAPH034")) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("metric: Invocations, below: 10", True),
        ("metric: Invocations, below: 10, missingData: ignore", True),
        ("metric: Invocations, below: 10, missingData: missing", True),
        ("metric: Invocations, below: 10, missingData: breaching", False),
        ("metric: InvocationsPerInstance, below: 10", True),
        ("metric: Invocations, above: 10", False),
        ("metric: CPUUtilization, below: 10%", False),
        ("metric: Invocations, below: 1", False),
    ],
)
def test_silence_that_counts_as_good_is_a_warning(text: str, wrong: bool) -> None:
    assert [bad for bad, _ in own(watching(text), "GRAPH035")] == ["warning"] * wrong


FINE = "metric: Invocation5XXErrors, above: 1%"


def test_a_topic_without_subscribers_is_a_warning() -> None:
    assert not own(watching(FINE), "GRAPH036")
    assert own(watching(FINE, rest=""), "GRAPH036") == [("warning", "/subscribers")]


@pytest.mark.parametrize(
    ("rest", "subscribers", "wrong"),
    [
        ("", "{monitor: own}", True),
        ("", "{monitor: own, emails: [a@b.example]}", False),
        (HEARD, "{monitor: own}", False),
    ],
)
def test_a_budget_whose_topic_nobody_reads_is_a_warning(
    rest: str, subscribers: str, wrong: bool
) -> None:
    budget = f"amount: 9\nthresholds: [{{at: 80%}}, {{at: 90%}}]\nsubscribers: {subscribers}"
    changes = {**watching(FINE, rest=rest), ("Budget", "own"): budget}
    told = [at for _, at in own(changes, "GRAPH036") if at == "/subscribers/monitor"]
    assert bool(told) == wrong


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"AlarmActions": []}, True),
        ({"AlarmActions": ["arn:x"], "ActionsEnabled": False}, True),
        ({"AlarmActions": ["arn:x"], "ActionsEnabled": True}, False),
    ],
)
def test_an_alarm_that_does_nothing_is_a_warning(more: dict[str, Json], wrong: bool) -> None:
    graph = alarm(["EndpointName", "VariantName"], **more)
    assert bool(found(graph, "GRAPH036")) == wrong


def test_an_alarm_that_rolls_back_needs_nobody() -> None:
    rest = "analysis: [{metric: Invocation5XXErrors, atMost: 1%}]"
    changes = {("Rollout", "own"): ENDPOINT.format(type="ml.m5.large", rest=rest)}
    assert not own(changes, "GRAPH036")


EVERY = "[cloudwatch.amazonaws.com, budgets.amazonaws.com, events.amazonaws.com]"


@pytest.mark.parametrize(
    ("services", "places"),
    [
        (EVERY, []),
        ("[budgets.amazonaws.com]", ["Monitor/oncall/key"]),
        ("[cloudwatch.amazonaws.com]", ["Budget/quarter/subscribers/monitor"]),
        ("[]", ["Monitor/oncall/key", "Budget/quarter/subscribers/monitor"]),
    ],
)
def test_a_key_that_a_publisher_may_not_use_is_found(services: str, places: list[str]) -> None:
    changes = {("Security", "platform"): specs.SECURITY.replace(EVERY, services)}
    assert said(changes, "GRAPH037") == [("error", place) for place in places]


TOPIC, KEY = Address("AWS::SNS::Topic", "t"), Address("AWS::KMS::Key", "k")


def let(action: Json, service: Json = "cloudwatch.amazonaws.com") -> Json:
    return {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": action}]}


@pytest.mark.parametrize(
    ("topic", "key", "wrong"),
    [
        ({}, None, False),
        ({"TopicPolicy": let("sns:Publish")}, None, False),
        ({"TopicPolicy": let("sns:*", ["a.com", "cloudwatch.amazonaws.com"])}, None, False),
        ({"TopicPolicy": let("sns:Publish", "budgets.amazonaws.com")}, None, True),
        ({"TopicPolicy": let("sns:Subscribe")}, None, True),
        ({"KmsMasterKeyId": "alias/aws/sns"}, None, True),
        ({"KmsMasterKeyId": "arn:aws:kms:eu-west-1:1:key/elsewhere"}, None, False),
        ({"KmsMasterKeyId": Ref(KEY, "Arn")}, let("kms:*"), False),
        ({"KmsMasterKeyId": Ref(KEY, "Arn")}, let(["kms:Decrypt", "kms:GenerateDataKey*"]), False),
        ({"KmsMasterKeyId": Ref(KEY, "Arn")}, let("kms:Decrypt"), True),
        ({"KmsMasterKeyId": Ref(KEY, "Arn")}, {"Statement": []}, True),
    ],
)  # fmt: skip
def test_what_keeps_a_publisher_out(topic: Json, key: Json, wrong: bool) -> None:
    alarm = Address("AWS::CloudWatch::Alarm", "a")
    nodes = [
        Node(TOPIC, topic),
        Node(KEY, {"KeyPolicy": key} if key else {}),
        Node(alarm, {"AlarmActions": [Ref(TOPIC, "TopicArn")]}),
    ]
    assert bool(found(Graph({each.address: each for each in nodes}), "GRAPH037")) == wrong


STRATEGY = {
    "nothing": ("", 300),
    "all at once": ("strategy: {allAtOnce: {bake: 10m}}", 600),
    "two steps": (
        "strategy: {blueGreen: {twoStep: {size: 50%, bake: 5m}, terminationWait: 1h}}",
        600,
    ),
    "linear": ("strategy: {linear: {size: 50%, bake: 5m}}", 600),
}


@pytest.mark.parametrize("name", STRATEGY)
@pytest.mark.parametrize("length", ["5m", "10m", "11m"])
@pytest.mark.parametrize("failing", ["rollback", "none"])
def test_what_takes_longer_than_the_watch_is_never_found(
    name: str, length: str, failing: str
) -> None:
    strategy, watched = STRATEGY[name]
    rest = f"analysis: [{{metric: ModelLatency, below: 1s, for: {length}}}]\nonFailure: {failing}\n"
    text = ENDPOINT.format(type="ml.m5.large", rest=rest + strategy)
    text = text.replace("instances: 1", "instances: 4")
    wrong = failing == "rollback" and seconds(length) > watched
    paths = [each.path for each in problems("Rollout", text)]
    assert paths == [("analysis", "0", "for")] * wrong
