"""A rollout against a small endpoint that goes wrong everywhere: what must always hold, holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase as Stage, given, settings, strategies as st
from sweeps import LONG, only_long, sample

from reconciler.rollout.marks import encode, read
from reconciler.rollout.phase import phase_of
from reconciler.rollout.state import next_action
from reconciler.rollout.values import Act, Phase, Verdict

from .endpoint import STEPS, TICK, Driver, begun

ENDS = {Phase.COMPLETED, Phase.ABORTED, Phase.ROLLED_BACK}
EVENTS = ("tick", "tick", "tick", "kill", "pause", "resume", "promote", "full", "abort", "bad",
          "good", "unsure", "freeze", "thaw", "scale in", "raise", "rollback", "silent", "lost",
          "found", "another", "left", "unknown", "unapplied", "the same")  # fmt: skip


def healthy() -> Driver:
    driver = begun()
    assert driver.run().phase is Phase.COMPLETED
    return driver


EFFECTS = healthy().effects
LOOKS = len(healthy().actions)
CALLS = len(healthy().aws.calls)


def failing(share: float) -> Driver:
    """A driver whose candidate fails as soon as it has this share."""
    driver = begun()
    for _ in range(100):
        driver.step()
        if driver.aws.share >= share - 1e-4:
            driver.verdict = Verdict.FAILED
            return driver
        driver.now += TICK
        driver.aws.tick()
    raise AssertionError(share)


def safe(driver: Driver) -> bool:
    """Whether everything is as it was before."""
    aws = driver.aws
    return (aws.status, aws.config, aws.share, [*aws.fleets]) == ("InService", "c1", 0, ["primary"])


@pytest.mark.parametrize("point", range(EFFECTS))
def test_a_driver_that_is_killed_anywhere_is_taken_over_by_the_next_one(point: int) -> None:
    driver = begun()
    driver.kill_at = frozenset({point})
    assert driver.run().phase is Phase.COMPLETED
    assert (driver.aws.config, driver.effects) >= ("c2", EFFECTS)
    assert driver.aws.calls[0] == ("update", "cm")
    assert [*dict.fromkeys(map(str, driver.aws.calls))] == [*map(str, healthy().aws.calls)]


@pytest.mark.parametrize("share", [each.share for each in STEPS])
@pytest.mark.parametrize("point", range(6))
def test_a_way_back_that_is_killed_anywhere_is_gone_to_its_end(share: float, point: int) -> None:
    driver = failing(share)
    driver.kill_at = frozenset({driver.effects + point})
    assert driver.run().phase is Phase.ROLLED_BACK
    assert safe(driver)


@only_long
@pytest.mark.parametrize("first", range(EFFECTS))
def test_two_that_are_killed_are_taken_over_as_well(first: int) -> None:
    for second in range(first + 1, EFFECTS + 3):
        driver = begun()
        driver.kill_at = frozenset({first, second})
        assert driver.run(300).phase is Phase.COMPLETED


@pytest.mark.parametrize(("before", "tries"), [("cm", 5), ("c2", 3)])
def test_what_is_never_taken_is_not_sent_for_ever(before: str, tries: int) -> None:
    driver = begun()
    for _ in range(100):
        action = driver.look()
        if action.act in {Act.HOLD, Act.STOP}:
            break
        sends = action.config == before if before == "c2" else bool(action.shares)
        if sends:  # killed between the marks and the call, or the call is refused
            driver.kill_at = frozenset({driver.effects + 1})
            tries -= 1
        driver.step()
        driver.now += TICK
        driver.aws.tick()
    assert tries == 0
    assert action.phase is (Phase.FAILED if before == "c2" else Phase.PAUSED)
    driver.kill_at = frozenset()
    driver.step("resume")
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.parametrize("looks", sample(range(LOOKS - 1), 1))
@pytest.mark.parametrize("killed", [False, True])
def test_an_abort_from_everywhere_ends_where_it_began(looks: int, killed: bool) -> None:
    driver = begun()
    for _ in range(looks):
        driver.step()
        driver.now += TICK
        driver.aws.tick()
    if driver.look().phase in ENDS:
        return
    calls = len(driver.aws.calls)
    if killed:  # right after the first effect of the abort
        driver.kill_at = frozenset({driver.effects + 1})
    driver.step("abort")
    driver.verdict = Verdict.PASSED
    assert driver.run().phase is Phase.ABORTED
    assert safe(driver)
    assert {str(what) for _, what in driver.aws.calls[calls:]} <= {
        "{'primary': 1.0, 'candidate': 0.0}", "c1"}  # fmt: skip


@pytest.mark.parametrize("outcome", ["rollback", "silent", "lost"])
@pytest.mark.parametrize("forgets", [True, False])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_what_aws_takes_back_is_held_and_goes_on_when_a_person_says_so(
    outcome: str, forgets: bool, call: int
) -> None:
    driver = begun(forgets=forgets, outcomes=[*["ok"] * call, outcome])
    held = driver.run()
    assert held.act in {Act.HOLD, Act.STOP}
    assert held.phase in {Phase.PAUSED, Phase.FAILED}
    sent = len(driver.aws.calls)
    assert sent == call + 1  # nothing was sent again by itself
    driver.step("resume")
    assert driver.run().phase is Phase.COMPLETED


@pytest.mark.parametrize("call", range(1, CALLS))
@pytest.mark.parametrize("outcome", ["rollback", "silent"])
def test_what_aws_takes_back_is_left_by_an_abort(outcome: str, call: int) -> None:
    driver = begun(outcomes=[*["ok"] * call, outcome])
    driver.run()
    driver.step("abort")
    assert driver.run().phase is Phase.ABORTED
    assert safe(driver)


@pytest.mark.parametrize("outcome", ["rollback", "silent"])
def test_a_start_that_aws_takes_back_ends_the_rollout(outcome: str) -> None:
    driver = begun(outcomes=[outcome])
    assert driver.run().phase is Phase.ROLLED_BACK
    assert safe(driver)
    assert len(driver.aws.calls) == 1


@pytest.mark.parametrize("call", range(1, CALLS))
def test_an_update_without_end_is_left_as_soon_as_it_ends(call: int) -> None:
    driver = begun(outcomes=[*["ok"] * call, "stuck"])
    stopped = driver.run()
    assert (stopped.act, stopped.phase) == (Act.STOP, Phase.ABORTING)
    assert driver.aws.status == "Updating"
    driver.aws.outcome = "ok"
    driver.aws.tick()
    assert driver.run().phase is Phase.ROLLED_BACK
    assert safe(driver)


@pytest.mark.parametrize("looks", sample(range(LOOKS), 3))
def test_what_is_said_is_the_phase_that_anyone_reads(looks: int) -> None:
    driver = begun()
    for _ in range(looks):
        driver.step()
        driver.now += TICK
        driver.aws.tick()
    live = driver.aws.live()
    action = driver.look()
    assert action.phase is phase_of(live)
    assert live.marks is not None
    assert read(encode(live.marks)) == live.marks
    if action.marks:
        driver.aws.tags |= action.marks
        assert phase_of(driver.aws.live()) is action.then


def acted(driver: Driver, event: str) -> None:
    """One thing that happens, and what the driver makes of it."""
    tell: dict[str, Callable[[], object]] = {
        "bad": lambda: setattr(driver, "verdict", Verdict.FAILED),
        "good": lambda: setattr(driver, "verdict", Verdict.PASSED),
        "unsure": lambda: setattr(driver, "verdict", Verdict.INCONCLUSIVE),
        "freeze": lambda: setattr(driver, "frozen", "the holidays"),
        "thaw": lambda: setattr(driver, "frozen", ""),
        "lost": lambda: setattr(driver, "lacks", "the configuration 'c1'"),
        "found": lambda: setattr(driver, "lacks", ""),
        "rollback": lambda: driver.aws.outcomes.append("rollback"),
        "silent": lambda: driver.aws.outcomes.append("silent"),
        "kill": lambda: setattr(driver, "kill_at", driver.kill_at | {driver.effects}),
        "scale in": lambda: shrunk(driver),
        "raise": lambda: raised(driver),
        "another": lambda: setattr(driver, "asked", {"target": "c3"}),
        "left": lambda: setattr(driver, "asked", {"left": "its spec is gone"}),
        "unknown": lambda: setattr(driver, "asked", {"unsure": "S3 does not say"}),
        "unapplied": lambda: setattr(driver, "asked", {"unapplied": "another analysis"}),
        "the same": lambda: setattr(driver, "asked", {}),
    }
    if event in tell:
        tell[event]()
    word = event if event in {"pause", "resume", "promote", "full", "abort"} else ""
    action = driver.step(word)
    assert action.why != "nobody has foreseen what is live: please report it"
    driver.now += TICK
    driver.aws.tick()


def shrunk(driver: Driver) -> None:
    """An autoscaler takes an instance of the stable variant away."""
    fleet = driver.aws.fleets["primary"]
    if driver.aws.status == "InService" and driver.aws.config == "cm":
        fleet.count = fleet.wanted = max(1, fleet.count - 1)


def raised(driver: Driver) -> None:
    """A person gives the candidate more instances than any step has."""
    fleet = driver.aws.fleets.get("candidate")
    if fleet is not None and driver.aws.status == "InService":
        fleet.count = fleet.wanted = fleet.wanted + 3


@settings(max_examples=4000 if LONG else 150, deadline=None, derandomize=True, database=None,
          phases=(Stage.explicit, Stage.generate, Stage.shrink),
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_whatever_happens_an_abort_brings_all_back_and_nothing_goes_on_for_ever(
    events: list[str],
) -> None:
    driver = begun()
    for event in events:
        acted(driver, event)
    driver.aws.outcomes, driver.kill_at = [], frozenset()
    driver.frozen = driver.lacks = ""
    action = driver.run(400)
    if action.phase in ENDS:
        return
    for _ in range(3):  # a change that AWS takes back fails once more
        driver.step("abort")
        action = driver.run(400)
        if action.phase in ENDS:
            break
    assert action.phase in {Phase.ABORTED, Phase.ROLLED_BACK}
    assert safe(driver)


@pytest.mark.parametrize("gap", [3, 10, 60, 300])
@pytest.mark.parametrize("outcome", ["ok", "rollback", "silent"])
def test_how_seldom_anyone_looks_makes_nothing_good_that_is_not(gap: int, outcome: str) -> None:
    driver = begun(outcomes=["ok", "ok", "ok", outcome])
    for _ in range(60):
        action = driver.step()
        if action.act in {Act.NOTHING, Act.HOLD, Act.STOP}:
            break
        for _ in range(gap):
            driver.now += TICK
            driver.aws.tick()
    if outcome == "rollback":
        assert action.phase is Phase.PAUSED
    elif outcome == "silent" and gap * TICK > driver.aws.rollout.deadline:
        assert action.phase is Phase.ROLLED_BACK
    else:
        assert action.phase is Phase.COMPLETED


def test_looking_twice_says_the_same() -> None:
    driver = begun()
    for _ in range(LOOKS):
        assert driver.look() == driver.look()
        driver.step()
        driver.now += TICK
        driver.aws.tick()


def test_a_rollout_that_is_over_is_left_alone() -> None:
    driver = healthy()
    for word in ("", "abort", "promote", "full", "pause", "resume"):
        action = driver.look(word)
        assert (action.act, action.phase, action.marks) == (Act.NOTHING, Phase.COMPLETED, {})


def test_an_endpoint_without_marks_has_no_rollout() -> None:
    driver = begun()
    driver.aws.tags = {}
    driver.aws.config = "c0"
    for word in ("", "abort"):
        action = driver.look(word)
        assert (action.act, action.phase) == (Act.NOTHING, Phase.IDLE)
    driver.aws.config = "cm"
    live = driver.aws.live()
    action = next_action(driver.aws.rollout, live, driver_signals(), driver.now)
    assert (action.act, action.phase) == (Act.STOP, Phase.AMBIGUOUS)


def driver_signals():
    from reconciler.rollout.values import Signals

    return Signals()
