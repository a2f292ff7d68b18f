"""A driver against the sandbox: what is sent, what it does when something goes wrong meanwhile.

What is decided by values alone is tried with the state machine; here it is what calls show.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sweeps import LONG, sample

from reconciler.aws.errors import AwsError, Expired, Retry
from reconciler.aws.rollout.driving import carry_out, look
from reconciler.aws.rollout.sending import MovedError
from reconciler.rollout.values import Act, Finding, Live, Phase, Rollout, Signals, Verdict

from .made import BASE, MIDDLE, NAME, TARGET
from .stage import OURS, Stage

UPDATES = "UpdateEndpoint"
WEIGHS = "UpdateEndpointWeightsAndCapacities"


def until(stage: Stage, phase: Phase, step: int) -> None:
    """Drive until it is there, and stop driving."""
    for found in stage.run():
        marks = found.reading.live.marks if found.reading else None
        if marks and found.action and (found.action.phase, marks.step) == (phase, step):
            return
    raise AssertionError("it was never there")


def finish(stage: Stage) -> None:
    """Drive until the endpoint moves to the target."""
    for _ in range(5):
        stage.settle(600)
        found = stage.advance().action
        if found is not None and found.act is Act.FINISH:
            return
    raise AssertionError("it does not finish")


def rest(stage: Stage) -> Phase:
    """Drive to the end; the phase that it ends in."""
    *_, last = stage.run()
    assert last.action is not None
    return last.action.phase


def bad_from(step: int) -> Callable[[Rollout, Live, float], Signals]:
    """A model whose errors show at a step."""

    def judge(_rollout: Rollout, live: Live, _now: float) -> Signals:
        said = Finding(name="errors", verdict=Verdict.FAILED, said="3 % of 400 requests failed")
        if live.marks is not None and live.marks.step >= step:
            return Signals(verdict=Verdict.FAILED, findings=(said,))
        return Signals(verdict=Verdict.PASSED)

    return judge


def test_a_healthy_candidate_goes_up_step_by_step_to_its_own_configuration(stage: Stage) -> None:
    assert rest(stage) is Phase.COMPLETED
    assert stage.ladder == [5.0, 25.0, 50.0, 100.0]
    assert stage.moves[-1] == "update_endpoint"
    assert (stage.endpoint["EndpointConfigName"], stage.weights) == (TARGET, {"primary": 1.0})


def test_instances_come_before_the_traffic_that_needs_them(stage: Stage) -> None:
    need = {5.0: 1, 25.0: 1, 50.0: 2, 100.0: 4}
    seen = 0
    for _ in stage.run():
        if len(stage.ladder) > seen:
            seen = len(stage.ladder)
            assert stage.counts["candidate"] >= need[stage.ladder[-1]]
        if "primary" in stage.counts:
            assert stage.counts["primary"] >= 4


@pytest.mark.scenario("R04")
def test_a_bad_candidate_is_stopped_at_its_first_step_and_taken_back(stage: Stage) -> None:
    stage.judge = bad_from(1)

    assert rest(stage) is Phase.ROLLED_BACK
    assert stage.ladder == [5.0, 0.0]
    assert (stage.endpoint["EndpointConfigName"], stage.weights) == (BASE, {"primary": 1.0})
    marks = stage.look().reading.live.marks  # type: ignore[union-attr]
    assert marks is not None
    assert "3 % of 400 requests failed" in marks.ended


# -- what AWS does


@pytest.mark.scenario("R06")
@pytest.mark.parametrize("reason", ["", "no capacity"] if LONG else ["no capacity"])
def test_instances_that_aws_takes_back_hold_the_step(stage: Stage, reason: str) -> None:
    until(stage, Phase.BAKING, 2)
    stage.aws.outcome(NAME, "rollback", reason)

    assert rest(stage) is Phase.PAUSED
    assert (stage.ladder, stage.counts["candidate"]) == ([5.0, 25.0], 1)
    stage.advance("resume")
    assert rest(stage) is Phase.COMPLETED


@pytest.mark.scenario("R01")
@pytest.mark.scenario("R07")
@pytest.mark.parametrize("reason", ["", "The image is gone."])
def test_a_move_to_the_target_that_aws_undoes_is_a_failure_and_not_tried_again(
    stage: Stage, reason: str
) -> None:
    until(stage, Phase.BAKING, 4)
    stage.aws.outcome(NAME, "rollback", reason)

    assert rest(stage) is Phase.FAILED
    assert stage.endpoint["EndpointConfigName"] == MIDDLE
    tried = stage.moves.count("update_endpoint")
    for _ in range(3):
        stage.settle()
        stage.advance()
    assert stage.moves.count("update_endpoint") == tried == 1
    found = stage.look()
    assert found.action is not None
    assert found.action.phase is Phase.FAILED
    assert reason in found.action.why
    assert TARGET in found.action.why
    assert MIDDLE in found.action.why


@pytest.mark.scenario("R38")
def test_an_abort_while_aws_moves_it_to_the_target_takes_effect_at_the_end(stage: Stage) -> None:
    until(stage, Phase.BAKING, 4)
    finish(stage)
    sent = len(stage.moves)

    stage.advance("abort")
    assert len(stage.moves) == sent
    assert stage.look().action.phase is Phase.ABORTING  # type: ignore[union-attr]
    assert rest(stage) is Phase.ABORTED
    assert stage.endpoint["EndpointConfigName"] == BASE


@pytest.mark.scenario("R125")
def test_a_last_move_that_never_ends_has_a_deadline(stage: Stage) -> None:
    until(stage, Phase.BAKING, 4)
    stage.aws.outcome(NAME, "stuck")
    finish(stage)
    stage.settle(8000)

    found = stage.advance().action
    assert found is not None
    assert "finishing has taken" in found.why
    assert stage.look().action.phase is Phase.ABORTING  # type: ignore[union-attr]


@pytest.mark.scenario("R153")
def test_a_way_back_that_fails_too_is_an_end_of_its_own(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    stage.aws.outcome(NAME, "ok")
    stage.aws.outcome(NAME, "update-rollback-failed", "no room")
    stage.judge = bad_from(1)

    assert rest(stage) is Phase.FAILED
    found = stage.look().action
    assert found is not None
    assert "no room" in found.why
    assert found.act is Act.STOP


def test_maintenance_by_aws_is_waited_for(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    stage.aws.maintain(NAME, 3000)
    sent = len(stage.moves)
    for _ in range(3):
        assert stage.advance().action.act in {Act.WAIT, Act.MARK}  # type: ignore[union-attr]
    assert len(stage.moves) == sent
    assert rest(stage) is Phase.COMPLETED


def test_a_model_that_is_deleted_meanwhile_is_no_way_out_of_the_old_version(stage: Stage) -> None:
    until(stage, Phase.BAKING, 2)
    stage.aws.vanish("model", "m2")

    assert rest(stage) is Phase.PAUSED
    assert "m2" in stage.look().action.why  # type: ignore[union-attr]
    assert stage.weights["primary"] == 75.0
    stage.advance("abort")
    assert rest(stage) is Phase.ABORTED
    assert stage.endpoint["EndpointConfigName"] == BASE


# -- what people do


@pytest.mark.scenario("R34")
@pytest.mark.parametrize("ended", [True, False], ids=["completed", "never started"])
def test_an_abort_of_nothing_sends_nothing(aws: Any, ended: bool) -> None:
    stage = Stage(aws).set()
    if ended:
        assert rest(stage) is Phase.COMPLETED
    else:
        stage.settle()
        keys = [each for each in stage.look().reading.tags if each not in OURS]  # type: ignore[union-attr]
        stage.sagemaker.delete_tags(ResourceArn=stage.endpoint["EndpointArn"], TagKeys=keys)
    before = len(stage.told)

    stage.advance("abort")
    assert len(stage.told) == before
    assert stage.endpoint["EndpointStatus"] == "InService"


@pytest.mark.scenario("R124")
@pytest.mark.parametrize(
    ("phase", "step"),
    sample(
        [(Phase.STARTING, 0), (Phase.MOVING, 1), (Phase.BAKING, 1), (Phase.SCALING, 3),
         (Phase.MOVING, 4), (Phase.BAKING, 4)],
        3,
    ),
)  # fmt: skip
def test_an_abort_goes_back_from_every_phase(stage: Stage, phase: Phase, step: int) -> None:
    until(stage, phase, step)
    before = [*stage.ladder]
    stage.advance("abort")

    assert rest(stage) is Phase.ABORTED
    assert (stage.endpoint["EndpointConfigName"], stage.weights) == (BASE, {"primary": 1.0})
    assert set(stage.ladder[len(before) :]) <= {0.0}


@pytest.mark.scenario("R36")
@pytest.mark.scenario("R120")
def test_instances_that_stable_has_lost_come_back_before_its_traffic(stage: Stage) -> None:
    until(stage, Phase.BAKING, 4)
    stage.aws.scale(NAME, "primary", 1)
    stage.settle()
    before = len(stage.told)
    stage.advance("abort")
    rest(stage)

    said = [
        entry
        for each in stage.told[before:]
        for entry in each.call.params.get("DesiredWeightsAndCapacities", ())
    ]
    assert said[0] == {"VariantName": "primary", "DesiredInstanceCount": 4}
    assert {"VariantName": "candidate", "DesiredWeight": 0.0} in said[1:]


def test_weights_that_somebody_moved_by_hand_stop_it_and_are_left_alone(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    wanted = [{"VariantName": "candidate", "DesiredWeight": 60.0}]
    stage.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=NAME, DesiredWeightsAndCapacities=wanted
    )
    stage.settle()
    sent = len(stage.moves)

    assert rest(stage) is Phase.AMBIGUOUS
    assert len(stage.moves) == sent
    stage.advance("abort")
    assert rest(stage) is Phase.ABORTED


def test_a_person_who_aborts_between_look_and_call_is_not_overruled(stage: Stage) -> None:
    """The driver has decided to go up; the person is quicker."""
    until(stage, Phase.BAKING, 1)
    stage.settle(601)
    driver, person = stage.session, stage.process()
    late = stage.look()
    assert late.action is not None
    assert late.action.act is Act.WEIGH

    stage.session = person
    stage.advance("abort")
    with pytest.raises(MovedError):
        carry_out(driver, late, stage.told.append)
    assert rest(stage) is Phase.ABORTED
    assert max(stage.ladder) == 5.0


@pytest.mark.scenario("R190")
def test_of_two_drivers_the_second_sees_the_first_and_stops(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    stage.settle(601)
    one, other = stage.session, stage.process()
    first = stage.look()
    stage.session = other
    second = stage.look()

    carry_out(one, first, stage.told.append)
    with pytest.raises(MovedError):
        carry_out(other, second, stage.told.append)
    assert stage.ladder == [5.0, 25.0]
    assert rest(stage) is Phase.COMPLETED
    assert stage.ladder == [5.0, 25.0, 50.0, 100.0]


def test_a_driver_that_slept_for_an_hour_does_not_go_on_with_what_it_knew(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    stage.settle(601)
    old = stage.look()
    asleep, stage.session = stage.session, stage.process()
    until(stage, Phase.BAKING, 3)

    with pytest.raises(MovedError):
        carry_out(asleep, old, stage.told.append)
    assert rest(stage) is Phase.COMPLETED


@pytest.mark.scenario("R190")
def test_an_update_of_somebody_else_is_named_and_waited_out(stage: Stage) -> None:
    until(stage, Phase.BAKING, 2)
    stage.sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName=TARGET)

    found = stage.advance().action
    assert found is not None
    assert (found.act, found.phase) == (Act.STOP, Phase.AMBIGUOUS)
    assert TARGET in found.why


def test_an_edited_spec_changes_no_step_of_what_runs(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    found = stage.look().rollout
    assert found is not None
    edited = replace(found, target="another", steps=found.steps[:1])
    about = replace(stage.about, asked=lambda _reading: edited)
    stage.settle(601)
    held = look(stage.session, about).action
    assert held is not None
    assert held.act is Act.HOLD
    assert "the spec asks for" in held.why
    assert rest(stage) is Phase.COMPLETED
    assert stage.ladder == [5.0, 25.0, 50.0, 100.0]


# -- what comes between


@pytest.mark.scenario("R12")
@pytest.mark.parametrize(
    "operation", sample(["DescribeEndpoint", "ListTags", "AddTags", WEIGHS], 3)
)
def test_throttling_changes_no_phase(stage: Stage, operation: str) -> None:
    until(stage, Phase.BAKING, 1)
    stage.settle(601)
    stage.aws.fail("sagemaker", operation, "ThrottlingException", times=20)
    for _ in range(8):
        with suppress(Retry):
            stage.advance()
        stage.aws.clock.advance(45)
    assert stage.endpoint["EndpointStatus"] in {"InService", "Updating"}
    assert rest(stage) is Phase.COMPLETED
    assert stage.ladder == [5.0, 25.0, 50.0, 100.0]


def test_credentials_that_end_in_a_bake_leave_it_to_the_next_driver(stage: Stage) -> None:
    until(stage, Phase.BAKING, 1)
    stage.aws.expire()
    stage.settle(601)
    with pytest.raises(Expired):
        stage.look()
    stage.aws.log_in()
    stage.session = stage.process()

    assert rest(stage) is Phase.COMPLETED


@pytest.mark.scenario("R08")
def test_who_may_not_move_the_endpoint_is_refused_and_nothing_else_moves(stage: Stage) -> None:
    until(stage, Phase.BAKING, 4)
    stage.settle(601)
    stage.aws.fail("sagemaker", UPDATES, "AccessDeniedException", times=1)
    with pytest.raises(AwsError) as caught:
        stage.advance()

    assert caught.value.code == "AccessDeniedException"
    assert stage.weights == {"primary": 0.0, "candidate": 100.0}


@pytest.mark.scenario("R09")
def test_a_phase_that_takes_too_long_goes_back_whoever_looks(stage: Stage) -> None:
    until(stage, Phase.BAKING, 2)
    stage.aws.outcome(NAME, "stuck")
    until(stage, Phase.SCALING, 3)
    stage.session = stage.process()
    stage.settle(8000)

    found = stage.advance().action
    assert found is not None
    assert "scaling has taken" in found.why
    assert "may take 2 h" in found.why
    assert stage.look().action.phase is Phase.ABORTING  # type: ignore[union-attr]


@pytest.mark.scenario("R187")
def test_a_fresh_checkout_finds_the_step_that_it_is_in(stage: Stage) -> None:
    until(stage, Phase.BAKING, 3)
    before = stage.look()
    stage.session = stage.process()
    after = stage.look()

    assert before.action is not None
    assert after.action is not None
    assert (after.action.phase, after.action.step) == (before.action.phase, before.action.step)
    assert rest(stage) is Phase.COMPLETED


@pytest.mark.scenario("R156")
def test_after_an_abort_nothing_of_the_candidate_is_left(stage: Stage) -> None:
    until(stage, Phase.BAKING, 2)
    stage.advance("abort")

    assert rest(stage) is Phase.ABORTED
    assert stage.counts == {"primary": 4}
