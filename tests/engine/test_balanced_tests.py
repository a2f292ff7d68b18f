"""A test of variants behind a load balancer: its rule goes where the endpoint goes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.rollout.values import Act
from reconciler.sandbox.inprocess import Sandbox

from .platform import Platform, join, paths, steps
from .test_abtests import ALONE, NAME, World, action, body, trial
from .test_exposed import ARTIFACTS, platform_of, split_of

IN_FRONT = """
  expose:
    balancer:
      network:
        vpc: vpc-0a1b2c3d
        subnets: [subnet-0a1b2c3d, subnet-0b1b2c3d]
        clients: [10.0.0.0/8]
"""


def behind(text: str) -> str:
    return join(ARTIFACTS, text.rstrip("\n") + IN_FRONT)


TRIED, ENDED = behind(trial()), behind(body(ALONE)).replace("fraud:1", "fraud:2")


def live(platform: Platform) -> dict[str, float]:
    """What each group gets, by the end of its name."""
    elb, split = split_of(platform, "primary")
    (rule,) = elb.describe_rules(RuleArns=[split.at])["Rules"]
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    return {it["TargetGroupArn"].rpartition("scorer-")[2]: it["Weight"] for it in groups}


@pytest.fixture
def world(aws: Sandbox) -> World:
    platform = platform_of(aws, behind(body(ALONE)))
    platform.converge()
    world = World(platform, aws)
    aws.traffic(NAME, 20)
    assert world.apply(TRIED).outcome.ok
    return world


def test_the_rule_is_opened_with_the_test_and_goes_to_the_winner(world: World) -> None:
    shares: list[Any] = [live(world.platform)]
    assert action(world.drive())[0] is Act.WEIGH
    shares.append(live(world.platform))
    assert [each.call.method for each in world.told][-1] == "modify_rule"
    world.after(600)
    world.drive()
    assert steps(world.plan(TRIED)) == world.drift(TRIED) == []
    world.aws.behave(f"{NAME}/primary", errors=0.05)
    world.after(2 * 3600)
    world.drive()
    world.drive("promote")
    shares.append(live(world.platform))
    assert shares == [
        {"primary": 100, "b": 0},
        {"primary": 50, "b": 50},
        {"primary": 0, "b": 100},
    ]
    world.after(600)
    assert steps(world.plan(TRIED)) == world.drift(TRIED) == []
    assert world.apply(ENDED).outcome.ok  # the winner is the model, and the test is over
    assert live(world.platform) == {"primary": 100, "candidate": 0}
    assert steps(world.platform.plan()) == []


def test_an_abort_without_a_spec_takes_the_rule_back_as_well(world: World) -> None:
    world.drive()
    world.after(600)
    world.drive()
    world.drive("abort", spec=False)
    assert live(world.platform) == {"primary": 100, "b": 0}


def test_weights_of_another_test_are_its_own(world: World) -> None:
    world.drive()
    world.after(600)
    other = TRIED.replace(" b: {weight", " c: {weight")
    world.plan(other)
    assert "Actions" in paths(world.platform.plan())[NAME]
    assert world.apply(other).outcome.ok
    assert live(world.platform) == {"primary": 100, "c": 0}
