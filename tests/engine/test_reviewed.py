"""A reviewed plan: what it touches is looked at once more before anything is written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from reconciler.aws import notary
from reconciler.aws.recheck import recheck
from reconciler.aws.session import READS
from reconciler.compile.compiler import place_of
from reconciler.model.event import CallSent
from reconciler.model.plan import Plan
from reconciler.planfile import file as planfile
from reconciler.resources import api as resources
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, join, steps

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BUCKET = specs.name(specs.BUCKET)
LONGER = specs.RAW.replace("90d", "120d")


def reviewed(platform: Platform) -> Plan:
    """A plan as a file gives it back."""
    data = planfile.pack(planfile.make(platform.plan(), now=NOW, lifetime=60))
    file, found = planfile.unpack(data)
    assert file is not None, found
    return file.plan


def moved(platform: Platform, plan: Plan) -> dict[str, str]:
    """What a second look finds, by address; it must not have sent anything but reads."""
    before = Counter(platform.session.calls)
    place = place_of(platform.request().view)
    found = recheck(plan, platform.session, resources.load(), place)
    sent = platform.session.calls - before
    assert [call for call in sent if not call.split(".")[1].startswith(READS)] == []
    return {str(each.address): f"{each.code} {each.message}" for each in found}


def tag_group(platform: Platform, **tags: str) -> None:
    sagemaker = platform.client("sagemaker")
    name = specs.name(specs.GROUP)
    arn = sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureGroupArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])


def suspend(platform: Platform) -> None:
    platform.client("s3").put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
    )


def test_nothing_moved(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = LONGER
    plan = reviewed(platform)
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


def test_a_plan_without_changes_costs_no_call(platform: Platform) -> None:
    platform.converge(specs.RAW)
    plan = reviewed(platform)
    before = platform.session.total
    assert (steps(plan), moved(platform, plan), platform.session.total) == ([], {}, before)


def test_what_moved_is_named_with_its_property(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = LONGER
    plan = reviewed(platform)
    suspend(platform)
    found = moved(platform, plan)
    assert found.keys() == {specs.BUCKET}
    assert found[specs.BUCKET].startswith("STALE009 ")
    assert found[specs.BUCKET].endswith("has changed: VersioningConfiguration.Status")


def test_a_value_that_the_plan_changes_and_that_moved_is_named(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = LONGER
    plan = reviewed(platform)
    rules = platform.client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    for rule in rules:
        if "Expiration" in rule:
            rule["Expiration"] = {"Days": 91}
    platform.client("s3").put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": rules}
    )
    assert "LifecycleConfiguration.Rules." in moved(platform, plan)[specs.BUCKET]


def test_a_tag_that_moved_is_named(platform: Platform) -> None:
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("n: integral", "n: integral, m: integral")
    plan = reviewed(platform)
    tag_group(platform, team="risk")
    assert moved(platform, plan)[specs.GROUP].endswith("has changed: Tags.team")


def test_a_change_elsewhere_is_no_matter(platform: Platform) -> None:
    platform.converge(join(specs.RAW, specs.CUSTOMER))
    platform.text = join(LONGER, specs.CUSTOMER)
    plan = reviewed(platform)
    tag_group(platform, team="risk")
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}


def test_what_is_gone_is_refused_for_an_update(platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.text = LONGER
    plan = reviewed(platform)
    platform.client("s3").delete_bucket(Bucket=BUCKET)
    assert moved(platform, plan)[specs.BUCKET].endswith("is gone")


def test_what_is_gone_needs_no_deletion(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(join(specs.RAW, specs.CUSTOMER))
    platform.text = specs.RAW
    plan = reviewed(platform)
    platform.client("sagemaker").delete_feature_group(FeatureGroupName=specs.name(specs.GROUP))
    assert moved(platform, plan) == {}


def test_what_is_to_be_deleted_and_was_tagged_anew_is_refused(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(join(specs.RAW, specs.CUSTOMER))
    platform.text = specs.RAW
    plan = reviewed(platform)
    tag_group(platform, keep="yes")
    assert moved(platform, plan).keys() == {f"{specs.GROUP}"}


def test_a_replacement_that_was_carried_out_is_not_undone(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(specs.CUSTOMER)
    platform.text = specs.CUSTOMER.replace("recordId: id", "recordId: n")
    plan = reviewed(platform)
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}
    assert specs.GROUP in moved(platform, plan)


# -- what the plan creates


def test_an_interrupted_create_is_gone_on_with(platform: Platform) -> None:
    platform.text = specs.RAW
    plan = reviewed(platform)
    (step,) = plan.steps
    platform.client("s3").create_bucket(**step.calls[0].params)
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}


INTERRUPTED = {
    "a key without its alias": (specs.SECURITY, "create_key"),
    "a key with half its settings": (specs.SECURITY, "enable_key_rotation"),
    "a whole key": (specs.SECURITY, "create_alias"),
    "a role without its policies": (specs.SERVING, "create_role"),
    "a whole bucket": (specs.RAW, "put_bucket_lifecycle_configuration"),
    "a feature group": (specs.CUSTOMER, "create_feature_group"),
    "a budget": (specs.BUDGET, "create_budget"),
}


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", INTERRUPTED, ids="after {}".format)
def test_a_run_that_was_killed_is_finished_by_the_same_file(platform: Platform, after: str) -> None:
    platform.text, last = INTERRUPTED[after]
    plan = reviewed(platform)

    def kill(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == last:
            raise Killed

    with pytest.raises(Killed):
        platform.apply(plan, sink=kill)
    platform.restart()
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []
    assert len(platform.client("kms").list_keys()["Keys"]) <= 1


def test_a_whole_plan_may_be_applied_twice_and_changes_nothing(platform: Platform) -> None:
    platform.text = specs.EVERYTHING
    plan = reviewed(platform)
    assert platform.apply(plan).failures == {}
    assert moved(platform, plan) == {}
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []
    assert len(platform.client("kms").list_keys()["Keys"]) == 1


def test_what_exists_and_is_not_ours_is_refused(platform: Platform) -> None:
    platform.text = specs.RAW
    plan = reviewed(platform)
    (step,) = plan.steps
    params = {
        **step.calls[0].params,
        "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
    }
    platform.client("s3").create_bucket(**params)
    assert moved(platform, plan)[specs.BUCKET].endswith("exists now and is not ours")


def test_what_was_created_and_then_changed_is_refused(platform: Platform) -> None:
    platform.text = specs.RAW
    plan = reviewed(platform)
    assert platform.apply(plan).failures == {}
    suspend(platform)
    assert moved(platform, plan)[specs.BUCKET].endswith(
        "exists now and differs from the plan in VersioningConfiguration.Status"
    )


def test_what_another_plan_created_otherwise_is_refused(platform: Platform) -> None:
    platform.text = specs.CUSTOMER
    plan = reviewed(platform)
    platform.converge(specs.CUSTOMER.replace("n: integral", "n: fractional"))
    assert "differs from the plan in FeatureDefinitions" in moved(platform, plan)[specs.GROUP]


def test_what_cannot_be_read_is_said(platform: Platform, aws: Sandbox) -> None:
    platform.converge(specs.RAW)
    platform.text = LONGER
    plan = reviewed(platform)
    aws.fail("s3", "HeadBucket", "403", times=1000)
    assert moved(platform, plan)[specs.BUCKET].startswith("AWS001 ")


# -- a signature by KMS


def test_kms_signs_and_knows_its_signature(platform: Platform) -> None:
    kms = platform.client("kms")
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    kms.create_alias(AliasName="alias/plans", TargetKeyId=made["KeyId"])
    digest, other = "a" * 64, "b" * 64
    signature = notary.sign(platform.session, digest, "alias/plans").raw
    assert signature is not None
    assert notary.verify(platform.session, digest, "alias/plans", signature)
    assert notary.verify(platform.session, digest, made["Arn"], signature)
    assert not notary.verify(platform.session, other, "alias/plans", signature)
    assert not notary.verify(platform.session, digest, "alias/plans", signature[:-1] + b"\0")


def test_an_invalid_signature_is_an_error_of_real_kms(platform: Platform, aws: Sandbox) -> None:
    kms = platform.client("kms")
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    aws.fail("kms", "Verify", "KMSInvalidSignatureException")
    assert not notary.verify(platform.session, "a" * 64, made["Arn"], b"guess")
