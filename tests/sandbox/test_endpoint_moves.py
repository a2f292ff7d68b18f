"""Weights, capacity and guardrails of an endpoint: what is live at each moment of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .cases import VARIANT, make_model
from .conformance import call, refused
from .test_endpoint import show

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

INVALID = "ValidationException"
TWO = [
    VARIANT | {"VariantName": "stable", "InitialInstanceCount": 4, "InitialVariantWeight": 100},
    VARIANT | {"VariantName": "canary", "InitialInstanceCount": 1, "InitialVariantWeight": 0},
]
Numbers = list[tuple[float, float, int, int]]


@pytest.fixture
def client(aws: Sandbox) -> Any:
    """A manual clock, and an endpoint with two variants."""
    found = aws.client("sagemaker")
    aws.clock.configure(mode="manual")
    make_model(found)
    found.create_endpoint_config(EndpointConfigName="two", ProductionVariants=TWO)
    found.create_endpoint(EndpointName="fraud", EndpointConfigName="two")
    aws.clock.advance(90)
    assert show(found)["EndpointStatus"] == "InService"
    return found


def change(client: Any, *wanted: tuple[str, float | None, int | None]) -> None:
    given = [
        {"VariantName": name}
        | ({} if weight is None else {"DesiredWeight": weight})
        | ({} if count is None else {"DesiredInstanceCount": count})
        for name, weight, count in wanted
    ]
    client.update_endpoint_weights_and_capacities(
        EndpointName="fraud", DesiredWeightsAndCapacities=given
    )


def numbers(shown: dict[str, Any]) -> Numbers:
    """Of each variant the current and the desired weight, and so its counts."""
    names = ("CurrentWeight", "DesiredWeight", "CurrentInstanceCount", "DesiredInstanceCount")
    return [tuple(each[name] for name in names) for each in shown["ProductionVariants"]]  # type: ignore[misc]


def test_desired_and_current_differ_while_it_goes_on(aws: Sandbox, client: Any) -> None:
    change(client, ("stable", 95, None), ("canary", 5, 2))
    shown = call(client, "DescribeEndpoint", EndpointName="fraud")
    assert shown["EndpointStatus"] == "Updating"
    assert numbers(shown) == [(100, 95, 4, 4), (0, 5, 1, 2)]
    statuses = [each.get("VariantStatus") for each in shown["ProductionVariants"]]
    assert statuses == [None, [{"Status": "Updating"}]]
    aws.clock.advance(45)
    shown = show(client)
    assert shown["EndpointStatus"] == "InService"
    assert numbers(shown) == [(95, 95, 4, 4), (5, 5, 2, 2)]
    assert not any("VariantStatus" in each for each in shown["ProductionVariants"])


@pytest.mark.scenario("R13")
def test_a_request_with_an_unknown_variant_changes_nothing(aws: Sandbox, client: Any) -> None:
    before = show(client)
    with pytest.raises(client.exceptions.ClientError) as caught:
        change(client, ("stable", 1, None), ("canary-old", 99, None))
    assert '"canary-old"' in caught.value.response["Error"]["Message"]
    assert show(client) == before


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "two capacities": (
        [{"VariantName": name, "DesiredInstanceCount": 2} for name in ("stable", "canary")],
        "only one variant",
    ),
    "a name twice": (
        [{"VariantName": "canary", "DesiredWeight": weight} for weight in (1.0, 2.0)],
        "unique",
    ),
    "no instances": ([{"VariantName": "canary", "DesiredInstanceCount": 0}], "1 or more"),
    "concurrency of instances": (
        [{"VariantName": "canary", "ServerlessUpdateConfig": {"MaxConcurrency": 2}}],
        "not serverless",
    ),
}


@pytest.mark.parametrize(("wanted", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_changes_nothing(
    client: Any, wanted: list[dict[str, Any]], text: str
) -> None:
    before = show(client)
    send = client.update_endpoint_weights_and_capacities
    refused(INVALID, text, send, EndpointName="fraud", DesiredWeightsAndCapacities=wanted)
    assert show(client) == before


@pytest.mark.scenario("R06")
@pytest.mark.parametrize("reason", ["", "no instances"])
def test_a_change_that_goes_back_leaves_what_was(aws: Sandbox, client: Any, reason: str) -> None:
    before = numbers(show(client))
    aws.outcome("fraud", "rollback", reason)
    change(client, ("stable", 70, None), ("canary", 30, 4))
    aws.clock.advance(45)
    shown = show(client)
    assert (shown["EndpointStatus"], numbers(shown)) == ("RollingBack", before)
    with pytest.raises(client.exceptions.ClientError, match="Cannot update in-progress endpoint"):
        change(client, ("stable", 70, None))
    aws.clock.advance(45)
    shown = show(client)
    assert (shown["EndpointStatus"], numbers(shown)) == ("InService", before)
    assert shown.get("FailureReason", "") == reason


def test_a_lack_of_capacity_waits_for_a_change_that_needs_it(aws: Sandbox, client: Any) -> None:
    aws.outcome("fraud", "capacity")
    change(client, ("stable", 90, None), ("canary", 10, None))
    aws.clock.advance(45)
    assert numbers(show(client)) == [(90, 90, 4, 4), (10, 10, 1, 1)]
    change(client, ("canary", None, 3))
    aws.clock.advance(90)
    shown = show(client)
    assert numbers(shown)[1] == (10, 10, 1, 1)
    assert "Unable to provision requested ML compute capacity" in shown["FailureReason"]


def test_weights_are_float32(aws: Sandbox, client: Any) -> None:
    change(client, ("stable", 0.2, None), ("canary", 0.8, None))
    aws.clock.advance(45)
    assert numbers(show(client))[1][0] == 0.800000011920929


def test_new_instances_need_the_model(aws: Sandbox, client: Any) -> None:
    client.delete_model(ModelName="scorer")
    change(client, ("stable", 90, None), ("canary", 10, None))
    aws.clock.advance(45)
    assert show(client)["EndpointStatus"] == "InService"
    change(client, ("canary", None, 3))
    aws.clock.advance(90)
    shown = show(client)
    assert (numbers(shown)[1], "Could not find model" in shown["FailureReason"]) == (
        (10, 10, 1, 1),
        True,
    )


def test_system_updates_keep_everything_and_let_nothing_else_be_done(
    aws: Sandbox, client: Any
) -> None:
    before = numbers(show(client))
    aws.maintain("fraud", 60)
    shown = call(client, "DescribeEndpoint", EndpointName="fraud")
    assert (shown["EndpointStatus"], numbers(shown)) == ("SystemUpdating", before)
    refused(
        INVALID, "Cannot update in-progress endpoint", client.delete_endpoint, EndpointName="fraud"
    )
    aws.clock.advance(60)
    shown = show(client)
    assert (shown["EndpointStatus"], numbers(shown)) == ("InService", before)
    assert "FailureReason" not in shown


def test_an_endpoint_whose_model_is_gone_cannot_be_patched(aws: Sandbox, client: Any) -> None:
    client.delete_model(ModelName="scorer")
    aws.maintain("fraud", 60)
    aws.clock.advance(60)
    shown = show(client)
    assert shown["EndpointStatus"] == "InService"
    assert shown["FailureReason"].startswith("Could not find model")


def test_an_update_needs_the_configuration_that_it_leaves(aws: Sandbox, client: Any) -> None:
    aws.vanish("endpoint-config", "two")
    client.create_endpoint_config(EndpointConfigName="three", ProductionVariants=TWO)
    refused(
        INVALID,
        'Could not find endpoint configuration "arn:aws:sagemaker:eu-west-1:123456789012:'
        'endpoint-config/two"',
        client.update_endpoint,
        EndpointName="fraud",
        EndpointConfigName="three",
    )


def test_an_endpoint_out_of_service_comes_back(aws: Sandbox, client: Any) -> None:
    aws.stop_serving("fraud")
    assert show(client)["EndpointStatus"] == "OutOfService"
    aws.stop_serving("fraud", out=False)
    assert show(client)["EndpointStatus"] == "InService"


# -- guardrails


def policy(type_: str, wait: int, **more: Any) -> dict[str, Any]:
    routing = {"Type": type_, "WaitIntervalInSeconds": wait, **more}
    blue_green = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 120}
    return {"BlueGreenUpdatePolicy": blue_green}


def size(percent: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": percent}


def update(client: Any, config: dict[str, Any], *names: str) -> None:
    variants = [
        each | {"VariantName": name}
        for each, name in zip(TWO, names or ("stable", "canary"), strict=False)
    ]
    client.create_endpoint_config(EndpointConfigName="next", ProductionVariants=variants)
    client.update_endpoint(EndpointName="fraud", EndpointConfigName="next", DeploymentConfig=config)


def pending(client: Any) -> str:
    """What goes on with the variants that come, or with those that go."""
    shown = call(client, "DescribeEndpoint", EndpointName="fraud")
    coming = shown.get("PendingDeploymentSummary", {}).get("ProductionVariants", [{}])
    found = coming[0].get("VariantStatus") or shown["ProductionVariants"][0].get("VariantStatus")
    return str(found[0]["Status"]) if found else ""


@pytest.mark.parametrize(
    ("config", "bakes"),
    [
        (policy("ALL_AT_ONCE", 300), 1),
        (policy("CANARY", 300, CanarySize=size(25)), 2),
        (policy("LINEAR", 300, LinearStepSize=size(25)), 4),
    ],
    ids=["all at once", "canary", "linear"],
)
def test_a_guarded_deployment_goes_through_its_stages(
    aws: Sandbox, client: Any, config: dict[str, Any], bakes: int
) -> None:
    update(client, config)
    assert pending(client) == "Creating"
    aws.clock.advance(90)
    for _ in range(bakes):
        assert pending(client) == "Baking"
        aws.clock.advance(300)
    assert (pending(client), show(client)["EndpointConfigName"]) == ("Deleting", "two")
    aws.clock.advance(120)
    shown = show(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "next")
    assert shown["LastDeploymentConfig"] == config


def test_renamed_variants_have_no_guardrails_and_nothing_says_so(aws: Sandbox, client: Any) -> None:
    update(client, policy("CANARY", 300, CanarySize=size(25)), "stable", "other")
    aws.clock.advance(90)
    shown = show(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "next")


WRONG = {
    "an alarm that is not there": policy("ALL_AT_ONCE", 60)
    | {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "nope"}]}},
    "a canary of more than half": policy("CANARY", 60, CanarySize=size(75)),
    "a step below a tenth": policy("LINEAR", 60, LinearStepSize=size(5)),
    "a canary without a size": policy("CANARY", 60),
    "a size without a canary": policy("ALL_AT_ONCE", 60, CanarySize=size(10)),
    "two policies": policy("ALL_AT_ONCE", 60)
    | {"RollingUpdatePolicy": {"MaximumBatchSize": size(50), "WaitIntervalInSeconds": 0}},
    "waits beyond the limit": {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600},
            "MaximumExecutionTimeoutInSeconds": 600,
        }
    },
}


@pytest.mark.parametrize("config", WRONG.values(), ids=WRONG.keys())
def test_a_policy_out_of_its_limits_is_refused(client: Any, config: dict[str, Any]) -> None:
    refused(INVALID, "", lambda: update(client, config))
    assert show(client)["EndpointStatus"] == "InService"


@pytest.mark.scenario("R40")
def test_a_scaled_variant_keeps_its_type_and_stays(aws: Sandbox, client: Any) -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/fraud/variant/canary",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling = aws.client("application-autoscaling")
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3)
    given = {
        "type": [TWO[0], TWO[1] | {"InstanceType": "ml.c5.xlarge"}],
        "gone": TWO[:1],
        "renamed": [TWO[0], TWO[1] | {"VariantName": "other"}],
        "model": [TWO[0], TWO[1] | {"InitialInstanceCount": 2}],
    }
    for name, variants in given.items():
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
    for name in ("type", "gone", "renamed"):
        refused(
            INVALID,
            "scalable target",
            client.update_endpoint,
            EndpointName="fraud",
            EndpointConfigName=name,
        )
    client.update_endpoint(EndpointName="fraud", EndpointConfigName="model")
    aws.clock.advance(90)
    scaling.deregister_scalable_target(**target)
    client.update_endpoint(EndpointName="fraud", EndpointConfigName="gone")
    aws.clock.advance(90)
    assert [each["VariantName"] for each in show(client)["ProductionVariants"]] == ["stable"]


CONFIGS: dict[str, tuple[dict[str, Any], str]] = {
    "two shadows": (
        {"ShadowProductionVariants": [VARIANT | {"VariantName": name} for name in "ab"]},
        "exactly one",
    ),
    "a serverless shadow": (
        {"ShadowProductionVariants": [{"VariantName": "a", "ModelName": "scorer",
         "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}}]},
        "not supported for serverless",
    ),
    "a shadow of what waits": (
        {"ShadowProductionVariants": [VARIANT | {"VariantName": "a"}],
         "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://x/y"}}},
        "not supported for serverless and async",
    ),
    "two serverless variants": (
        {"ProductionVariants": [
            {"VariantName": name, "ModelName": "scorer",
             "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}} for name in "ab"]},
        "only variant",
    ),
    "capture without instances": (
        {"ProductionVariants": [{"VariantName": "a", "ModelName": "scorer",
         "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}}],
         "DataCaptureConfig": {"InitialSamplingPercentage": 1, "DestinationS3Uri": "s3://x/y",
         "CaptureOptions": [{"CaptureMode": "Input"}]}},
        "DataCaptureConfig is not supported",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "text"), CONFIGS.values(), ids=CONFIGS.keys())
def test_modes_that_do_not_go_together_are_refused(
    client: Any, given: dict[str, Any], text: str
) -> None:
    base = {"EndpointConfigName": "odd", "ProductionVariants": [VARIANT]}
    refused(INVALID, text, client.create_endpoint_config, **(base | given))
