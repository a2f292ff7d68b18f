"""Rollouts: new before old, verified before cleaned up, and old revisions kept as asked."""

from __future__ import annotations

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.model.address import Address
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, join, methods, paths, step_of, steps

SIX = specs.SERVING.replace("instances: 2", "instances: 3")
WATCHED = specs.SERVING + "  analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\n"
OTHER_MODEL = specs.SERVING.replace("models/1.tar.gz", "models/2.tar.gz")
CONFIG = "AWS::SageMaker::EndpointConfig"
MOVE = ["create_endpoint_config", "add_tags", "update_endpoint", "delete_endpoint_config"]


def config_of(platform: Platform) -> str:
    """The configuration that is live."""
    found = platform.client("sagemaker").describe_endpoint(EndpointName="acme-dev-scorer")
    return str(found["EndpointConfigName"])


def configs(platform: Platform) -> set[str]:
    found = platform.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
    return {each["EndpointConfigName"] for each in found}


def models(platform: Platform) -> set[str]:
    found = platform.client("sagemaker").list_models()["Models"]
    return {each["ModelName"] for each in found}


@pytest.fixture
def live(platform: Platform) -> Platform:
    platform.converge(specs.SERVING)
    return platform


def test_a_new_capacity_makes_a_config_moves_the_endpoint_and_deletes_the_old_config(
    live: Platform,
) -> None:
    before, model = config_of(live), models(live)
    live.text = SIX
    plan = live.plan()
    assert methods(plan) == MOVE
    assert paths(plan)["acme-dev-scorer"] == ["EndpointConfigName"]
    run = live.apply(plan)
    assert run.calls == MOVE
    assert (before in configs(live), config_of(live) in configs(live)) == (False, True)
    assert models(live) == model
    assert steps(live.plan()) == []


def test_the_plan_names_the_config_it_moves_the_endpoint_to(live: Platform) -> None:
    before = config_of(live)
    live.text = SIX
    plan = live.plan()
    (change,) = step_of(plan, specs.ENDPOINT).fields
    (made,) = [name for action, name in steps(plan) if action == "create"]
    assert (change.before, change.after) == (before, made)


def test_the_old_config_goes_only_after_the_new_one_is_verified(
    live: Platform, aws: Sandbox
) -> None:
    live.text = SIX
    seen: list[tuple[str, str]] = []

    def watch(event: object) -> None:
        call = getattr(event, "call", None)
        if call and call.method == "delete_endpoint_config":
            found = live.client("sagemaker").describe_endpoint(EndpointName="acme-dev-scorer")
            seen.append((found["EndpointStatus"], found["EndpointConfigName"]))

    plan = live.plan()
    assert live.apply(plan, sink=watch).outcome.ok
    (made,) = [name for action, name in steps(plan) if action == "create"]
    assert seen == [("InService", made)]


def test_a_new_model_is_made_first_and_the_old_one_deleted_last(live: Platform) -> None:
    live.text = OTHER_MODEL
    run = live.apply(live.plan())
    assert run.calls == [
        "create_model",
        *MOVE,
        "delete_model",
    ]
    assert (len(models(live)), len(configs(live))) == (1, 1)


def test_kept_revisions_keep_their_models_too(platform: Platform) -> None:
    text = specs.SERVING.replace("\n  serve:", "\n  keepRevisions: 2\n  serve:")
    for number in (1, 2, 3, 4):
        platform.converge(text.replace("models/1", f"models/{number}"))
    assert (len(models(platform)), len(configs(platform))) == (2, 2)


def test_a_model_that_a_kept_config_uses_stays(platform: Platform, aws: Sandbox) -> None:
    text = specs.SERVING.replace("\n  serve:", "\n  keepRevisions: 2\n  serve:")
    platform.converge(text)
    platform.converge(text.replace("models/1", "models/2"))
    platform.converge(text.replace("models/1", "models/2").replace("instances: 2", "instances: 3"))
    sagemaker = platform.client("sagemaker")
    used = {
        variant["ModelName"]
        for config in configs(platform)
        for variant in sagemaker.describe_endpoint_config(EndpointConfigName=config)[
            "ProductionVariants"
        ]
    }
    assert used <= models(platform)


# -- endings that are not success


def test_a_silent_rollback_is_a_failure_and_keeps_the_config_in_use(
    live: Platform, aws: Sandbox
) -> None:
    before = config_of(live)
    live.text = SIX
    aws.outcome("acme-dev-scorer", "rollback", "an alarm fired")
    run = live.apply(live.plan())
    found = live.client("sagemaker").describe_endpoint(EndpointName="acme-dev-scorer")
    assert found["EndpointStatus"] == "InService"
    assert run.failures == {specs.ENDPOINT: "APPLY007"}
    assert run.skipped == {f"{CONFIG}/{before}#delete": specs.ENDPOINT}
    assert (config_of(live), before in configs(live)) == (before, True)
    again = live.plan()
    assert methods(again) == MOVE[1:]
    assert [step.address.name for step in again.refused] == ["acme-dev-scorer"]
    again = live.plan(retry=[Address.parse(specs.ENDPOINT)])
    assert live.apply(again).outcome.ok
    assert steps(live.plan()) == []


def test_an_endpoint_that_cannot_be_made_fails_its_step_and_is_replaced_by_the_next_apply(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = specs.SERVING
    aws.outcome("acme-dev-scorer", "failed", "no capacity")
    run = platform.apply(platform.plan())
    assert run.failures == {specs.ENDPOINT: "APPLY005"}
    plan = platform.plan()
    assert steps(plan) == [("delete", "acme-dev-scorer"), ("replace", "acme-dev-scorer")]
    assert [step.refused for step in plan.steps] == ["", ""]  # it serves nobody: nothing is lost
    assert platform.apply(plan).calls == ["delete_endpoint", "create_endpoint"]
    assert steps(platform.plan()) == []


class Hours(FakeClock):
    """A clock on which a poll every half minute comes every half hour."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds * 60)


def test_a_stuck_endpoint_is_given_up_at_the_time_limit(live: Platform, aws: Sandbox) -> None:
    live.text = SIX
    plan = live.plan()
    aws.clock.configure(mode="manual")
    live.session.clock = live.clock = Hours()
    run = live.apply(plan)
    assert run.failures == {specs.ENDPOINT: "APPLY006"}
    assert live.clock.now() >= 28800
    aws.clock.advance(600)
    live.converge(SIX)


def test_a_busy_endpoint_is_a_warning_and_apply_waits_for_it(live: Platform, aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    live.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName="acme-dev-scorer",
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredWeight": 0.5}],
    )
    live.text = SIX
    plan = live.plan()
    assert codes(plan) == ["PLAN002"]
    assert plan.errors == ()
    aws.clock.configure(mode="auto")
    assert live.apply(plan).outcome.ok


def test_a_busy_endpoint_that_is_as_desired_needs_nothing(live: Platform, aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    live.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName="acme-dev-scorer",
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredWeight": 0.5}],
    )
    plan = live.plan()
    assert (steps(plan), codes(plan)) == ([], [])


def test_an_endpoint_that_someone_moved_between_plan_and_apply_is_left_alone(
    live: Platform, aws: Sandbox
) -> None:
    live.text = SIX
    plan = live.plan()
    sagemaker, before = live.client("sagemaker"), config_of(live)
    found = sagemaker.describe_endpoint_config(EndpointConfigName=before)
    sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=found["ProductionVariants"]
    )
    sagemaker.update_endpoint(EndpointName="acme-dev-scorer", EndpointConfigName="by-hand")
    aws.clock.advance(600)
    run = live.apply(plan)
    assert run.failures == {specs.ENDPOINT: "APPLY001"}
    assert "delete_endpoint_config" not in run.calls
    assert config_of(live) == "by-hand"


# -- what a registry has approved


def publish(platform: Platform, status: str = "Approved") -> str:
    bucket = specs.name(specs.BUCKET)
    answer = platform.client("sagemaker").create_model_package(
        ModelPackageGroupName="acme-dev-fraud",
        ModelApprovalStatus=status,
        InferenceSpecification={
            "Containers": [
                {
                    "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1",
                    "ModelDataUrl": f"s3://{bucket}/models/1.tar.gz",
                }
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    return str(answer["ModelPackageArn"])


FOLLOWS = join(specs.RAW, specs.REGISTRY, specs.LATEST)


def test_a_rollout_waits_for_the_first_approved_version(platform: Platform) -> None:
    platform.text = FOLLOWS
    plan = platform.plan()
    assert codes(plan) == ["PLAN010"]
    assert plan.errors == ()
    assert {name for _, name in steps(plan)} == {
        "acme-dev-fraud",
        specs.name(specs.BUCKET),
    }
    assert platform.apply(plan).outcome.ok
    publish(platform, "PendingManualApproval")
    waiting = platform.plan()
    assert (steps(waiting), codes(waiting)) == ([], ["PLAN010"])
    publish(platform)
    platform.converge()
    assert config_of(platform) in configs(platform)


def test_a_newer_approval_moves_the_endpoint_and_a_withdrawn_one_moves_it_back(
    platform: Platform,
) -> None:
    platform.converge(join(specs.RAW, specs.REGISTRY))
    first = publish(platform)
    platform.converge(FOLLOWS)
    second = publish(platform)
    assert "update_endpoint" in methods(platform.plan())
    platform.converge()
    assert served(platform) == {second}
    platform.client("sagemaker").update_model_package(
        ModelPackageArn=second, ModelApprovalStatus="Rejected"
    )
    platform.converge()
    assert served(platform) == {first}


def test_a_deferred_rollout_keeps_what_it_has(platform: Platform) -> None:
    platform.converge(join(specs.RAW, specs.REGISTRY))
    only = publish(platform)
    platform.converge(FOLLOWS)
    before = config_of(platform)
    platform.client("sagemaker").update_model_package(
        ModelPackageArn=only, ModelApprovalStatus="Rejected"
    )
    plan = platform.plan()
    assert (steps(plan), codes(plan)) == ([], ["PLAN010"])
    assert config_of(platform) == before


def served(platform: Platform) -> set[str]:
    sagemaker = platform.client("sagemaker")
    found = sagemaker.describe_endpoint_config(EndpointConfigName=config_of(platform))
    return {
        sagemaker.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"][
            "ModelPackageName"
        ]
        for variant in found["ProductionVariants"]
    }


def test_alarms_that_roll_back_move_to_the_new_config_before_the_endpoint(
    platform: Platform,
) -> None:
    platform.converge(WATCHED)
    platform.text = WATCHED.replace("instances: 2", "instances: 3")
    plan = platform.plan()
    run = platform.apply(plan)
    assert run.calls.index("put_metric_alarm") < run.calls.index("update_endpoint")
    (alarm,) = platform.client("cloudwatch").describe_alarms()["MetricAlarms"]
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert dimensions["EndpointConfigName"] == config_of(platform)
    assert steps(platform.plan()) == []
