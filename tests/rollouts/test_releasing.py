"""Scale-in that was held while two versions shared the traffic goes on when that is over."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from reconciler.aws.errors import Retry
from reconciler.aws.rollout import releasing
from reconciler.aws.rollout.driving import carry_out
from reconciler.aws.rollout.sending import MovedError
from reconciler.model.scaling import HELD_TAG
from reconciler.rollout.values import Act, Phase
from reconciler.sandbox.inprocess import Sandbox

from .made import NAME
from .stage import Stage
from .test_driver import rest, until
from .test_function import function
from .test_retaining import COUNT, autoscaled

IN = "DynamicScalingInSuspended"
RESOURCE = f"endpoint/{NAME}/variant/primary"


def scaler(aws: Sandbox) -> Any:
    return aws.client("application-autoscaling")


def target(aws: Sandbox) -> dict[str, Any]:
    asked = {"ServiceNamespace": "sagemaker", "ResourceIds": [RESOURCE]}
    found: dict[str, Any] = scaler(aws).describe_scalable_targets(**asked)["ScalableTargets"][0]
    return found


def tags(aws: Sandbox) -> dict[str, str]:
    arn = target(aws)["ScalableTargetARN"]
    found: dict[str, str] = scaler(aws).list_tags_for_resource(ResourceARN=arn)["Tags"]
    return found


def hold(aws: Sandbox, *, tag: bool = True, **more: bool) -> None:
    """As an apply does, which starts a rollout."""
    autoscaled(aws)
    key = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE, "ScalableDimension": COUNT}
    scaler(aws).register_scalable_target(**key, SuspendedState={IN: True, **more})
    if tag:
        arn = target(aws)["ScalableTargetARN"]
        scaler(aws).tag_resource(ResourceARN=arn, Tags={HELD_TAG: "while", "team": "a"})


@pytest.fixture
def held(stage: Stage) -> Stage:
    stage.settle()
    hold(stage.aws)
    return stage


def released(stage: Stage) -> list[str]:
    ours = {"register_scalable_target", "untag_resource"}
    return [each.call.method for each in stage.told if each.call.method in ours]


def test_the_word_is_the_one_that_an_apply_writes() -> None:
    assert releasing.HELD == HELD_TAG


@pytest.mark.scenario("R43")
@pytest.mark.parametrize("end", [Phase.COMPLETED, Phase.ABORTED])
def test_it_goes_on_at_the_end_however_that_was_reached(held: Stage, end: Phase) -> None:
    until(held, Phase.BAKING, 2)
    assert released(held) == []
    if end is Phase.ABORTED:
        held.advance("abort")
    assert rest(held) is end
    assert target(held.aws)["SuspendedState"][IN] is False
    assert tags(held.aws) == {"team": "a"}
    assert released(held) == ["register_scalable_target", "untag_resource"]


@pytest.mark.scenario("R43")
def test_the_function_lets_it_go_on_as_well(held: Stage) -> None:
    until(held, Phase.FINISHING, 4)
    held.settle()
    said = function()
    assert (said["act"], "completed" in said["why"]) == ("mark", True)
    assert (target(held.aws)["SuspendedState"][IN], tags(held.aws)) == (False, {"team": "a"})


@pytest.mark.parametrize("operation", ["RegisterScalableTarget", "UntagResource"])
def test_who_was_stopped_half_way_is_taken_over(held: Stage, operation: str) -> None:
    until(held, Phase.FINISHING, 4)
    held.settle()
    held.aws.fail("application-autoscaling", operation, "ThrottlingException", times=20)
    for _ in range(8):
        with suppress(Retry):
            held.advance()
    assert rest(held) is Phase.COMPLETED
    assert (target(held.aws)["SuspendedState"][IN], tags(held.aws)) == (False, {"team": "a"})


@pytest.mark.parametrize(
    "operation", ["DescribeScalableTargets", "ListTagsForResource", "RegisterScalableTarget"]
)
def test_who_may_not_says_so_and_ends_all_the_same(held: Stage, operation: str) -> None:
    until(held, Phase.BAKING, 1)
    held.advance("abort")
    held.settle()
    held.advance()
    held.settle()
    held.aws.fail("application-autoscaling", operation, "AccessDeniedException", times=9)
    found = held.look()
    said = carry_out(held.session, found, held.told.append)
    assert f"scale-in of {RESOURCE} may stay suspended until the next apply" in said
    action = held.look().action
    assert action is not None
    assert (action.act, action.phase) == (Act.NOTHING, Phase.ABORTED)


def test_what_a_person_suspended_stays_suspended(stage: Stage) -> None:
    stage.settle()
    hold(stage.aws, tag=False)
    assert rest(stage) is Phase.COMPLETED
    assert target(stage.aws)["SuspendedState"][IN] is True
    assert released(stage) == []


def test_of_a_suspension_only_what_is_ours_ends(stage: Stage) -> None:
    stage.settle()
    hold(stage.aws, ScheduledScalingSuspended=True)
    assert rest(stage) is Phase.COMPLETED
    state = target(stage.aws)["SuspendedState"]
    assert (state[IN], state["ScheduledScalingSuspended"]) == (False, True)


def test_a_rollout_that_another_apply_has_just_begun_keeps_its_own(held: Stage) -> None:
    until(held, Phase.FINISHING, 4)
    held.settle()
    found = held.look()
    held.write({"moorline:rollout-why": "another"})
    with pytest.raises(MovedError):
        releasing.release(held.session, found.reading, "primary", held.told.append)  # type: ignore[arg-type]
    assert target(held.aws)["SuspendedState"][IN] is True
