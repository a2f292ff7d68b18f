"""The endpoint state machine: every outcome, one change at a time, in-use checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .cases import IMAGE, VARIANT, make_config, make_model
from .conformance import call, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/fraud"
INVALID = "ValidationException"
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    }
}


@pytest.fixture
def client(aws: Sandbox) -> Any:
    found = aws.client("sagemaker")
    make_model(found)
    make_config(found)
    make_config(found, "config-2", InitialInstanceCount=3)
    return found


def show(client: Any) -> dict[str, Any]:
    return call(client, "DescribeEndpoint", EndpointName="fraud")


def create(client: Any, **more: Any) -> None:
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1", **more)


def live(aws: Sandbox, client: Any) -> None:
    create(client)
    aws.clock.advance(600)
    assert show(client)["EndpointStatus"] == "InService"


def update(client: Any, **more: Any) -> None:
    client.update_endpoint(EndpointName="fraud", EndpointConfigName="config-2", **more)


def test_a_poller_that_never_sleeps_sees_it_go_in_service(client: Any) -> None:
    create(client)
    seen = [show(client)["EndpointStatus"] for _ in range(8)]
    assert seen == ["Creating"] * 6 + ["InService"] * 2


def test_the_botocore_waiter_sees_it_go_in_service(client: Any) -> None:
    create(client)
    waiter = client.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName="fraud", WaiterConfig={"Delay": 0, "MaxAttempts": 10})


def test_in_manual_mode_only_advance_moves_it(aws: Sandbox, client: Any) -> None:
    aws.clock.configure(mode="manual")
    create(client)
    assert {show(client)["EndpointStatus"] for _ in range(20)} == {"Creating"}
    aws.clock.advance(89.9)
    assert show(client)["EndpointStatus"] == "Creating"
    aws.clock.advance(0.2)
    assert show(client)["EndpointStatus"] == "InService"


def test_a_live_endpoint_shows_weights_counts_and_image_digests(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    (variant,) = show(client)["ProductionVariants"]
    images = variant.pop("DeployedImages")
    assert images[0]["SpecifiedImage"] == IMAGE
    assert "@sha256:" in images[0]["ResolvedImage"]
    assert variant == {
        "VariantName": "blue",
        "CurrentWeight": 1.0,
        "DesiredWeight": 1.0,
        "CurrentInstanceCount": 2,
        "DesiredInstanceCount": 2,
        "RoutingConfig": VARIANT["RoutingConfig"],
    }


def test_an_update_shows_the_old_config_until_it_is_done(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    update(client, DeploymentConfig=CANARY)
    busy = show(client)
    assert (busy["EndpointStatus"], busy["EndpointConfigName"]) == ("Updating", "config-1")
    assert busy["PendingDeploymentSummary"]["EndpointConfigName"] == "config-2"
    aws.clock.advance(600)
    done = show(client)
    assert (done["EndpointStatus"], done["EndpointConfigName"]) == ("InService", "config-2")
    assert done["ProductionVariants"][0]["CurrentInstanceCount"] == 3
    assert done["LastDeploymentConfig"] == CANARY
    assert "PendingDeploymentSummary" not in done


OUTCOMES = {
    "a rollback with a reason is in service with the old config": (
        ("rollback", "alarm fired"),
        ("InService", "config-1", "alarm fired"),
    ),
    "a silent rollback is in service with the old config and no reason": (
        ("rollback", ""),
        ("InService", "config-1", None),
    ),
    "a failed update is failed with the old config": (
        ("failed", "no capacity"),
        ("Failed", "config-1", "no capacity"),
    ),
    "a failed rollback says so": (
        ("update-rollback-failed", "both failed"),
        ("UpdateRollbackFailed", "config-1", "both failed"),
    ),
    "a stuck update never ends": (("stuck", ""), ("Updating", "config-1", None)),
    "a scripted success is a success": (("ok", ""), ("InService", "config-2", None)),
}


@pytest.mark.parametrize(("script", "expected"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_update_ends_as_scripted(
    aws: Sandbox, client: Any, script: tuple[str, str], expected: tuple[str, str, str | None]
) -> None:
    live(aws, client)
    aws.outcome("fraud", *script)
    update(client)
    aws.clock.advance(1_000_000)
    shown = show(client)
    found = (shown["EndpointStatus"], shown["EndpointConfigName"], shown.get("FailureReason"))
    assert found == expected


@pytest.mark.parametrize("mode", ["failed", "rollback", "update-rollback-failed"])
def test_a_creation_that_fails_in_any_way_is_failed(aws: Sandbox, client: Any, mode: str) -> None:
    aws.outcome("fraud", mode, "health check")
    create(client)
    aws.clock.advance(600)
    shown = show(client)
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", "health check")


def test_a_failure_reason_goes_away_with_the_next_success(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    aws.outcome("fraud", "rollback", "alarm fired")
    update(client)
    aws.clock.advance(600)
    update(client)
    aws.clock.advance(600)
    shown = show(client)
    assert ("FailureReason" in shown, shown["EndpointConfigName"]) == (False, "config-2")


def changes(client: Any) -> list[Any]:
    weights = [{"VariantName": "blue", "DesiredWeight": 2.0}]
    return [
        lambda: update(client),
        lambda: client.update_endpoint_weights_and_capacities(
            EndpointName="fraud", DesiredWeightsAndCapacities=weights
        ),
        lambda: client.delete_endpoint(EndpointName="fraud"),
    ]


def test_every_change_is_refused_while_one_runs(aws: Sandbox, client: Any) -> None:
    text = f'Cannot update in-progress endpoint "{ARN}".'
    create(client)
    for change in changes(client):
        refused(INVALID, text, change)
    aws.clock.advance(600)
    update(client)
    for change in changes(client):
        refused(INVALID, text, change)


def test_a_failed_endpoint_accepts_only_its_deletion(aws: Sandbox, client: Any) -> None:
    aws.outcome("fraud", "failed")
    create(client)
    aws.clock.advance(600)
    *others, delete = changes(client)
    for change in others:
        refused(INVALID, "Failed", change)
    delete()
    assert show(client)["EndpointStatus"] == "Deleting"
    aws.clock.advance(600)
    refused(INVALID, 'Could not find endpoint "', lambda: show(client))


def test_weights_and_capacity_change_without_a_new_config(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    client.update_endpoint_weights_and_capacities(
        EndpointName="fraud",
        DesiredWeightsAndCapacities=[
            {"VariantName": "blue", "DesiredWeight": 5.0, "DesiredInstanceCount": 4}
        ],
    )
    busy = show(client)
    assert (busy["EndpointStatus"], busy["EndpointConfigName"]) == ("Updating", "config-1")
    assert "PendingDeploymentSummary" not in busy
    assert busy["ProductionVariants"][0]["CurrentWeight"] == 1.0
    aws.clock.advance(600)
    (variant,) = show(client)["ProductionVariants"]
    assert (variant["CurrentWeight"], variant["CurrentInstanceCount"]) == (5.0, 4)


def test_retained_properties_survive_an_update_unless_excluded(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    client.update_endpoint_weights_and_capacities(
        EndpointName="fraud",
        DesiredWeightsAndCapacities=[
            {"VariantName": "blue", "DesiredWeight": 5.0, "DesiredInstanceCount": 9}
        ],
    )
    aws.clock.advance(600)
    excluded = [{"VariantPropertyType": "DesiredWeight"}]
    update(client, RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=excluded)
    aws.clock.advance(600)
    (variant,) = show(client)["ProductionVariants"]
    assert (variant["CurrentWeight"], variant["CurrentInstanceCount"]) == (1.0, 9)


def autoscaled(aws: Sandbox) -> Any:
    found = aws.client("application-autoscaling")
    found.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/fraud/variant/blue",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=9,
    )
    return found


RETAINED: dict[str, tuple[dict[str, Any], int]] = {
    "stays when it is retained": ({"RetainAllVariantProperties": True}, 8),
    "is the new config's when it is not": ({}, 3),
    "is the new config's when it is excluded": (
        {
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredInstanceCount"}],
        },
        3,
    ),
}


@pytest.mark.parametrize(("flags", "count"), RETAINED.values(), ids=RETAINED.keys())
def test_a_count_scaled_during_an_update(
    aws: Sandbox, client: Any, flags: dict[str, Any], count: int
) -> None:
    live(aws, client)
    update(client, **flags)
    aws.scale("fraud", "blue", 8)
    aws.clock.advance(600)
    assert show(client)["ProductionVariants"][0]["CurrentInstanceCount"] == count


def test_an_autoscaled_variant_keeps_its_instance_type(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    make_config(client, "config-3", InstanceType="ml.m5.4xlarge")
    autoscaling = autoscaled(aws)
    change = client.update_endpoint
    names = {"EndpointName": "fraud", "EndpointConfigName": "config-3"}
    refused(INVALID, "scalable target", change, **names)
    update(client)
    aws.clock.advance(600)
    client.delete_endpoint(EndpointName="fraud")
    found = autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
    assert found["ScalableTargets"] == []


def test_capacity_changes_for_one_variant_at_a_time(aws: Sandbox, client: Any) -> None:
    two = [VARIANT, VARIANT | {"VariantName": "green"}]
    client.create_endpoint_config(EndpointConfigName="two", ProductionVariants=two)
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="two")
    aws.clock.advance(600)
    both = [{"VariantName": name, "DesiredInstanceCount": 1} for name in ("blue", "green")]
    change = client.update_endpoint_weights_and_capacities
    refused(INVALID, "one variant", change, EndpointName="fraud", DesiredWeightsAndCapacities=both)
    weights = [{"VariantName": name, "DesiredWeight": 0.5} for name in ("blue", "green")]
    change(EndpointName="fraud", DesiredWeightsAndCapacities=weights)


def test_an_unknown_variant_is_refused(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    wanted = [{"VariantName": "pink", "DesiredWeight": 1.0}]
    change = client.update_endpoint_weights_and_capacities
    refused(INVALID, '"pink"', change, EndpointName="fraud", DesiredWeightsAndCapacities=wanted)


def test_a_config_in_use_or_coming_cannot_be_deleted(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    update(client)
    for name in ("config-1", "config-2"):
        refused(INVALID, "in use", client.delete_endpoint_config, EndpointConfigName=name)
    aws.clock.advance(600)
    show(client)
    client.delete_endpoint_config(EndpointConfigName="config-1")


def test_what_is_missing_is_named_in_the_refusal(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    config = {"EndpointConfigName": "nope"}
    text = "Could not find endpoint configuration"
    refused(INVALID, text, client.create_endpoint, EndpointName="other", **config)
    refused(INVALID, text, client.update_endpoint, EndpointName="fraud", **config)
    variants = [VARIANT | {"ModelName": "nope"}]
    made = client.create_endpoint_config
    refused(INVALID, "Could not find model", made, **config, ProductionVariants=variants)


def test_a_model_may_be_deleted_while_a_config_refers_to_it(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    client.delete_model(ModelName="scorer")
    assert show(client)["EndpointStatus"] == "InService"
    refused(INVALID, "Could not find model", lambda: update(client))


def test_a_config_is_free_as_soon_as_its_endpoint_is_being_deleted(
    aws: Sandbox, client: Any
) -> None:
    live(aws, client)
    client.delete_endpoint(EndpointName="fraud")
    client.delete_endpoint_config(EndpointConfigName="config-1")
    assert show(client)["EndpointStatus"] == "Deleting"


def test_endpoints_are_listed_by_status(aws: Sandbox, client: Any) -> None:
    live(aws, client)
    client.create_endpoint(EndpointName="young", EndpointConfigName="config-1")
    found = call(client, "ListEndpoints", StatusEquals="Creating")["Endpoints"]
    assert [item["EndpointName"] for item in found] == ["young"]


def test_data_capture_is_shown_as_started(aws: Sandbox, client: Any) -> None:
    capture = {
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": "s3://capture/x",
        "CaptureOptions": [{"CaptureMode": "Output"}],
    }
    client.create_endpoint_config(
        EndpointConfigName="captured", ProductionVariants=[VARIANT], DataCaptureConfig=capture
    )
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="captured")
    aws.clock.advance(600)
    assert show(client)["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 20,
        "DestinationS3Uri": "s3://capture/x",
        "KmsKeyId": "",
    }
