"""What plan and apply do with a rollout by weights: they start it, and then leave it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sweeps import LONG, only_long, sample

from reconciler.engine import drifted
from reconciler.model.address import Address
from reconciler.model.event import CallSent, StepFailed
from reconciler.render.text.outcome import outcome_text
from reconciler.rollout import marks as reading
from reconciler.rollout.values import Doing
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .canary import ALL_AT_ONCE, NAME, STEPS, World, noted, text
from .platform import Platform, Site, codes, methods, step_of, steps

AT = Address.parse(specs.ENDPOINT)
START = ["create_model", "create_endpoint_config", "create_endpoint_config", "add_tags"]
START += ["update_endpoint"]
LOOKS = "access"
"""The role of an endpoint that leaves its canary looks at alarms from then on, which is consented
to: while weights were moved, whoever moved them looked."""


@pytest.fixture
def world(platform: Platform, aws: Sandbox) -> World:
    platform.converge(text())
    return World(platform, aws)


@pytest.fixture
def running(world: World) -> World:
    """A rollout of the second version has just been started."""
    assert world.apply(text(2)).outcome.ok
    return world


# -- the start


@pytest.mark.scenario("R16")
def test_the_new_version_is_put_beside_the_live_one_without_traffic(world: World) -> None:
    before = world.config
    plan = world.plan(text(2))
    run = world.platform.apply(plan)
    assert run.outcome.ok
    assert run.calls == START
    assert world.weights == {"primary": 100, "candidate": 0}
    assert world.counts == {"primary": 4, "candidate": 1}
    found = world.marks
    assert (found.step, found.doing, found.word, found.ended) == (0, Doing.START, "", "")
    assert (found.base, found.middle, found.stable_count) == (before, world.config, 4)
    assert found.target in world.configs
    assert found.since > 0
    assert [(each.share, each.count, each.bake) for each in found.steps] == [
        (0.05, 1, 600), (0.5, 2, 600), (1.0, 4, 600)
    ]  # fmt: skip
    (made,) = [
        call.params for step in plan.steps for call in step.calls
        if call.method == "create_endpoint_config" and len(call.params["ProductionVariants"]) > 1
    ]  # fmt: skip
    assert [each["InitialVariantWeight"] for each in made["ProductionVariants"]] == [100, 0]
    assert "rollout started" in outcome_text(plan, run.outcome, run.events, color=False)


def test_the_plan_says_when_which_step_is_and_which_instances_it_takes(world: World) -> None:
    said = noted(world.plan(text(2)))
    assert {*said} == {"CANARY001", "CANARY002"}
    for part in ("5 % first (1 instance, 10m)", "50 % after 10m", "100 % after 20m", "30m"):
        assert part in said["CANARY001"]
    for part in ("keeps its 4 instances", "up to 4 more", "5 new ones beside", "anew"):
        assert all(word in said["CANARY002"] for word in part.split())


def test_nothing_is_planned_while_it_runs_and_nothing_of_it_is_deleted(running: World) -> None:
    kept = running.configs
    assert len(kept) == 3
    for number, share in enumerate((5, 50, 100), 1):
        running.step(number, share)
        plan = running.plan(text(2))
        assert (steps(plan), {*noted(plan)}) == ([], {"CANARY003"})
        assert f"{share} % on 'candidate'" in noted(plan)["CANARY003"]
    assert running.configs == kept
    assert len(running.models) == 2


def test_after_it_has_ended_what_was_there_for_a_while_goes(running: World) -> None:
    found = running.marks
    running.finish()
    plan = running.plan(text(2))
    assert {*methods(plan)} == {"delete_endpoint_config", "delete_model"}
    assert running.platform.apply(plan).outcome.ok
    assert running.configs == {found.target}
    assert steps(running.plan(text(2))) == []


@only_long
def test_it_is_no_revision_to_go_back_to(platform: Platform, aws: Sandbox) -> None:
    more = "  keepRevisions: 2\n"
    platform.converge(text(1, more=more))
    world = World(platform, aws)
    assert world.apply(text(2, more=more)).outcome.ok
    found = world.marks
    world.finish()
    assert world.apply(text(2, more=more)).outcome.ok
    assert world.configs == {found.base, found.target}


@pytest.mark.scenario("R22")
def test_another_strategy_on_an_idle_endpoint_is_no_rollout(world: World) -> None:
    longer = STEPS.replace("5%, 50%", "1%, 5%, 25%, 50%")
    for strategy in (longer, ALL_AT_ONCE, STEPS):
        plan = world.plan(text(1, strategy))
        assert "update_endpoint" not in methods(plan)
        assert noted(plan) == {}


@pytest.mark.scenario("R22")
def test_a_running_rollout_keeps_the_steps_it_was_started_with(running: World) -> None:
    before = running.marks.steps
    running.step(1, 5)
    plan = running.plan(text(2, STEPS.replace("5%, 50%", "25%")))
    assert steps(plan) == []
    assert "keeps the steps" in noted(plan)["CANARY003"]
    assert running.marks.steps == before


def test_the_first_deployment_has_nothing_to_be_put_beside(platform: Platform) -> None:
    platform.text = text()
    plan = platform.plan()
    assert noted(plan) == {}
    assert "update_endpoint" not in methods(plan)
    assert platform.apply(plan).outcome.ok
    assert steps(platform.plan()) == []


def test_a_failed_endpoint_is_made_anew_as_a_whole(world: World) -> None:
    world.platform.allow = "traffic"
    world.aws.outcome(NAME, "failed", "no capacity")
    assert not world.apply(text(2)).outcome.ok
    plan = world.plan(text(2))
    assert ("replace", NAME) in steps(plan)
    assert noted(plan) == {}


# -- how the start ends


@pytest.mark.scenario("R01")
@pytest.mark.parametrize("reason", ["an alarm fired", ""] if LONG else [""])
def test_a_start_that_aws_took_back_is_a_failure_and_is_not_tried_again(
    reason: str, world: World
) -> None:
    before = world.config
    world.aws.outcome(NAME, "rollback", reason)
    run = world.apply(text(2))
    assert run.failures == {specs.ENDPOINT: "APPLY007"}
    assert world.config == before
    plan = world.plan(text(2))
    assert [step.address for step in plan.refused] == [AT]
    assert "delete_endpoint_config" not in methods(plan)
    assert world.apply(text(2), retry=[AT]).outcome.ok
    assert world.weights == {"primary": 100, "candidate": 0}


class Died(BaseException):
    """The process is gone."""


def dies_after(method: str) -> Callable[[object], None]:
    def hear(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == method:
            raise Died

    return hear


@pytest.mark.parametrize(
    "method", sample(["add_tags", "create_endpoint_config", "update_endpoint"], 2)
)
def test_a_run_that_is_killed_is_gone_on_with(method: str, world: World) -> None:
    world.platform.text = text(2)
    with pytest.raises(Died):
        world.platform.apply(world.platform.plan(), sink=dies_after(method))
    world.platform.restart()
    assert world.apply(text(2)).outcome.ok
    assert world.weights == {"primary": 100, "candidate": 0}
    assert world.config == world.marks.middle
    assert steps(world.plan(text(2))) == []


@pytest.mark.scenario("R02")
def test_nothing_that_the_way_back_needs_is_deleted_when_the_start_fails(world: World) -> None:
    before, models = world.config, world.models
    world.aws.fail("sagemaker", "UpdateEndpoint", "ThrottlingException", times=9)
    run = world.apply(text(2))
    assert specs.ENDPOINT in run.failures
    assert not any(call.startswith("delete") for call in run.calls)
    assert before in world.configs
    assert models <= world.models
    assert world.apply(text(2)).outcome.ok


@pytest.mark.scenario("R08")
def test_a_role_that_may_not_start_it_is_told_of_both_resources(world: World) -> None:
    before = world.weights
    world.aws.fail("sagemaker", "UpdateEndpoint", "AccessDeniedException", times=99)
    run = world.apply(text(2))
    (failed,) = [each for each in run.events if isinstance(each, StepFailed)]
    assert (failed.code, world.weights) == ("APPLY002", before)  # after rights had time to spread
    assert "endpoint/NAME" in failed.help
    assert "endpoint-config/NAME-*" in failed.help
    world.aws.fail("sagemaker", "UpdateEndpoint", "AccessDeniedException", times=0)


@only_long
def test_another_region_has_a_rollout_of_its_own(running: World) -> None:
    before = (running.config, running.marks)
    other = Platform(running.aws, text(3), site=Site("emea", "eu-central-1"))
    plan = other.plan()
    assert noted(plan) == {}  # there it is the first deployment
    assert other.apply(plan).outcome.ok
    assert (running.config, running.marks) == before
    assert steps(running.plan(text(2))) == []


@pytest.mark.scenario("R03")
@pytest.mark.parametrize("what", ["environment", "artifact", "instance type"])
def test_whatever_is_another_content_has_another_name_and_is_rolled_out(
    what: str, world: World
) -> None:
    wanted = {
        "environment": text().replace("artifact:", "environment: {LIMIT: '1'}\n    artifact:"),
        "artifact": text().replace("models/1.tar.gz", "models/2.tar.gz"),
        "instance type": text(type_="ml.c7g.2xlarge"),
    }[what]
    plan = world.plan(wanted)
    made = [step.address.name for step in plan.steps if step.action == "create"]
    assert world.configs.isdisjoint(made)
    assert "CANARY001" in noted(plan)
    told = [each.path[-1] for step in plan.steps for each in step.instead]
    assert (
        told
        == {
            "environment": ["LIMIT", "ModelName"],
            "artifact": ["ModelDataUrl", "ModelName"],
            "instance type": ["InstanceType"],
        }[what]
    )


@pytest.mark.scenario("R03")
def test_what_a_failed_start_left_behind_is_deleted_by_the_next_one(world: World) -> None:
    before = world.config
    said = "The account-level service limit 'ml.c7g.2xlarge for endpoint usage' is 4 Instances"
    world.aws.outcome(NAME, "rollback", said)
    run = world.apply(text(type_="ml.c7g.2xlarge"))
    (failed,) = [each for each in run.events if isinstance(each, StepFailed)]
    assert said in failed.message
    left = world.configs - {before}
    assert len(left) == 2
    plan = world.plan(text(type_="ml.c7g.4xlarge"))
    gone = {step.address.name for step in plan.steps if step.action == "delete"}
    assert gone == left
    assert world.platform.apply(plan).outcome.ok
    assert world.configs == {world.marks.base, world.marks.middle, world.marks.target}


@pytest.mark.scenario("R174")
def test_a_name_that_is_taken_by_another_content_is_not_used(world: World) -> None:
    plan = world.plan(text(2))
    given = world.sagemaker.describe_endpoint_config(EndpointConfigName=world.config)
    (name,) = [
        step.address.name for step in plan.steps
        if "middle" in step.address.name and step.action == "create"
    ]  # fmt: skip
    world.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=given["ProductionVariants"]
    )
    run = world.platform.apply(plan)
    assert run.failures[f"AWS::SageMaker::EndpointConfig/{name}"] == "APPLY003"
    assert world.config == world.endpoint["EndpointConfigName"] != name


# -- how it went on


def test_an_aborted_version_is_not_tried_again_by_itself(running: World) -> None:
    running.step(1, 5)
    running.abort()
    for edited in (STEPS, STEPS.replace("5%", "10%")):
        plan = running.plan(text(2, edited))
        (refused,) = plan.refused
        assert "aborted: errors were 3 %" in refused.refused
    assert running.marks.attempt == 1
    assert running.apply(text(2), retry=[AT]).outcome.ok
    assert running.marks.attempt == 2
    assert running.marks.ended == ""


def test_another_version_may_be_started_at_once_after_an_abort(running: World) -> None:
    before = running.marks.base
    running.step(1, 5)
    running.abort()
    assert running.apply(text(3)).outcome.ok
    assert running.marks.base == before
    assert running.config == running.marks.middle


@pytest.mark.scenario("R10")
def test_another_version_meanwhile_takes_the_traffic_back_first_and_starts_at_nothing(
    running: World,
) -> None:
    first = running.marks
    running.step(2, 50)
    plan = running.plan(text(3))
    assert "given up at step 2" in noted(plan)["CANARY004"]
    moves = [each.method for each in step_of(plan, specs.ENDPOINT).calls]
    assert moves == ["add_tags", "update_endpoint_weights_and_capacities", "add_tags",
                     "update_endpoint"]  # fmt: skip
    assert running.platform.apply(plan).outcome.ok
    now = running.marks
    assert (now.base, now.over, now.step) == (first.base, first.middle, 0)
    assert now.target not in {first.target, first.base}
    assert running.weights == {"primary": 100, "candidate": 0}


@pytest.mark.parametrize(
    "method", sample(["add_tags", "update_endpoint_weights_and_capacities", "update_endpoint"], 3)
)
def test_a_change_of_version_that_is_killed_is_gone_on_with(method: str, running: World) -> None:
    running.step(2, 50)
    running.platform.text = text(3)
    with pytest.raises(Died):
        running.platform.apply(running.platform.plan(), sink=dies_after(method))
    running.aws.clock.advance(1200)
    running.platform.restart()
    assert running.apply(text(3)).outcome.ok
    assert running.config == running.marks.middle
    assert running.weights == {"primary": 100, "candidate": 0}
    assert steps(running.plan(text(3))) == []


def test_the_version_before_takes_all_traffic_back_when_the_spec_is_put_back(
    running: World,
) -> None:
    base = running.marks.base
    running.step(2, 50)
    plan = running.plan(text(1))
    assert "given up" in noted(plan)["CANARY004"]
    assert plan.refused == ()  # a candidate that goes with its rollout is no loss of traffic
    assert running.platform.apply(plan).outcome.ok
    assert (running.config, running.marks.word) == (base, "abort")
    assert "update_endpoint" not in methods(running.plan(text(1)))


@pytest.mark.scenario("R187")
def test_a_rollout_that_runs_is_not_ended_by_leaving_its_strategy(running: World) -> None:
    running.step(1, 5)
    running.platform.allow = LOOKS
    plan = running.plan(text(2, ALL_AT_ONCE))
    (refused,) = plan.refused
    assert (refused.address, "promote --full scorer" in refused.refused) == (AT, True)
    (other,) = running.plan(text(3, ALL_AT_ONCE)).refused
    assert "`moorline rollout abort scorer` goes back" in other.refused
    assert "update_endpoint" not in running.platform.apply(plan).calls


@pytest.mark.scenario("R37")
def test_the_release_that_brought_the_canary_can_be_taken_back(
    platform: Platform, aws: Sandbox
) -> None:
    platform.converge(text(1, ALL_AT_ONCE))
    world = World(platform, aws)
    before = world.config
    assert world.apply(text(2)).outcome.ok
    world.step(2, 50)
    platform.allow = LOOKS
    plan = world.plan(text(1, ALL_AT_ONCE))
    assert plan.refused == ()
    assert world.platform.apply(plan).outcome.ok
    assert (world.config, world.weights) == (before, {"primary": 1.0})
    assert (world.marks.word, world.marks.doing) == ("abort", Doing.SETTLE)


@pytest.mark.parametrize("image", [2, 3])
def test_marks_of_a_start_that_never_came_end_with_another_move(image: int, world: World) -> None:
    """The strategy was replaced after an apply that died between its marks and its update."""
    world.platform.text = text(2)
    with pytest.raises(Died):
        world.platform.apply(world.platform.plan(), sink=dies_after("add_tags"))
    world.platform.restart()
    assert not world.marks.ended
    world.platform.allow = LOOKS
    assert world.apply(text(image, ALL_AT_ONCE)).outcome.ok
    assert world.weights == {"primary": 1.0}
    assert world.marks.ended.startswith("failed nothing was started")


@pytest.mark.scenario("R05")
def test_what_aws_patches_an_endpoint_by_stays_while_it_is_busy(running: World) -> None:
    kept = (running.configs, running.models)
    running.step(1, 5)
    for wanted in (text(2), text(2, more="  keepRevisions: 1\n")):
        plan = running.plan(wanted)
        assert not any(method.startswith("delete") for method in methods(plan))
    assert (running.configs, running.models) == kept


def test_a_variant_that_goes_unasked_is_a_loss_of_traffic(running: World) -> None:
    running.step(2, 50)
    running.mark(ended="completed")
    running.platform.text = text(2, ALL_AT_ONCE)
    running.platform.allow = LOOKS
    (refused,) = running.platform.plan().refused
    assert "candidate" in refused.loses


# -- what stands against it


@pytest.mark.parametrize("why", ["by hand", "two variants"])
def test_without_anything_to_go_back_to_no_rollout_starts(why: str, world: World) -> None:
    given = world.sagemaker.describe_endpoint_config(EndpointConfigName=world.config)
    variants = given["ProductionVariants"]
    if why == "two variants":
        variants.append({**variants[0], "VariantName": "other"})
    world.sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=variants
    )
    world.move("by-hand")
    plan = world.plan(text(2))
    assert [each.code for each in plan.errors] == ["CANARY005"]
    assert plan.steps == ()


@pytest.mark.parametrize("how", ["marks", "config"])
def test_marks_that_do_not_fit_are_not_guessed_at(how: str, running: World) -> None:
    if how == "marks":
        tag = {"Key": f"{reading.PREFIX}-at", "Value": "half of a mark"}
        running.sagemaker.add_tags(ResourceArn=running.endpoint["EndpointArn"], Tags=[tag])
    else:
        given = running.sagemaker.describe_endpoint_config(EndpointConfigName=running.config)
        running.sagemaker.create_endpoint_config(
            EndpointConfigName="by-hand", ProductionVariants=given["ProductionVariants"]
        )
        running.move("by-hand")
    plan = running.plan(text(2))
    assert [each.code for each in plan.errors] == ["CANARY006"]
    assert plan.steps == ()


def test_a_rollout_does_not_start_while_aws_moves_the_endpoint(world: World) -> None:
    given = world.sagemaker.describe_endpoint_config(EndpointConfigName=world.config)
    world.sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=given["ProductionVariants"]
    )
    world.aws.clock.configure(mode="manual")
    world.sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName="by-hand")
    plan = world.plan(text(2))
    assert {*noted(plan)} == {"CANARY007"}
    assert [each.spec for each in plan.waiting] == ["Rollout/scorer"]
    assert plan.steps == ()


@pytest.mark.scenario("R39")
@pytest.mark.scenario("R40")
def test_an_instance_type_that_an_autoscaler_forbids_is_found_before_the_start(
    world: World,
) -> None:
    world.platform.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/primary",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=20,
    )
    world.aws.scale(NAME, "primary", 9)
    assert "PLAN005" in codes(world.plan(text(2, type_="ml.c7g.2xlarge")))
    plan = world.plan(text(2))
    (call,) = [
        each for each in step_of(plan, specs.ENDPOINT).calls if each.method == "update_endpoint"
    ]
    assert call.params["RetainAllVariantProperties"] is True
    excluded = call.params["ExcludeRetainedVariantProperties"]
    assert excluded == [{"VariantPropertyType": "DesiredWeight"}]
    assert any("keeps its 9 instances" in each.message for each in plan.diagnostics)
    assert world.platform.apply(plan).outcome.ok
    assert world.counts == {"primary": 9, "candidate": 1}


@only_long
def test_a_count_that_was_set_by_hand_stays_until_the_end(world: World) -> None:
    world.aws.scale(NAME, "primary", 7)
    plan = world.plan(text(2))
    assert [each.path for each in step_of(plan, specs.ENDPOINT).fields] == [("EndpointConfigName",)]
    assert "7 instances" in noted(plan)["CANARY002"]
    assert world.platform.apply(plan).outcome.ok
    assert world.counts == {"primary": 7, "candidate": 1}


# -- plans that were made before, and drift


def test_a_saved_plan_of_something_else_does_not_go_stale_while_it_runs(running: World) -> None:
    running.step(1, 5)
    running.platform.tags = "team: fraud"
    saved = running.plan(text(2))
    assert step_of(saved, specs.ENDPOINT).calls[0].method == "add_tags"
    running.step(2, 50)
    assert running.plan(text(2)).digest == saved.digest
    run = running.platform.apply(saved)
    assert run.outcome.ok
    assert running.marks.step == 2


@pytest.mark.parametrize(
    ("share", "cause"), sample([(5, "rollout"), (50, "rollout"), (40, "hand")], 2)
)
def test_weights_of_a_step_are_the_rollouts_and_others_were_moved_by_hand(
    share: int, cause: str, running: World
) -> None:
    running.step(1, share)
    _, owned = drifted(running.plan(text(2)), running.platform.session)
    causes = {str(each.cause) for step in owned for each in step.fields}
    assert causes == ({cause} if cause == "rollout" else set())


def test_weights_that_were_moved_without_a_rollout_are_drift(running: World) -> None:
    running.step(1, 5)
    plan = running.plan(text(2))
    plan = replace(plan, diagnostics=())
    found, _ = drifted(plan, running.platform.session)
    assert steps(found) == []
    running.weigh(40)
    found, _ = drifted(running.plan(text(2)), running.platform.session)
    assert [name for _, name in steps(found)] == [NAME]


def test_a_rollout_without_weights_costs_not_one_call_more(world: World) -> None:
    def calls(strategy: str) -> list[int]:
        before = world.platform.session.calls.copy()
        world.plan(text(1, strategy))
        sent = world.platform.session.calls - before
        asked = ("describe_endpoint", "describe_endpoint_config", "list_tags")
        return [sent[f"sagemaker.{each}"] for each in asked]

    assert calls(STEPS) == [2, 1, 1]
    world.platform.allow = LOOKS
    assert world.apply(text(1, ALL_AT_ONCE)).outcome.ok
    assert calls(ALL_AT_ONCE) == [1, 0, 0]
