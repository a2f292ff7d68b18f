"""No data is lost unnoticed: what loses something is refused until it is allowed or approved."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from reconciler.model.plan import plan_to_json
from reconciler.model.step import step_to_json
from reconciler.render.vocabulary.words import why

from . import specs
from .platform import Platform, codes, join, methods, step_of, steps

BUCKET = specs.BUCKET
TOPIC = "AWS::SNS::Topic/acme-dev-watch"
UNVERSIONED = specs.RAW.replace("lifecycle", "versioning: false, lifecycle")
SHARED = specs.SECURITY.replace(
    "rotation: 180d", "rotation: 180d, users: {services: [cloudwatch.amazonaws.com]}"
)
"""A key that alarms may send their messages under."""
KEYED = join(
    specs.SECURITY,
    specs.RAW.replace("s3: {", "s3: {key: {security: core, key: data}, "),
)
CONFIDENTIAL = specs.WATCH.replace(
    "  rollout: scorer", "  rollout: scorer\n  key: {security: core, key: data}"
)


class Case(NamedTuple):
    """A change that loses something: before, after, the step and its class."""

    before: str
    after: str
    step: str
    loses: str


RULE = "lifecycle: {expireAfter: 90d}"
NARROWED = {
    "objects expire sooner": Case(
        specs.RAW, specs.RAW.replace("90d", "30d"), BUCKET, "records"
    ),
    "objects expire that did not": Case(
        specs.RAW.replace(RULE, "lifecycle: {}"), specs.RAW, BUCKET, "records"
    ),
    "old versions expire sooner": Case(
        specs.RAW.replace(RULE, "lifecycle: {noncurrentExpireAfter: 90d}"),
        specs.RAW.replace(RULE, "lifecycle: {noncurrentExpireAfter: 30d}"),
        BUCKET,
        "history",
    ),
    "versions are no longer kept": Case(specs.RAW, UNVERSIONED, BUCKET, "history"),
    "a bucket loses its key": Case(KEYED, join(specs.SECURITY, specs.RAW), BUCKET, "keys"),
    "a topic loses its key": Case(
        join(SHARED, specs.SERVING, CONFIDENTIAL),
        join(SHARED, specs.SERVING, specs.WATCH),
        TOPIC,
        "keys",
    ),
    "records leave the online store sooner": Case(
        specs.CUSTOMER, specs.CUSTOMER.replace("30d", "7d"), specs.GROUP, "records"
    ),
    "a time to live where there was none": Case(
        specs.CUSTOMER.replace("{expireAfter: 30d}", "{}"), specs.CUSTOMER, specs.GROUP, "records"
    ),
    "an endpoint has fewer instances": Case(
        specs.SERVING, specs.SERVING.replace("instances: 2", "instances: 1"),
        specs.ENDPOINT, "traffic",
    ),
    "another feature names records": Case(
        specs.CUSTOMER, specs.CUSTOMER.replace("recordId: id", "recordId: n"),
        f"{specs.GROUP}#delete", "records",
    ),
    "the online store is taken away": Case(
        specs.CUSTOMER, specs.CUSTOMER.replace("  online: {expireAfter: 30d}\n", ""),
        f"{specs.GROUP}#delete", "records",
    ),
    "the offline store is taken away": Case(
        specs.CUSTOMER, specs.CUSTOMER.replace("  offline: {format: iceberg}\n", ""),
        f"{specs.GROUP}#delete", "records",
    ),
}  # fmt: skip


def approval(address: str, allows: str, until: str = "2026-11-23") -> str:
    return (
        f"{{address: '{address.removesuffix('#delete')}', allows: {allows},"
        f" why: FRAUD-812, by: alice, until: '{until}'}}"
    )


@pytest.mark.parametrize("case", NARROWED.values(), ids=NARROWED.keys())
def test_it_is_refused_and_changes_nothing_until_allowed_or_approved_when(
    platform: Platform, case: Case
) -> None:
    platform.converge(case.before)
    platform.text = case.after
    plan = platform.plan()
    step = step_of(plan, case.step)
    assert (step.destroys, bool(step.refused), bool(step.loses)) == (case.loses, True, True)
    assert step.id in plan.blocked
    run = platform.apply(plan)
    assert {call.method for call in step.calls} & set(run.calls) == set()
    assert step_of(platform.plan(), case.step).calls == step.calls

    platform.approvals = approval(case.step, case.loses)
    approved = step_of(platform.plan(), case.step)
    assert (approved.destroys, approved.refused) == (case.loses, "")
    assert approved.approval is not None
    assert (approved.approval.by, approved.approval.why) == ("alice", "FRAUD-812")

    platform.approvals, platform.allow = "", case.loses
    allowed = step_of(platform.plan(), case.step)
    assert (allowed.destroys, allowed.refused, allowed.approval) == (case.loses, "", None)


HARMLESS = {
    "objects expire later": (specs.RAW, specs.RAW.replace("90d", "120d")),
    "objects never expire": (specs.RAW, specs.RAW.replace(RULE, "lifecycle: {}")),
    "versions are kept again": (UNVERSIONED, specs.RAW),
    "a bucket gets a key": (join(specs.SECURITY, specs.RAW), KEYED),
    "records stay longer": (specs.CUSTOMER, specs.CUSTOMER.replace("30d", "60d")),
    "an endpoint has more instances": (
        specs.SERVING,
        specs.SERVING.replace("instances: 2", "instances: 3"),
    ),
    "a feature is added": (
        specs.CUSTOMER,
        specs.CUSTOMER.replace("n: integral", "n: integral, country: string"),
    ),
}


@pytest.mark.parametrize(("before", "after"), HARMLESS.values(), ids=HARMLESS.keys())
def test_it_needs_no_permission_when(platform: Platform, before: str, after: str) -> None:
    platform.converge(before)
    platform.text = after
    plan = platform.plan()
    assert plan.steps != ()
    assert {(step.destroys, step.refused) for step in plan.steps} == {("", "")}


def test_what_was_approved_is_carried_out_and_the_plan_says_by_whom(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = specs.RAW.replace("90d", "30d")
    platform.approvals = approval("AWS::S3::Bucket/acme-dev-raw-*", "records")
    plan = platform.plan()
    (found,) = plan_to_json(plan)["steps"]
    assert found["loses"] == "removes objects older than 30 days"
    assert found["approval"] | {"at": None} == {
        "address": "AWS::S3::Bucket/acme-dev-raw-*",
        "allows": "records",
        "why": "FRAUD-812",
        "by": "alice",
        "until": "2026-11-23",
        "at": None,
    }
    assert plan_to_json(plan)["summary"]["destructive"] == 1
    assert platform.apply(plan).outcome.ok
    assert (steps(platform.plan()), codes(platform.plan())) == ([], ["PROTECT002"])


def test_an_approval_of_yesterday_does_not_count_and_is_a_warning(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = specs.RAW.replace("90d", "30d")
    platform.approvals = approval(BUCKET, "records", until="2026-11-22")
    plan = platform.plan()
    assert bool(step_of(plan, BUCKET).refused)
    (found,) = plan.diagnostics
    assert (found.code, found.is_error, found.at is not None) == ("PROTECT001", False, True)


HELD = {
    BUCKET: "records",
    specs.GROUP: "records",
    specs.ENDPOINT: "traffic",
    "AWS::KMS::Key/acme-dev-core-data": "keys",
    "AWS::SageMaker::ModelPackageGroup/acme-dev-fraud": "history",
}


@pytest.mark.parametrize("destroy", [False, True], ids=["no spec is left", "--destroy"])
def test_all_that_holds_something_is_refused_when(platform: Platform, destroy: bool) -> None:
    platform.converge(specs.EVERYTHING)
    if not destroy:
        platform.text = ""
    plan = platform.plan(destroy=destroy)
    refused = {str(step.address): step.destroys for step in plan.refused}
    assert refused.items() >= HELD.items()
    assert {step.action for step in plan.steps} == {"delete"}
    run = platform.apply(plan)
    gone = {str(step.address) for step in plan.steps if step.id in run.outcome.done}
    assert gone & HELD.keys() == set()


def test_a_tag_that_was_removed_by_hand_protects_no_less(platform: Platform) -> None:
    platform.converge(specs.RAW)
    name = specs.name(BUCKET)
    s3 = platform.client("s3")
    tags = s3.get_bucket_tagging(Bucket=name)["TagSet"]
    assert {"Key": "moorline:holds", "Value": "records"} in tags
    rest = [tag for tag in tags if tag["Key"] != "moorline:holds"]
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": rest})
    assert methods(platform.plan()) == ["put_bucket_tagging"]
    platform.text = ""
    step = step_of(platform.plan(), f"{BUCKET}#delete")
    assert (step.destroys, bool(step.refused)) == ("records", True)


def test_the_tag_protects_what_its_type_does_not(platform: Platform) -> None:
    platform.converge(join(specs.SECURITY, specs.SERVING, specs.WATCH))
    arn = "arn:aws:sns:eu-west-1:123456789012:acme-dev-watch"
    mark = {"Key": "moorline:holds", "Value": "history"}
    platform.client("sns").tag_resource(ResourceArn=arn, Tags=[mark])
    step = step_of(platform.plan(), TOPIC)
    assert (step.destroys, bool(step.refused)) == ("history", True)
    platform.text = specs.SECURITY
    step = step_of(platform.plan(), f"{TOPIC}#delete")
    assert (step.destroys, bool(step.refused)) == ("history", True)


def test_an_empty_bucket_is_protected_like_a_full_one(platform: Platform) -> None:
    platform.converge(join(specs.SECURITY, specs.RAW))
    platform.text = specs.SECURITY
    assert platform.client("s3").list_objects_v2(Bucket=specs.name(BUCKET))["KeyCount"] == 0
    assert bool(step_of(platform.plan(), f"{BUCKET}#delete").refused)


def test_another_name_in_aws_is_a_replacement_and_says_so(platform: Platform) -> None:
    """The new one is made, the old one and what it holds go, if that is allowed."""
    platform.converge(specs.RAW)
    platform.text = specs.RAW.replace("{s3:", "{awsName: shop-raw-data, s3:")
    plan = platform.plan()
    old = step_of(plan, f"{BUCKET}#delete")
    assert (old.action, old.detail, old.destroys) == ("delete", "shop-raw-data", "records")
    assert old.refused
    assert step_of(plan, "AWS::S3::Bucket/shop-raw-data").action == "create"
    assert "'shop-raw-data' now" in why(step_to_json(old))
