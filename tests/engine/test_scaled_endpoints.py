"""Autoscaling and modes of endpoints, planned and applied: what goes first, and what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler.model.plan import Plan
from reconciler.model.scaling import HELD_TAG
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, methods, step_of, steps

NAME = "acme-dev-scorer"
RESOURCE = f"endpoint/{NAME}/variant/primary"
SERVE = "serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}"
SCALE = """
  autoscale: {atLeast: 1, atMost: 12, targets: [{metric: InvocationsPerInstance, value: 100}]}"""


def text(serve: str = SERVE, more: str = SCALE, image: str = "fraud:1") -> str:
    return specs.SERVING.replace(SERVE, serve + more).replace("fraud:1", image)


OTHER_TYPE = text(SERVE.replace("c7g", "c6g"))
SHARED = SERVE.replace("instances: 2", "instances: 1, components: {one: {memory: 1GiB}}").replace(
    "c7g", "c6g"
)
SERVERLESS = "serve: {serverless: {memory: 2GiB, maxConcurrent: 10}}"


@pytest.fixture
def scaled(platform: Platform) -> Platform:
    """An autoscaled endpoint, which its autoscaler has brought to nine instances."""
    platform.allow = "traffic"
    platform.converge(text())
    platform.aws.scale(NAME, "primary", 9)
    return platform


def endpoint(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.client("sagemaker").describe_endpoint(EndpointName=NAME)
    return found


def targets(platform: Platform) -> list[tuple[str, int, int]]:
    client = platform.client("application-autoscaling")
    found = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return [(it["ResourceId"], it["MinCapacity"], it["MaxCapacity"]) for it in found]


def policies(platform: Platform) -> list[str]:
    client = platform.client("application-autoscaling")
    found = client.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    return [it["PolicyName"] for it in found]


def order(made: Iterable[str], *wanted: str) -> list[str]:
    return [each for each in made if each in wanted]


def said(plan: Plan, code: str) -> list[str]:
    return [found.message for found in plan.diagnostics if found.code == code]


@pytest.mark.scenario("R39")
def test_a_new_model_keeps_what_the_autoscaler_has_added(scaled: Platform) -> None:
    assert steps(scaled.plan()) == []
    scaled.text = text(image="fraud:2")
    plan = scaled.plan()
    sent = next(it for step in plan.steps for it in step.calls if it.method == "update_endpoint")
    assert sent.params["RetainAllVariantProperties"] is True
    kept = sent.params["ExcludeRetainedVariantProperties"]
    assert kept == [{"VariantPropertyType": "DesiredWeight"}]
    (note,) = said(plan, "MODE010")
    assert note.startswith("9 instances of variant 'primary' are kept (autoscaled)")
    assert not {"deregister_scalable_target", "register_scalable_target"} & {*methods(plan)}
    run = scaled.apply(plan)
    assert run.failures == {}
    assert endpoint(scaled)["ProductionVariants"][0]["DesiredInstanceCount"] == 9
    assert steps(scaled.plan()) == []


@pytest.mark.scenario("R40")
def test_another_type_is_deregistered_updated_and_registered_again(scaled: Platform) -> None:
    scaled.text = OTHER_TYPE
    plan = scaled.plan()
    assert "PLAN005" not in codes(plan)
    run = scaled.apply(plan)
    assert run.failures == {}
    assert order(
        run.calls,
        "delete_scaling_policy",
        "deregister_scalable_target",
        "update_endpoint",
        "register_scalable_target",
        "put_scaling_policy",
    ) == [
        "delete_scaling_policy",
        "deregister_scalable_target",
        "update_endpoint",
        "register_scalable_target",
        "put_scaling_policy",
    ]
    assert endpoint(scaled)["ProductionVariants"][0]["DesiredInstanceCount"] == 9
    assert targets(scaled) == [(RESOURCE, 1, 12)]
    assert steps(scaled.plan()) == []


@pytest.mark.scenario("R40")
def test_an_update_that_fails_leaves_it_scaled_as_before(scaled: Platform, aws: Sandbox) -> None:
    aws.outcome(NAME, "rollback", "no such instances")
    scaled.text = OTHER_TYPE
    run = scaled.apply(scaled.plan())
    assert [*run.failures.values()] == ["APPLY007"]
    assert targets(scaled) == [(RESOURCE, 1, 12)]
    assert len(policies(scaled)) == 1
    plan = scaled.plan()  # what failed is refused, and nothing is taken away for it
    assert step_of(plan, specs.ENDPOINT).refused
    assert not {"deregister_scalable_target", "delete_scaling_policy"} & {*methods(plan)}


@pytest.mark.scenario("R40")
def test_what_scales_goes_before_what_it_scales(scaled: Platform) -> None:
    scaled.text = specs.RAW
    run = scaled.apply(scaled.plan())
    assert run.failures == {}
    gone = ("deregister_scalable_target", "delete_endpoint")
    assert order(run.calls, *gone) == [*gone]
    assert (targets(scaled), policies(scaled)) == ([], [])


@pytest.mark.scenario("R53")
def test_components_go_before_their_endpoint(platform: Platform) -> None:
    platform.allow = "traffic"
    platform.converge(text(SHARED, more=""))
    platform.text = text(SHARED.replace("{memory: 1GiB}", "{memory: 1GiB, copies: 2}"), more="")
    plan = platform.plan()
    assert methods(plan) == ["update_inference_component_runtime_config"]
    assert platform.apply(plan).failures == {}
    platform.text = specs.RAW
    run = platform.apply(platform.plan())
    assert run.failures == {}
    gone = ("delete_inference_component", "delete_endpoint")
    assert order(run.calls, *gone) == [*gone]


@pytest.mark.scenario("R54")
@pytest.mark.scenario("R175")
def test_serverless_gets_a_new_model_and_goes_one_way(platform: Platform) -> None:
    platform.converge(text(SERVERLESS, more=""))
    platform.text = text(SERVERLESS, more="", image="fraud:2")
    plan = platform.plan()
    made = next(it for step in plan.steps for it in step.calls if "config" in it.method)
    (variant,) = made.params["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 10}
    assert not {"InstanceType", "InitialInstanceCount"} & variant.keys()
    assert platform.apply(plan).failures == {}
    platform.text = text(more="")
    plan = platform.plan()
    assert "MODE008" in codes(plan)
    refused = step_of(plan, specs.ENDPOINT).refused
    assert "no way back" in refused or "traffic" in refused
    platform.allow = "traffic"
    assert platform.apply(platform.plan()).failures == {}
    platform.text = text(SERVERLESS, more="")
    plan = platform.plan()
    assert "MODE009" in codes(plan)
    assert "update_endpoint" not in methods(plan)


CANARY = """
  strategy: {canary: {steps: [50%, 100%], bake: 10m}}
  analysis: [{metric: Invocation5XXErrors, atMost: 1%}]"""


@pytest.mark.scenario("R43")
@pytest.mark.scenario("R44")
def test_while_two_versions_share_the_traffic_the_old_one_is_not_scaled_in(
    platform: Platform,
) -> None:
    platform.allow = "traffic"
    platform.converge(text(more=SCALE + CANARY))
    platform.text = text(more=SCALE + CANARY, image="fraud:2")
    plan = platform.plan()
    (held,) = (step for step in plan.steps if "ScalableTarget" in step.address.type)
    assert [(".".join(it.path), it.before, it.after) for it in held.fields] == [
        ("SuspendedState.DynamicScalingInSuspended", False, True)
    ]
    assert held.id not in next(it for it in plan.steps if it.id == specs.ENDPOINT).needs
    assert platform.apply(plan).failures == {}
    client = platform.client("application-autoscaling")
    (found,) = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    suspended = found["SuspendedState"]
    assert suspended["DynamicScalingInSuspended"]
    assert not suspended["DynamicScalingOutSuspended"]
    told = client.list_tags_for_resource(ResourceARN=found["ScalableTargetARN"])["Tags"]
    assert HELD_TAG in told  # by which whoever ends the rollout knows whose it is
    assert steps(platform.plan()) == []
    platform.text = platform.text.replace("value: 100", "value: 300")  # for the old version too
    (policy,) = platform.plan().steps
    assert "apply it when that has ended" in policy.refused
