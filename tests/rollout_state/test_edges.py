"""What is met seldom: lagging answers, unknown weights, a start that never was, clocks that err."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.rollout.marks import encode, read
from reconciler.rollout.state import next_action, started
from reconciler.rollout.values import Act, Doing, Live, Phase, RolloutAction, Signals, Verdict

from .endpoint import BEGIN, ROLLOUT, Driver, begun
from .test_scenarios import HOME, at, finishing

GOOD = Signals(verdict=Verdict.PASSED)


def announced(driver: Driver, doing: Doing, **more: object) -> Live:
    """What is live, with marks that announce this since now."""
    live = driver.aws.live()
    marks = replace(live.marks, doing=doing, since=driver.now, tries=1, seen=False, **more)
    return replace(live, marks=marks)


def later(live: Live, seconds: float, driver: Driver) -> RolloutAction:
    return next_action(ROLLOUT, live, GOOD, driver.now + seconds)


@pytest.mark.parametrize(
    ("doing", "step"),
    [(Doing.SCALE, 3), (Doing.MOVE, 3), (Doing.ABORT, 2), (Doing.SETTLE, 2), (Doing.RESTORE, 2)],
)
def test_what_was_sent_just_now_is_waited_for_before_it_is_sent_again(
    doing: Doing, step: int
) -> None:
    driver = at(0.25)
    if doing is Doing.RESTORE:
        driver.aws.fleets["primary"].count = 2
    if doing is Doing.MOVE:
        driver.aws.fleets["candidate"].count = driver.aws.fleets["candidate"].wanted = 2
    live = announced(driver, doing, step=step)
    assert later(live, 5, driver).act is Act.WAIT
    assert "just now" in later(live, 5, driver).why
    assert later(live, 60, driver).act is not Act.WAIT


def test_weights_that_aws_does_not_say_are_waited_for_and_then_gone_round() -> None:
    driver = at(0.25)
    live = announced(driver, Doing.ABORT, why="it failed")
    live = replace(live, variants=tuple(replace(each, weight=None) for each in live.variants))
    waits = later(live, 60, driver)
    assert (waits.act, "all weights" in waits.why) == (Act.WAIT, True)
    assert later(live, 7200, driver).config == "c1"


def test_the_target_is_left_for_the_base_at_once() -> None:
    driver = finishing("ok")
    driver.step("abort")
    for _ in range(3):
        driver.aws.tick()
    assert driver.aws.config == "c2"
    back = driver.step()
    assert (back.act, back.config) == (Act.SETTLE, "c1")


def test_weights_that_cannot_go_back_do_not_keep_the_endpoint_from_it() -> None:
    driver = at(0.25)
    driver.aws.outcomes = ["rollback"]
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    assert driver.aws.calls[-2:] == [("weigh", HOME), ("update", "c1")]
    assert driver.aws.calls.count(("weigh", HOME)) == 1


@pytest.mark.parametrize(("count", "carried"), [(1, 0.25), (0, 0.0)])
def test_where_instances_cannot_be_had_a_person_is_told_and_nothing_is_sent_on_and_on(
    count: int, carried: float
) -> None:
    driver = at(1.0)
    driver.aws.fleets["primary"].count = driver.aws.fleets["primary"].wanted = count
    driver.aws.outcomes = ["rollback", "ok"]
    driver.step("abort")
    stopped = driver.run()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
    assert "lacks instances" in stopped.why
    assert driver.aws.share == pytest.approx(1 - carried)
    calls = len(driver.aws.calls)
    for _ in range(5):
        driver.now += 3600
        assert driver.step().act is Act.STOP
    assert len(driver.aws.calls) == calls


def test_a_part_of_the_traffic_that_aws_takes_back_is_not_sent_again() -> None:
    driver = at(1.0)
    driver.aws.fleets["primary"].count = driver.aws.fleets["primary"].wanted = 1
    driver.aws.outcomes = ["rollback", "rollback"]
    driver.step("abort")
    stopped = driver.run()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.FAILED)
    part = ("weigh", {"primary": 0.25, "candidate": 0.75})
    assert driver.aws.calls.count(part) == 1


def test_a_failure_that_nobody_looks_at_is_not_kept_for_ever() -> None:
    driver = finishing("rollback")
    assert driver.run().act is Act.STOP
    driver.now += ROLLOUT.hold + 1
    back = driver.step()
    assert back.then is Phase.ABORTING
    assert driver.run().phase is Phase.ROLLED_BACK


def test_a_start_over_another_rollout_that_was_never_sent_goes_back() -> None:
    driver = at(0.25)
    other = replace(ROLLOUT, target="c3", middle="cm3")
    driver.aws.rollout = other
    driver.aws.tags |= encode(started(other, driver.now, over="cm"))
    assert driver.step().act is Act.WAIT
    assert abs(driver.aws.share - 0.25) < 1e-6
    driver.now += 7200
    back = driver.step()
    assert dict(back.shares) == HOME
    assert "nothing was started" in back.why
    assert driver.run().phase is Phase.ROLLED_BACK


def test_a_start_that_was_never_sent_ends_and_leaves_everything_as_it_is() -> None:
    driver = begun()
    driver.aws.status, driver.aws.pending = "InService", ""
    assert driver.step().act is Act.WAIT
    driver.now += 7200
    driver.step()
    ended = driver.look()
    assert (ended.act, ended.phase) == (Act.NOTHING, Phase.FAILED)
    assert "nothing was started" in ended.why


def test_what_is_sent_and_never_comes_has_an_end() -> None:
    driver = at(0.5)
    live = announced(driver, Doing.SCALE, step=4)
    live = replace(live, variants=tuple(replace(each, asked_count=4) for each in live.variants))
    late = later(live, 7200, driver)
    assert late.then is Phase.ABORTING
    assert "scaling has taken 2 h, and may take 30 m" in late.why


def test_marks_of_tomorrow_move_nothing_but_a_failure_goes_back() -> None:
    driver = at(0.25)
    for seconds, act in ((-200, Act.WAIT), (-4000, Act.STOP)):
        assert later(driver.aws.live(), seconds, driver).act is act
    for signals in (Signals(verdict=Verdict.FAILED), Signals(word="abort")):
        action = next_action(ROLLOUT, driver.aws.live(), signals, driver.now - 4000)
        assert dict(action.shares) == HOME


def test_a_pause_while_instances_come_keeps_the_weights() -> None:
    driver = at(0.25)
    while driver.step().act is not Act.SCALE:
        driver.now += 60
        driver.aws.tick()
    driver.step("pause")
    for _ in range(5):
        driver.now += 60
        driver.aws.tick()
        action = driver.step()
    assert action.act is Act.HOLD
    assert abs(driver.aws.share - 0.25) < 1e-6
    driver.step("resume")
    assert driver.run().phase is Phase.COMPLETED


def test_a_promote_to_the_end_that_aws_takes_back_may_be_said_again() -> None:
    driver = at(0.25)
    driver.aws.outcomes = ["rollback"]
    driver.step("full")
    assert driver.run().phase is Phase.FAILED
    driver.step("full")
    assert driver.run().phase is Phase.COMPLETED
    assert driver.aws.calls.count(("update", "c2")) == 2


def test_an_end_says_when_it_was() -> None:
    driver = begun()
    driver.run()
    marks = read(driver.aws.tags)
    assert marks.since == driver.now - 60 > BEGIN
