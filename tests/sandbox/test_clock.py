"""The virtual clock, with a wall clock that the test moves."""

from __future__ import annotations

import pytest

from reconciler.sandbox.state.clock import Clock, moment
from reconciler.sandbox.state.outcomes import Outcomes
from reconciler.sandbox.state.rules import Rule, Rules


class Wall:
    """A wall clock that stands still until told."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_auto_time_is_real_time_times_the_speed(wall: Wall) -> None:
    clock = Clock(wall)
    clock.configure(speed=10)
    wall.now += 3
    assert clock.now() == 1_030.0


def test_looking_at_something_busy_adds_a_step_in_auto_mode_only(wall: Wall) -> None:
    clock = Clock(wall)
    clock.configure(poll_step=7)
    clock.polled()
    clock.configure(mode="manual")
    clock.polled()
    assert clock.now() == 1_007.0


def test_manual_time_stands_still_until_advanced(wall: Wall) -> None:
    clock = Clock(wall)
    clock.configure(mode="manual")
    wall.now += 500
    clock.advance(2.5)
    assert clock.now() == 1_002.5


def test_a_change_of_speed_keeps_the_time(wall: Wall) -> None:
    clock = Clock(wall)
    wall.now += 5
    clock.configure(speed=100)
    assert clock.now() == 1_005.0


def test_time_never_goes_back(wall: Wall) -> None:
    clock = Clock(wall)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


def test_an_unknown_mode_is_refused(wall: Wall) -> None:
    with pytest.raises(ValueError, match="use 'auto' or 'manual'"):
        Clock(wall).configure(mode="warp")  # type: ignore[arg-type]  # the point of the test


def test_a_restored_clock_goes_on_where_it_was_or_later(wall: Wall) -> None:
    clock = Clock(wall)
    clock.advance(10_000)
    state = clock.state()
    wall.now += 60
    later = Clock(wall)
    later.restore(state)
    assert later.now() == 11_000.0
    assert later.state() | {"now": 0} == state | {"now": 0}


def test_reset_goes_back_to_the_wall(wall: Wall) -> None:
    clock = Clock(wall)
    clock.configure(mode="manual", speed=9, poll_step=9)
    clock.advance(50)
    clock.reset()
    assert clock.state() == {"mode": "auto", "now": 1_000.0, "speed": 1.0, "poll_step": 15.0}


def test_moments_have_milliseconds_and_a_zone() -> None:
    assert moment(1.23456).isoformat() == "1970-01-01T00:00:01.235000+00:00"


def test_outcomes_are_used_up_in_order_and_survive_a_snapshot() -> None:
    outcomes = Outcomes()
    outcomes.script("a", "failed", "x")
    outcomes.script("a", "rollback")
    again = Outcomes()
    again.restore(outcomes.state())
    assert [again.take("a").mode for _ in range(3)] == ["failed", "rollback", "ok"]


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of ok, rollback"):
        Outcomes().script("a", "explode")


def test_a_rule_strikes_as_often_as_told_and_matches_patterns() -> None:
    rules = Rules()
    rules.add(Rule("sage*", "Create*", "Throttling", times=2))
    calls = [("s3", "CreateBucket"), *[("sagemaker", "CreateModel")] * 3]
    assert [rules.take(*call) is not None for call in calls] == [False, True, True, False]


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 400), ("InternalFailure", 500), ("SlowDown", 503), ("Odd", 400)],
)
def test_a_code_has_its_usual_status(code: str, status: int) -> None:
    assert Rule("s3", "*", code).status == status
