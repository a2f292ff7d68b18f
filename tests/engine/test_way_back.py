"""What a running rollout goes back to was deleted by hand: plans say so, and make it again."""

from __future__ import annotations

import pytest

from reconciler.aws.rollout.driving import About, carry_out, look
from reconciler.engine import drifted
from reconciler.sandbox.inprocess import Sandbox

from .canary import NAME, World, noted, text
from .platform import Platform, steps

CONFIG = "AWS::SageMaker::EndpointConfig"


@pytest.fixture
def running(platform: Platform, aws: Sandbox) -> World:
    platform.converge(text())
    world = World(platform, aws)
    assert world.apply(text(2)).outcome.ok
    world.step(1, 5)
    return world


@pytest.mark.scenario("R05")
@pytest.mark.parametrize("number", [2, 3], ids=["a newer model", "another one takes over"])
def test_a_configuration_that_was_deleted_is_made_again(number: int, running: World) -> None:
    base = running.marks.base
    before = running.sagemaker.describe_endpoint_config(EndpointConfigName=base)
    running.sagemaker.delete_endpoint_config(EndpointConfigName=base)
    plan = running.plan(text(number))
    if number != 2:
        assert "is gone" in noted(plan)["CANARY005"]
        plan = running.plan(text(2))
    assert "makes it again" in noted(plan)["CANARY008"]
    assert steps(plan) == [("create", base)]
    found, _ = drifted(plan, running.platform.session)
    assert [name for _, name in steps(found)] == [base]
    assert running.platform.apply(plan).outcome.ok
    again = running.sagemaker.describe_endpoint_config(EndpointConfigName=base)
    assert again["ProductionVariants"] == before["ProductionVariants"]
    assert steps(running.plan(text(2))) == []
    running.abort()
    assert running.config == base


def test_what_is_not_known_whole_is_not_made_up(platform: Platform, aws: Sandbox) -> None:
    """Something else than its model has changed too, so its name is no proof of its content."""
    platform.converge(text())
    running, platform.allow = World(platform, aws), "access"
    wanted = text(2, more="  capture: {sampling: 10%}\n")
    assert running.apply(wanted).outcome.ok
    running.sagemaker.delete_endpoint_config(EndpointConfigName=running.marks.base)
    plan = running.plan(wanted)
    assert "`git revert`" in next(e.help for e in plan.diagnostics if e.code == "CANARY008")
    assert steps(plan) == []


def test_a_model_that_is_gone_is_said(running: World) -> None:
    (served,) = running.sagemaker.describe_endpoint_config(EndpointConfigName=running.marks.base)[
        "ProductionVariants"
    ]
    running.sagemaker.delete_model(ModelName=served["ModelName"])
    plan = running.plan(text(2))
    assert f"the model '{served['ModelName']}' is gone" in noted(plan)["CANARY008"]
    assert steps(plan) == []


def test_weights_that_were_set_by_hand_are_said_by_the_plan(running: World) -> None:
    running.weigh(40)
    assert "a share of 0.4" in noted(running.plan(text(2)))["CANARY006"]
    # another version takes all of it back first
    assert "CANARY006" not in noted(running.plan(text(3)))


def test_a_stray_mark_of_an_idle_endpoint_holds_up_a_new_version_alone(running: World) -> None:
    running.abort()
    tags = [{"Key": "moorline:rollout-at", "Value": "half of a mark"}]
    running.sagemaker.add_tags(ResourceArn=running.endpoint["EndpointArn"], Tags=tags)
    plan = running.plan(text())
    assert (plan.errors, "CANARY006" in noted(plan)) == ((), True)
    plan = running.plan(text(2))
    assert [each.code for each in plan.errors] == ["CANARY006"]
    assert "rollout abort scorer" in plan.errors[0].help
    session = running.platform.session
    found = look(session, About(endpoint=NAME), "abort")
    carry_out(session, found, lambda _: None)
    assert running.marks.ended.startswith("aborted as the marks cannot be read")
    assert running.apply(text(3)).outcome.ok


@pytest.mark.parametrize("what", ["model", "file"])
def test_no_rollout_starts_from_what_nobody_can_go_back_to(
    what: str, platform: Platform, aws: Sandbox
) -> None:
    platform.converge(text())
    world = World(platform, aws)
    base = world.sagemaker.describe_endpoint_config(EndpointConfigName=world.config)
    name = base["ProductionVariants"][0]["ModelName"]
    url = world.sagemaker.describe_model(ModelName=name)["PrimaryContainer"]["ModelDataUrl"]
    if what == "model":
        world.sagemaker.delete_model(ModelName=name)
    else:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        platform.client("s3").delete_object(Bucket=bucket, Key=key)
    plan = world.plan(text(2).replace("models/1.tar.gz", "models/2.tar.gz"))
    (refused,) = plan.refused
    assert "is gone, so nobody could go back" in refused.refused
    assert (name if what == "model" else url) in noted(plan)["CANARY005"]
