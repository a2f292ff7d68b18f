"""Every way an endpoint's update can end: what is left, what the next plan says, what is kept.

Moorline's own promise is checked after each: no rollback is a success, and nothing that a
live endpoint uses, or may go back to, is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sweeps import sample

from reconciler.aws.apply import Interrupt
from reconciler.aws.clock import FakeClock
from reconciler.model.address import Address
from reconciler.model.event import CallSent, StepWaiting
from reconciler.model.plan import Plan
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, Run, codes, methods, paths, step_of, steps
from .seen import NAME, Seen

AT = Address.parse(specs.ENDPOINT)
MOVE = ["create_endpoint_config", "add_tags", "update_endpoint", "delete_endpoint_config"]
RETRIED = MOVE[1:]


def text(instances: int, more: str = "") -> str:
    return specs.SERVING.replace("instances: 2", f"instances: {instances}") + more


SECOND, THIRD = text(3), text(4)
INTERNAL = "Request to service failed. If failure persists after retry, contact customer support."


class Hours(FakeClock):
    """A clock on which a poll every half minute comes every half hour."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds * 60)


@dataclass(slots=True)
class World(Seen):
    """A platform with a live endpoint, and what can be seen of it without Moorline."""

    @property
    def count(self) -> int:
        return int(self.endpoint["ProductionVariants"][0]["DesiredInstanceCount"])

    @property
    def tags(self) -> dict[str, str]:
        """What Moorline remembers of attempts."""
        found = self.sagemaker.list_tags(ResourceArn=self.endpoint["EndpointArn"])["Tags"]
        prefix = "moorline:attempt"
        return {each["Key"]: each["Value"] for each in found if each["Key"].startswith(prefix)}

    @property
    def configs(self) -> set[str]:
        found = self.sagemaker.list_endpoint_configs()["EndpointConfigs"]
        return {each["EndpointConfigName"] for each in found}

    def in_use(self) -> set[str]:
        """The live configuration and the one that is coming."""
        found = self.endpoint
        pending = found.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        return {found["EndpointConfigName"], *([pending] if pending else [])}

    def check_nothing_used_is_gone(self) -> None:
        assert self.in_use() <= self.configs
        models = {each["ModelName"] for each in self.sagemaker.list_models()["Models"]}
        for name in self.in_use():
            config = self.sagemaker.describe_endpoint_config(EndpointConfigName=name)
            assert {each["ModelName"] for each in config["ProductionVariants"]} <= models

    def apply(self, wanted: str, **asked: Any) -> Run:
        self.platform.text = wanted
        run = self.platform.apply(self.platform.plan(**asked))
        self.check_nothing_used_is_gone()
        return run

    def autoscale(self) -> None:
        self.platform.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=f"endpoint/{NAME}/variant/primary",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            MinCapacity=1,
            MaxCapacity=20,
        )

    def scale(self, count: int) -> None:
        self.aws.scale(NAME, "primary", count)


@pytest.fixture
def world(platform: Platform, aws: Sandbox) -> Iterator[World]:
    platform.allow = "traffic"
    platform.converge(specs.SERVING)
    found = World(platform, aws)
    yield found
    found.check_nothing_used_is_gone()


def refusals(plan: Plan) -> dict[str, str]:
    return {step.address.name: step.refused for step in plan.refused}


# -- the table: how the update ends


@dataclass(frozen=True, slots=True)
class Ending:
    """A scripted ending, and what has to follow from it."""

    script: Callable[[World], None]
    code: str | None
    live: str
    """Which configuration is live afterwards: the one before, the one asked for."""
    next: str
    """What the next plan does: nothing, refuse, update, replace, wait."""
    retry: bool = False
    """Whether the same is carried out by the next apply without being asked for."""


def outcome(mode: str, reason: str = "") -> Callable[[World], None]:
    return lambda world: world.aws.outcome(NAME, mode, reason)


def throttled(times: int) -> Callable[[World], None]:
    return lambda world: world.aws.fail(
        "sagemaker", "UpdateEndpoint", "ThrottlingException", times=times
    )


def stuck(world: World) -> None:
    world.aws.outcome(NAME, "stuck")
    world.platform.session.clock = world.platform.clock = Hours()


ENDINGS = {
    "success": Ending(outcome("ok"), None, "asked", "nothing"),
    "a rollback with a reason": Ending(
        outcome("rollback", "an alarm fired"), "APPLY007", "before", "refuse"
    ),
    "a rollback without a reason": Ending(outcome("rollback"), "APPLY007", "before", "refuse"),
    "a fault of the service": Ending(outcome("rollback", INTERNAL), "APPLY007", "before", "update"),
    "a failed rollback": Ending(
        outcome("update-rollback-failed", "both"), "APPLY007", "before", "refuse"
    ),
    "a failed endpoint": Ending(outcome("failed", "no capacity"), "APPLY005", "before", "replace"),
    "no ending at all": Ending(stuck, "APPLY006", "before", "wait"),
    "a throttled request that passes": Ending(throttled(3), None, "asked", "nothing"),
    "a throttled request that does not": Ending(throttled(8), "APPLY002", "before", "update"),
}


def expect_next(world: World, ending: Ending, wanted: str) -> None:
    """The next plan for the same specs says what the table says, from AWS alone."""
    world.platform.restart()
    world.platform.text = wanted
    plan = world.platform.plan()
    assert plan.errors == ()
    found = {(step.address.name, str(step.action)) for step in plan.steps}
    match ending.next:
        case "nothing":
            assert steps(plan) == []
        case "refuse":
            assert [*refusals(plan)] == [NAME]
            assert world.platform.apply(plan).calls == []
        case "update":
            assert (NAME, "update") in found
            assert refusals(plan) == {}
        case "replace":
            assert {(NAME, "delete"), (NAME, "replace")} <= found
        case "wait":
            assert codes(plan) == ["PLAN002"]


@pytest.mark.parametrize("name", sample([*ENDINGS], 2))
def test_the_first_update_ends_in(name: str, world: World) -> None:
    ending, before = ENDINGS[name], world.config
    ending.script(world)
    run = world.apply(SECOND)
    assert run.failures == ({specs.ENDPOINT: ending.code} if ending.code else {})
    assert run.outcome.ok is (ending.code is None)
    assert (world.config == before) is (ending.live == "before")
    assert (before in world.configs) is (ending.live == "before")
    assert world.platform.session.calls["sagemaker.add_tags"] == 1
    expect_next(world, ending, SECOND)


@pytest.mark.parametrize("name", sample([*ENDINGS], 4))
def test_the_second_update_ends_in(name: str, world: World) -> None:
    ending = ENDINGS[name]
    assert world.apply(SECOND).outcome.ok
    before = world.config
    ending.script(world)
    run = world.apply(THIRD)
    assert run.failures == ({specs.ENDPOINT: ending.code} if ending.code else {})
    assert (world.config == before) is (ending.live == "before")
    assert (before in world.configs) is (ending.live == "before")
    expect_next(world, ending, THIRD)


class Died(BaseException):
    """The process is gone."""


def dies_after(method: str) -> Callable[[object], None]:
    def hear(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == method:
            raise Died

    return hear


def killed(world: World, method: str, wanted: str) -> None:
    """An apply whose process dies right after one call was answered."""
    world.platform.text = wanted
    with pytest.raises(Died):
        world.platform.apply(world.platform.plan(), sink=dies_after(method))
    world.check_nothing_used_is_gone()


ENDED = [name for name in ENDINGS if name != "no ending at all" and "throttled" not in name]


@pytest.mark.parametrize("name", sample([*ENDED], 6))
def test_after_a_kill_the_next_run_sees_how_it_ended(name: str, world: World) -> None:
    ending, before = ENDINGS[name], world.config
    ending.script(world)
    killed(world, "update_endpoint", SECOND)
    world.aws.clock.advance(600)
    assert (world.config == before) is (ending.live == "before")
    if ending.next == "nothing":  # but for what the run was to clean up
        assert world.apply(SECOND).calls == ["delete_endpoint_config"]
    expect_next(world, ending, SECOND)


@pytest.mark.parametrize("name", sample([*ENDED], 6))
def test_a_run_that_meets_the_update_of_a_killed_one_waits_for_it(name: str, world: World) -> None:
    ending = ENDINGS[name]
    ending.script(world)
    world.aws.clock.configure(mode="manual")
    killed(world, "update_endpoint", SECOND)
    plan = world.platform.plan()
    assert codes(plan) == ["PLAN002"]
    world.aws.clock.configure(mode="auto")
    run = world.platform.apply(plan)
    expected = {"nothing": {}, "replace": {specs.ENDPOINT: "APPLY005"}}
    # a fault of the service is tried once more, by the same step
    expected["update"] = expected["nothing"]
    assert run.failures == expected.get(ending.next, {specs.ENDPOINT: "APPLY011"})
    again = ["add_tags", "update_endpoint"] if ending.next == "update" else []
    assert [call for call in run.calls if not call.startswith("delete")] == again


@pytest.mark.parametrize("method", ["create_endpoint_config", "add_tags"])
def test_a_kill_before_the_request_is_no_attempt(method: str, world: World) -> None:
    killed(world, method, SECOND)
    plan = world.platform.plan()
    assert (methods(plan), refusals(plan)) == (RETRIED, {})
    world.platform.converge(SECOND)


# -- what was tried is remembered


def roll_back(world: World, reason: str = "an alarm fired", wanted: str = SECOND) -> None:
    world.aws.outcome(NAME, "rollback", reason)
    assert world.apply(wanted).failures == {specs.ENDPOINT: "APPLY007"}


def test_the_refusal_says_what_was_tried_why_it_failed_and_how_to_get_on(world: World) -> None:
    roll_back(world)
    refused = refusals(world.platform.plan())[NAME]
    assert "an alarm fired" in refused
    assert f"--retry {specs.ENDPOINT}" in refused
    assert "Rollout/scorer" in refused


def test_the_attempt_is_in_two_tags_that_are_no_drift(world: World) -> None:
    before = world.config
    world.platform.converge(SECOND)
    base, when, number = world.tags["moorline:attempt-base"].split()
    assert world.tags["moorline:attempted"] == world.config
    assert (base, number, when[:2]) == (before, "1", "20")
    assert max(map(len, world.tags.values())) <= 256


def test_what_failed_is_tried_again_when_the_user_asks(world: World) -> None:
    roll_back(world)
    world.aws.outcome(NAME, "rollback", "again")
    assert world.apply(SECOND, retry=[AT]).failures == {specs.ENDPOINT: "APPLY007"}
    assert world.tags["moorline:attempt-base"].endswith(" 2")
    assert "2 times" in refusals(world.platform.plan())[NAME]
    assert world.apply(SECOND, retry=[AT]).outcome.ok
    assert steps(world.platform.plan()) == []


def test_a_retry_of_what_no_spec_makes_is_an_error(world: World) -> None:
    plan = world.platform.plan(retry=[Address(AT.type, "acme-dev-other")])
    assert [found.code for found in plan.errors] == ["CLI002"]


def test_a_fault_of_the_service_is_tried_once_more(world: World) -> None:
    roll_back(world, INTERNAL)
    roll_back(world, INTERNAL)
    assert [*refusals(world.platform.plan())] == [NAME]


def test_another_config_may_be_tried_at_once_and_what_failed_is_cleaned_up(world: World) -> None:
    before = world.config
    roll_back(world)
    world.platform.converge(THIRD)
    assert world.configs == {world.config}
    assert world.tags["moorline:attempt-base"].startswith(f"{before} ")


def test_a_spec_that_is_taken_back_needs_nothing_but_cleaning_up(world: World) -> None:
    roll_back(world)
    run = world.apply(specs.SERVING)
    assert (run.calls, run.failures) == (["delete_endpoint_config"], {})
    assert steps(world.platform.plan()) == []


def test_a_config_that_held_and_was_changed_by_hand_is_drift_and_no_failed_attempt(
    world: World,
) -> None:
    world.platform.converge(SECOND)
    wanted = world.config
    given = world.sagemaker.describe_endpoint_config(EndpointConfigName=wanted)
    world.sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=given["ProductionVariants"]
    )
    world.sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName="by-hand")
    world.aws.clock.advance(600)
    assert refusals(world.platform.plan()) == {}
    world.platform.converge(SECOND)
    assert world.config == wanted


def test_a_failed_endpoint_is_replaced_although_its_last_config_failed(world: World) -> None:
    world.aws.outcome(NAME, "failed", "no capacity")
    world.apply(SECOND)
    world.platform.converge(SECOND)
    assert world.tags == {}


@pytest.mark.parametrize("how", ["update", "re-scale", "re-scale of the first config"])
def test_an_endpoint_that_failed_after_it_served_is_deleted_with_consent_alone(
    world: World, how: str
) -> None:
    if how != "re-scale of the first config":
        world.apply(SECOND)
    world.aws.outcome(NAME, "failed", "no capacity")
    if how == "update":
        world.apply(THIRD)
    else:
        wanted = [{"VariantName": "primary", "DesiredInstanceCount": 5}]
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=NAME, DesiredWeightsAndCapacities=wanted
        )
        world.aws.clock.advance(6000)
    assert world.endpoint["EndpointStatus"] == "Failed"
    world.platform.allow = ""
    world.platform.restart()
    plan = world.platform.plan()
    assert [*refusals(plan)] == [NAME]
    assert world.platform.apply(plan).calls == []
    assert world.platform.plan(destroy=True).refused


def test_a_failed_rollback_is_left_by_another_config(world: World) -> None:
    world.aws.outcome(NAME, "update-rollback-failed", "both")
    run = world.apply(SECOND)
    assert run.failures == {specs.ENDPOINT: "APPLY007"}
    assert world.endpoint["EndpointStatus"] == "UpdateRollbackFailed"
    world.platform.converge(THIRD)
    assert world.endpoint["EndpointStatus"] == "InService"


# -- nothing in use is deleted


def test_a_config_on_its_way_in_stays_when_the_spec_is_taken_back_meanwhile(world: World) -> None:
    world.aws.clock.configure(mode="manual")
    killed(world, "update_endpoint", SECOND)
    world.aws.clock.configure(mode="manual")
    world.platform.text = specs.SERVING
    plan = world.platform.plan()
    assert (codes(plan), steps(plan)) == (["PLAN002"], [])
    world.aws.clock.configure(mode="auto")
    world.aws.clock.advance(600)
    world.platform.converge(specs.SERVING)


def test_nothing_goes_while_an_endpoint_cannot_be_read(world: World) -> None:
    world.platform.text = SECOND
    world.aws.faults.add(Fault("sagemaker", "DescribeEndpoint", code="AccessDenied", times=None))
    plan = world.platform.plan()
    assert [found.code for found in plan.errors] == ["AWS001"]
    assert "delete" not in {str(step.action) for step in plan.steps}
    world.aws.faults.clear()


def test_a_stuck_update_is_waited_for_again_and_arrives(world: World) -> None:
    before = world.config
    stuck(world)
    assert world.apply(SECOND).failures == {specs.ENDPOINT: "APPLY006"}
    assert world.in_use() == world.configs
    again = world.platform.plan()
    assert world.platform.apply(again).failures == {specs.ENDPOINT: "APPLY006"}
    assert before in world.configs


def test_an_interrupted_wait_is_gone_on_with(world: World) -> None:
    world.platform.text = SECOND
    interrupt = Interrupt()

    def stop(event: object) -> None:
        if isinstance(event, StepWaiting):
            interrupt.ask()

    run = world.platform.apply(world.platform.plan(), interrupt=interrupt, sink=stop)
    assert run.failures == {specs.ENDPOINT: "APPLY010"}
    world.platform.restart()
    run = world.platform.apply(world.platform.plan())
    assert (run.calls, run.failures) == (["delete_endpoint_config"], {})


# -- who owns the count


def flags(plan: Plan) -> tuple[Any, Any]:
    (call,) = [c for s in plan.steps for c in s.calls if c.method == "update_endpoint"]
    return tuple(  # type: ignore[return-value]  # two of them
        call.params.get(name)
        for name in ("RetainAllVariantProperties", "ExcludeRetainedVariantProperties")
    )


MODEL = specs.SERVING.replace("models/1.tar.gz", "models/2.tar.gz")


@pytest.mark.scenario("R105")
def test_an_autoscaled_count_is_retained_and_the_weight_is_the_specs(world: World) -> None:
    world.autoscale()
    world.scale(7)
    world.platform.text = MODEL
    plan = world.platform.plan()
    assert flags(plan) == (True, [{"VariantPropertyType": "DesiredWeight"}])
    assert paths(plan)[NAME] == ["EndpointConfigName"]
    assert world.platform.apply(plan).outcome.ok
    assert (world.count, steps(world.platform.plan())) == (7, [])


@pytest.mark.parametrize("mode", ["ok", "rollback", "update-rollback-failed"])
def test_a_scale_out_during_the_update_is_not_undone(mode: str, world: World) -> None:
    world.autoscale()
    world.platform.text = MODEL
    world.aws.outcome(NAME, mode)

    def grow(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == "update_endpoint":
            world.scale(9)

    world.platform.apply(world.platform.plan(), sink=grow)
    assert world.count == 9


def test_without_an_autoscaler_the_spec_wins_and_the_plan_shows_what_it_takes_away(
    world: World,
) -> None:
    world.scale(7)
    world.platform.text = MODEL
    plan = world.platform.plan()
    assert flags(plan)[0] is False
    change = step_of(plan, specs.ENDPOINT).fields[1]
    assert (change.path[-1], change.before, change.after) == ("DesiredInstanceCount", 7, 2)
    assert world.platform.apply(plan).outcome.ok
    assert world.count == 2


def test_who_owns_the_count_is_asked_only_while_an_update_is_pending(world: World) -> None:
    def asked(wanted: str) -> dict[str, int]:
        world.platform.text = wanted
        before = world.platform.session.calls.copy()
        world.platform.plan()
        sent = world.platform.session.calls - before
        watched = "application-autoscaling.describe_scalable_targets"
        other = "sagemaker.describe_endpoint_config"
        return {name: sent[name] for name in (watched, other)}

    targets, config = asked(specs.SERVING)
    assert asked(specs.SERVING) == {targets: 0, config: 0}
    assert asked(MODEL) == {targets: 1, config: 1}  # the old config is an orphan and read as one
    world.autoscale()
    assert asked(MODEL) == {targets: 1, config: 2}


def test_nothing_is_planned_for_an_endpoint_whose_owner_cannot_be_found_out(world: World) -> None:
    world.platform.text = MODEL
    world.aws.fail(
        "application-autoscaling", "DescribeScalableTargets", "AccessDeniedException", times=9
    )
    plan = world.platform.plan()
    assert [found.code for found in plan.errors] == ["AWS001"]
    assert {str(step.action) for step in plan.steps} == {"create"}


LARGER = specs.SERVING.replace("ml.c7g.xlarge", "ml.c7g.2xlarge")


def test_other_instances_for_an_autoscaled_variant_are_refused_by_aws_and_so_by_the_plan(
    world: World,
) -> None:
    world.platform.text = LARGER
    unaware = world.platform.plan()
    world.autoscale()
    assert world.platform.apply(unaware).failures == {specs.ENDPOINT: "APPLY002"}
    plan = world.platform.plan()
    assert [found.code for found in plan.errors] == ["PLAN005"]
    assert steps(plan) == []


def test_other_instances_are_fine_without_an_autoscaler(world: World) -> None:
    world.platform.converge(LARGER)


GUARDED = "\n  onFailure: none\n  strategy: {blueGreen: {twoStep: {size: 50%, bake: 5m}}}\n"


@pytest.mark.scenario("R113")
@pytest.mark.parametrize(("strategy", "found"), [(GUARDED, ["PLAN006"]), ("", [])])
def test_renamed_variants_would_lose_their_guardrails_and_are_refused(
    strategy: str, found: list[str], world: World
) -> None:
    world.platform.text = specs.SERVING.replace("instances: 2", "instances: 2, variant: other")
    world.platform.text = world.platform.text.rstrip() + strategy
    plan = world.platform.plan()
    assert [each.code for each in plan.errors] == found
    assert all("from primary to other" in each.message for each in plan.errors)
    assert (specs.ENDPOINT in {str(step.address) for step in plan.steps}) == (not found)


@pytest.mark.scenario("R113")
def test_a_renamed_variant_would_leave_its_scalable_target_alone(world: World) -> None:
    world.autoscale()
    world.platform.text = specs.SERVING.replace("instances: 2", "instances: 2, variant: other")
    (found,) = world.platform.plan().errors
    assert found.code == "PLAN005"
    assert "variant 'primary'" in found.message


@pytest.mark.scenario("R113")
def test_another_model_under_the_same_name_is_sent_with_its_guardrails(world: World) -> None:
    world.platform.text = MODEL.rstrip() + GUARDED
    (call,) = [
        call
        for step in world.platform.plan().steps
        for call in step.calls
        if call.method == "update_endpoint"
    ]
    policy = call.params["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"]["Type"] == "CANARY"
