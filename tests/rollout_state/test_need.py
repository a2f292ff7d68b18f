"""What serves at the end loses no instances, whoever has given it more than the steps say."""

from __future__ import annotations

import pytest

from reconciler.rollout.state import next_action
from reconciler.rollout.values import Act, Phase, RolloutAction, Signals, Verdict

from .endpoint import ROLLOUT, Driver
from .test_scenarios import HOME, at, sent

BAKED = 301


def raised(share: float, name: str = "candidate", count: int = 12) -> Driver:
    driver = at(share)
    driver.aws.fleets[name].count = driver.aws.fleets[name].wanted = count
    return driver


def over(driver: Driver, word: str = "") -> RolloutAction:
    driver.now += BAKED
    return driver.step(word)


def test_the_target_keeps_what_a_person_gave_to_the_candidate() -> None:
    driver = raised(1.0)
    before = len(driver.aws.calls)
    first = over(driver)
    assert (dict(first.counts), first.then) == ({"primary": 12}, Phase.SCALING)
    assert driver.run().phase is Phase.COMPLETED
    assert sent(driver, before) == [("scale", {"primary": 12}), ("update", "c2")]
    assert driver.aws.fleets["primary"].count == 12


def test_a_candidate_as_the_steps_say_needs_no_more_than_those() -> None:
    driver = at(1.0)
    before = len(driver.aws.calls)
    finish = over(driver)
    assert (finish.act, finish.retains) == (Act.FINISH, False)
    assert sent(driver, before) == [("update", "c2")]


@pytest.mark.parametrize("kill", [0, 1, 2, 3])
def test_a_driver_that_is_killed_there_is_taken_over(kill: int) -> None:
    driver = raised(1.0)
    driver.kill_at = frozenset({driver.effects + kill})
    driver.now += BAKED
    assert driver.run().phase is Phase.COMPLETED
    assert driver.aws.fleets["primary"].count == 12


@pytest.mark.parametrize("outcome", ["rollback", "silent"])
def test_instances_that_cannot_be_had_are_told_and_a_person_may_go_on_with_fewer(
    outcome: str,
) -> None:
    driver = raised(1.0)
    driver.aws.outcomes = [outcome]
    driver.now += BAKED
    held = driver.run()
    assert (held.act, held.phase, driver.aws.config) == (Act.HOLD, Phase.PAUSED, "cm")
    assert "instances of 'primary'" in held.why
    said = driver.step("full")
    assert "12 instances serve now" in said.why
    assert driver.run().phase is Phase.COMPLETED
    assert driver.aws.calls[-1] == ("update", "c2")


def test_a_person_who_promotes_to_the_end_waits_for_none_and_loses_none_of_the_old() -> None:
    driver = raised(0.05, "primary", 9)
    driver.step("full")
    finish = driver.step()
    assert (finish.act, finish.retains) == (Act.FINISH, True)
    assert driver.run().phase is Phase.COMPLETED
    assert driver.aws.fleets["primary"].count == 9


def test_who_fails_meanwhile_still_goes_back() -> None:
    driver = raised(1.0)
    over(driver)
    driver.verdict = Verdict.FAILED
    assert driver.run().phase is Phase.ROLLED_BACK


def test_a_way_back_is_not_late_for_it_and_says_so() -> None:
    driver = raised(1.0)
    back = driver.step("abort")
    assert dict(back.shares) == HOME
    assert "with 4 instances, where 12 serve now" in back.why


def test_in_a_freeze_window_it_is_not_begun() -> None:
    driver = raised(1.0)
    frozen = Signals(verdict=Verdict.PASSED, frozen="the holidays")
    action = next_action(ROLLOUT, driver.aws.live(), frozen, driver.now + BAKED)
    assert (action.act, "holidays" in action.why) == (Act.WAIT, True)


def test_a_step_takes_no_instances_that_are_on_their_way() -> None:
    driver = at(0.25)
    fleet = driver.aws.fleets["candidate"]
    fleet.count, fleet.wanted = 1, 6
    assert dict(over(driver).counts) == {"candidate": 6}
