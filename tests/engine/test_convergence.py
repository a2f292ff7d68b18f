"""Apply makes AWS as the specs say; nothing to do means nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sweeps import only_long

from reconciler.model.policy import Policy
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, join, methods, paths, steps


def test_the_first_apply_makes_everything_and_the_next_plan_is_empty(platform: Platform) -> None:
    platform.text = specs.EVERYTHING
    plan = platform.plan()
    assert {action for action, _ in steps(plan)} == {"create"}
    run = platform.apply(plan)
    assert (run.failures, run.skipped, run.outcome.ok) == ({}, {}, True)
    again = platform.plan()
    assert (steps(again), again.unchanged) == ([], len(plan.steps))


def test_an_apply_sends_exactly_the_calls_that_the_plan_shows(platform: Platform) -> None:
    platform.text = specs.EVERYTHING
    plan = platform.plan()
    run = platform.apply(plan)
    assert sorted(run.calls) == sorted(methods(plan))


def test_the_same_specs_give_the_same_plan_to_the_byte(platform: Platform) -> None:
    platform.text = specs.EVERYTHING
    first = platform.plan()
    platform.text = join(*reversed(specs.EVERYTHING.split("\n---\n")))
    assert [step.id for step in platform.plan().steps] == [step.id for step in first.steps]
    platform.text = specs.EVERYTHING
    assert platform.plan().digest == first.digest


def test_a_plan_of_no_change_costs_one_listing_a_type_and_one_read_a_part(
    platform: Platform,
) -> None:
    platform.converge(specs.SERVING)
    before = platform.session.calls.copy()
    plan = platform.plan()
    assert steps(plan) == []
    assert plan.observed_calls == sum(platform.session.calls.values()) - sum(before.values())
    sent = platform.session.calls - before
    assert dict(sent) == {
        "cloudcontrol.get_resource": 1,  # most parts of the bucket
        "budgets.describe_budgets": 1,  # the tagging API does not know budgets, connections and
        "events.list_connections": 1,  # roles, so they are listed in any case
        "iam.get_account_authorization_details": 1,
        "iam.list_roles": 1,
        "resourcegroupstaggingapi.get_resources": 1,
        "s3.head_bucket": 1,  # another team's, where the model files are
        "s3.list_objects_v2": 1,  # which model file it is
        "s3.get_bucket_lifecycle_configuration": 1,
        "s3.get_bucket_logging": 1,  # off, of which a document says nothing
        "s3.get_bucket_policy": 1,
        "s3.list_buckets": 1,
        "sagemaker.describe_endpoint": 1,
        "sagemaker.list_endpoint_configs": 1,  # a listed name with a digest proves its content
        "sagemaker.list_endpoints": 1,
        "sagemaker.list_models": 1,
    }


def test_ten_more_feature_groups_cost_ten_more_descriptions(platform: Platform) -> None:
    def groups(count: int) -> str:
        body = specs.CUSTOMER.replace("offline: {format: iceberg}", "offline: {to: raw}")
        many = [body.replace("name: customer", f"name: g{n}") for n in range(count)]
        return join(specs.RAW, *many)

    platform.converge(groups(1))
    few = platform.plan().observed_calls
    platform.converge(groups(11))
    assert platform.plan().observed_calls == few + 10


OWN_CALLS = dict.fromkeys(
    (
        "get_bucket_encryption",
        "get_bucket_ownership_controls",
        "get_bucket_versioning",
        "get_public_access_block",
    ),
    1,
)
ONCE_MORE = {"describe_alarms": 1, "list_tags_for_resource": 1}


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [("expireAfter: 90d", "expireAfter: 120d", OWN_CALLS), ("250ms", "300ms", ONCE_MORE)],
    ids=["what a document told is asked of S3", "what only a listing shows is asked for once more"],
)
def test_a_difference_costs(old: str, new: str, more: dict[str, int], platform: Platform) -> None:
    text = join(specs.RAW, specs.ROLLOUT, specs.WATCH)
    platform.converge(text)
    before = platform.session.calls.copy()
    platform.plan()
    plain = platform.session.calls - before
    platform.text, before = text.replace(old, new), platform.session.calls.copy()
    assert [action for action, _ in steps(platform.plan())] == ["update"]
    sent = (platform.session.calls - before) - plain
    assert {call.partition(".")[2]: times for call, times in sent.items()} == more


def _bucket(client: Any) -> None:
    client.put_bucket_versioning(
        Bucket=specs.name(specs.BUCKET), VersioningConfiguration={"Status": "Suspended"}
    )


def _lifecycle(client: Any) -> None:
    client.delete_bucket_lifecycle(Bucket=specs.name(specs.BUCKET))


def _access(client: Any) -> None:
    client.delete_public_access_block(Bucket=specs.name(specs.BUCKET))


def _trust(client: Any) -> None:
    trust = (
        '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}'
    )
    document = f'{{"Version":"2012-10-17","Statement":[{trust}]}}'
    client.update_assume_role_policy(RoleName=specs.name(specs.ROLE), PolicyDocument=document)


def _policy(client: Any) -> None:
    role = specs.name(specs.ROLE)
    (policy,) = client.list_role_policies(RoleName=role)["PolicyNames"]
    client.delete_role_policy(RoleName=role, PolicyName=policy)


def _ttl(client: Any) -> None:
    client.update_feature_group(
        FeatureGroupName=specs.name(specs.GROUP),
        OnlineStoreConfig={"TtlDuration": {"Unit": "Days", "Value": 3}},
    )


def _alarm(client: Any) -> None:
    (alarm,) = client.describe_alarms()["MetricAlarms"]
    keep = (
        "AlarmName",
        "MetricName",
        "Namespace",
        "Dimensions",
        "Period",
        "EvaluationPeriods",
        "ComparisonOperator",
        "ExtendedStatistic",
        "TreatMissingData",
        "AlarmActions",
        "OKActions",
        "AlarmDescription",
        "DatapointsToAlarm",
        "Unit",
    )
    kept = {key: alarm[key] for key in keep if alarm.get(key)}
    client.put_metric_alarm(**kept, Threshold=1.0)


def _rotation(client: Any) -> None:
    client.disable_key_rotation(KeyId=_key(client))


def _key_policy(client: Any) -> None:
    statement = (
        '{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"}'
    )
    document = f'{{"Version":"2012-10-17","Statement":[{statement}]}}'
    client.put_key_policy(KeyId=_key(client), PolicyName="default", Policy=document)


def _key(client: Any) -> str:
    return str(client.describe_key(KeyId="alias/acme-dev-core-data")["KeyMetadata"]["KeyId"])


def _budget(client: Any) -> None:
    named = {"AccountId": specs.ACCOUNT, "BudgetName": "acme-dev-month"}
    found = client.describe_budget(**named, ShowFilterExpression=True)["Budget"]
    limit = {"Amount": "999", "Unit": "USD"}
    keep = ("BudgetName", "BudgetType", "TimeUnit", "FilterExpression", "Metrics")
    budget = {key: found[key] for key in keep if key in found}
    client.update_budget(AccountId=specs.ACCOUNT, NewBudget={**budget, "BudgetLimit": limit})


def _topic(client: Any) -> None:
    (topic,) = client.list_topics()["Topics"]
    (found,) = client.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]
    client.unsubscribe(SubscriptionArn=found["SubscriptionArn"])


DRIFT = {
    "a bucket whose versioning was suspended": (
        specs.RAW,
        "s3",
        _bucket,
        {"VersioningConfiguration.Status"},
    ),
    "a bucket that lost its lifecycle rules": (
        specs.RAW,
        "s3",
        _lifecycle,
        {"LifecycleConfiguration"},
    ),
    "a bucket that was opened to the public": (
        specs.RAW,
        "s3",
        _access,
        {"PublicAccessBlockConfiguration"},
    ),
    "a role that trusts another service": (
        specs.SERVING,
        "iam",
        _trust,
        {"AssumeRolePolicyDocument.Statement"},
    ),
    "a role that lost its policy": (specs.SERVING, "iam", _policy, {"Policies.moorline"}),
    "a feature group with another ttl": (
        specs.CUSTOMER,
        "sagemaker",
        _ttl,
        {"OnlineStoreConfig.TtlDuration.Value"},
    ),
    "an alarm with another threshold": (
        join(specs.SERVING, specs.WATCH),
        "cloudwatch",
        _alarm,
        {"Threshold"},
    ),
    "a key that no longer rotates": (
        specs.SECURITY,
        "kms",
        _rotation,
        {"EnableKeyRotation", "RotationPeriodInDays"},
    ),
    "a key with another policy": (specs.SECURITY, "kms", _key_policy, {"KeyPolicy.Statement"}),
    "a budget with another limit": (
        specs.BUDGET,
        "budgets",
        _budget,
        {"Budget.BudgetLimit.Amount"},
    ),
    "a topic that lost its subscriber": (
        join(specs.SERVING, specs.WATCH),
        "sns",
        _topic,
        {"Subscription"},
    ),
}


def test_all_changes_by_hand_are_drift_at_their_properties_and_are_repaired(
    platform: Platform, aws: Sandbox
) -> None:
    """As below, all of them in one account: each lies in a property that no other is in."""
    platform.allow = "records, access"
    platform.converge(specs.EVERYTHING)
    for _, service, edit, _ in DRIFT.values():
        edit(platform.client(service))
    aws.clock.advance(100)
    plan = platform.plan()
    found = {path for each in paths(plan).values() for path in each}
    wheres = [where for _, _, _, where in DRIFT.values()]
    assert {
        top for where in wheres for top in where if any(path.startswith(top) for path in found)
    } == set().union(*wheres)
    assert [path for path in found if not path.startswith(tuple(set().union(*wheres)))] == []
    assert len(plan.steps) == 7
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


@only_long
@pytest.mark.parametrize(("text", "service", "edit", "where"), DRIFT.values(), ids=DRIFT.keys())
def test_a_change_by_hand_is_drift_at_its_property_and_is_repaired(
    platform: Platform,
    aws: Sandbox,
    text: str,
    service: str,
    edit: Callable[[Any], None],
    where: set[str],
) -> None:
    platform.allow = "records, access"  # what was taken off by hand is given again
    platform.converge(text)
    edit(platform.client(service))
    aws.clock.advance(100)
    plan = platform.plan()
    ((_, found),) = paths(plan).items()
    around = {top for top in where for path in found if path.startswith(top)}
    assert around == where
    assert [path for path in found if not path.startswith(tuple(where))] == []
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


def test_a_feature_group_deleted_by_hand_is_made_again_and_nothing_else(
    platform: Platform, aws: Sandbox
) -> None:
    platform.converge(specs.CUSTOMER)
    platform.client("sagemaker").delete_feature_group(FeatureGroupName=specs.name(specs.GROUP))
    aws.clock.advance(100)
    plan = platform.converge()
    assert steps(plan) == [("create", "acme-dev-customer-v1")]


def test_a_role_deleted_by_hand_is_made_again_and_its_users_stay(platform: Platform) -> None:
    platform.converge(specs.CUSTOMER)
    iam, role = platform.client("iam"), "acme-dev-customer-feature-store"
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    iam.delete_role(RoleName=role)
    assert steps(platform.converge()) == [("create", role)]


def test_a_deleted_spec_is_deleted_in_aws_and_a_restart_changes_nothing(
    platform: Platform,
) -> None:
    platform.converge(join(specs.RAW, specs.WATCH, specs.ROLLOUT))
    platform.restart()
    platform.text = join(specs.RAW, specs.ROLLOUT)
    plan = platform.plan()
    assert {action for action, _ in steps(plan)} == {"delete"}
    assert platform.apply(plan).outcome.ok
    assert steps(platform.plan()) == []


def test_what_another_environment_owns_is_not_an_orphan_here(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    s3 = platform.client("s3")
    s3.create_bucket(
        Bucket="acme-dev-of-another",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    tags = [
        {"Key": "moorline:platform", "Value": "acme"},
        {"Key": "moorline:environment", "Value": "prod"},
    ]
    s3.put_bucket_tagging(Bucket="acme-dev-of-another", Tagging={"TagSet": tags})
    assert (steps(platform.plan()), codes(platform.plan())) == ([], [])


def test_destroy_plans_the_deletion_of_all_that_is_owned(platform: Platform) -> None:
    platform.allow = "traffic, records, keys, history, access"
    made = platform.converge(specs.EVERYTHING)
    plan = platform.plan(destroy=True)
    assert sorted(name for _, name in steps(plan)) == sorted(name for _, name in steps(made))
    run = platform.apply(plan)
    assert (run.failures, run.skipped) == ({}, {})
    assert steps(platform.plan(destroy=True)) == []


def test_nothing_is_allowed_by_default() -> None:
    assert Policy().allow == frozenset()
