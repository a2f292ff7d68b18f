"""What an autoscaler has set is neither lost at the end nor on the way back."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.errors import Denied
from reconciler.rollout.values import Act, Phase, Signals, Verdict
from reconciler.sandbox.inprocess import Sandbox

from .made import NAME
from .stage import Stage
from .test_driver import rest, until

COUNT = "sagemaker:variant:DesiredInstanceCount"


@pytest.fixture
def scaled(aws: Sandbox) -> Stage:
    """Four by its configuration, nine by its autoscaler, before the first step."""
    found = Stage(aws).set()
    found.settle()
    autoscaled(aws)
    aws.scale(NAME, "primary", 9)
    found.settle()
    return found


def autoscaled(aws: Sandbox) -> None:
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/primary",
        ScalableDimension=COUNT,
        MinCapacity=1,
        MaxCapacity=12,
    )


def moved(stage: Stage) -> dict[str, Any]:
    """The last update of the endpoint."""
    calls = [each.call.params for each in stage.told if each.call.method == "update_endpoint"]
    return dict(calls[-1])


def restored(stage: Stage) -> list[int]:
    """The counts that were asked for the old version."""
    wanted = [entry for each in stage.told
              for entry in each.call.params.get("DesiredWeightsAndCapacities", ())]  # fmt: skip
    return [each["DesiredInstanceCount"] for each in wanted
            if each["VariantName"] == "primary" and "DesiredInstanceCount" in each]  # fmt: skip


@pytest.mark.scenario("R39")
@pytest.mark.parametrize("step", [1, 4])
def test_going_back_keeps_the_instances_of_the_autoscaler(scaled: Stage, step: int) -> None:
    until(scaled, Phase.BAKING, step)
    scaled.advance("abort")
    assert rest(scaled) is Phase.ABORTED
    assert (scaled.counts, scaled.weights) == ({"primary": 9}, {"primary": 1.0})


@pytest.mark.scenario("R39")
def test_the_end_keeps_the_instances_of_the_autoscaler(scaled: Stage) -> None:
    assert rest(scaled) is Phase.COMPLETED
    assert (scaled.counts, scaled.weights) == ({"primary": 9}, {"primary": 1.0})


@pytest.mark.parametrize(("now", "end"), [(2, 4), (9, 9)])
def test_a_count_that_no_autoscaler_owns_is_at_least_the_configurations(
    stage: Stage, now: int, end: int
) -> None:
    stage.settle()
    stage.aws.scale(NAME, "primary", now)
    assert rest(stage) is Phase.COMPLETED
    assert stage.counts == {"primary": end}
    assert moved(stage)["RetainAllVariantProperties"] is (end > 4)


@pytest.mark.scenario("R43")
def test_the_end_takes_no_count_that_was_scaled_in_for_want_of_traffic(scaled: Stage) -> None:
    """All requests were at the candidate, so an autoscaler of others has scaled the old one in."""
    until(scaled, Phase.BAKING, 4)
    scaled.aws.scale(NAME, "primary", 1)
    scaled.settle()
    assert rest(scaled) is Phase.COMPLETED
    assert scaled.counts == {"primary": 9}  # with which the candidate has carried it


@pytest.mark.scenario("R120")
def test_the_way_back_restores_what_carried_the_traffic_before(scaled: Stage) -> None:
    until(scaled, Phase.BAKING, 4)
    scaled.aws.scale(NAME, "primary", 5)
    scaled.settle()
    scaled.advance("abort")
    assert rest(scaled) is Phase.ABORTED
    assert restored(scaled) == [9]
    assert scaled.counts == {"primary": 9}


def test_two_that_carried_all_of_it_before_carry_it_again(stage: Stage) -> None:
    """Scaled in before the rollout: nobody waits for instances that were not there."""
    stage.settle()
    stage.aws.scale(NAME, "primary", 2)
    stage.settle()
    until(stage, Phase.BAKING, 1)
    stage.advance("abort")
    assert rest(stage) is Phase.ABORTED
    assert stage.counts == {"primary": 2}
    assert restored(stage) == []


def test_back_from_the_target_it_has_what_the_base_begins_with_at_least(stage: Stage) -> None:
    until(stage, Phase.FINISHING, 4)
    stage.settle()
    stage.aws.scale(NAME, "primary", 1)
    stage.settle()
    found = stage.advance("abort")
    assert found.action is not None
    assert (found.action.act, found.action.retains) == (Act.SETTLE, False)
    assert rest(stage) is Phase.ABORTED
    assert stage.counts == {"primary": 4}


@pytest.mark.scenario("R08")
def test_nobody_says_who_owns_the_count_so_nothing_is_sent(stage: Stage) -> None:
    autoscaled(stage.aws)
    until(stage, Phase.BAKING, 4)
    stage.settle(601)
    code = "AccessDeniedException"
    stage.aws.fail("application-autoscaling", "DescribeScalableTargets", code)
    sent = len(stage.told)
    with pytest.raises(Denied):
        stage.look()
    assert len(stage.told) == sent


def test_a_way_back_does_not_wait_for_that_word(scaled: Stage) -> None:
    until(scaled, Phase.BAKING, 1)
    for service, method in (
        ("application-autoscaling", "DescribeScalableTargets"),
        ("sagemaker", "DescribeEndpointConfig"),
    ):
        scaled.aws.fail(service, method, "AccessDeniedException", times=99)
    scaled.judge = lambda *_: Signals(verdict=Verdict.FAILED)
    assert rest(scaled) is Phase.ROLLED_BACK
    assert scaled.counts == {"primary": 9}


@pytest.mark.parametrize("owned", [False, True])
def test_what_a_person_gave_to_the_candidate_is_not_lost_at_the_end(
    stage: Stage, owned: bool
) -> None:
    """Its count goes with it, so the old version gets as many, which the update retains."""
    until(stage, Phase.BAKING, 4)
    if owned:
        autoscaled(stage.aws)
    stage.aws.scale(NAME, "candidate", 7)
    stage.settle()
    assert rest(stage) is Phase.COMPLETED
    assert (stage.counts, restored(stage)) == ({"primary": 7}, [7])
    assert moved(stage)["RetainAllVariantProperties"] is True
