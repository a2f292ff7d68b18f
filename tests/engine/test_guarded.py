"""The same expectations guard what SageMaker moves by itself: an alarm brings the old one back."""

from __future__ import annotations

import pytest

from reconciler.model.event import StepFailed
from reconciler.sandbox.inprocess import Sandbox

from .canary import NAME, World, text
from .platform import Platform

TWO_STEPS = "{blueGreen: {twoStep: {size: 50%, bake: 10m}}}"
FIRST, SECOND = text(1, TWO_STEPS), text(2, TWO_STEPS)


@pytest.fixture
def world(platform: Platform, aws: Sandbox) -> World:
    platform.converge(FIRST)
    aws.traffic(NAME, 10)
    return World(platform, aws)


def model_of(world: World, wanted: str) -> str:
    """The name that the plan gives the model."""
    found = (step.address for step in world.plan(wanted).steps)
    models = {each.name for each in found if each.type == "AWS::SageMaker::Model"}
    (name,) = models - world.models
    return name


def test_errors_of_the_new_version_bring_the_old_one_back(world: World) -> None:
    before = world.config
    world.aws.behave(model_of(world, SECOND), errors=0.2)
    run = world.apply(SECOND)
    (failed,) = [each for each in run.events if isinstance(each, StepFailed)]
    assert failed.code == "APPLY007"
    assert "rollback-invocation-5xx-errors-average" in str(failed)
    assert world.config == before


@pytest.mark.scenario("R23")
def test_errors_of_the_old_version_do_not_keep_its_cure_away(world: World) -> None:
    first = next(iter(world.models))
    world.aws.behave(first, errors=0.9)
    world.aws.clock.advance(1200)
    before = world.config
    assert world.apply(SECOND).outcome.ok
    assert world.config != before
