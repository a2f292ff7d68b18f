"""Feature groups through their lives: what is added, retuned, refused, left over and shared."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import engine
from reconciler.aws.lookups import answer
from reconciler.compile import compiler
from reconciler.model.event import StepFailed
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, Site, codes, methods, paths, spec, steps

GROUP = "acme-dev-customer-v1"
BODY = """
  recordId: id
  eventTime: ts
  features: {{id: string, ts: string, n: integral{more}}}
  online: {{{online}}}
  offline: {{{offline}}}
{rest}"""


def group(more: str = "", online: str = "", offline: str = "format: glue", rest: str = "") -> str:
    return spec(
        "FeatureGroup",
        "customer",
        BODY.format(more=more, online=online, offline=offline, rest=rest),
    )


def sent(platform: Platform) -> list[dict[str, Any]]:
    """The parameters of the calls of a plan, without the name."""
    calls = [call for step in platform.plan().steps for call in step.calls]
    return [{k: v for k, v in call.params.items() if k != "FeatureGroupName"} for call in calls]


@pytest.mark.scenario("D01")
def test_features_are_added_a_hundred_at_a_time_and_nothing_else_is_sent(
    platform: Platform,
) -> None:
    platform.converge(group())
    more = "".join(f", f{number}: fractional" for number in range(150))
    platform.text = group(more)
    plan = platform.plan()
    assert steps(plan) == [("update", GROUP)]
    assert methods(plan) == ["update_feature_group", "update_feature_group"]
    assert [len(params["FeatureAdditions"]) for params in sent(platform)] == [100, 50]
    assert all(set(params) == {"FeatureAdditions"} for params in sent(platform))
    assert paths(plan)[GROUP][0] == "FeatureDefinitions.f0"
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


@pytest.mark.scenario("D03")
def test_a_removed_or_retyped_feature_is_refused_whatever_is_allowed(platform: Platform) -> None:
    platform.allow = "records"
    platform.converge(group(", gone: string, other: string"))
    platform.text = group(", other: integral")
    plan = platform.plan()
    assert (steps(plan), codes(plan)) == ([], ["FEATURE001"])
    (found,) = plan.diagnostics
    assert "has 'gone', which the spec has not and has another type for 'other'" in found.message
    drift, _ = engine.drifted(plan, platform.session)
    told = {".".join(each.path) for step in drift.steps for each in step.fields}
    assert {"FeatureDefinitions.gone"} <= told


@pytest.mark.scenario("D04")
def test_several_kinds_of_change_are_several_requests_and_the_last_may_wait(
    platform: Platform, aws: Sandbox
) -> None:
    platform.allow = "records"
    paid, free = "  throughput: {read: 5, write: 5}\n", ""
    platform.converge(group(online="expireAfter: 30d", rest=paid))
    client = platform.client("sagemaker")
    live = client.describe_feature_group(FeatureGroupName=GROUP)["ThroughputConfig"]
    for config in ({"ThroughputMode": "OnDemand"}, live):  # somebody was there today
        client.update_feature_group(FeatureGroupName=GROUP, ThroughputConfig=config)
        aws.clock.advance(600)
    platform.text = group(", a: string, b: string", "expireAfter: 7d", rest=free)
    plan = platform.plan()
    assert "FEATURE004" in codes(plan)
    assert [[*params] for params in sent(platform)] == [
        ["FeatureAdditions"], ["OnlineStoreConfig"], ["ThroughputConfig"],
    ]  # fmt: skip
    run = platform.apply(plan)
    (failed,) = [event for event in run.events if isinstance(event, StepFailed)]
    assert "once every 24 hours" in failed.message
    assert run.calls == ["update_feature_group", "update_feature_group"]
    assert [[*params] for params in sent(platform)] == [["ThroughputConfig"]]
    aws.clock.advance(86_400)
    assert platform.apply(platform.plan()).failures == {}
    assert steps(platform.plan()) == []


def test_a_time_to_live_is_taken_away_and_a_store_becomes_one_of_the_second_version(
    platform: Platform,
) -> None:
    platform.converge(group(online="expireAfter: 30d"))
    platform.text = group(online="storage: standardV2")
    expected = {"TtlDuration": {}, "StorageType": "Standard_V2"}
    assert sent(platform) == [{"OnlineStoreConfig": expected}]
    assert platform.apply(platform.plan()).failures == {}
    assert steps(platform.plan()) == []
    platform.text = group()
    assert [action for action, _ in steps(platform.plan())] == ["delete", "replace"]  # never back


def table(platform: Platform, database: str, name: str) -> None:
    glue = platform.client("glue")
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": name})


TABLE = "catalog: {database: features, table: customer}"


@pytest.mark.scenario("D06")
@pytest.mark.parametrize(
    ("offline", "there", "says"),
    [
        (f"format: glue, {TABLE}", True, "there is a table features.customer already"),
        (f"format: glue, glueTable: false, {TABLE}", False, "there is no table features.customer"),
        (f"format: glue, glueTable: false, {TABLE}", True, ""),
    ],
)
def test_the_table_is_looked_for_before_a_group_is_made(
    platform: Platform, offline: str, there: bool, says: str
) -> None:
    if there:
        table(platform, "features", "customer")
    platform.text = group(offline=offline)
    plan = platform.plan()
    assert codes(plan) == (["FEATURE002"] if says else [])
    assert not says or says in plan.diagnostics[0].message


@pytest.mark.scenario("D06")
def test_a_group_that_could_not_be_made_says_why(platform: Platform, aws: Sandbox) -> None:
    aws.outcome(GROUP, "failed", "Table already exists")
    platform.text = group()
    failed = [e for e in platform.apply(platform.plan()).events if isinstance(e, StepFailed)]
    assert "Table already exists" in failed[0].message


@pytest.mark.scenario("D88")
def test_a_deletion_says_what_goes_and_what_stays(platform: Platform) -> None:
    platform.converge(group())
    platform.text = specs.RAW
    plan = platform.plan()
    assert codes(plan) == ["FEATURE003"]
    (found,) = plan.diagnostics
    assert "the records of its online store go at once" in found.message
    assert "s3://" in found.message
    assert "the table sagemaker_featurestore.acme_dev_customer_v1_" in found.message


def test_words_on_features_are_kept_with_them(platform: Platform) -> None:
    said = ", n2: {type: integral, description: How many., parameters: {unit: pieces}}"
    platform.converge(group(said))
    client = platform.client("sagemaker")
    key = {"FeatureGroupName": GROUP, "FeatureName": "n2"}
    found = client.describe_feature_metadata(**key)
    assert (found["Description"], found["Parameters"]) == (
        "How many.", [{"Key": "unit", "Value": "pieces"}],
    )  # fmt: skip
    client.update_feature_metadata(**key, Description="Edited by hand.")
    plan = platform.plan()
    assert paths(plan) == {GROUP: ["FeatureMetadata.n2.Description"]}
    assert platform.apply(plan).failures == {}
    platform.text = group(", n2: {type: integral, parameters: {unit: kg}}")
    assert platform.apply(platform.plan()).failures == {}
    found = client.describe_feature_metadata(**key)
    assert ("Description" in found, found["Parameters"]) == (
        False, [{"Key": "unit", "Value": "kg"}],
    )  # fmt: skip


def test_major_versions_live_side_by_side(platform: Platform) -> None:
    platform.converge(group())
    old = "{migration: Read m., features: {id: string, ts: string, n: integral}}"
    old = f"  version: 2\n  earlier: {{'1': {old}}}\n"
    new = group(rest=old).replace("n: integral}\n  online", "m: fractional}\n  online", 1)
    plan = platform.converge(new)
    assert steps(plan) == [("create", "acme-dev-customer-v2")]


def seen_from(other: Platform) -> list[str]:
    """What a plan of another account has to say of the groups that it names."""
    request = other.request()
    facts, unread = answer(other.session, compiler.questions(request.specs, request.view))
    graph, found = compiler.build(request.specs, request.view, facts)
    assert len(graph) == 0
    return [each.message for each in (*unread, *found)]


def test_another_account_sees_what_is_shared_with_it_and_nothing_else(
    platform: Platform, aws: Sandbox
) -> None:
    other = Platform(aws, site=Site(account="210987654321"))
    arn = f"arn:aws:sagemaker:eu-west-1:{specs.ACCOUNT}:feature-group/{GROUP}"
    wanted = "existing: %s, recordId: id, eventTime: ts, features: {id: string, ts: string%s}"
    other.text = spec("FeatureGroup", "theirs", "{" + wanted % (arn, "") + "}")
    platform.allow, platform.text = (
        "access",
        group(rest='  share: {accounts: ["210987654321"]}\n'),
    )
    plan = platform.plan()
    (share,) = [step for step in plan.steps if step.address.type == "AWS::RAM::ResourceShare"]
    assert share.desired["AllowExternalPrincipals"] is False
    (refused,) = seen_from(other)
    assert "AccessDenied" in refused
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []
    assert seen_from(other) == []
    other.text = other.text.replace("ts: string}", "ts: string, m: integral}")
    (found,) = seen_from(other)
    assert "has no feature 'm'" in found
