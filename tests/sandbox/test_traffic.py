"""Metrics of endpoints: what was live and what was scripted, as CloudWatch would tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from .cases import VARIANT, make_model
from .conformance import call, refused
from .test_endpoint import show
from .test_endpoint_moves import change, policy, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.inprocess import Sandbox

TWO = [
    VARIANT | {"VariantName": "stable", "InitialInstanceCount": 4, "InitialVariantWeight": 90},
    VARIANT | {"VariantName": "canary", "InitialInstanceCount": 2, "InitialVariantWeight": 10,
               "ModelName": "scorer-2"},
]  # fmt: skip
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def watch(aws: Sandbox) -> Iterator[Any]:
    """An endpoint with two variants since noon, ten requests a second, no time without us."""
    aws.clock.configure(mode="manual")
    sagemaker = aws.client("sagemaker")
    aws.clock.advance(NOON.timestamp() - aws.clock.now() - 90)
    make_model(sagemaker)
    make_model(sagemaker, "scorer-2")
    sagemaker.create_endpoint_config(EndpointConfigName="two", ProductionVariants=TWO)
    sagemaker.create_endpoint(EndpointName="fraud", EndpointConfigName="two")
    aws.clock.advance(90)
    aws.traffic("fraud", 10)
    return aws.client("cloudwatch")


def dimensions(variant: str, config: str = "") -> list[dict[str, str]]:
    found = {"EndpointName": "fraud", "VariantName": variant}
    found |= {"EndpointConfigName": config} if config else {}
    return [{"Name": name, "Value": value} for name, value in found.items()]


def query(
    id_: str, name: str, stat: str, variant: str = "canary", config: str = "", period: int = 60
) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": name,
        "Dimensions": dimensions(variant, config),
    }
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def ask(watch: Any, *queries: dict[str, Any], minutes: int = 10, **more: Any) -> dict[str, Any]:
    return call(
        watch,
        "GetMetricData",
        MetricDataQueries=[*queries],
        StartTime=NOON,
        EndTime=NOON + timedelta(minutes=minutes),
        ScanBy="TimestampAscending",
        **more,
    )


def values(watch: Any, *queries: dict[str, Any], minutes: int = 10) -> list[list[float]]:
    found = ask(watch, *queries, minutes=minutes)["MetricDataResults"]
    return [each["Values"] for each in found]


def test_requests_go_by_the_live_weights(aws: Sandbox, watch: Any) -> None:
    sagemaker = aws.client("sagemaker")
    aws.clock.advance(120)
    change(sagemaker, ("stable", 50, None), ("canary", 50, None))
    aws.clock.advance(45)
    show(sagemaker)
    aws.clock.advance(1000)
    found = values(
        watch,
        query("a", "Invocations", "Sum", "stable"),
        query("b", "Invocations", "Sum", "canary"),
        minutes=4,
    )
    assert found == [[540, 540, 540 * 0.75 + 75, 300], [60, 60, 60 * 0.75 + 75, 300]]


def test_the_newest_minute_is_late_and_half_filled(aws: Sandbox, watch: Any) -> None:
    aws.clock.advance(120 + 60 + 20)
    assert values(watch, query("a", "Invocations", "Sum")) == [[60, 20]]
    aws.clock.advance(40)
    assert values(watch, query("a", "Invocations", "Sum")) == [[60, 60]]
    aws.metrics(delay=0)
    assert len(values(watch, query("a", "Invocations", "Sum"))[0]) == 4


def test_without_requests_there_is_no_value(aws: Sandbox, watch: Any) -> None:
    aws.clock.advance(60)
    aws.traffic("fraud", 0)
    aws.clock.advance(60)
    aws.traffic("fraud", 1)
    aws.clock.advance(1000)
    found = ask(watch, query("a", "Invocations", "Sum"), minutes=3)["MetricDataResults"][0]
    assert [each.minute for each in found["Timestamps"]] == [0, 2]
    assert (found["Values"], found["StatusCode"]) == ([60, 6], "Complete")


def test_a_model_answers_as_scripted(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer-2", errors=0.1, client_errors=0.05, latency=80, spread=4)
    aws.clock.advance(1000)
    found = values(
        watch,
        query("bad", "Invocation5XXErrors", "Sum"),
        query("rate", "InvocationModelErrors", "Average"),
        query("asked", "Invocation4XXErrors", "Sum"),
        query("number", "Invocation4XXErrors", "SampleCount"),
        query("middle", "ModelLatency", "p50"),
        query("slow", "ModelLatency", "p99"),
        query("fine", "Invocation5XXErrors", "Sum", "stable"),
        query("each", "InvocationsPerInstance", "Sum", "stable"),
        minutes=1,
    )
    bad, rate, asked, number, middle, slow, fine, each = [one[0] for one in found]
    assert (bad, rate, asked, number, fine, each) == (6, 0.1, 3, 60, 0, 135)
    assert middle == pytest.approx(80_000, rel=0.05)
    assert slow == pytest.approx(320_000, rel=0.15)


def test_a_variant_is_scripted_by_its_endpoint_and_heals(aws: Sandbox, watch: Any) -> None:
    aws.behave("fraud/can*", errors=1)
    aws.clock.advance(60)
    aws.behave("fraud/canary", errors=0)
    aws.clock.advance(1000)
    assert values(watch, query("a", "Invocation5XXErrors", "Sum"), minutes=3) == [[60, 0, 0]]


def test_noise_is_drawn_by_a_seed(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer-2", errors=0.2)
    aws.clock.advance(1000)
    wanted = (
        query("a", "Invocations", "Sum", period=600),
        query("b", "Invocation5XXErrors", "Sum", period=600),
    )
    exact = values(watch, *wanted)
    aws.metrics(noise=7)
    (requests,), (errors,) = first = values(watch, *wanted)
    assert exact == [[600], [120]]
    assert first != exact
    assert (first, requests, errors) == (
        values(watch, *wanted), pytest.approx(600, abs=100), pytest.approx(120, abs=45),
    )  # fmt: skip


def test_hosts_have_figures_of_their_own(aws: Sandbox, watch: Any) -> None:
    aws.behave("fraud/canary", cpu=85, gpu=40)
    aws.clock.advance(1000)
    names = ("CPUUtilization", "MemoryUtilization", "GPUUtilization", "GPUMemoryUtilization")
    queries = [query(f"q{number}", name, "Average") for number, name in enumerate(names)]
    for each in queries:
        each["MetricStat"]["Metric"]["Namespace"] = "/aws/sagemaker/Endpoints"
    assert values(watch, *queries, minutes=1) == [[85], [30], [40], []]


MATH: dict[str, tuple[str, list[float]]] = {
    "a share in percent": ("bad / all * 100", [10, 10]),
    "precedence": ("1 + all / 2 * 2 - -1", [62, 62]),
    "a filled one": ("FILL(none, 0)", [0, 0]),
    "a filled one of nothing": ("none + 1", []),
    "a choice": ("IF(all > 50 AND bad < 7, bad, 99)", [6, 6]),
    "a choice without another": ("IF(bad > 100, 1)", []),
    "a sum of series": ("SUM([all, bad])", [66, 66]),
    "a sum of all": ("SUM(METRICS())", [66, 66]),
    "a division by nothing": ("all / (bad - 6)", []),
    "a number of all values": ("bad * 0 + SUM(all)", [120, 120]),
    "a running sum": ("RUNNING_SUM(bad)", [6, 12]),
    "a rate": ("all / PERIOD(all)", [1, 1]),
    "a maximum": ("MAX([all, bad * 20])", [120, 120]),
}


@pytest.mark.parametrize(("text", "expected"), MATH.values(), ids=MATH.keys())
def test_metric_math(aws: Sandbox, watch: Any, text: str, expected: list[float]) -> None:
    aws.behave("scorer-2", errors=0.1)
    aws.clock.advance(1000)
    inner = [
        query("all", "Invocations", "Sum"),
        query("bad", "Invocation5XXErrors", "Sum"),
        query("none", "Invocations", "Sum", "nobody"),
    ]
    hidden = [each | {"ReturnData": False} for each in inner]
    found = values(watch, *hidden, {"Id": "e", "Expression": text}, minutes=2)
    assert found == [[pytest.approx(each) for each in expected]]


BROKEN = {
    "an unknown id": "nobody / 2",
    "an unknown function": "SEARCH(all)",
    "a number": "SUM(all)",
    "an end too early": "all /",
    "itself": "e + 1",
    "a sign too many": "all $ 2",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_an_expression_that_cannot_be_is_refused(aws: Sandbox, watch: Any, text: str) -> None:
    aws.clock.advance(1000)
    expression = {"Id": "e", "Expression": text}
    error = "Error in expression 'e'"
    refused(
        "ValidationError", error, lambda: ask(watch, query("all", "Invocations", "Sum"), expression)
    )


def test_pages_are_cut_across_queries(aws: Sandbox, watch: Any) -> None:
    aws.clock.advance(1000)
    queries = [query("a", "Invocations", "Sum", "stable"), query("b", "Invocations", "Sum")]
    aws.metrics(page=3)
    seen: dict[str, list[float]] = {"a": [], "b": []}
    token: dict[str, str] = {}
    statuses = []
    while True:
        page = ask(watch, *queries, minutes=4, **token)
        for each in page["MetricDataResults"]:
            seen[each["Id"]] += each["Values"]
        statuses.append([each["StatusCode"] for each in page["MetricDataResults"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == {"a": [540] * 4, "b": [60] * 4}
    assert statuses[0] == ["PartialData", "PartialData"]
    assert statuses[-1] == ["Complete", "Complete"]


@pytest.mark.parametrize(("status", "number"), [("PartialData", 2), ("InternalError", 0)])
def test_a_reading_may_not_be_whole(aws: Sandbox, watch: Any, status: str, number: int) -> None:
    aws.clock.advance(1000)
    aws.unwhole(status, of="a")
    first, second = [
        ask(watch, query("a", "Invocations", "Sum"), minutes=4)["MetricDataResults"][0]
        for _ in range(2)
    ]
    assert (first["StatusCode"], len(first["Values"])) == (status, number)
    assert (second["StatusCode"], len(second["Values"])) == ("Complete", 4)


def test_values_of_anybody_are_read_as_well(aws: Sandbox, watch: Any) -> None:
    aws.clock.advance(300)
    watch.put_metric_data(
        Namespace="Shop",
        MetricData=[
            {"MetricName": "Orders", "Value": 5, "Timestamp": NOON + timedelta(seconds=30)},
            {"MetricName": "Orders", "Timestamp": NOON, "StatisticValues": {
                "SampleCount": 2, "Sum": 8, "Minimum": 1, "Maximum": 7}},
        ],
    )  # fmt: skip
    aws.measure("AWS/SageMaker", "ApproximateBacklogSize", {"EndpointName": "fraud"}, 9, ago=200)
    metrics: list[tuple[str, str, str, list[Any]]] = [
        ("Shop", "Orders", "Sum", []),
        ("Shop", "Orders", "Maximum", []),
        ("AWS/SageMaker", "ApproximateBacklogSize", "Average",
         [{"Name": "EndpointName", "Value": "fraud"}]),
    ]  # fmt: skip
    queries = [
        {"Id": f"q{number}", "MetricStat": {"Period": 60, "Stat": stat, "Metric": {
            "Namespace": space, "MetricName": name, "Dimensions": dims}}}
        for number, (space, name, stat, dims) in enumerate(metrics)
    ]  # fmt: skip
    assert values(watch, *queries) == [[13], [7], [9]]
    listed = call(watch, "ListMetrics", Namespace="Shop")["Metrics"]
    assert listed == [{"Namespace": "Shop", "MetricName": "Orders", "Dimensions": []}]
    listed = call(watch, "ListMetrics", MetricName="Invocations")["Metrics"]
    assert [each["Dimensions"][1]["Value"] for each in listed] == ["canary", "stable"]


def test_statistics_are_the_same_another_way(aws: Sandbox, watch: Any) -> None:
    aws.clock.advance(1000)
    found = call(
        watch, "GetMetricStatistics", Namespace="AWS/SageMaker", MetricName="ModelLatency",
        Dimensions=dimensions("canary"), StartTime=NOON, EndTime=NOON + timedelta(minutes=5),
        Period=300, Statistics=["SampleCount", "Average"], ExtendedStatistics=["p50", "tm90"],
    )  # fmt: skip
    (point,) = found["Datapoints"]
    assert point["SampleCount"] == pytest.approx(300)
    assert point["ExtendedStatistics"]["p50"] == pytest.approx(50_000, rel=0.05)
    assert point["ExtendedStatistics"]["tm90"] < point["Average"]


# -- alarms


def put(watch: Any, name: str = "errors", **more: Any) -> None:
    given = {
        "AlarmName": name,
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": dimensions("canary"),
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 0.01,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    watch.put_metric_alarm(**(given | more))


def state(watch: Any, name: str = "errors") -> str:
    (alarm,) = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_an_alarm_follows_its_metric(aws: Sandbox, watch: Any) -> None:
    put(watch, DatapointsToAlarm=2)
    assert state(watch) == "INSUFFICIENT_DATA"
    aws.clock.advance(360)
    assert state(watch) == "OK"
    aws.behave("scorer-2", errors=0.5)
    aws.clock.advance(60 + 120)
    assert state(watch) == "OK"
    aws.clock.advance(60)
    assert state(watch) == "ALARM"
    aws.behave("scorer-2", errors=0)
    aws.clock.advance(360)
    assert state(watch) == "OK"


def test_an_alarm_of_a_calculated_metric(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer-2", errors=0.1)
    inner = [query("m1", "Invocation5XXErrors", "Sum"), query("m2", "Invocations", "Sum")]
    metrics = [
        *(each | {"ReturnData": False} for each in inner),
        {"Id": "e", "Expression": "m1 / m2 * 100", "ReturnData": True},
    ]
    watch.put_metric_alarm(
        AlarmName="errors",
        Metrics=metrics,
        EvaluationPeriods=1,
        Threshold=9.9,
        ComparisonOperator="GreaterThanThreshold",
    )
    aws.clock.advance(360)
    assert state(watch) == "ALARM"


TREATED = {
    "missing": "INSUFFICIENT_DATA",
    "notBreaching": "OK",
    "breaching": "ALARM",
    "ignore": "ALARM",
}


@pytest.mark.parametrize(("treatment", "expected"), TREATED.items())
def test_missing_data_is_treated_as_said(
    aws: Sandbox, watch: Any, treatment: str, expected: str
) -> None:
    put(watch, TreatMissingData=treatment, EvaluationPeriods=1)
    aws.behave("scorer-2", errors=1)
    aws.clock.advance(300)
    assert state(watch) == "ALARM"
    aws.traffic("fraud", 0)
    aws.clock.advance(600)
    assert state(watch) == expected


def test_a_state_that_was_said_lasts_a_minute_and_one_that_is_held_stays(
    aws: Sandbox, watch: Any
) -> None:
    put(watch)
    aws.clock.advance(600)
    watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test")
    assert state(watch) == "ALARM"
    aws.clock.advance(61)
    assert state(watch) == "OK"
    aws.alarm("errors", "ALARM")
    aws.clock.advance(600)
    assert state(watch) == "ALARM"
    aws.alarm("errors", "")
    aws.clock.advance(61)
    assert state(watch) == "OK"


# -- deployments that alarms roll back


def deploy(aws: Sandbox, watch: Any, *, config: str = "next", wait: int = 300) -> None:
    """An update of both variants, whose alarm looks at the new fleet of one."""
    sagemaker = aws.client("sagemaker")
    make_model(sagemaker, "scorer-3")
    variants = [each | {"ModelName": "scorer-3"} for each in TWO]
    sagemaker.create_endpoint_config(EndpointConfigName="next", ProductionVariants=variants)
    put(watch, Dimensions=dimensions("stable", config), EvaluationPeriods=1,
        TreatMissingData="notBreaching")  # fmt: skip
    guarded = policy("CANARY", wait, CanarySize=size(25)) | {
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}
    }
    sagemaker.update_endpoint(
        EndpointName="fraud", EndpointConfigName="next", DeploymentConfig=guarded
    )


def test_a_bad_fleet_is_rolled_back_by_its_alarm(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer-3", errors=0.3)
    deploy(aws, watch)
    aws.clock.advance(90 + 120)
    assert show(aws.client("sagemaker"))["EndpointStatus"] == "Updating"
    aws.clock.advance(120)
    shown = show(aws.client("sagemaker"))
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "two")
    assert "errors" in shown["FailureReason"]
    assert state(watch) == "ALARM"
    aws.clock.advance(1000)
    found = values(
        watch,
        query("old", "Invocations", "Sum", "stable", "two"),
        query("new", "Invocations", "Sum", "stable", "next"),
        query("both", "Invocations", "Sum", "stable"),
        minutes=4,
    )
    assert found == [
        [540, 472, 405, 405],
        [68, 135, 135],
        [540, 540, 540, 540],
    ]


def test_a_good_fleet_goes_on_whatever_the_old_one_does(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer", errors=0.5)
    deploy(aws, watch)
    aws.clock.advance(90 + 600 + 120)
    assert show(aws.client("sagemaker"))["EndpointConfigName"] == "next"


def test_an_alarm_of_both_fleets_blames_the_new_one(aws: Sandbox, watch: Any) -> None:
    aws.behave("scorer", errors=0.5)
    deploy(aws, watch, config="")
    aws.clock.advance(90 + 600 + 120)
    assert show(aws.client("sagemaker"))["EndpointConfigName"] == "two"


def test_an_alarm_that_is_set_rolls_back_at_once(aws: Sandbox, watch: Any) -> None:
    deploy(aws, watch)
    aws.clock.advance(90 + 30)
    show(aws.client("sagemaker"))
    watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test")
    assert show(aws.client("sagemaker"))["EndpointConfigName"] == "two"
    assert show(aws.client("sagemaker"))["EndpointStatus"] == "InService"
