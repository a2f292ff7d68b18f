"""What goes wrong between Moorline and AWS: said clearly, never taken for absent, survived."""

from __future__ import annotations

import pytest
from sweeps import LONG, only_long, sample

from reconciler.aws import connect
from reconciler.aws.apply import Interrupt
from reconciler.aws.session import Attempts
from reconciler.model.event import CallSent, StepWaiting
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, join, methods, step_of, steps

FOREVER = 1000


# -- while planning


UNREADABLE = {
    "a denied description": (
        "sagemaker",
        "DescribeFeatureGroup",
        "AccessDeniedException",
        "AWS001",
    ),
    "an expired token": ("sagemaker", "DescribeFeatureGroup", "ExpiredTokenException", "AWS001"),
    "endless throttling": ("sagemaker", "DescribeFeatureGroup", "ThrottlingException", "AWS002"),
    "an endless server fault": ("sagemaker", "DescribeFeatureGroup", "InternalFailure", "AWS002"),
    "an unknown code": ("sagemaker", "DescribeFeatureGroup", "TeapotException", "AWS002"),
    "a bare ValidationException": (
        "sagemaker",
        "DescribeFeatureGroup",
        "ValidationException",
        "AWS002",
    ),
    "a denied listing": ("sagemaker", "ListFeatureGroups", "AccessDeniedException", "AWS001"),
    "a listing with an unknown code": (
        "sagemaker",
        "ListFeatureGroups",
        "TeapotException",
        "AWS002",
    ),
}


@pytest.mark.parametrize(
    ("service", "operation", "code", "says"), UNREADABLE.values(), ids=UNREADABLE.keys()
)
def test_what_could_not_be_read_is_a_finding_and_nothing_is_planned_for_it(
    platform: Platform, aws: Sandbox, service: str, operation: str, code: str, says: str
) -> None:
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("recordId: id", "recordId: n")
    aws.fail(service, operation, code, times=FOREVER)
    plan = platform.plan()
    assert (codes(plan), bool(plan.errors), steps(plan)) == ([says], True, [])


def test_a_resource_that_was_never_made_is_not_created_when_that_cannot_be_seen(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = specs.RAW
    aws.fail("s3", "ListBuckets", "AccessDenied", times=FOREVER)
    plan = platform.plan()
    assert (codes(plan), steps(plan)) == (["AWS001"], [])


def test_an_orphan_that_cannot_be_read_is_not_deleted(platform: Platform, aws: Sandbox) -> None:
    platform.allow = "records"
    platform.converge(specs.CUSTOMER)
    platform.text = specs.BUDGET
    aws.fail("sagemaker", "DescribeFeatureGroup", "AccessDeniedException", times=FOREVER)
    plan = platform.plan()
    assert codes(plan) == ["AWS001"]
    assert "acme-dev-customer-v1" not in {name for _, name in steps(plan)}


def test_the_second_page_of_a_listing_that_fails_makes_the_whole_type_unknown(
    platform: Platform, aws: Sandbox
) -> None:
    platform.converge(specs.SERVING)
    sagemaker = platform.client("sagemaker")
    for number in range(101):
        sagemaker.create_model(
            ModelName=f"acme-dev-other-{number}",
            ExecutionRoleArn="arn:aws:iam::123456789012:role/acme-dev-scorer-hosting",
            PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"},
        )
    fault = Fault("sagemaker", "ListModels", code="TeapotException", nth=2, times=None)
    aws.faults.add(fault)
    plan = platform.plan()
    assert fault.fired == 1
    assert (codes(plan), steps(plan)) == (["AWS002"], [])


def test_types_that_no_spec_uses_and_that_cannot_be_listed_are_a_warning(
    platform: Platform, aws: Sandbox
) -> None:
    platform.converge(specs.RAW)
    aws.fail("budgets", "DescribeBudgets", "AccessDeniedException", times=FOREVER)
    plan = platform.plan(destroy=True)
    assert (codes(plan), plan.errors) == (["AWS001"], ())
    assert steps(plan) == [("delete", specs.name(specs.BUCKET))]


def test_users_of_what_could_not_be_read_are_left_alone(platform: Platform, aws: Sandbox) -> None:
    secured = specs.RAW.replace("{s3: {", "{s3: {key: {security: core, key: data}, ")
    text = join(specs.SECURITY, secured)
    platform.converge(text)
    aws.fail("kms", "DescribeKey", "AccessDeniedException", times=FOREVER)
    plan = platform.plan()
    assert (codes(plan), steps(plan)) == (["AWS001"], [])


def test_a_question_to_aws_without_an_answer_stops_the_plan(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = join(specs.RAW, specs.REGISTRY, specs.LATEST)
    aws.fail("sagemaker", "ListModelPackages", "AccessDeniedException", times=FOREVER)
    plan = platform.plan()
    assert plan.errors != ()
    assert steps(plan) == []


def test_without_the_tagging_api_nothing_is_deleted(platform: Platform, aws: Sandbox) -> None:
    platform.allow = "records"
    platform.converge(join(specs.RAW, specs.CUSTOMER))
    platform.text = specs.RAW
    aws.fail("*tagging*", "GetResources", "AccessDeniedException", times=FOREVER)
    plan = platform.plan()
    assert codes(plan) == ["AWS001"]
    assert plan.errors != ()


PASSING = {
    "throttling": Fault("sagemaker", "*", code="ThrottlingException", times=3),
    "server faults": Fault("sagemaker", "*", code="InternalFailure", status=500, times=3),
    "lost connections": Fault("*", "*", kind="reset", times=3),
    "time-outs": Fault("iam", "*", kind="read-timeout", times=3),
}


@pytest.mark.parametrize("kind", PASSING, ids=str)
def test_a_plan_gets_over(platform: Platform, aws: Sandbox, kind: str) -> None:
    platform.converge(specs.CUSTOMER)
    fault = PASSING[kind]
    fault.seen = fault.fired = 0
    aws.faults.add(fault)
    plan = platform.plan()
    assert (fault.fired, codes(plan), steps(plan)) == (3, [], [])


def test_a_call_is_tried_as_often_as_the_budget_says(platform: Platform, aws: Sandbox) -> None:
    platform.converge(specs.RAW)
    platform.session.attempts = Attempts(most=5)
    before = platform.session.calls["s3.list_buckets"]
    aws.fail("s3", "ListBuckets", "SlowDown", times=FOREVER)
    assert codes(platform.plan()) == ["AWS002"]
    assert platform.session.calls["s3.list_buckets"] - before == 5


# -- while applying


def test_a_failed_step_skips_what_needs_it_and_the_rest_is_finished(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = join(specs.SERVING, specs.CUSTOMER)
    aws.fail("sagemaker", "CreateModel", "ResourceLimitExceeded")
    run = platform.apply(platform.plan())
    (model,) = run.failures
    assert run.failures == {model: "APPLY002"}
    (config,) = run.skipped.keys() - {specs.ENDPOINT}
    assert config.startswith("AWS::SageMaker::EndpointConfig/")
    assert run.skipped == {config: model, specs.ENDPOINT: model}
    assert {specs.GROUP, specs.ROLE, specs.BUCKET} <= set(run.outcome.done)
    platform.converge()


def test_a_denied_call_is_not_tried_again(platform: Platform, aws: Sandbox) -> None:
    platform.text = specs.RAW
    aws.fail("s3", "CreateBucket", "AccessDenied", times=FOREVER)
    run = platform.apply(platform.plan())
    assert run.failures == {specs.BUCKET: "APPLY002"}
    assert platform.session.calls["s3.create_bucket"] == 1


def test_a_role_that_is_still_spreading_is_waited_for(platform: Platform, aws: Sandbox) -> None:
    platform.text = specs.SERVING
    plan = platform.plan()
    first = {"times": 3}

    def refuse(event: object) -> None:
        if first and isinstance(event, CallSent) and event.call.method == "create_role":
            first.clear()
            aws.faults.add(Fault("sagemaker", "CreateModel", code="ThrottlingException", times=3))

    run = platform.apply(plan, sink=refuse)
    assert run.outcome.ok
    attempts = {
        event.call.method: event.attempts for event in run.events if isinstance(event, CallSent)
    }
    assert attempts["create_model"] == 4
    assert {count for method, count in attempts.items() if method != "create_model"} == {1}


LOST = {
    "a bucket": (specs.RAW, "s3", "CreateBucket"),
    "a role": (specs.SERVING, "iam", "CreateRole"),
    "a model": (specs.SERVING, "sagemaker", "CreateModel"),
    "a config": (specs.SERVING, "sagemaker", "CreateEndpointConfig"),
    "an endpoint": (specs.SERVING, "sagemaker", "CreateEndpoint"),
    "a feature group": (specs.CUSTOMER, "sagemaker", "CreateFeatureGroup"),
    "a registry": (join(specs.RAW, specs.REGISTRY), "sagemaker", "CreateModelPackageGroup"),
    "a budget": (specs.BUDGET, "budgets", "CreateBudget"),
    "an alarm": (join(specs.SERVING, specs.WATCH), "cloudwatch", "PutMetricAlarm"),
    "a topic": (join(specs.SERVING, specs.WATCH), "sns", "CreateTopic"),
}


@only_long
@pytest.mark.parametrize(("text", "service", "operation"), LOST.values(), ids=LOST.keys())
def test_a_create_whose_reply_is_lost_is_not_made_twice(
    platform: Platform, aws: Sandbox, text: str, service: str, operation: str
) -> None:
    platform.text = text
    fault = aws.faults.add(Fault(service, operation, kind="read-timeout", after=True))
    run = platform.apply(platform.plan())
    assert fault.fired == 1
    assert run.failures == {}
    assert steps(platform.plan()) == []


def test_nothing_is_made_twice_where_every_create_loses_its_reply(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = specs.EVERYTHING
    calls = [(service, operation) for _, service, operation in LOST.values()]
    faults = [aws.faults.add(Fault(*call, kind="read-timeout", after=True)) for call in calls]
    run = platform.apply(platform.plan())
    assert dict(zip(calls, [each.fired for each in faults], strict=True)) == dict.fromkeys(calls, 1)
    assert run.failures == {}
    assert steps(platform.plan()) == []


@pytest.mark.parametrize("what", sample([*LOST], 5))
def test_a_run_that_dies_after_a_create_is_finished_by_the_next_one(
    platform: Platform, aws: Sandbox, what: str
) -> None:
    text, service, operation = LOST[what]
    platform.text = text
    platform.session.attempts = Attempts(most=1)  # the reply is lost, and nobody asks again
    aws.faults.add(Fault(service, operation, kind="read-timeout", after=True))
    run = platform.apply(platform.plan())
    assert len(run.failures) == 1
    platform.restart()
    platform.converge()


def test_a_key_whose_create_reply_is_lost_is_found_by_its_tags(
    platform: Platform, aws: Sandbox
) -> None:
    platform.text = specs.SECURITY
    aws.faults.add(Fault("kms", "CreateKey", kind="read-timeout", after=True))
    run = platform.apply(platform.plan())
    assert run.failures == {}
    platform.restart()
    platform.converge()
    assert len(platform.client("kms").list_keys()["Keys"]) == 1


def test_killed_after_any_one_call_the_next_run_converges(platform: Platform, aws: Sandbox) -> None:
    platform.text = join(specs.SECURITY, specs.RAW, specs.CUSTOMER)
    total = len(methods(platform.plan()))
    assert total > 20
    for number in range(1, total, 3 if LONG else 18):
        aws.reset()
        platform.restart()
        interrupt = Interrupt()
        sent = iter(range(1, total + 1))

        def stop(event: object, sent=sent, number=number, interrupt=interrupt) -> None:
            if isinstance(event, CallSent) and next(sent) == number:
                interrupt.ask()

        platform.apply(platform.plan(), interrupt=interrupt, sink=stop)
        platform.restart()
        platform.converge()


def test_an_interrupted_run_begins_nothing_new_and_the_next_one_finishes(
    platform: Platform,
) -> None:
    platform.text = specs.SERVING
    interrupt = Interrupt()

    def stop(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == "create_role":
            interrupt.ask()

    run = platform.apply(platform.plan(), interrupt=interrupt, sink=stop)
    assert (run.outcome.interrupted, run.outcome.ok) == (True, False)
    assert set(run.skipped.values()) == {"interrupted"}
    assert "create_model" not in run.calls
    platform.restart()
    platform.converge()


def test_an_interrupted_wait_says_so_and_the_next_run_goes_on_where_aws_is(
    platform: Platform,
) -> None:
    platform.text = specs.SERVING
    interrupt = Interrupt()

    def stop(event: object) -> None:
        if isinstance(event, StepWaiting) and str(event.address) == specs.ENDPOINT:
            interrupt.ask()

    run = platform.apply(platform.plan(), interrupt=interrupt, sink=stop)
    assert run.failures == {specs.ENDPOINT: "APPLY010"}
    platform.restart()
    platform.text = specs.SERVING
    plan = platform.plan()
    assert [step for step in steps(plan) if step[0] in {"create", "delete"}] == []


# -- guards and ownership


def test_a_resource_that_moved_since_the_plan_is_left_alone(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = specs.RAW.replace("90d", "120d")
    plan = platform.plan()
    platform.client("s3").put_bucket_versioning(
        Bucket=specs.name(specs.BUCKET), VersioningConfiguration={"Status": "Suspended"}
    )
    run = platform.apply(plan)
    assert (run.failures, run.calls) == ({specs.BUCKET: "APPLY001"}, [])


def test_a_resource_that_vanished_since_the_plan_is_not_updated(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = specs.RAW.replace("90d", "120d")
    plan = platform.plan()
    platform.client("s3").delete_bucket(Bucket=specs.name(specs.BUCKET))
    assert platform.apply(plan).failures == {specs.BUCKET: "APPLY001"}


def test_a_deletion_of_what_is_gone_already_is_done(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(specs.RAW)
    plan = platform.plan(destroy=True)
    platform.client("s3").delete_bucket(Bucket=specs.name(specs.BUCKET))
    run = platform.apply(plan)
    assert (run.failures, run.calls) == ({}, [])


def test_an_unrelated_change_does_not_stop_a_step(platform: Platform) -> None:
    platform.converge(join(specs.RAW, specs.CUSTOMER))
    platform.text = join(specs.RAW.replace("90d", "120d"), specs.CUSTOMER)
    plan = platform.plan()
    platform.client("sagemaker").add_tags(
        ResourceArn="arn:aws:sagemaker:eu-west-1:123456789012:feature-group/acme-dev-customer-v1",
        Tags=[{"Key": "by", "Value": "hand"}],
    )
    assert platform.apply(plan).failures == {}


def _someone_elses(platform: Platform) -> None:
    platform.client("s3").create_bucket(
        Bucket=specs.name(specs.BUCKET),
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )


def test_a_resource_of_our_name_that_is_not_ours_is_left_alone(platform: Platform) -> None:
    _someone_elses(platform)
    platform.text = specs.RAW
    plan = platform.plan()
    assert (codes(plan), steps(plan)) == (["PLAN001"], [])


def test_adopt_takes_it_over(platform: Platform) -> None:
    from reconciler.model.address import Address

    _someone_elses(platform)
    platform.allow = "records"  # its objects did not expire before
    platform.text = specs.RAW
    plan = platform.plan(adopt=[Address.parse(specs.BUCKET)])
    assert (codes(plan), steps(plan)) == ([], [("adopt", specs.name(specs.BUCKET))])
    assert platform.apply(plan).failures == {}
    assert (steps(platform.plan()), codes(platform.plan())) == ([], [])


def test_what_appeared_under_our_name_since_the_plan_is_not_taken_over(
    platform: Platform,
) -> None:
    platform.text = specs.RAW
    plan = platform.plan()
    _someone_elses(platform)
    run = platform.apply(plan)
    assert (run.failures, run.calls) == ({specs.BUCKET: "APPLY003"}, [])


# -- losing things


def test_a_refused_loss_is_planned_and_not_carried_out(platform: Platform) -> None:
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("recordId: id", "recordId: n")
    plan = platform.plan()
    removal = step_of(plan, f"{specs.GROUP}#delete")
    assert (removal.destroys, bool(removal.refused)) == ("records", True)
    assert plan.blocked == {specs.GROUP, removal.id}
    run = platform.apply(plan)
    assert (run.calls, run.outcome.done) == ([], ())


def test_an_allowed_loss_is_carried_out_old_before_new(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("recordId: id", "recordId: n")
    plan = platform.plan()
    assert [step.refused for step in plan.steps] == ["", ""]
    assert platform.apply(plan).calls == ["delete_feature_group", "create_feature_group"]
    assert steps(platform.plan()) == []


def test_a_feature_is_added_with_one_call_and_nothing_is_lost(platform: Platform) -> None:
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("n: integral", "n: integral, country: string")
    plan = platform.plan()
    (call,) = [call for step in plan.steps for call in step.calls]
    assert (call.method, call.params) == (
        "update_feature_group",
        {
            "FeatureGroupName": "acme-dev-customer-v1",
            "FeatureAdditions": [{"FeatureName": "country", "FeatureType": "String"}],
        },
    )
    assert platform.apply(plan).outcome.ok
    assert steps(platform.plan()) == []


def test_a_new_tag_sends_tagging_calls_only(platform: Platform) -> None:
    platform.converge(specs.EVERYTHING)
    platform.tags = "team: risk"
    plan = platform.plan()
    assert {step.action for step in plan.steps} == {"update"}
    assert set(methods(plan)) == {
        "add_tags",
        "put_bucket_tagging",
        "tag_resource",
        "tag_role",
    }
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


def test_a_tag_that_is_no_longer_wanted_is_removed(platform: Platform) -> None:
    platform.tags = "team: risk"
    platform.converge(join(specs.CUSTOMER, specs.BUDGET))
    platform.tags = ""
    plan = platform.plan()
    assert set(methods(plan)) == {
        "delete_tags",
        "put_bucket_tagging",
        "untag_resource",
        "untag_role",
    }
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


REMOVED = {
    "traffic": (specs.SERVING, specs.RAW, specs.ENDPOINT),
    "records": (join(specs.RAW, specs.CUSTOMER), specs.RAW, specs.GROUP),
    "keys": (join(specs.RAW, specs.SECURITY), specs.RAW, "AWS::KMS::Key/acme-dev-core-data"),
    "history": (
        join(specs.RAW, specs.REGISTRY),
        specs.RAW,
        "AWS::SageMaker::ModelPackageGroup/acme-dev-fraud",
    ),
}


@pytest.mark.parametrize("what", REMOVED, ids="a removed spec that loses {}".format)
def test_is_refused_until_allowed(platform: Platform, what: str) -> None:
    before, after, address = REMOVED[what]
    platform.converge(before)
    platform.text = after
    step = step_of(platform.plan(), f"{address}#delete")
    assert (step.destroys, bool(step.refused)) == (what, True)
    platform.allow = what
    step = step_of(platform.plan(), f"{address}#delete")
    assert (step.destroys, step.refused) == (what, "")


def test_a_removed_rollout_goes_from_the_endpoint_down(platform: Platform) -> None:
    platform.allow = "traffic"
    platform.converge(specs.SERVING)
    platform.text = specs.RAW
    run = platform.apply(platform.plan())
    assert run.calls == [
        "delete_endpoint",
        "delete_endpoint_config",
        "delete_model",
        "delete_role_policy",
        "delete_role",
    ]
    assert steps(platform.plan()) == []


# -- the account


def test_another_account_is_refused_before_anything_is_written(platform: Platform) -> None:
    with pytest.raises(connect.WrongAccount):
        connect.become(platform.session, "999999999999", None, lambda _: platform.session.clients)
    assert dict(platform.session.calls) == {"sts.get_caller_identity": 1}


def test_what_needs_a_refused_step_is_not_carried_out_and_the_rest_is(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    platform.text = specs.RAW.replace("90d", "120d")
    run = platform.apply(platform.plan())
    assert run.calls == ["put_bucket_lifecycle_configuration"]
    assert platform.client("sagemaker").list_models()["Models"] != []
