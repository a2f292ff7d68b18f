"""Faults of other tools that the state machine decides, each by its number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.rollout.marks import encode, read
from reconciler.rollout.phase import phase_of
from reconciler.rollout.state import from_marks, next_action, started
from reconciler.rollout.values import Act, Finding, Phase, RolloutAction, Signals, Verdict

from .endpoint import BEGIN, ROLLOUT, STEPS, TICK, Driver, begun

OTHER = replace(ROLLOUT, target="c3", middle="cm3", version="model 8", digest="d3")
HOME = {"primary": 1.0, "candidate": 0.0}


def at(share: float, **more: object) -> Driver:
    """A driver of a healthy rollout whose candidate has this share, watched since now."""
    driver = begun(**more)
    for _ in range(200):
        action = driver.step()
        marks = read(driver.aws.tags)
        if marks and marks.doing == "bake" and abs(driver.aws.share - share) < 1e-4:
            return driver
        assert action.act not in {Act.HOLD, Act.STOP, Act.NOTHING}, action
        driver.now += TICK
        driver.aws.tick()
    raise AssertionError(share)


def finishing(outcome: str = "stuck") -> Driver:
    """A driver whose endpoint is on its way to the target."""
    driver = at(1.0)
    driver.aws.outcomes = [outcome]
    while driver.step().phase is not Phase.FINISHING:
        driver.now += TICK
        driver.aws.tick()
    return driver


def passing(driver: Driver, seconds: float) -> RolloutAction:
    driver.now += seconds
    return driver.look()


def sent(driver: Driver, since: int) -> list[tuple[str, object]]:
    return driver.aws.calls[since:]


@pytest.mark.scenario("R01")
@pytest.mark.scenario("R102")
@pytest.mark.parametrize("outcome", ["rollback", "silent"])
def test_an_update_that_aws_takes_back_is_no_success_with_or_without_a_reason(outcome: str) -> None:
    driver = finishing(outcome)
    stopped = driver.run()
    assert driver.aws.status == "InService"
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
    for word in ("'c2'", "'cm'", "no capacity" if outcome == "rollback" else "no reason"):
        assert word in stopped.why
    assert read(driver.aws.tags).ended == ""


@pytest.mark.scenario("R102")
def test_a_reason_from_before_does_not_fail_a_good_update() -> None:
    driver = finishing("ok")
    driver.aws.tick()
    driver.aws.tick()
    driver.aws.reason = "an older failure"
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.scenario("R04")
def test_a_breaker_that_opens_rolls_back_says_which_and_keeps_the_old_version() -> None:
    driver = at(0.25)
    driver.aws.alarms = {"scorer-errors": "ALARM", "scorer-latency": "OK"}
    first = driver.step()
    assert (first.act, dict(first.shares)) == (Act.WEIGH, HOME)
    assert "scorer-errors is in ALARM" in first.why
    ended = driver.run()
    assert ended.phase is Phase.ROLLED_BACK
    assert "scorer-errors" in ended.why
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R06")
@pytest.mark.parametrize("forgets", [True, False])
def test_weights_that_aws_takes_back_are_no_step_and_are_sent_again_only_when_resumed(
    forgets: bool,
) -> None:
    driver = at(0.05, forgets=forgets)
    driver.aws.outcomes = ["rollback"]
    before = len(driver.aws.calls)
    held = driver.run()
    assert (held.act, held.phase, held.step) == (Act.HOLD, Phase.PAUSED, 2)
    assert "no capacity" in held.why
    assert len(sent(driver, before)) == 1
    assert abs(driver.aws.share - 0.05) < 1e-6
    driver.step("resume")
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.scenario("R06")
def test_rolling_back_is_waited_for_and_nothing_is_sent_in_it() -> None:
    live = replace(at(0.25).aws.live(), status="RollingBack")
    action = next_action(ROLLOUT, live, Signals(verdict=Verdict.PASSED), BEGIN + 5000)
    assert not action.shares
    assert not action.config
    assert not action.counts


@pytest.mark.scenario("R07")
def test_a_failed_update_is_not_sent_again_and_its_reason_outlives_the_one_in_aws() -> None:
    driver = finishing("rollback")
    driver.run()
    updates = driver.aws.calls.count(("update", "c2"))
    driver.aws.reason = ""  # AWS forgets it with the next update
    for _ in range(20):
        stopped = driver.step()
        driver.now += TICK
        assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
        assert "no capacity" in stopped.why
    assert driver.aws.calls.count(("update", "c2")) == updates == 1


@pytest.mark.scenario("R09")
@pytest.mark.parametrize(
    ("share", "call"),
    [(0, "starting"), (0.25, "scaling"), (0.05, "moving"), (1.0, "finishing"), (0.25, "aborting")],
)
def test_each_phase_has_a_deadline_that_a_new_process_knows(share: float, call: str) -> None:
    driver = at(share) if share else begun()
    driver.aws.outcome = "stuck"
    driver.aws.outcomes = ["stuck"] * 9
    if call == "aborting":
        driver.step("abort")
    for _ in range(12):
        if str(driver.step().phase) == call and driver.aws.status == "Updating":
            break
        driver.now += TICK
        driver.aws.tick()
    assert driver.look().phase == call
    late = passing(driver, 7200)
    assert late.then is Phase.ABORTING or late.act is Act.STOP
    for word in (call, "2 h", "30 m"):
        assert word in late.why


@pytest.mark.scenario("R09")
@pytest.mark.parametrize("word", ["pause", ""])
def test_what_waits_for_a_person_does_not_wait_for_ever(word: str) -> None:
    driver = at(0.25)
    driver.verdict = Verdict.INCONCLUSIVE
    if word:
        driver.step(word)
    assert driver.run().act is Act.HOLD
    driver.now += 86400 + 1
    late = driver.step()
    assert (late.then, dict(late.shares)) == (Phase.ABORTING, HOME)
    assert "paused has taken 1 d" in late.why


@pytest.mark.scenario("R10")
@pytest.mark.scenario("R108")
def test_a_third_version_never_gets_the_progress_of_the_second() -> None:
    driver = at(0.25)
    driver.now += 3600
    signals = Signals(verdict=Verdict.PASSED)
    held = next_action(OTHER, driver.aws.live(), signals, driver.now)
    assert (held.act, held.shares, held.config) == (Act.HOLD, {}, "")
    assert "'model 7'" in held.why
    assert "'model 8'" in held.why
    blind = replace(OTHER, heeded=False)  # the function in AWS, which knows no specs
    goes_on = next_action(ROLLOUT, driver.aws.live(), signals, driver.now)
    assert next_action(blind, driver.aws.live(), signals, driver.now) == goes_on
    # meanwhile the second is guarded as ever
    failing = next_action(OTHER, driver.aws.live(), Signals(verdict=Verdict.FAILED), driver.now)
    assert dict(failing.shares) == HOME
    # the third begins at nothing, against the same base, and nothing of the second counts
    marks = started(OTHER, driver.now, over="cm")
    assert (marks.step, marks.confirmed, marks.base, marks.word) == (0, 0, "c1", "")


@pytest.mark.scenario("R108")
def test_a_start_over_another_rollout_that_fails_goes_back_to_the_base_of_both() -> None:
    driver = at(0.25)
    driver.aws.rollout = replace(OTHER, steps=STEPS)
    driver.aws.tags |= encode(started(OTHER, driver.now, over="cm"))
    driver.aws.outcomes = ["rollback"]
    driver.aws.update("cm3")
    assert driver.look().phase is Phase.STARTING
    ended = driver.run()
    assert ended.phase is Phase.ROLLED_BACK
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R12")
def test_a_slow_start_is_no_failure_and_the_next_look_is_not_at_once() -> None:
    driver = begun(outcomes=["stuck"])
    for _ in range(25):  # 25 minutes, within the deadline
        action = driver.step()
        assert action.phase is Phase.STARTING
        assert action.act in {Act.WAIT, Act.MARK}
        if action.act is Act.WAIT:
            assert action.until >= driver.now + 30
        driver.now += TICK
        driver.aws.tick()


@pytest.mark.scenario("R16")
def test_a_weight_of_nothing_is_said_and_not_left_out() -> None:
    driver = at(0.25)
    back = driver.step("abort")
    assert dict(back.shares) == HOME
    driver = at(0.5)
    while not (up := driver.step()).shares:
        driver.now += TICK
        driver.aws.tick()
    assert dict(up.shares) == {"primary": 0.0, "candidate": 1.0}


@pytest.mark.scenario("R17")
def test_after_a_rollback_the_next_one_goes_back_to_the_last_that_was_completed() -> None:
    driver = at(0.25)
    driver.verdict = Verdict.FAILED
    assert driver.run().phase is Phase.ROLLED_BACK
    third = replace(OTHER, base=driver.aws.config, middle="cm")
    assert third.base == "c1"
    driver.aws.rollout, driver.verdict = third, Verdict.PASSED
    driver.aws.tags |= encode(started(third, driver.now))
    driver.aws.update("cm")
    driver.run(12, until=(Act.WAIT,))
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R21")
def test_a_gate_is_closed_until_a_person_opens_it() -> None:
    gated = replace(ROLLOUT, steps=(replace(STEPS[0], gate=True), *STEPS[1:]))
    driver = begun(rollout=gated)
    held = driver.run()
    assert (held.act, held.phase) == (Act.HOLD, Phase.PAUSED)
    assert "waits for `promote`" in held.why
    assert abs(driver.aws.share - 0.05) < 1e-6
    driver.now += 7200
    assert driver.step().act is Act.HOLD
    driver.step("promote")
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.scenario("R22")
def test_a_running_rollout_keeps_the_steps_that_it_was_started_with() -> None:
    driver = at(0.25)
    edited = replace(ROLLOUT, steps=STEPS[2:], deadline=60, digest="d2")
    driver.now += 300
    signals = Signals(verdict=Verdict.PASSED)
    one = next_action(edited, driver.aws.live(), signals, driver.now)
    assert one == next_action(ROLLOUT, driver.aws.live(), signals, driver.now)
    assert (one.act, one.step) == (Act.SCALE, 3)
    idle = replace(driver.aws.live(), config="c2", marks=replace(driver.aws.live().marks,
                   ended="completed"))  # fmt: skip
    assert next_action(edited, idle, signals, driver.now).phase is Phase.COMPLETED


@pytest.mark.scenario("R23")
@pytest.mark.parametrize("sign", ["alarm", "analysis"])
def test_what_fails_before_the_candidate_has_traffic_does_not_block_its_own_fix(sign: str) -> None:
    driver = begun()
    if sign == "alarm":
        driver.aws.alarms = {"scorer-5xx": "ALARM"}
    else:
        driver.verdict = Verdict.FAILED
    held = driver.run()
    assert (held.act, held.phase) == (Act.HOLD, Phase.PAUSED)
    assert "promote --full" in held.why
    assert driver.aws.share == 0
    driver.step("full")
    assert driver.run().phase is Phase.COMPLETED
    assert driver.aws.calls[1:] == [("update", "c2")]


@pytest.mark.scenario("R34")
def test_an_abort_with_nothing_running_does_nothing() -> None:
    driver = begun()
    driver.run()
    action = driver.look("abort")
    assert (action.act, action.phase, action.marks) == (Act.NOTHING, Phase.COMPLETED, {})
    assert (action.shares, action.counts, action.config) == ({}, {}, "")
    assert "no rollout runs" in action.why


@pytest.mark.scenario("R36")
def test_an_abort_only_ever_takes_traffic_from_the_candidate_and_up_goes_after_capacity() -> None:
    driver = at(0.05)
    before = len(driver.aws.calls)
    driver.step("abort")
    driver.run()
    assert sent(driver, before) == [("weigh", HOME), ("update", "c1")]
    driver = begun()
    driver.run()
    order = [what for call, what in driver.aws.calls if call in {"scale", "weigh"}]
    assert order.index({"candidate": 2}) < order.index({"primary": 0.5, "candidate": 0.5})
    assert order.index({"candidate": 4}) < order.index({"primary": 0.0, "candidate": 1.0})


@pytest.mark.scenario("R37")
@pytest.mark.scenario("R154")
def test_the_way_back_is_known_before_the_first_write_and_needs_no_spec() -> None:
    driver = at(0.25)
    marks = read(driver.aws.tags)
    assert (marks.base, marks.stable_count, marks.stable) == ("c1", 4, "primary")
    driver.aws.rollout = replace(ROLLOUT)
    bare = from_marks(marks, driver.aws.live())
    first = next_action(bare, driver.aws.live(), Signals(word="abort"), driver.now)
    assert dict(first.shares) == HOME
    assert read(first.marks).base == "c1"
    early = begun()
    early.step("abort")  # before any weight has moved
    assert early.run().phase is Phase.ABORTED
    assert early.aws.config == "c1"


@pytest.mark.scenario("R38")
def test_an_abort_while_the_endpoint_moves_waits_for_aws_and_outlives_any_promote() -> None:
    driver = finishing()
    before = len(driver.aws.calls)
    noted = driver.step("abort")
    assert (noted.act, noted.config, noted.shares) == (Act.MARK, "", {})
    assert "as soon as AWS takes changes" in noted.why
    for word in ("promote", "full", "resume", "pause"):
        action = driver.step(word)
        assert action.phase is Phase.ABORTING
        assert action.act in {Act.WAIT, Act.MARK}
    driver.aws.outcome = "ok"
    assert driver.run().phase is Phase.ABORTED
    assert sent(driver, before) == [("update", "c1")]  # from the target straight to the base


def test_an_abort_between_the_marks_and_the_update_of_an_apply_can_be_said_again() -> None:
    driver = begun()
    driver.aws.calls.clear()
    driver.aws.status, driver.aws.pending = "InService", ""
    driver.step("abort")
    assert driver.look().phase is Phase.ABORTED
    driver.aws.update("cm")  # which knew nothing of it
    for _ in range(3):
        driver.aws.tick()
    stopped = driver.step()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.AMBIGUOUS)
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R38")
def test_a_start_that_aws_takes_back_itself_is_aborted_without_a_further_call() -> None:
    driver = begun(outcomes=["rollback"])
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    assert driver.aws.calls == [("update", "cm")]


@pytest.mark.scenario("R38")
@pytest.mark.scenario("R153")
def test_an_update_whose_rollback_failed_is_never_taken_for_good() -> None:
    driver = finishing()
    live = replace(driver.aws.live(), status="UpdateRollbackFailed", reason="no hosts")
    for word in ("", "abort"):
        action = next_action(ROLLOUT, live, Signals(word=word), driver.now)
        assert (action.act, action.phase) == (Act.STOP, Phase.FAILED)
        assert "by hand" in action.why
        assert "no hosts" in action.why


@pytest.mark.scenario("R107")
@pytest.mark.scenario("R145")
def test_inconclusive_holds_and_no_time_that_passes_makes_it_go_on() -> None:
    driver = at(0.25)
    driver.verdict = Verdict.INCONCLUSIVE
    held = driver.run()
    assert (held.act, held.phase) == (Act.HOLD, Phase.PAUSED)
    driver.verdict = Verdict.PASSED  # a later look does not undo it
    for _ in range(30):
        driver.now += TICK
        assert driver.step().act is Act.HOLD
    assert abs(driver.aws.share - 0.25) < 1e-6
    driver.step("resume")
    assert driver.look().phase is Phase.BAKING
    assert read(driver.aws.tags).confirmed == driver.now  # what is seen counts anew


@pytest.mark.scenario("R150")
def test_a_failure_in_the_moment_in_which_the_bake_ends_wins() -> None:
    driver = at(0.25)
    driver.now += 300
    assert driver.look().act is Act.SCALE
    driver.verdict = Verdict.FAILED
    assert dict(driver.look().shares) == HOME


@pytest.mark.scenario("R150")
def test_a_step_is_judged_again_right_before_its_weight() -> None:
    driver = at(0.25)
    while driver.step().act is not Act.SCALE:
        driver.now += TICK
        driver.aws.tick()
    driver.verdict = Verdict.FAILED
    for _ in range(3):
        driver.aws.tick()
    assert dict(driver.step().shares) == HOME


@pytest.mark.scenario("R109")
def test_the_same_version_begins_anew_after_an_abort() -> None:
    driver = at(0.25)
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    marks = started(ROLLOUT, driver.now, attempt=2)
    driver.aws.tags |= encode(marks)
    driver.aws.update("cm")
    assert (marks.step, marks.word, marks.why, marks.ended, marks.attempt) == (0, "", "", "", 2)
    ended = driver.run()
    assert ended.phase is Phase.COMPLETED
    assert read(driver.aws.tags).attempt == 2


@pytest.mark.scenario("R120")
def test_a_stable_variant_that_was_scaled_in_gets_its_instances_before_its_traffic() -> None:
    driver = at(1.0)
    driver.aws.fleets["primary"].count = driver.aws.fleets["primary"].wanted = 1
    driver.verdict = Verdict.FAILED
    before = len(driver.aws.calls)
    first = driver.step()
    assert (dict(first.counts), first.shares, first.then) == ({"primary": 4}, {}, Phase.ABORTING)
    assert driver.run().phase is Phase.ROLLED_BACK
    assert sent(driver, before) == [("scale", {"primary": 4}), ("weigh", HOME), ("update", "c1")]


@pytest.mark.scenario("R120")
def test_instances_that_cannot_be_had_leave_a_part_of_the_traffic_and_a_warning() -> None:
    driver = at(1.0)
    driver.aws.fleets["primary"].count = driver.aws.fleets["primary"].wanted = 1
    driver.verdict = Verdict.FAILED
    driver.aws.outcomes = ["rollback"]
    stopped = driver.run()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
    assert "lacks instances" in stopped.why
    assert abs(driver.aws.share - 0.75) < 1e-6
    driver.step("abort")  # once there are some
    assert driver.run().phase is Phase.ABORTED
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R124")
def test_an_abort_ends_a_wait_for_approval_and_nothing_revives_it() -> None:
    gated = replace(ROLLOUT, steps=(replace(STEPS[0], gate=True), *STEPS[1:]))
    driver = begun(rollout=gated)
    assert driver.run().act is Act.HOLD
    first = driver.step("abort")
    assert dict(first.shares) == HOME
    for word in ("promote", "full", "resume"):
        assert driver.look(word).phase is Phase.ABORTING
        driver.step(word)
    assert driver.run().phase is Phase.ABORTED


@pytest.mark.scenario("R125")
def test_the_last_phase_has_a_deadline_too_and_the_old_version_gets_all() -> None:
    driver = finishing()
    late = passing(driver, 7200)
    assert (late.act, late.then) == (Act.MARK, Phase.ABORTING)
    assert "finishing has taken 2 h" in late.why
    driver.step()
    driver.aws.outcome = "rollback"
    ended = driver.run()
    assert ended.phase is Phase.ROLLED_BACK
    assert "finishing" in ended.why
    assert driver.aws.config == "c1"


@pytest.mark.scenario("R152")
def test_a_way_back_that_is_interrupted_is_gone_on_by_whoever_comes_next() -> None:
    driver = at(0.25)
    driver.kill_at = frozenset({driver.effects + 1})  # after the marks, before the call
    driver.step("abort")
    assert abs(driver.aws.share - 0.25) < 1e-6
    assert driver.look().phase is Phase.ABORTING
    fresh = Driver(driver.aws, now=driver.now)
    assert fresh.run().phase is Phase.ABORTED
    assert driver.aws.share == 0


@pytest.mark.scenario("R153")
def test_a_way_back_that_fails_too_ends_with_both_reasons() -> None:
    driver = at(0.25)
    driver.verdict = Verdict.FAILED
    driver.aws.outcomes = ["ok", "rollback"]
    stopped = driver.run()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
    assert "the analysis has failed" in stopped.why
    assert "no capacity" in stopped.why
    assert driver.aws.share == 0  # the weights are back all the same
    for _ in range(5):
        driver.now += TICK
        assert driver.step().act is Act.STOP


@pytest.mark.scenario("R156")
def test_after_an_abort_nothing_of_the_new_version_is_left() -> None:
    driver = at(0.5)
    driver.step("abort")
    driver.run()
    assert [*driver.aws.fleets] == ["primary"]
    assert driver.aws.config == "c1"
    assert driver.aws.fleets["primary"].count == 4


@pytest.mark.scenario("R176")
@pytest.mark.parametrize("state", ["", "UNHEARD"])
def test_an_alarm_that_is_not_there_lets_nothing_on(state: str) -> None:
    driver = begun()
    driver.aws.alarms = {"scorer-5xx": state}
    held = driver.run()
    assert (held.act, driver.aws.share) == (Act.HOLD, 0)
    assert "scorer-5xx is not there" in held.why
    later = at(0.25)
    later.aws.alarms = {"scorer-5xx": state}
    assert later.run().act is Act.HOLD
    assert abs(later.aws.share - 0.25) < 1e-6


@pytest.mark.scenario("R176")
def test_an_alarm_without_data_is_waited_for_and_then_nobody_can_tell() -> None:
    driver = at(0.25)
    driver.aws.alarms = {"scorer-5xx": "INSUFFICIENT_DATA"}
    driver.now += 300
    assert driver.look().act is Act.WAIT
    assert driver.run().act is Act.HOLD
    assert abs(driver.aws.share - 0.25) < 1e-6


@pytest.mark.scenario("R178")
def test_a_candidate_that_callers_name_is_not_taken_from_them_at_once() -> None:
    driver = at(0.25)
    driver.step("abort")
    for _ in range(3):
        driver.aws.tick()
    live = driver.aws.live()
    waits = next_action(ROLLOUT, live, Signals(pinned=12.0), driver.now)
    assert waits.act is Act.WAIT
    assert "12 requests" in waits.why
    assert "TargetVariant" in waits.why
    unknown = next_action(ROLLOUT, live, Signals(uncounted="AccessDenied"), driver.now)
    assert (unknown.act, "AccessDenied" in unknown.why) == (Act.WAIT, True)
    assert next_action(ROLLOUT, live, Signals(pinned=0.0), driver.now).act is Act.SETTLE
    late = next_action(ROLLOUT, live, Signals(pinned=12.0), driver.now + 7200)
    assert late.act is Act.SETTLE


@pytest.mark.scenario("R187")
def test_a_fresh_machine_goes_on_at_the_same_step_and_never_straight_to_the_end() -> None:
    driver = at(0.25)
    fresh = Driver(driver.aws, now=driver.now)
    assert fresh.look().phase is Phase.BAKING
    assert fresh.look().step == 2
    assert fresh.run().phase is Phase.COMPLETED
    lost = at(0.25)
    lost.aws.tags = {}
    stopped = lost.look()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.AMBIGUOUS)


@pytest.mark.scenario("R190")
def test_an_update_of_somebody_else_is_named_and_not_touched() -> None:
    driver = at(0.25)
    live = replace(driver.aws.live(), status="Updating", pending="theirs")
    for word in ("", "abort", "full"):
        action = next_action(ROLLOUT, live, Signals(word=word), driver.now)
        assert (action.act, action.phase, action.marks) == (Act.STOP, Phase.AMBIGUOUS, {})
        assert "'theirs'" in action.why


@pytest.mark.scenario("R190")
def test_a_second_driver_decides_the_same_and_waits_while_aws_is_at_work() -> None:
    driver = at(0.25)
    driver.now += 300
    driver.step()
    assert driver.aws.status == "Updating"
    second = Driver(driver.aws, now=driver.now)
    for _ in range(2):
        action = second.step()
        assert action.act in {Act.MARK, Act.WAIT}
        assert not action.counts


@pytest.mark.parametrize("share", [0.03, 0.3, 0.6])
def test_weights_that_were_changed_by_hand_stop_it_and_only_an_abort_goes_on(share: float) -> None:
    driver = at(0.25)
    for name, weight in (("primary", 1 - share), ("candidate", share)):
        driver.aws.fleets[name].weight = driver.aws.fleets[name].asked = weight * 100
    driver.now += 3600
    for word in ("", "promote", "full", "resume", "pause"):
        action = driver.look(word)
        assert (action.act, action.phase) == (Act.STOP, Phase.AMBIGUOUS)
        assert f"{share:g}" in action.why
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED


def test_weights_that_float32_has_rounded_are_the_same_ones() -> None:
    driver = at(0.05)
    for fleet in driver.aws.fleets.values():
        fleet.weight *= 1.0000001
    assert phase_of(driver.aws.live()) is Phase.BAKING


def test_a_pause_keeps_the_weights_and_the_analysis_goes_on() -> None:
    driver = at(0.25)
    driver.step("pause")
    driver.now += 3600
    assert driver.step().act is Act.HOLD
    driver.verdict = Verdict.FAILED
    assert dict(driver.look().shares) == HOME


def test_the_last_word_wins() -> None:
    driver = at(0.25)
    for word, phase in (("pause", Phase.PAUSED), ("promote", Phase.PROMOTING),
                        ("pause", Phase.PAUSED), ("resume", Phase.BAKING),
                        ("promote", Phase.PROMOTING), ("abort", Phase.ABORTING)):  # fmt: skip
        driver.step(word)
        assert driver.look().phase is phase


def test_a_promote_spares_one_verdict_and_no_more() -> None:
    driver = at(0.25)
    driver.verdict = Verdict.INCONCLUSIVE
    driver.run()
    driver.step("promote")
    held = driver.run()
    assert (held.act, held.step) == (Act.HOLD, 3)
    assert abs(driver.aws.share - 0.5) < 1e-6


def test_a_freeze_holds_what_goes_up_and_never_what_goes_back() -> None:
    driver = at(0.25)
    driver.now += 300
    driver.frozen = "the holidays"
    assert driver.look().act is Act.WAIT
    assert "the holidays" in driver.look().why
    assert driver.look("promote").act is Act.MARK
    driver.verdict = Verdict.FAILED
    assert dict(driver.look().shares) == HOME
    assert dict(driver.look("abort").shares) == HOME


def test_a_freeze_of_a_week_fails_nothing() -> None:
    driver = at(0.25)
    driver.frozen = "the holidays"
    driver.now += 7 * 86400
    assert driver.step().act is Act.WAIT
    driver.frozen = ""
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.parametrize(("word", "then"), [("abort", Phase.ABORTING), ("continue", Phase.SCALING)])
def test_what_inconclusive_does_may_be_said(word: str, then: Phase) -> None:
    driver = at(0.25, rollout=replace(ROLLOUT, on_inconclusive=word))
    driver.verdict = Verdict.INCONCLUSIVE
    driver.now += 300
    assert driver.look().then is then


def test_without_a_rollback_a_failure_is_held_at_its_weights() -> None:
    driver = at(0.25, rollout=replace(ROLLOUT, on_failure="none"))
    driver.verdict = Verdict.FAILED
    held = driver.run()
    assert (held.act, held.phase) == (Act.HOLD, Phase.PAUSED)
    assert abs(driver.aws.share - 0.25) < 1e-6
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED


def test_a_system_update_is_waited_for_in_every_phase() -> None:
    for driver in (begun(), at(0.25), at(1.0)):
        live = replace(driver.aws.live(), status="SystemUpdating", pending="")
        action = next_action(ROLLOUT, live, Signals(), driver.now)
        assert action.act is Act.WAIT
        assert action.phase is phase_of(driver.aws.live())


def test_the_words_of_what_failed_say_the_figure() -> None:
    driver = at(0.25)
    findings = (Finding(name="p99", verdict=Verdict.FAILED, said="p99 is 912 ms, limit 300 ms"),
                Finding(name="5xx", verdict=Verdict.PASSED, said="no errors"))  # fmt: skip
    signals = Signals(verdict=Verdict.FAILED, findings=findings)
    action = next_action(ROLLOUT, driver.aws.live(), signals, driver.now)
    assert "p99 is 912 ms, limit 300 ms" in action.why
    assert "no errors" not in action.why
    assert "912 ms" in read(action.marks).why


def test_instances_that_the_candidate_loses_come_again_and_the_bake_begins_anew() -> None:
    driver = at(0.5)
    driver.aws.fleets["candidate"].count = driver.aws.fleets["candidate"].wanted = 1
    again = driver.step()
    assert (again.act, dict(again.counts), again.step) == (Act.SCALE, {"candidate": 2}, 3)
    assert driver.run().phase is Phase.COMPLETED


def test_a_rollout_of_no_spec_is_driven_by_its_marks() -> None:
    driver = at(0.25)
    assert from_marks(read(driver.aws.tags), driver.aws.live()) == ROLLOUT
