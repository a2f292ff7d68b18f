"""The fleet of the version before has grown: the new one gets instances for that traffic."""

from __future__ import annotations

import pytest

from reconciler.rollout.marks import read
from reconciler.rollout.values import Act, Phase

from .endpoint import Driver, begun
from .test_scenarios import at


def grown(driver: Driver, count: int) -> None:
    """As an autoscaler or a person does it."""
    fleet = driver.aws.fleets["primary"]
    fleet.count = fleet.wanted = count


def counts(driver: Driver) -> list[object]:
    """The instances that the candidate was asked to have."""
    asked = [value for name, value in driver.aws.calls if name == "scale"]
    return [each["candidate"] for each in asked if isinstance(each, dict) and "candidate" in each]


def test_a_fleet_that_was_scaled_out_before_is_matched_at_each_step() -> None:
    driver = begun()
    while driver.aws.config != "cm":
        driver.aws.tick()
    grown(driver, 9)
    assert driver.run().phase is Phase.COMPLETED
    assert counts(driver) == [3, 5, 9]
    assert read(driver.aws.tags).stable_count == 9


@pytest.mark.parametrize(("now", "wanted"), [(9, [5, 9]), (4, [2, 4]), (2, [2, 4])])
def test_one_that_grows_meanwhile_is_matched_from_the_next_step_on(
    now: int, wanted: list[int]
) -> None:
    driver = at(0.25)
    grown(driver, now)
    before = len(counts(driver))
    assert driver.look().act is Act.WAIT  # the bake of the step that is live goes on
    assert driver.run().phase is Phase.COMPLETED
    assert counts(driver)[before:] == wanted
    assert read(driver.aws.tags).stable_count == 4  # what it is given back when it goes home
