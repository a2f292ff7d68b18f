"""What an autoscaler or a rollout moves on a live endpoint: named as theirs, and no drift."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import engine
from reconciler.aws.apply import Interrupt
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause, Change, Observed, Reason
from reconciler.model.event import StepWaiting
from reconciler.model.plan import Plan, Step, to_bytes
from reconciler.resources.sagemaker import runtime
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, spec, steps

NAME = "acme-dev-scorer"
CAUSES = dict[str, tuple[Any, Any, Cause]]


@pytest.fixture
def live(platform: Platform) -> Platform:
    """An endpoint with two instances."""
    platform.allow = "traffic"
    platform.converge(specs.SERVING)
    return platform


def autoscaled(platform: Platform) -> None:
    platform.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/primary",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=20,
    )


def weigh(platform: Platform, aws: Sandbox, weight: float) -> None:
    """Somebody with a console."""
    platform.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=NAME,
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredWeight": weight}],
    )
    aws.clock.advance(5000)


def drift(platform: Platform) -> tuple[Plan, tuple[Step, ...]]:
    """As the command does it; the plan itself must say nothing of it."""
    return engine.drifted(platform.plan(), platform.session)


def told(found: tuple[Step, ...]) -> CAUSES:
    """Live value, declared value and cause, by path."""
    fields = [each for step in found for each in step.fields]
    return {".".join(each.path): (each.before, each.after, each.cause) for each in fields}


COUNT = "ProductionVariants.primary.DesiredInstanceCount"
WEIGHT = "ProductionVariants.primary.DesiredWeight"


def test_a_count_that_an_autoscaler_moved_is_its_own(live: Platform, aws: Sandbox) -> None:
    autoscaled(live)
    aws.scale(NAME, "primary", 9)
    plan, owned = drift(live)
    assert steps(plan) == []
    assert told(owned) == {COUNT: (9, 2, Cause.AUTOSCALER)}
    assert [(step.address.name, step.spec, step.calls) for step in owned] == [
        (NAME, "Rollout/scorer", ())
    ]


def test_the_plan_is_the_same_wherever_the_count_is(live: Platform, aws: Sandbox) -> None:
    autoscaled(live)
    before = to_bytes(live.plan())
    aws.scale(NAME, "primary", 9)
    assert to_bytes(live.plan()) == before


def test_who_owns_a_count_is_asked_only_when_it_differs(live: Platform, aws: Sandbox) -> None:
    autoscaled(live)
    asked = "application-autoscaling.describe_scalable_targets"
    drift(live)
    assert live.session.calls[asked] == 0
    aws.scale(NAME, "primary", 9)
    live.plan()
    assert live.session.calls[asked] == 0
    drift(live)
    assert live.session.calls[asked] == 1


def test_a_count_without_an_autoscaler_was_changed_by_hand(live: Platform, aws: Sandbox) -> None:
    aws.scale(NAME, "primary", 9)
    plan, owned = drift(live)
    assert owned == ()
    assert told(plan.steps) == {COUNT: (9, 2, Cause.HAND)}
    assert [step.action for step in plan.steps] == [Action.NONE]


def test_a_weight_is_nobodys_but_a_rollouts(live: Platform, aws: Sandbox) -> None:
    autoscaled(live)
    aws.scale(NAME, "primary", 9)
    weigh(live, aws, 0.5)
    plan, owned = drift(live)
    assert told(owned) == {COUNT: (9, 2, Cause.AUTOSCALER)}
    assert told(plan.steps) == {WEIGHT: (0.5, 1.0, Cause.HAND)}


def test_other_drift_of_the_endpoint_stays_drift(live: Platform, aws: Sandbox) -> None:
    autoscaled(live)
    aws.scale(NAME, "primary", 9)
    sagemaker = live.client("sagemaker")
    arn = sagemaker.describe_endpoint(EndpointName=NAME)["EndpointArn"]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["owner"])
    aws.clock.advance(5000)
    plan, owned = drift(live)
    assert [path for path in told(plan.steps) if path.startswith("Tags")] == ["Tags.owner"]
    assert [*told(owned)] == [COUNT]


def test_an_update_under_way_is_the_rollouts(live: Platform, aws: Sandbox) -> None:
    live.text = specs.SERVING.replace("instances: 2", "instances: 3")
    aws.outcome(NAME, "stuck")
    interrupt = Interrupt()

    def stop(event: object) -> None:
        if isinstance(event, StepWaiting) and event.address.name == NAME:
            interrupt.ask()

    run = live.apply(live.plan(), interrupt=interrupt, sink=stop)
    assert run.failures == {f"AWS::SageMaker::Endpoint/{NAME}": "APPLY010"}
    live.restart()
    plan, owned = drift(live)
    assert (steps(plan), codes(plan)) == ([], ["PLAN002"])
    (change,) = told(owned).items()
    assert (change[0], change[1][2]) == ("EndpointConfigName", Cause.ROLLOUT)


def test_an_owner_that_cannot_be_asked_for_is_a_finding(live: Platform, aws: Sandbox) -> None:
    aws.scale(NAME, "primary", 9)
    aws.fail("application-autoscaling", "DescribeScalableTargets", "AccessDeniedException")
    plan, owned = drift(live)
    assert (owned, codes(plan)) == ((), ["AWS001"])
    assert plan.errors


def test_a_configs_weight_that_is_no_float32_is_no_drift(platform: Platform) -> None:
    sagemaker = platform.client("sagemaker")
    sagemaker.create_model(
        ModelName="m", ExecutionRoleArn="arn:aws:iam::123456789012:role/x",
        PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1"},
    )  # fmt: skip
    variants = "{VariantName: a, ModelName: m, InstanceType: ml.m5.large, InitialInstanceCount: 1,"
    body = f"{{ProductionVariants: [{variants} InitialVariantWeight: 0.8}}]}}"
    platform.text = spec(
        "Resource", "c", f"{{type: AWS::SageMaker::EndpointConfig, properties: {body}}}"
    )
    platform.converge()
    (made,) = sagemaker.list_endpoint_configs()["EndpointConfigs"]
    shown = sagemaker.describe_endpoint_config(EndpointConfigName=made["EndpointConfigName"])
    assert shown["ProductionVariants"][0]["InitialVariantWeight"] == 0.800000011920929
    assert steps(drift(platform)[0]) == []


# -- the adapter alone


def asked(change: Change, *scaled: str) -> CAUSES:
    """What the adapter says, when these variants have an autoscaler."""
    asking = runtime.moved(change)
    targets = [{"ResourceId": f"endpoint/{NAME}/variant/{name}"} for name in scaled]
    try:
        next(asking)
        asking.send(targets)
    except StopIteration as end:
        return {".".join(each.path): (each.before, each.after, each.cause) for each in end.value}
    raise AssertionError("it asks once")


def variant(name: str, count: int, weight: float) -> dict[str, Any]:
    return {"VariantName": name, "DesiredInstanceCount": count, "DesiredWeight": weight}


def declared(name: str, count: int, weight: float) -> dict[str, Any]:
    return {"VariantName": name, "InitialInstanceCount": count, "InitialVariantWeight": weight}


def change(*, pending: str = "", live: list[Any], wanted: list[Any]) -> Change:
    outputs = {
        "ProductionVariants": live,
        "PendingDeployment": {"EndpointConfigName": pending} if pending else None,
    }
    at = Address("AWS::SageMaker::Endpoint", NAME)
    desired = {"EndpointConfigName": "c"}
    targets = {"EndpointConfigName": {"ProductionVariants": wanted}}
    observed = Observed(desired, outputs)
    return Change(at, Action.NONE, Reason.IN_SYNC, desired, observed, targets=targets)


def test_weights_belong_to_a_rollout_while_it_runs() -> None:
    live = [variant("a", 2, 0.1), variant("b", 4, 0.9)]
    wanted = [declared("a", 2, 1.0), declared("b", 2, 0.0)]
    rolling = asked(change(pending="c", live=live, wanted=wanted), "b")
    assert rolling == {
        "ProductionVariants.a.DesiredWeight": (0.1, 1.0, Cause.ROLLOUT),
        "ProductionVariants.b.DesiredWeight": (0.9, 0.0, Cause.ROLLOUT),
        "ProductionVariants.b.DesiredInstanceCount": (4, 2, Cause.AUTOSCALER),
    }
    still = asked(change(live=live, wanted=wanted), "b")
    assert {each[2] for each in still.values()} == {Cause.HAND, Cause.AUTOSCALER}


def test_a_weight_that_sagemaker_rounded_is_the_same() -> None:
    live, wanted = [variant("a", 2, 0.30000001192092896)], [declared("a", 2, 0.3)]
    assert asked(change(live=live, wanted=wanted)) == {}


def test_a_serverless_variant_has_no_count() -> None:
    live, wanted = [{"VariantName": "a"}], [{"VariantName": "a", "ServerlessConfig": {}}]
    assert asked(change(live=live, wanted=wanted)) == {}
